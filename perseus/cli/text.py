"""Text for a terminal: escaped, wrapped, and coloured where the terminal wants it."""

import os
import shlex
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

GLYPHS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "passed": ("✓", "v", "32"),
        "failed": ("✗", "x", "31;1"),
        "warning": ("!", "!", "33"),
        "unknown": ("?", "?", "35"),
        "not_run": ("-", "-", "2"),
        "not_applicable": ("·", ".", "2"),
    }
)
_NARROWEST, _WIDEST = 40, 100


def plain(text: str) -> str:
    """Escape what came from outside: no control, format or surrogate character reaches the terminal."""
    return "".join(
        char
        if char == "\n" or unicodedata.category(char)[0] != "C"
        else char.encode("unicode_escape").decode()
        for char in text
    )


def width() -> int:
    """Give the columns that a line may have."""
    columns = shutil.get_terminal_size((0, 24)).columns or _columns_of_stderr()
    return max(_NARROWEST, min(_WIDEST, columns))


def _columns_of_stderr() -> int:
    """Ask the terminal that progress is told on, where the result goes into a file."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return _WIDEST


def fancy() -> bool:
    """Tell whether the output can show check marks and box lines."""
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def coloured() -> bool:
    """Tell whether the output wants colour (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def mark(outcome: str) -> str:
    """Give an outcome's glyph, coloured where that helps; the word always stands beside it."""
    drawn, ascii_only, colour = GLYPHS[outcome]
    glyph = drawn if fancy() else ascii_only
    return f"\x1b[{colour}m{glyph}\x1b[0m" if coloured() else glyph


def bold(text: str) -> str:
    """Set a headline off where the terminal can."""
    return f"\x1b[1m{text}\x1b[0m" if coloured() else text


def wrapped(text: str, *, indent: str, hang: str, inset: int = 0) -> list[str]:
    """Break one paragraph into lines that fit, the first under `indent`, the others under `hang`.

    `inset` is how many columns the lines lose to what they will be hung under.
    """
    return textwrap.wrap(
        plain(text), width() - inset, initial_indent=indent, subsequent_indent=hang, break_long_words=True
    ) or [indent.rstrip()]


def paragraph(text: str, *, indent: str, hang: str) -> str:
    """Break a paragraph where a terminal reads it; a file gets it in one line, for programs that read by lines."""
    if not sys.stdout.isatty():
        return f"{indent}{plain(text)}\n"
    return "\n".join(wrapped(text, indent=indent, hang=hang)) + "\n"


def command_lines(words: Sequence[str], *, indent: str) -> list[str]:
    """Quote a command for the shell, and break it between its words and never inside one."""
    rows: list[list[str]] = [[]]
    for word in (plain(shlex.quote(word)) for word in words):
        if rows[-1] and len(" ".join([indent, *rows[-1], word])) + 1 > width():
            rows.append([])
        rows[-1].append(word)
    hang = " " * len(indent)
    ends = [" \\"] * (len(rows) - 1) + [""]
    heads = [indent] + [hang] * (len(rows) - 1)
    return [head + " ".join(row) + end for head, row, end in zip(heads, rows, ends, strict=True)]


def two_columns(left: str, right: str, *, hang: str = "    ", inset: int = 0) -> list[str]:
    """Put two texts at both ends of a line, or under each other, each broken to fit, where the line is too short."""
    gap = width() - inset - len(plain(left)) - len(plain(right))
    if gap > 1:
        return [f"{plain(left)}{' ' * gap}{plain(right)}"]
    return [
        text
        for one, start in ((left, ""), (right, hang))
        for text in wrapped(one, indent=start, hang=hang, inset=inset)
    ]
