"""The CSV file of an energy supplier: a column for the start or the end of each half-hour, one for its quantity.

`start`, `from`, `interval_start` and `datetime` name the start; `end`, `to` and `interval_end` the end. The quantity
stands under `value`, `consumption`, `energy` or `kwh`, or under a name with its unit in brackets: kWh unless it says
otherwise.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from perseus.formats.content import table
from perseus.formats.finding import Finding, counted
from perseus.formats.metering import MeterFile, Reading, fuel_assumed
from perseus.formats.quantity import Most, in_half_an_hour, quantity
from perseus.formats.stamps import Zone, moments
from trust.claims.consumption import MEASURED, SUBSTITUTED, Fuel, UnitCode
from trust.claims.halfhour import HalfHour
from trust.errors import MalformedError

_STARTS = frozenset({"start", "from", "interval_start", "datetime"})
_ENDS = frozenset({"end", "to", "interval_end"})
_QUANTITIES = frozenset({"value", "consumption", "energy", "kwh", "wh"})
_WITH_UNIT = re.compile(r".*[\[(](kwh|wh|m3)[\])]")
_UNITS: Mapping[str, tuple[UnitCode, int]] = MappingProxyType(
    {"kwh": (UnitCode.WATT_HOUR, 3), "wh": (UnitCode.WATT_HOUR, 0), "m3": (UnitCode.CUBIC_METRE, 0)}
)
_HALF = Decimal("0.5")
_HOUR = 2  # half-hours


def read(
    content: bytes, *, zone: Zone = Zone.UTC, split_hours: bool = False, fuel: Fuel | None = None
) -> MeterFile:
    """Read a supplier's file; `split_hours` takes an hourly one as two equal halves an hour.

    Cubic metres are gas; otherwise the `fuel` is the caller's to name, and electricity where nobody does, with a
    finding that says so.

    Raises:
        MalformedError: a column, a time or a quantity is not what it must be, or the file is hourly.
    """
    names, rows = table(content)
    stamp_column, is_end = _stamp_column(names)
    quantity_column = _quantity_column(names)
    unit, scale = _unit(names[quantity_column])
    read_stamps = moments([row[stamp_column].strip() for row in rows], zone=zone, ends=is_end)
    amounts = _amounts([row[quantity_column] for row in rows], in_half_an_hour(unit, scale))
    slots = read_stamps.slots
    hourly = _is_hourly(slots)
    if hourly and not split_hours:
        raise _hourly()
    length = _HOUR if hourly else 1
    starts = [slot - length for slot in slots] if is_end else slots
    _check_lengths(names, rows, starts, length, zone)
    findings = _findings(
        names[stamp_column], read_stamps.without_zone, len(rows) if hourly else 0, zone, starts
    )
    named = fuel or (Fuel.GAS if unit is UnitCode.CUBIC_METRE else None)
    readings = _readings(starts, amounts, hourly=hourly)
    if named is None:
        findings += (fuel_assumed(min(starts)),)
    return MeterFile(named or Fuel.ELECTRICITY, unit, scale, readings, None, findings, fuel_at="line 1")


def _stamp_column(names: Sequence[str]) -> tuple[int, bool]:
    """Find the column that says when: the start where there is one, otherwise the end."""
    for known, is_end in ((_STARTS, False), (_ENDS, True)):
        found = [index for index, name in enumerate(names) if name in known]
        if len(found) == 1:
            return found[0], is_end
        if found:
            raise _columns("one column for the start of the half-hour", names)
    raise _columns("a column start, from, interval_start, datetime, end, to or interval_end", names)


def _quantity_column(names: Sequence[str]) -> int:
    found = [i for i, name in enumerate(names) if name in _QUANTITIES or _WITH_UNIT.fullmatch(name)]
    if len(found) != 1:
        raise _columns("one column value, consumption, energy or kwh", names)
    return found[0]


def _unit(name: str) -> tuple[UnitCode, int]:
    bracket = _WITH_UNIT.fullmatch(name)
    return _UNITS[bracket[1] if bracket else "wh" if name == "wh" else "kwh"]


def _amounts(texts: Sequence[str], most: Most) -> Sequence[Decimal]:
    """Read every quantity once, because a meter repeats itself."""
    known: dict[str, Decimal] = {}
    amounts = []
    for line, text in enumerate(texts, start=2):
        amount = known.get(text)
        if amount is None:
            amount = known[text] = quantity(text, where=f"line {line}", most=most)
        amounts.append(amount)
    return amounts


def _is_hourly(slots: Sequence[int]) -> bool:
    """Tell hours from half-hours: with more than one row, none of them stands on minute 30."""
    return len(set(slots)) > 1 and not any(slot % _HOUR for slot in slots)


def _readings(starts: Sequence[int], amounts: Sequence[Decimal], *, hourly: bool) -> tuple[Reading, ...]:
    pairs = zip(starts, amounts, strict=True)
    if not hourly:
        return tuple([Reading(slot, amount, MEASURED) for slot, amount in pairs])
    halves = [(slot, amount * _HALF) for slot, amount in pairs]
    return tuple([Reading(slot + half, amount, SUBSTITUTED) for slot, amount in halves for half in (0, 1)])


def _check_lengths(
    names: Sequence[str], rows: Sequence[Sequence[str]], starts: Sequence[int], length: int, zone: Zone
) -> None:
    """Refuse a file with both columns whose rows are not each as long as its spacing says."""
    both = [index for index, name in enumerate(names) if name in _ENDS]
    if not both or not any(name in _STARTS for name in names):
        return
    ends = moments([row[both[0]].strip() for row in rows], zone=zone, ends=True).slots
    wrong = next(
        (i for i, pair in enumerate(zip(starts, ends, strict=True)) if pair[1] - pair[0] != length), None
    )
    if wrong is not None:
        minutes = (ends[wrong] - starts[wrong]) * 30
        expected, found = f"{length * 30} minutes from start to end", f"{minutes}"
        raise MalformedError(f"line {wrong + 2}", expected=expected, found=found, code="data.range")


def _findings(
    column: str, without_zone: int, hours: int, zone: Zone, starts: Sequence[int]
) -> tuple[Finding, ...]:
    first = str(HalfHour(min(starts)))
    found = []
    if without_zone:
        stamps = counted(without_zone, "time")
        found.append(Finding("time.zone_assumed", first, f"{stamps} name no zone; they are read as {zone}."))
    if column == "datetime":
        detail = "The column datetime does not say which end it is; it is taken as the start."
        found.append(Finding("time.start_assumed", first, detail))
    if hours:
        detail = f"{counted(hours, 'hour')} were split into two equal halves each; the halves are derived."
        found.append(Finding("data.split_hours", first, detail))
    return tuple(found)


def _hourly() -> MalformedError:
    expected = "a reading every half-hour; to take each hour as two equal halves say --split-hours"
    return MalformedError("readings", expected=expected, found="one every hour", code="data.range")


def _columns(expected: str, names: Sequence[str]) -> MalformedError:
    found = ascii(", ".join(names)[:80])
    return MalformedError("line 1", expected=expected, found=found, code="format.schema")
