"""Which characters the report's fonts have; whatever else came from outside is written as its number.

The ranges were found by setting every character in both fonts (docs/decisions/0016); no line, paragraph or direction
can be changed by a character of a name.
"""

import unicodedata
from bisect import bisect_right

from trust.canonical import Json

_RANGES = (
    (0x20, 0x7E),
    (0xA0, 0xAC),
    (0xAE, 0x2FF),
    (0x300, 0x34E),
    (0x350, 0x377),
    (0x37A, 0x37F),
    (0x384, 0x38A),
    (0x38C, 0x38C),
    (0x38E, 0x3A1),
    (0x3A3, 0x4FF),
    (0x531, 0x556),
    (0x559, 0x58A),
    (0x5D0, 0x5EA),
    (0x621, 0x63A),
    (0x641, 0x64A),
    (0x10D0, 0x10FF),
    (0x1E00, 0x1EFF),
    (0x1F00, 0x1F15),
    (0x2010, 0x2027),
    (0x2030, 0x205E),
    (0x2070, 0x2071),
    (0x2074, 0x208E),
    (0x20A0, 0x20C0),
    (0x2100, 0x211E),
    (0x2190, 0x21FF),
    (0x2200, 0x22FF),
    (0x2713, 0x2718),
)
_STARTS = tuple(first for first, _ in _RANGES)
_MISSING_INSIDE = frozenset({0x2041, 0x2043, 0x2053})


def printable(text: str) -> str:
    """Write a text in characters that the fonts have; another stands as `[U+4E2D]`, a line break as a space."""
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(char if _has(ord(char)) else f"[U+{ord(char):04X}]" for char in composed)


def all_printable(value: Json) -> Json:
    """Write every text of a document in characters that the fonts have."""
    if isinstance(value, dict):
        return {name: all_printable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [all_printable(item) for item in value]
    return printable(value) if isinstance(value, str) else value


def _has(point: int) -> bool:
    place = bisect_right(_STARTS, point) - 1
    return place >= 0 and point <= _RANGES[place][1] and point not in _MISSING_INSIDE
