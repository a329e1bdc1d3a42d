"""How the demo tells what it does: one line a step, and on a terminal a bar while the longest one runs."""

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from perseus.cli.text import command_lines, fancy, mark, plain, width, wrapped
from perseus.formats.finding import Finding

STEPS = 8
_NAME, _BAR = 11, 18
_HANG = 8
_COLOUR = re.compile("\x1b\\[[0-9;]*m")


@dataclass(slots=True)
class Teller:
    """The progress of one run, told on standard error, so that standard output holds the result alone."""

    step: int = 0

    def done(self, name: str, told: str, place: str = "") -> None:
        """Tell that a step is done, and where its files lie."""
        self.step += 1
        head = f"   {self.step}/{STEPS} {name:<{_NAME}} "
        first, *others = wrapped(told, indent=head, hang=" " * len(head))
        self._write([f" {mark('passed')} {first.lstrip()}", *others], place, hang=len(head))

    def say(self, told: str, place: str = "") -> None:
        """Tell a sentence; the place stands at its end, or under it where the line is too short."""
        indent = " " * (len(told) - len(told.lstrip()))
        self._write(wrapped(told.lstrip(), indent=indent, hang=" " * _HANG), place)

    def note(self, told: str) -> None:
        """Tell what was noticed on the way, broken into lines that fit."""
        self._write(wrapped(told, indent="     ! ", hang="       "))

    def findings(self, found: Iterable[Finding]) -> None:
        """Tell what was noticed about the data; what is the same of several half-hours is told once."""
        same: dict[tuple[str, str], list[str]] = {}
        for one in found:
            same.setdefault((one.code, one.detail), []).append(one.at)
        for (code, detail), (first, *others) in same.items():
            more = f" So at {len(others):,} more, the last {others[-1]}." if others else ""
            self.note("  ".join(filter(None, (code, first, f"{detail}{more}"))))

    def command(self, label: str, words: Sequence[str]) -> None:
        """Show a command as it can be typed, however narrow the terminal is."""
        self._write(command_lines(words, indent=f" {label:<5} "))

    def bar(self, name: str, done: int, total: int) -> None:
        """Draw how far the step in hand has come; a log file gets no bars."""
        if not sys.stderr.isatty():
            return
        full = _BAR * done // max(total, 1)
        drawn = "=" * full + (">" if full < _BAR else "") + "-" * (_BAR - full - 1)
        told = f" {'│' if fancy() else '|'} {self.step + 1}/{STEPS} {name:<{_NAME}} {drawn} {done}/{total} months"
        sys.stderr.write(f"\r{told}")
        sys.stderr.flush()

    def _write(self, lines: Sequence[str], place: str = "", *, hang: int = _HANG) -> None:
        """Write lines; a place stands at the end of the only one, or under them where that is too long."""
        self._clear()
        last, shown = lines[-1], plain(place)
        gap = width() - _seen(last) - len(shown)
        beside = bool(place) and len(lines) == 1 and gap > 1
        told = [f"{last}{' ' * gap}{shown}"] if beside else list(lines)
        if place and not beside:
            told.append(f"{' ' * (hang if hang + len(shown) <= width() else _HANG)}{shown}")
        sys.stderr.write("\n".join(told) + "\n")
        sys.stderr.flush()

    def _clear(self) -> None:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")


def _seen(line: str) -> int:
    """Count the columns that a line takes, colours aside."""
    return len(_COLOUR.sub("", line))
