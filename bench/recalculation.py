"""What an auditor's recalculation of a year costs, beside the bare multiplication."""

from operator import mul

from bench.timing import Figure, beside
from trust.claims.consumption import Readings, UnitCode
from trust.claims.emissions import calculate
from trust.claims.halfhour import Month
from trust.claims.intensity import IntensitySeries
from trust.resource import read_resource, write_resource

YEAR = tuple(Month(2025, month) for month in range(1, 13))


def year() -> Figure:
    """Read twelve months of readings and intensities from their bytes, and calculate each (17,520 half-hours)."""
    months = [_month(month) for month in YEAR]
    values = [(readings.values, series.values) for readings, series in months]
    raw = [(write_resource(readings), write_resource(series)) for readings, series in months]

    def recalculated() -> list[int]:
        return [_recalculate(readings, series) for readings, series in raw]

    def multiplied() -> list[int]:
        return [sum(map(mul, readings, series)) for readings, series in values]

    return beside("recalculate.year", recalculated, multiplied)


def _recalculate(readings: bytes, series: bytes) -> int:
    metered, grid = read_resource(readings, where="readings"), read_resource(series, where="series")
    if not isinstance(metered, Readings) or not isinstance(grid, IntensitySeries):
        raise TypeError("the resources were written as readings and a series")
    return calculate(metered, grid).total


def _month(month: Month) -> tuple[Readings, IntensitySeries]:
    slots = range(len(month.period))
    readings = Readings(
        period=month.period,
        unit_code=UnitCode.WATT_HOUR,
        exponent=-1,
        values=tuple((slot * 7919) % 20_000 for slot in slots),
        quality="M" * len(slots),
        salt=bytes(32),
    )
    grid = tuple((slot * 104_729) % 400 for slot in slots)
    return readings, IntensitySeries(month.period, grid, "A" * len(slots))
