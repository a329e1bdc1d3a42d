"""Made-up readings and intensities for the demonstration: the same for the same seed, and labelled for what they are.

A bakery: ovens from four in the morning, a shop until six in the evening, quiet Sundays. Nothing here was measured.
"""

import csv
import hashlib
import io
import json
from dataclasses import dataclass, field

from trust.claims.halfhour import HalfHour, Month, Period
from trust.claims.region import GB, Region

_A_DAY = 48
_A_WEEK = 7
_THURSDAY = 3  # the weekday of 1970-01-01
_SUNDAY = 6
_YEAR = 365
_BLOCK = 16  # bytes of the stream for each half-hour
_NEVER_MISSING = 2  # half-hours at both ends of a month
LABEL = "made up for a demonstration; nothing was measured"


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A meter file and an intensity file for the same months, which say what they are."""

    meter_csv: bytes = field(repr=False)
    intensity_json: bytes = field(repr=False)
    months: tuple[Month, ...]
    missing: tuple[HalfHour, ...]
    outcode: str
    region: Region
    made_up: bool = True


@dataclass(frozen=True, slots=True)
class Stream:
    """Numbers that look like chance and follow from a seed alone: SHA-256 of the seed, a name and a counter."""

    seed: int

    def draw(self, name: str, number: int, below: int) -> int:
        """Give the number from 0 to `below` - 1 that stands at this name and counter."""
        digest = hashlib.sha256(f"{self.seed}/{name}/{number}".encode()).digest()
        return int.from_bytes(digest[:_BLOCK]) % below


def made_up(
    seed: int,
    first: Month,
    *,
    months: int = 12,
    outcode: str = "SE1",
    region: Region | None = None,
    missing: int = 2,
) -> MadeUp:
    """Make up the files of some months; `missing` half-hours of the meter's are left out."""
    stream = Stream(seed)
    covered = _months(first, months)
    period = Period(covered[0].period.first, covered[-1].period.after)
    left_out = _left_out(stream, covered, missing)
    place = region or Region.of(13)
    return MadeUp(
        meter_csv=_meter(stream, period, left_out),
        intensity_json=_intensity(stream, period, place, outcode),
        months=covered,
        missing=tuple(HalfHour(slot) for slot in left_out),
        outcode=outcode,
        region=place,
    )


def with_faults(seed: int, month: Month) -> MadeUp:
    """Make up one month as it really comes: a reading too many, five null actuals, and a 0 g nobody believes.

    The meter counts whole kilowatt-hours; the intensity is national, forecast and actual.
    """
    stream = Stream(seed)
    period = month.period
    last = period.after.number
    slots = range(period.first.number, last + 1)
    meter = [f"{HalfHour(slot)},{40 + stream.draw('building', slot, 60)}" for slot in slots]
    nulls = range(last - 260, last - 255)
    data = [_national(stream, slot, nulls=nulls, zero=last - 46) for slot in slots[:-1]]
    answer = {"comment": LABEL, "data": data}
    return MadeUp(
        meter_csv="\n".join(["start,value", *meter, ""]).encode(),
        intensity_json=json.dumps(answer, separators=(",", ":")).encode(),
        months=(month,),
        missing=(),
        outcode="",
        region=GB,
    )


def _national(stream: Stream, slot: int, *, nulls: range, zero: int) -> dict[str, object]:
    forecast = 30 + _grams(stream, slot)
    actual = None if slot in nulls else 0 if slot == zero else forecast - 10 + stream.draw("actual", slot, 21)
    figures = {"forecast": forecast, "actual": actual, "index": "made up"}
    return {"from": _minute(HalfHour(slot)), "to": _minute(HalfHour(slot + 1)), "intensity": figures}


def _months(first: Month, count: int) -> tuple[Month, ...]:
    months = [first]
    while len(months) < count:
        months.append(months[-1].next)
    return tuple(months)


def _left_out(stream: Stream, months: tuple[Month, ...], count: int) -> tuple[int, ...]:
    """Choose half-hours to leave out, never at the edge of a month and never two that touch."""
    slots: list[int] = []
    for number in range(count):
        month = months[
            (number * len(months) // count + stream.draw("month", number, len(months))) % len(months)
        ]
        inside = len(month.period) - 2 * _NEVER_MISSING
        slot = month.period.first.number + _NEVER_MISSING + stream.draw("slot", number, inside)
        while any(abs(slot - other) <= 1 for other in slots):
            slot = month.period.first.number + (slot + _A_DAY - month.period.first.number) % inside
        slots.append(slot)
    return tuple(sorted(slots))


def _meter(stream: Stream, period: Period, left_out: tuple[int, ...]) -> bytes:
    """Write a supplier's file: a comment has no place in it, so the label is a column."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("start", "value", "comment"))
    for slot in range(period.first.number, period.after.number):
        if slot not in left_out:
            watt_hours = _watt_hours(stream, slot)
            kwh = f"{watt_hours // 1000}.{watt_hours % 1000:03}"
            writer.writerow((str(HalfHour(slot)), kwh, "made up"))
    return file.getvalue().encode()


def _watt_hours(stream: Stream, slot: int) -> int:
    """Make up a half-hour of the bakery: the fridges always, the ovens early, the shop by day."""
    half = slot % _A_DAY
    sunday = (slot // _A_DAY + _THURSDAY) % _A_WEEK == _SUNDAY
    fridges = 180 + stream.draw("fridges", slot, 120)
    ovens = 2_600 + stream.draw("ovens", slot, 900) if 8 <= half < 18 and not sunday else 0  # noqa: PLR2004 - 4 to 9 h
    shop = 420 + stream.draw("shop", slot, 260) if 14 <= half < 36 and not sunday else 0  # noqa: PLR2004 - 7 to 18 h
    return fridges + ovens + shop


def _intensity(stream: Stream, period: Period, region: Region, outcode: str) -> bytes:
    """Write an answer of the Carbon Intensity API for one region, which has forecasts alone."""
    data = [
        {
            "from": _minute(HalfHour(slot)),
            "to": _minute(HalfHour(slot + 1)),
            "intensity": {"forecast": _grams(stream, slot), "index": "made up"},
        }
        for slot in range(period.first.number, period.after.number)
    ]
    answer = {
        "comment": LABEL,
        "data": {
            "regionid": region.id,
            "dnoregion": "made up",
            "shortname": region.name,
            "postcode": outcode,
            "data": data,
        },
    }
    return json.dumps(answer, separators=(",", ":")).encode()


def _grams(stream: Stream, slot: int) -> int:
    """Make up an intensity: a windy or a still day, a busy evening, dirtier in winter, never below 0."""
    day, half = divmod(slot, _A_DAY)
    wind = stream.draw("wind", day, 140)
    evening = 60 - 8 * abs(half - 36) if abs(half - 36) <= 7 else 0  # noqa: PLR2004 - around six o'clock
    winter = abs(day % _YEAR - 200) // 3
    return max(0, 90 + winter + evening - wind // 2 + stream.draw("noise", slot, 24))


def _minute(half_hour: HalfHour) -> str:
    return str(half_hour).removesuffix(":00Z") + "Z"
