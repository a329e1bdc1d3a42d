"""Text for a terminal: escaped, wrapped, and coloured where the terminal wants it."""

import os
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Mapping
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
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns))


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


def wrapped(text: str, *, indent: str, hang: str) -> list[str]:
    """Break one paragraph into lines that fit, the first under `indent`, the others under `hang`."""
    return textwrap.wrap(
        plain(text), width(), initial_indent=indent, subsequent_indent=hang, break_long_words=True
    ) or [indent.rstrip()]


def two_columns(left: str, right: str) -> str:
    """Put two texts at both ends of a line, or under each other where the line is too short."""
    left, right = plain(left), plain(right)
    gap = width() - len(left) - len(right)
    return f"{left}{' ' * gap}{right}" if gap > 1 else f"{left}\n    {right}"
