"""The bytes of a file, unpacked and read as text, rows or JSON, within limits."""

import contextlib
import csv
import io
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TypeAlias

from trust.errors import MalformedError

Value: TypeAlias = "bool | int | Decimal | str | list[Value] | dict[str, Value] | None"
LIMIT = 32 * 2**20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib's name for: one gzip member, its checksum verified
_MIB = 2**20
_LONGEST_NUMBER = 80  # characters
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class _Refused:
    """A part of the text that no value stands for, kept until its pointer is known."""

    expected: str
    found: str
    code: str


_Read: TypeAlias = "_Refused | bool | int | Decimal | str | list[_Read] | dict[str, _Read] | None"


def unpack(content: bytes, *, limit: int = LIMIT) -> bytes:
    """Undo gzip where the first bytes are its magic number (RFC 1952, section 2.3.1), up to a limit.

    Raises:
        MalformedError: the file is larger than the limit, or is a broken gzip file.
    """
    if not content.startswith(_GZIP):
        return _within(content, limit)
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    try:
        plain = unpacker.decompress(content, limit + 1)
    except zlib.error as error:
        raise _unreadable("a whole gzip file", "a damaged one") from error
    _within(plain, limit)
    if not unpacker.eof or unpacker.unused_data:
        raise _unreadable(
            "one whole gzip file", "more after its end" if unpacker.eof else "its beginning only"
        )
    return plain


def text(content: bytes) -> str:
    """Read a file as UTF-8, without the byte order mark that spreadsheets put first.

    Raises:
        MalformedError: the bytes are not UTF-8, hold a NUL, or are none at all.
    """
    try:
        read = unpack(content).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable("text in UTF-8", f"byte {error.start} is not", code="format.encoding") from error
    if not read.strip():
        raise _unreadable("something in the file", "nothing: it is empty")
    if "\0" in read:
        raise _unreadable("text", "a NUL character", code="format.character")
    return read


def looks_json(content: bytes) -> bool:
    """Tell JSON by its first character.

    Raises:
        MalformedError: the file cannot be unpacked.
    """
    return unpack(content).removeprefix(_BYTE_ORDER_MARK).lstrip().startswith((b"{", b"["))


def table(content: bytes) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Read a file of comma-separated values: the header in lower case, then the rows (RFC 4180).

    Raises:
        MalformedError: there is no header, a quote is open, or a row is longer or shorter than the header.
    """
    try:
        header, *rows = list(csv.reader(io.StringIO(text(content), newline=""), strict=True)) or [[]]
    except csv.Error as error:
        raise _unreadable("comma-separated values", str(error)) from error
    while rows and not rows[-1]:
        rows.pop()
    names = [name.strip().lower() for name in header]
    wrong = next((line for line, row in enumerate(rows, start=2) if len(row) != len(names)), None)
    if wrong is not None:
        raise _ragged(wrong, names, rows[wrong - 2])
    if not rows:
        raise _unreadable("a header and at least one row", "no row")
    return names, rows


def value(content: bytes) -> Value:
    """Read a JSON file with its numbers as decimals, never through binary floats.

    Raises:
        MalformedError: the file is no JSON, names a member twice, or has a number that is none; `where` is a line or
            a JSON pointer.
    """
    read = text(content)
    refused: list[_Refused] = []
    try:
        parsed: _Read = _decoder(refused).decode(read)
    except json.JSONDecodeError as error:
        expected = f"JSON ({error.msg.removesuffix(' at').removesuffix(' starting')})"
        found = ascii(read[error.pos : error.pos + _SHOWN]) if error.pos < len(read) else "the end"
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedError(where, expected=expected, found=found) from error
    except RecursionError as error:
        expected = "ordinary nesting"
        raise MalformedError("JSON", expected=expected, found="too much", code="format.too_deep") from error
    if refused:
        where, part = next(_refused_parts(parsed))
        raise MalformedError(where or "/", expected=part.expected, found=part.found, code=part.code)
    return parsed  # type: ignore[return-value]  # nothing in it was refused


def _decoder(refused: list[_Refused]) -> json.JSONDecoder:
    """Make a reader that goes on past what it refuses, so that the place can be told."""
    return json.JSONDecoder(
        parse_int=partial(_number, refused, int),
        parse_float=partial(_number, refused, Decimal),
        parse_constant=partial(_no_number, refused),
        object_pairs_hook=partial(_object, refused),
    )


def _object(refused: list[_Refused], pairs: list[tuple[str, _Read]]) -> dict[str, _Read] | _Refused:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
    refused.append(_Refused("every member once", f"{twice[:_SHOWN]!a} twice", "format.duplicate_key"))
    return refused[-1]


def _number(
    refused: list[_Refused], kind: type[int] | type[Decimal], digits: str
) -> int | Decimal | _Refused:
    if len(digits) <= _LONGEST_NUMBER:
        with contextlib.suppress(ArithmeticError):
            return kind(digits)
    found = f"{digits[:_SHOWN]}..."
    refused.append(_Refused("a number of ordinary length", found, "format.unparseable"))
    return refused[-1]


def _no_number(refused: list[_Refused], word: str) -> _Refused:
    refused.append(_Refused("a number", word, "data.range"))
    return refused[-1]


def _refused_parts(parsed: _Read) -> Iterator[tuple[str, _Refused]]:
    """Find what was refused, in the order of the file, each with its pointer (RFC 6901)."""
    waiting: list[tuple[str, _Read]] = [("", parsed)]
    while waiting:
        where, part = waiting.pop()
        if isinstance(part, _Refused):
            yield where, part
        elif isinstance(part, dict):
            waiting += reversed([(f"{where}/{_step(name)}", child) for name, child in part.items()])
        elif isinstance(part, list):
            waiting += reversed([(f"{where}/{index}", child) for index, child in enumerate(part)])


def _step(name: str) -> str:
    return ascii(name[:_SHOWN])[1:-1].replace("~", "~0").replace("/", "~1")


def _ragged(line: int, names: Sequence[str], row: Sequence[str]) -> MalformedError:
    expected = f"{len(names)} values, as many as the header names"
    comma = ": a comma in a number? Write decimals with a point" if len(row) > len(names) else ""
    return MalformedError(f"line {line}", expected=expected, found=f"{len(row)}{comma}")


def _within(content: bytes, limit: int) -> bytes:
    if len(content) > limit:
        raise _unreadable(f"at most {limit // _MIB} MiB", "more", code="format.too_large")
    return content


def _unreadable(expected: str, found: str, *, code: str = "format.unparseable") -> MalformedError:
    return MalformedError("content", expected=expected, found=found, code=code)
