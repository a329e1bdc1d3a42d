"""JSON text as others wrote it: read without mercy, and every refusal says where and why (RFC 8259, I-JSON)."""

import json
import re
import unicodedata
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

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
    value = _decode(_text(raw))
    refuse_content(value)
    return value  # type: ignore[return-value] # the walk has found no refused part in it


def refuse_content(value: object) -> None:
    """Walk a value that was read, and refuse the first part that may not stand in a document.

    Raises:
        MalformedError: a part is refused; `where` is its JSON pointer.
    """
    level: list[tuple[_Place, object]] = [(None, value)]
    for _ in range(DEEPEST):
        level = [child for place, part in level for child in _children(place, part)]
    for place, part in level:
        if isinstance(part, dict | list | tuple):
            expected = f"at most {DEEPEST} levels"
            raise MalformedError(_pointer(place), expected=expected, found="more", code="format.too_deep")
        deque(_children(place, part), maxlen=0)


def is_harmless(text: str) -> bool:
    """Tell at once that no string of the text has a hidden or ambiguous character; False means: look closer."""
    return (
        text.isascii()
        or (not _HIDDEN.search(text) and not _JOINERS.search(text) and unicodedata.is_normalized("NFC", text))
    ) and r"\u0000" not in text


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


def _decode(text: str) -> _Read:
    try:
        decoded: _Read = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        found = ascii(text[error.pos : error.pos + _SHOWN]) if error.pos < len(text) else "the end"
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedError(where, expected=f"JSON ({error.msg})", found=found) from error
    except RecursionError as error:
        raise MalformedError(
            "the document", expected=f"at most {DEEPEST} levels", found="far more", code="format.too_deep"
        ) from error
    return decoded


def _children(place: _Place, part: object) -> Iterator[tuple[_Place, object]]:
    match part:
        case str():
            _refuse_text(place, part, is_identifier=_IDENTIFIER.match(part) is not None)
        case bool() | None:
            return
        case int() if abs(part) <= LARGEST_INTEGER:
            return
        case dict():
            for key, child in part.items():
                _refuse_text((place, key), key, is_identifier=True)
                yield (place, key), child
        case list() | tuple():
            yield from (((place, index), child) for index, child in enumerate(part))
        case _:
            _refuse_part(place, part)


def _refuse_part(place: _Place, part: object) -> NoReturn:
    if isinstance(part, _Refused):
        raise MalformedError(_pointer(place), expected=part.expected, found=part.found, code=part.code)
    raise MalformedError(
        _pointer(place), expected="an integer within 2^53 - 1 or text", found=f"a {type(part).__name__}"
    )


def _refuse_text(place: _Place, text: str, *, is_identifier: bool) -> None:
    if text.isascii() and "\0" not in text:
        return
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
    return (
        "".join(f"/{step.replace('~', '~0').replace('/', '~1')[:_SHOWN]}" for step in reversed(steps)) or "/"
    )


def _members(pairs: list[tuple[str, _Read]]) -> "dict[str, _Read] | _Refused":
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
    return _Refused("every key once", f"{twice[:_SHOWN]!a} twice", "format.duplicate_key")


def _integer(digits: str) -> int | _Refused:
    if len(digits) <= _LONGEST_INTEGER and digits != "-0" and abs(number := int(digits)) <= LARGEST_INTEGER:
        return number
    return _number(digits)


def _number(text: str) -> _Refused:
    return _Refused("an integer within 2^53 - 1", text[:_SHOWN], "format.unparseable")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_integer, parse_float=_number, parse_constant=_number
)
