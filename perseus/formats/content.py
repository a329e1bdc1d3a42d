"""The bytes of a file, unpacked and read as text, rows or JSON, within limits."""

import csv
import io
import json
import zlib
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import NoReturn, TypeAlias

from trust.errors import MalformedError

Value: TypeAlias = "bool | int | Decimal | str | list[Value] | dict[str, Value] | None"
LIMIT = 32 * 2**20
_GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib's name for: one gzip member, its checksum verified
_MIB = 2**20


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
        MalformedError: the bytes are not UTF-8, or hold a NUL.
    """
    try:
        read = unpack(content).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable("text in UTF-8", f"byte {error.start} is not", code="format.encoding") from error
    if "\0" in read:
        raise _unreadable("text", "a NUL character", code="format.character")
    return read


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
        MalformedError: the file is no JSON, names a member twice, or has a number that is none.
    """
    read = text(content)
    try:
        parsed: Value = json.loads(
            read, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_object
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}"
        raise MalformedError(where, expected="JSON", found=f"{error.msg} at column {error.colno}") from error
    except (ValueError, ArithmeticError) as error:
        raise MalformedError("JSON", expected="numbers of ordinary length", found="a longer one") from error
    except RecursionError as error:
        expected = "ordinary nesting"
        raise MalformedError("JSON", expected=expected, found="too much", code="format.too_deep") from error
    return parsed


def _object(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    members = dict(pairs)
    if len(members) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = counts.most_common(1)[0][0]
        found = f"{twice[:40]!a} twice"
        raise MalformedError("JSON", expected="every member once", found=found, code="format.duplicate_key")
    return members


def _no_number(word: str) -> NoReturn:
    raise MalformedError("JSON", expected="a number", found=word, code="data.range")


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
