"""How the demo tells what it does: one line a step, and on a terminal a bar while the longest one runs."""

import sys
from dataclasses import dataclass

from perseus.cli.text import fancy, mark, plain, width, wrapped

STEPS = 8
_NAME, _BAR = 11, 18


@dataclass(slots=True)
class Teller:
    """The progress of one run, told on standard error, so that standard output holds the result alone."""

    step: int = 0

    def done(self, name: str, told: str, place: str = "") -> None:
        """Tell that a step is done, and where its files lie."""
        self.step += 1
        self.say(f" {mark('passed')} {self.step}/{STEPS} {name:<{_NAME}} {plain(told)}", place)

    def say(self, line: str, place: str = "") -> None:
        """Write one line; the place stands at its end, or under it where the line is too short."""
        self._clear()
        gap = width() - len(plain(line)) - len(place)
        tail = f"{' ' * gap}{place}" if place and gap > 1 else f"\n{' ' * 8}{place}" if place else ""
        sys.stderr.write(f"{line}{tail}\n")
        sys.stderr.flush()

    def note(self, told: str) -> None:
        """Tell what was noticed on the way, broken into lines that fit."""
        for line in wrapped(told, indent="     ! ", hang="       "):
            self.say(line)

    def bar(self, name: str, done: int, total: int) -> None:
        """Draw how far the step in hand has come; a log file gets no bars."""
        if not sys.stderr.isatty():
            return
        full = _BAR * done // max(total, 1)
        drawn = "=" * full + (">" if full < _BAR else "") + "-" * (_BAR - full - 1)
        told = f" {'│' if fancy() else '|'} {self.step + 1}/{STEPS} {name:<{_NAME}} {drawn} {done}/{total} months"
        sys.stderr.write(f"\r{told}")
        sys.stderr.flush()

    def _clear(self) -> None:
        if sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
