"""The answer of a Perseus consumption API (edition 2026-03-12), `GET /datasources/{id}/{measure}`."""

from datetime import datetime
from decimal import Decimal

from perseus.formats.content import Value, value
from perseus.formats.finding import Finding
from perseus.formats.members import items, kind, malformed, member, string
from perseus.formats.metering import MeterFile, Reading
from perseus.formats.quantity import Most, in_half_an_hour, measured
from trust.claims.consumption import MEASURED, Fuel, UnitCode
from trust.claims.halfhour import HALF_HOUR, HalfHour, instant
from trust.claims.region import outcode
from trust.errors import MalformedError

_UNITS = {
    (Fuel.ELECTRICITY, "KWH"): (UnitCode.WATT_HOUR, 3),
    (Fuel.ELECTRICITY, "WHR"): (UnitCode.WATT_HOUR, 0),
    (Fuel.GAS, "KWH"): (UnitCode.WATT_HOUR, 3),
    (Fuel.GAS, "WHR"): (UnitCode.WATT_HOUR, 0),
    (Fuel.GAS, "MTQ"): (UnitCode.CUBIC_METRE, 0),
}
_FIELDS = ("type", "from", "to", "takenAt", "energy", "cumulative")


def read(content: bytes) -> MeterFile:
    """Read one answer; every rule of the edition is demanded of every reading.

    Raises:
        MalformedError: naming every rule that the first faulty reading breaks.
    """
    answer = value(content)
    bare = isinstance(answer, list)
    data = items(answer if bare else member(answer, "data", where="/"), where="/data")
    if not data:
        raise MalformedError("/data", expected="at least one reading", found="none", code="data.gap")
    for index, reading in enumerate(data):
        _check(reading, where=f"/{index}" if bare else f"/data/{index}", bare=bare)
    place = member(answer, "location", where="/")
    where = "/location/ukPostcodeOutcode"
    at = outcode(string(member(place, "ukPostcodeOutcode", where="/location"), where=where))
    fuel, unit, scale = _unit(data)
    most = in_half_an_hour(unit, scale)
    rows = tuple([_reading(reading, f"/data/{index}", most) for index, reading in enumerate(data)])
    return MeterFile(fuel, unit, scale, rows, at, _exchanges(data, rows), fuel_at="/data/0/type")


def _check(reading: Value, *, where: str, bare: bool) -> None:
    """Collect the faults of one reading, so that whoever sends the file mends them all at once."""
    faults = [("an object with data, location and provenance", "a bare array")] if bare else []
    for field in _FIELDS:
        member(reading, field, where=where)
    fuel = member(reading, "type", where=where)
    if fuel not in {"electricity", "gas"}:
        faults.append(("type electricity or gas", f"type {_shown(fuel)}"))
    times = {name: _moment(reading, name, where) for name in ("from", "to", "takenAt")}
    start, end, taken = times.values()
    if end - start != HALF_HOUR:
        faults.append(("30 minutes from `from` to `to`", str(end - start)))
    if taken < end:
        faults.append(("takenAt not before `to`", f"takenAt {taken:%H:%M} before `to` {end:%H:%M}"))
    if faults:
        expected, found = ("; ".join(part) for part in zip(*faults, strict=True))
        raise malformed(where, expected, found)


def _moment(reading: Value, name: str, where: str) -> datetime:
    place = f"{where}/{name}"
    try:
        return instant(string(member(reading, name, where=where), where=place))
    except MalformedError as error:
        raise MalformedError(place, expected=error.expected, found=error.found, code=error.code) from error


def _shown(found: Value) -> str:
    return ascii(found[:40]) if isinstance(found, str) else kind(found)


def _unit(data: list[Value]) -> tuple[Fuel, UnitCode, int]:
    """Find the one fuel and unit of all readings."""
    first: tuple[Value, Value] | None = None
    for index, reading in enumerate(data):
        energy = member(reading, "energy", where=f"/data/{index}")
        pair = (member(reading, "type", where=""), member(energy, "unitCode", where=f"/data/{index}/energy"))
        first = first or pair
        if pair != first:
            expected, found = (" in ".join(map(_shown, each)) for each in (first, pair))
            raise MalformedError(f"/data/{index}", expected=expected, found=found, code="data.unit")
    fuel, unit = first or (None, None)
    known = _UNITS.get((Fuel(str(fuel)), str(unit)))
    if known is None:
        expected = f"unitCode KWH or WHR{' or MTQ' if fuel == 'gas' else ''}"
        raise MalformedError("/data/0/energy", expected=expected, found=_shown(unit), code="data.unit")
    return Fuel(str(fuel)), *known


def _reading(reading: Value, where: str, most: Most) -> Reading:
    energy = member(reading, "energy", where=where)
    place = f"{where}/energy/value"
    amount = measured(member(energy, "value", where=f"{where}/energy"), where=place, most=most)
    start = _moment(reading, "from", where)
    try:
        return Reading(HalfHour.at(start).number, amount, MEASURED)
    except MalformedError as error:
        place = f"{where}/from"
        raise MalformedError(place, expected=error.expected, found=error.found, code=error.code) from error


def _exchanges(data: list[Value], rows: tuple[Reading, ...]) -> tuple[Finding, ...]:
    """Notice where the register falls, because then the meter was exchanged."""
    found = []
    before: Decimal | None = None
    for slot, where, reading in sorted((row.slot, f"/data/{i}", i) for i, row in enumerate(rows)):
        place = f"{where}/cumulative"
        counter = member(data[reading], "cumulative", where=where)
        register = measured(member(counter, "value", where=place), where=f"{place}/value")
        if before is not None and register < before:
            detail = (
                "The meter's register falls here: the meter was exchanged, or its readings are not in order."
            )
            found.append(Finding("data.register_falls", str(HalfHour(slot)), detail))
        before = register
    return tuple(found)
