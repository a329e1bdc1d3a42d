"""JSON text as others wrote it: read without mercy, and every refusal says where and why (RFC 8259, I-JSON)."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NoReturn, TypeAlias, cast

from trust.errors import MalformedError

Json: TypeAlias = bool | int | str | Sequence["Json"] | Mapping[str, "Json"] | None
JsonObject: TypeAlias = Mapping[str, Json]

DEEPEST = 32
LARGEST_INTEGER = 2**53 - 1
_LONGEST_INTEGER = 17  # characters of -9007199254740991
_SHOWN = 40

_HIDDEN = re.compile("[\0\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")
_JOINERS = re.compile("[\u200c\u200d]")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S")
_MINUS_ZERO = re.compile("-0(?![0-9])")
_DIGITS_ALIKE = str.maketrans("123456789", "000000000")
_NO_STRUCTURE = bytes(byte for byte in range(256) if byte not in b'{}[]"')
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class _Refused:
    """A part of the text that no value stands for, kept until the walk can say where it is."""

    expected: str
    found: str
    code: str


_Read: TypeAlias = "_Refused | bool | int | str | list[_Read] | dict[str, _Read] | None"
_Place: TypeAlias = "tuple[_Place, str | int] | None"


def read_strictly(raw: bytes) -> Json:
    """Read JSON text, refusing whatever two readers could understand differently (RFC 7493).

    Raises:
        MalformedError: not UTF-8, no JSON, a duplicate key, a number that is no integer within 2^53 - 1,
            more than 32 levels, a hidden character; `where` is a JSON pointer, a line or a byte.
    """
    text = _text(raw)
    refused: list[_Refused] = []
    value = _decode(text, refused)
    # Most texts need no walk: nothing in them was refused, and neither text nor depth raises a doubt.
    if refused or not is_harmless(text) or not is_shallow(raw):
        refuse_content(value)
    return value  # type: ignore[return-value] # it holds no refused part, or the walk has raised


def refuse_content(value: object) -> None:
    """Walk a value that was read, and refuse the first part that may not stand in a document.

    Raises:
        MalformedError: a part is refused; `where` is its JSON pointer.
    """
    level: list[tuple[_Place, object]] = [(None, [value])]
    for _ in range(DEEPEST + 1):
        level = [child for place, part in level for child in _containers(place, part)]
    if level:
        expected, place = f"at most {DEEPEST} levels", level[0][0]
        raise MalformedError(_pointer(place), expected=expected, found="more", code="format.too_deep")


def is_shallow(raw: bytes) -> bool:
    """Tell at once that JSON has at most 32 levels; False means: look closer."""
    if raw.count(b"{") + raw.count(b"[") <= DEEPEST:
        return True
    # Without escapes, and with every byte gone but brackets and quotes, a string is two quotes in a row.
    # A quote that is left means that a string holds a bracket.
    if b"\\" in raw:
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    structure = raw.translate(None, _NO_STRUCTURE).replace(b'""', b"")
    for _ in range(DEEPEST):
        structure = structure.replace(b"{}", b"").replace(b"[]", b"")
    return not structure


def is_harmless(text: str) -> bool:
    """Tell at once that no string of the text has a hidden or ambiguous character; False means: look closer."""
    return (
        text.isascii()
        or (not _HIDDEN.search(text) and not _JOINERS.search(text) and unicodedata.is_normalized("NFC", text))
    ) and "\\u" not in text


def _text(raw: bytes) -> str:
    if raw.startswith(_MARKS) or b"\0" in raw[:4]:
        found = "a byte order mark, UTF-16 or UTF-32"
        raise MalformedError("byte 0", expected="UTF-8 without a mark", found=found, code="format.encoding")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"the byte {raw[error.start]:#04x}"
        raise MalformedError(
            f"byte {error.start}", expected="UTF-8", found=found, code="format.encoding"
        ) from error


def _decode(text: str, refused: list[_Refused]) -> _Read:
    is_plain = "0" * 16 not in text.translate(_DIGITS_ALIKE) and _MINUS_ZERO.search(text) is None
    number = partial(_number, refused)
    decoder = json.JSONDecoder(
        object_pairs_hook=partial(_members, refused),
        parse_int=None if is_plain else partial(_integer, refused),
        parse_float=number,
        parse_constant=number,
    )
    try:
        decoded: _Read = decoder.decode(text)
    except json.JSONDecodeError as error:
        found = ascii(text[error.pos : error.pos + _SHOWN]) if error.pos < len(text) else "the end"
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedError(where, expected=f"JSON ({error.msg})", found=found) from error
    except RecursionError as error:
        raise MalformedError(
            "the document", expected=f"at most {DEEPEST} levels", found="far more", code="format.too_deep"
        ) from error
    return decoded


def _containers(place: _Place, part: object) -> Iterator[tuple[_Place, object]]:
    if isinstance(part, dict):
        members = cast("dict[str, object]", part)
        for key in members:
            if not key.isascii() or "\0" in key:
                _refuse_text((place, key), key, is_identifier=True)
        children: Iterable[tuple[str | int, object]] = members.items()
    else:
        children = enumerate(cast("list[object]", part))
    for step, child in children:
        kind = type(child)
        if kind is str:
            text = cast("str", child)
            if not text.isascii() or "\0" in text:
                _refuse_text((place, step), text, is_identifier=_IDENTIFIER.match(text) is not None)
        elif kind is dict or kind is list:
            yield (place, step), child
        elif kind is _Refused:
            _refuse_part((place, step), cast("_Refused", child))


def _refuse_part(place: _Place, part: _Refused) -> NoReturn:
    raise MalformedError(_pointer(place), expected=part.expected, found=part.found, code=part.code)


def _refuse_text(place: _Place, text: str, *, is_identifier: bool) -> None:
    hidden = _HIDDEN.search(text) or (_JOINERS.search(text) if is_identifier else None)
    if hidden is not None:
        raise MalformedError(
            _pointer(place),
            expected="visible characters",
            found=f"U+{ord(hidden[0]):04X}",
            code="format.character",
        )
    if is_identifier and not unicodedata.is_normalized("NFC", text):
        raise MalformedError(
            _pointer(place),
            expected="composed characters (NFC)",
            found=ascii(text[:_SHOWN]),
            code="format.character",
        )


def _pointer(place: _Place) -> str:
    steps: list[str] = []
    while place is not None:
        place, step = place
        steps.append(ascii(step)[1:-1] if isinstance(step, str) else str(step))
    steps.pop()  # the first step leads into the list that the walk puts around the document
    return (
        "".join(f"/{step.replace('~', '~0').replace('/', '~1')[:_SHOWN]}" for step in reversed(steps)) or "/"
    )


def _members(refused: list[_Refused], pairs: list[tuple[str, _Read]]) -> "dict[str, _Read] | _Refused":
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
    refused.append(_Refused("every key once", f"{twice[:_SHOWN]!a} twice", "format.duplicate_key"))
    return refused[-1]


def _integer(refused: list[_Refused], digits: str) -> int | _Refused | None:
    if len(digits) <= _LONGEST_INTEGER and digits != "-0" and abs(number := int(digits)) <= LARGEST_INTEGER:
        return number
    return _number(refused, digits)


def _number(refused: list[_Refused], text: str) -> _Refused | None:
    # One is enough: whatever a second key could hide of it, that key is refused in its place.
    if refused:
        return None
    refused.append(_Refused("an integer within 2^53 - 1", text[:_SHOWN], "format.unparseable"))
    return refused[0]
