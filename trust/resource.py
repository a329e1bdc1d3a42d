"""Resources: what travels beside a credential under a digest, read and written in RFC 8785 bytes.

Readings, the commitments to them, and a region's intensities: each one JSON object with a value for every half-hour.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast

from trust.canonical import Json, canonicalize, parse
from trust.claims.commitments import POINT_SIZE, Commitments
from trust.claims.consumption import Fuel, Readings, UnitCode
from trust.claims.halfhour import INTERVAL, HalfHour, Period, instant, stamp
from trust.claims.intensity import IntensitySeries
from trust.digest import b64url_decode, b64url_encode
from trust.errors import MalformedError
from trust.schema import fit

Resource = Readings | Commitments | IntensitySeries
LARGEST = 1 << 20
GROUP = "secp256k1"
INTENSITY_UNIT = "gCO2/kWh"
_SCHEMAS = MappingProxyType(
    {
        "HalfHourSeries": "half-hour-series",
        "Commitments": "commitments",
        "IntensitySeries": "intensity-series",
    }
)


def write_resource(resource: Resource) -> bytes:
    """Write a resource in its RFC 8785 bytes, the ones that a credential's digest binds."""
    if isinstance(resource, Readings):
        return canonicalize(_write_readings(resource))
    if isinstance(resource, Commitments):
        return canonicalize(_write_commitments(resource))
    return canonicalize(_write_series(resource))


def read_resource(raw: bytes, *, where: str) -> Resource:
    """Read a resource from the bytes that its digest was checked against.

    Raises:
        MalformedError: when the bytes are not one of the three, or contradict themselves.
    """
    members = parse(raw, where=where, limit=LARGEST)
    name = str(members.get("type")) if isinstance(members, Mapping) else ""
    if not isinstance(members, Mapping) or name not in _SCHEMAS:
        raise MalformedError(
            where,
            expected="a HalfHourSeries, Commitments or IntensitySeries",
            found=name[:60] or type(members).__name__,
            code="format.unknown_type",
        )
    fit(_SCHEMAS[name], members)
    return _READ[name](members)


def _write_readings(readings: Readings) -> Mapping[str, Json]:
    return {
        "type": "HalfHourSeries",
        "from": stamp(readings.period.start),
        "interval": INTERVAL,
        "unitCode": readings.unit_code.value,
        "exponent": readings.exponent,
        "values": list(readings.values),
        "quality": readings.quality,
        "salt": b64url_encode(readings.salt),
    }


def _write_commitments(commitments: Commitments) -> Mapping[str, Json]:
    return {
        "type": "Commitments",
        "group": GROUP,
        "from": stamp(commitments.period.start),
        "interval": INTERVAL,
        "fuel": commitments.fuel.value,
        "unitCode": commitments.unit_code.value,
        "exponent": commitments.exponent,
        "quality": commitments.quality,
        "points": [None if point is None else b64url_encode(point) for point in commitments.points],
    }


def _write_series(series: IntensitySeries) -> Mapping[str, Json]:
    return {
        "type": "IntensitySeries",
        "from": stamp(series.period.start),
        "interval": INTERVAL,
        "unitCode": INTENSITY_UNIT,
        "values": list(series.values),
        "quality": series.quality,
    }


def _read_readings(members: Mapping[str, Json]) -> Readings:
    values = cast("list[int | None]", members["values"])
    return Readings(
        period=_period(members, len(values)),
        unit_code=UnitCode(cast("str", members["unitCode"])),
        exponent=cast("int", members["exponent"]),
        values=tuple(values),
        quality=cast("str", members["quality"]),
        salt=b64url_decode(cast("str", members["salt"]), where="salt"),
    )


def _read_commitments(members: Mapping[str, Json]) -> Commitments:
    points = cast("list[str | None]", members["points"])
    return Commitments(
        period=_period(members, len(points)),
        fuel=Fuel(cast("str", members["fuel"])),
        unit_code=UnitCode(cast("str", members["unitCode"])),
        exponent=cast("int", members["exponent"]),
        quality=cast("str", members["quality"]),
        points=_points(points),
    )


def _points(encoded: list[str | None]) -> tuple[bytes | None, ...]:
    """Decode every point in one go: the schema has given each its 44 characters, which hold 33 bytes and no rest."""
    packed = b64url_decode("".join([point for point in encoded if point is not None]), where="points")
    cut = iter([packed[start : start + POINT_SIZE] for start in range(0, len(packed), POINT_SIZE)])
    return tuple([None if point is None else next(cut) for point in encoded])


def _read_series(members: Mapping[str, Json]) -> IntensitySeries:
    values = cast("list[int | None]", members["values"])
    return IntensitySeries(
        period=_period(members, len(values)),
        values=tuple(values),
        quality=cast("str", members["quality"]),
    )


def _period(members: Mapping[str, Json], slots: int) -> Period:
    first = HalfHour.at(instant(cast("str", members["from"])))
    return Period(first, HalfHour(first.number + slots))


_READ: Mapping[str, Callable[[Mapping[str, Json]], Resource]] = MappingProxyType(
    {
        "HalfHourSeries": _read_readings,
        "Commitments": _read_commitments,
        "IntensitySeries": _read_series,
    }
)
