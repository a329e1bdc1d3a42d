"""An answer of n3rgy: kilowatt-hours or cubic metres, stamped at the end of each half-hour, without a zone."""

from decimal import Decimal

from perseus.formats.content import Value, value
from perseus.formats.finding import Finding, counted
from perseus.formats.members import items, malformed, member, string
from perseus.formats.metering import MeterFile, Reading
from perseus.formats.quantity import Most, in_half_an_hour, measured
from perseus.formats.stamps import Zone, moments
from trust.claims.consumption import MEASURED, Fuel, UnitCode
from trust.claims.halfhour import HalfHour
from trust.errors import MalformedError

_UNITS = {"kWh": (UnitCode.WATT_HOUR, 3), "m3": (UnitCode.CUBIC_METRE, 0)}


def read(content: bytes, *, zone: Zone = Zone.UTC) -> MeterFile:
    """Read one answer; its `resource` says whether it is gas.

    Raises:
        MalformedError: a member is not what n3rgy writes, or the answer is not half-hourly.
    """
    answer = value(content)
    granularity = member(answer, "granularity", where="/")
    if granularity != "halfhour":
        raise malformed("/granularity", "halfhour", ascii(str(granularity)[:20]))
    unit = string(member(answer, "unit", where="/"), where="/unit")
    if unit not in _UNITS:
        raise MalformedError("/unit", expected="kWh or m3", found=ascii(unit[:20]), code="data.unit")
    rows = items(member(answer, "values", where="/"), where="/values")
    if not rows:
        raise MalformedError("/values", expected="at least one reading", found="none", code="data.gap")
    stamps = moments([_stamp(row, at) for at, row in enumerate(rows)], zone=zone, ends=True, at=_place)
    most = in_half_an_hour(*_UNITS[unit])
    readings = [
        Reading(slot - 1, _amount(row, at, most), MEASURED)
        for at, (slot, row) in enumerate(zip(stamps.slots, rows, strict=True))
    ]
    first = str(HalfHour(min(reading.slot for reading in readings)))
    detail = f"{counted(stamps.without_zone, 'time')} name no zone; they are read as {zone}."
    findings = (Finding("time.zone_assumed", first, detail),) if stamps.without_zone else ()
    resource = member(answer, "resource", where="/")
    is_gas = unit == "m3" or "/gas/" in string(resource, where="/resource")
    fuel, at = Fuel.GAS if is_gas else Fuel.ELECTRICITY, "/unit" if unit == "m3" else "/resource"
    return MeterFile(fuel, *_UNITS[unit], tuple(readings), None, findings, fuel_at=at)


def _stamp(row: Value, index: int) -> str:
    return string(member(row, "timestamp", where=f"/values/{index}"), where=_place(index))


def _amount(row: Value, index: int, most: Most) -> Decimal:
    where = f"/values/{index}"
    return measured(member(row, "value", where=where), where=f"{where}/value", most=most)


def _place(index: int) -> str:
    return f"/values/{index}/timestamp"
