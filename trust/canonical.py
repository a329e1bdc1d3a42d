"""The one byte form of a JSON value (RFC 8785), and the reading of bytes that must have it or may have it."""

import re
from typing import NoReturn

import msgspec
import orjson
import rfc8785

from trust.errors import MalformedError
from trust.jsontext import Json, JsonObject, is_harmless, is_shallow, read_strictly, refuse_content

__all__ = [
    "CREDENTIAL_LIMIT",
    "EVIDENCE_LIMIT",
    "RESOURCE_LIMIT",
    "Json",
    "JsonObject",
    "canonicalize",
    "canonicalize_parsed",
    "parse",
    "parse_object",
    "parse_with_form",
]

CREDENTIAL_LIMIT = 256 * 1024
RESOURCE_LIMIT = 1024 * 1024
EVIDENCE_LIMIT = 32 * 1024 * 1024
_ALWAYS_FINE = 4_096
_MOST_CONTAINERS = 300_000
_MOST_ITEMS = 1_000_000

_OPTIONS = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_STRICT_INTEGER
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)
_SHAPE = bytes.maketrans(b"123456789,[-+]", b"000000000::::{")
_LETTERS = b"ghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_POINT = re.compile(rb":0+\.0")
_ASTRAL = re.compile(rb"[\xf0-\xf4]")


def canonicalize(value: Json) -> bytes:
    """Write a value in its one byte form (RFC 8785, section 3.2).

    Raises:
        MalformedError: the value has a number beyond 2^53 - 1, a NaN, a lone surrogate or no JSON form.
    """
    # orjson agrees with RFC 8785 byte for byte unless a number is a float, a NaN has become null, or a key
    # has a character beyond U+FFFF, where UTF-8 and UTF-16 order differ. Each of the three leaves a trace in
    # the bytes. The same trace inside a string only costs the time of asking the reference.
    try:
        raw = orjson.dumps(value, option=_OPTIONS)
    except TypeError:
        return _by_reference(value)
    if _may_have_float(_shape(raw)) or b"null" in raw or _may_have_astral_key(raw):
        return _by_reference(value)
    return raw


def canonicalize_parsed(value: Json) -> bytes:
    """Write what `parse` returned, or a part of it, which holds no float and no NaN (RFC 8785, section 3.2)."""
    raw = orjson.dumps(value, option=_OPTIONS)
    return _by_reference(value) if _may_have_astral_key(raw) else raw


def parse(raw: bytes, *, where: str = "", limit: int = CREDENTIAL_LIMIT, canonical: bool = False) -> Json:
    """Read JSON that has one meaning, and one byte form if `canonical` is asked for (RFC 8785; RFC 7493).

    Raises:
        MalformedError: the bytes are refused; `where` is a JSON pointer, a line or a byte, after the
            caller's own name for the document, and the code is one of `format.*`.
    """
    try:
        _refuse_size(raw, limit=limit)
        value, is_canonical = _read(raw)
        if canonical and not is_canonical:
            _refuse_form(raw, canonicalize(value))
    except MalformedError as error:
        raise error.within(where) if where else error from error.__cause__
    return value


def parse_with_form(raw: bytes, *, limit: int = CREDENTIAL_LIMIT) -> tuple[JsonObject, bytes | None]:
    """Read a JSON object, as `parse` does, and give its RFC 8785 bytes if they are those that were read.

    Raises:
        MalformedError: the bytes are refused, or hold something other than an object.
    """
    _refuse_size(raw, limit=limit)
    value, is_canonical = _read(raw)
    return _object(value, "/"), raw if is_canonical else None


def parse_object(
    raw: bytes, *, where: str = "", limit: int = CREDENTIAL_LIMIT, canonical: bool = False
) -> JsonObject:
    """Read a JSON object, as `parse` does.

    Raises:
        MalformedError: the bytes are refused, or hold something other than an object.
    """
    return _object(parse(raw, where=where, limit=limit, canonical=canonical), where or "/")


def _object(value: Json, where: str) -> JsonObject:
    if not isinstance(value, dict):
        found = "null" if value is None else f"a {type(value).__name__}"
        raise MalformedError(where, expected="a JSON object", found=found)
    return value


def _read(raw: bytes) -> tuple[Json, bool]:
    # What orjson writes back unchanged has no second key, space, escape or number form. The reader stops at a
    # float; what is left to exclude are characters that deceive, depth, and the order of keys beyond U+FFFF.
    try:
        value = _DECODER.decode(raw)
        is_canonical = orjson.dumps(value, option=_OPTIONS) == raw
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, TypeError):
        return read_strictly(raw), False
    is_ascii = raw.isascii()
    if not is_canonical or not (is_ascii or _ASTRAL.search(raw) is None):
        return read_strictly(raw), False
    if not (is_ascii and b"\\" not in raw) and not is_harmless(raw.decode("utf-8")):
        refuse_content(value)
    if not is_shallow(raw):
        refuse_content(value)
    return value, True


def _refuse_float(text: str) -> NoReturn:
    raise ValueError(text)


_DECODER: msgspec.json.Decoder[Json] = msgspec.json.Decoder(float_hook=_refuse_float)


def _shape(raw: bytes) -> bytes:
    # Every digit becomes 0, all that can stand before a number or in an exponent becomes a colon, and every
    # list ends as an object begins; the letters that no number, and no hexadecimal digest, has are left out.
    return raw.translate(_SHAPE, _LETTERS)


def _may_have_float(shape: bytes) -> bool:
    # Inside an object or a list, a float shows as :00.0 or, with one digit and an exponent, as :0e:.
    if not shape.startswith((b"{", b":")):
        return True
    return b":0e:" in shape or (b"0.0" in shape and _POINT.search(shape) is not None)


def _may_have_astral_key(raw: bytes) -> bool:
    return not raw.isascii() and _ASTRAL.search(raw) is not None


def _by_reference(value: Json) -> bytes:
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise MalformedError("the value", expected="a value that JSON can hold", found=str(error)) from error


def _refuse_size(raw: bytes, *, limit: int) -> None:
    if len(raw) > limit:
        _refuse_more(f"{limit} bytes", len(raw))
    if len(raw) <= _ALWAYS_FINE:
        return
    # A short text can unfold into a hundred times its memory, if it is all brackets or all commas.
    most = min(max(_ALWAYS_FINE, limit // 32), _MOST_CONTAINERS)
    if (containers := raw.count(b"{") + raw.count(b"[")) > most:
        code = "format.too_large" if is_shallow(raw) else "format.too_deep"
        _refuse_more(f"{most} objects and lists", containers, code=code)
    if (items := raw.count(b",")) > _MOST_ITEMS:
        _refuse_more(f"{_MOST_ITEMS} members and items", items)


def _refuse_more(most: str, found: int, *, code: str = "format.too_large") -> NoReturn:
    raise MalformedError("the document", expected=f"at most {most}", found=str(found), code=code)


def _refuse_form(raw: bytes, form: bytes) -> None:
    if raw == form:
        return
    at = next(
        (i for i, (a, b) in enumerate(zip(raw, form, strict=False)) if a != b), min(len(raw), len(form))
    )
    raise MalformedError(
        f"byte {at}",
        expected=f"the RFC 8785 form, {form[at : at + 20]!r}",
        found=repr(raw[at : at + 20]),
        code="format.not_canonical",
    )
