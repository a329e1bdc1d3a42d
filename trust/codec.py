"""How a claim is written in JSON: by the shape of its dataclass, so that no field is named twice.

A field `from_` or `data_from` is `from` or `dataFrom` on the wire; a `Period` field stands as `from` and `to`;
what is None is left out. An instant is a stamp with Z, bytes are base64url, a Decimal is its text, and so is an
`Exact` integer, because it may exceed 2^53 - 1 (RFC 8785, section 3.2.2.3).
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import TypeVar, cast, get_args, get_origin, get_type_hints

from trust.canonical import Json
from trust.claims.emissions import Exact
from trust.claims.halfhour import Period, instant, stamp
from trust.did import Did
from trust.digest import Digest, b64url_decode, b64url_encode
from trust.errors import MalformedError

T = TypeVar("T")
Decode = Callable[[Json], object]
Encode = Callable[[object], Json]


@dataclass(frozen=True, slots=True)
class Codec:
    """Both directions of one type: what it reads, and what it writes."""

    decode: Decode
    encode: Encode


def decode(cls: type[T], value: Json) -> T:
    """Read a claim of this class from its JSON.

    Raises:
        MalformedError: when a member is absent or of another type.
    """
    return cast("T", _codec(cast("Hashable", cls)).decode(value))


def encode(claim: object) -> dict[str, Json]:
    """Write a claim as its JSON object."""
    return cast("dict[str, Json]", _codec(cast("Hashable", type(claim))).encode(claim))


def wire_name(field: str) -> str:
    """Turn a Python field name into its name on the wire: snake_case into camelCase."""
    first, *rest = field.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise MalformedError("a member", expected="text", found=type(value).__name__, code="format.schema")
    return value


def _integer(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise MalformedError(
            "a member", expected="an integer", found=type(value).__name__, code="format.schema"
        )
    return value


def _truth(value: Json) -> bool:
    if not isinstance(value, bool):
        raise MalformedError(
            "a member", expected="true or false", found=type(value).__name__, code="format.schema"
        )
    return value


def _same(value: object) -> Json:
    return cast("Json", value)


PLAIN: Mapping[object, Codec] = {
    str: Codec(_text, _same),
    bool: Codec(_truth, _same),
    int: Codec(_integer, _same),
    Exact: Codec(lambda value: int(_text(value)), str),
    Decimal: Codec(lambda value: Decimal(_text(value)), lambda value: f"{value:f}"),
    datetime: Codec(lambda value: instant(_text(value)), lambda value: stamp(cast("datetime", value))),
    bytes: Codec(
        lambda value: b64url_decode(_text(value)), lambda value: b64url_encode(cast("bytes", value))
    ),
    Did: Codec(lambda value: Did.parse(_text(value)), str),
    Digest: Codec(lambda value: Digest.parse(_text(value)), lambda value: cast("Digest", value).multibase),
}


@cache
def _codec(kind: Hashable) -> Codec:
    """Choose the codec of a type once; every later reading is plain calls."""
    if kind in PLAIN:
        return PLAIN[kind]
    if isinstance(kind, UnionType):
        return _optional(next(arm for arm in get_args(kind) if arm is not NoneType))
    if get_origin(kind) is tuple:
        return _run(get_args(kind)[0])
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _word(kind)
    return _record(cast("type[object]", kind))


def _optional(kind: object) -> Codec:
    inner = _codec(kind)
    return Codec(
        lambda value: None if value is None else inner.decode(value),
        lambda value: None if value is None else inner.encode(value),
    )


def _run(kind: object) -> Codec:
    if kind == int | None:  # a month of readings: checked by the schema, and again by the claim's constructor
        return Codec(lambda value: tuple(_list(value)), lambda value: list(cast("tuple[Json, ...]", value)))
    inner = _codec(kind)
    return Codec(
        lambda value: tuple([inner.decode(item) for item in _list(value)]),
        lambda value: [inner.encode(item) for item in cast("tuple[object, ...]", value)],
    )


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise MalformedError(
            "a member", expected="an array", found=type(value).__name__, code="format.schema"
        )
    return value


def _word(kind: type[StrEnum]) -> Codec:
    def read(value: Json) -> StrEnum:
        try:
            return kind(_text(value))
        except ValueError as error:
            words = ", ".join(kind)
            raise MalformedError(
                kind.__name__, expected=f"one of {words}", found=str(value), code="format.schema"
            ) from error

    return Codec(read, lambda value: cast("StrEnum", value).value)


def _record(cls: type[object]) -> Codec:
    hints = get_type_hints(cls)
    names = [field.name for field in fields(cls)]  # type: ignore[arg-type]  # every claim is a dataclass
    plan = [(name, wire_name(name), _codec(hints[name])) for name in names if hints[name] is not Period]
    span = next((name for name in names if hints[name] is Period), None)
    wanted = {name for name, _, _ in plan if NoneType not in get_args(hints[name])}

    def read(value: Json) -> object:
        members = _members(cls, value)
        found = {name: codec.decode(members[wire]) for name, wire, codec in plan if wire in members}
        if span is not None:
            found[span] = _period(cls, members)
        if not wanted <= found.keys():
            absent = wire_name(min(wanted - found.keys()))
            raise MalformedError(
                cls.__name__, expected=f"a member {absent}", found="none", code="format.schema"
            )
        return cls(**found)

    def write(claim: object) -> Json:
        pairs = {wire: codec.encode(getattr(claim, name)) for name, wire, codec in plan}
        if span is not None:
            period: Period = getattr(claim, span)
            pairs |= {"from": stamp(period.start), "to": stamp(period.end)}
        return {wire: item for wire, item in pairs.items() if item is not None}

    return Codec(read, write)


def _members(cls: type[object], value: Json) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise MalformedError(
            cls.__name__, expected="an object", found=type(value).__name__, code="format.schema"
        )
    return value


def _period(cls: type[object], members: Mapping[str, Json]) -> Period:
    if not {"from", "to"} <= members.keys():
        raise MalformedError(cls.__name__, expected="from and to", found="neither", code="format.schema")
    return Period.of(instant(_text(members["from"])), instant(_text(members["to"])))
