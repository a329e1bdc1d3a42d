"""The answer of a calculation: months, their total, the method and the findings, as the command prints them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Context, Decimal
from functools import reduce
from typing import Self

from perseus.formats.finding import Finding
from perseus.formats.metering import Quantities
from perseus.method import GASES, UNNAMED, both
from trust.canonical import Json
from trust.claims.consumption import Fuel, UnitCode
from trust.claims.emissions import Calculation, kilograms, total_of
from trust.claims.halfhour import Month

__all__ = ["EXACT", "UNNAMED", "Energy", "MonthFigure", "Statement", "figure_of", "plain", "together"]
EXACT = Context(prec=80)


@dataclass(frozen=True, slots=True)
class Energy:
    """How much of a fuel: kilowatt-hours, cubic metres, or both where two meters count differently."""

    kwh: Decimal | None
    m3: Decimal | None

    @classmethod
    def of(cls, quantities: Iterable[Quantities]) -> Self:
        """Add up what each meter counted in its own unit."""
        totals = [(one.unit_code, one.total) for one in quantities]
        kwh, m3 = ([total for unit, total in totals if unit is each] for each in UnitCode)
        return cls(_sum(kwh), _sum(m3))


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """One month of one fuel, or several: half-hours, energy, and kilograms both rounded and exact.

    `present` half-hours have a reading and an intensity or a factor; the kilograms come from their `kwh_counted` and
    `m3_counted`. `kwh` and `m3` are everything that was metered, and None where nothing is metered in that unit.
    """

    month: str
    fuel: str
    gases: str
    expected: int
    present: int
    missing: int
    duplicates: int
    conflicts: int
    kwh: Decimal | None
    kwh_counted: Decimal | None
    m3: Decimal | None
    m3_counted: Decimal | None
    kg: Decimal
    kg_exact: Decimal

    def as_json(self) -> dict[str, Json]:
        """Write the figure with its quantities as decimal strings."""
        return {
            field.name: plain(value) if isinstance(value := getattr(self, field.name), Decimal) else value
            for field in fields(self)
        } | {"kg": f"{self.kg:f}"}


@dataclass(frozen=True, slots=True)
class Statement:
    """What was calculated, by which method, and what a reader has to know about it."""

    months: tuple[MonthFigure, ...]
    total: MonthFigure
    method: Mapping[str, Json]
    findings: tuple[Finding, ...]

    @property
    def fuels(self) -> tuple[MonthFigure, ...]:
        """Give the total of each fuel by itself, because their gases differ."""
        names = dict.fromkeys(figure.fuel for figure in self.months)
        return tuple(
            together(tuple(figure for figure in self.months if figure.fuel == name)) for name in names
        )

    def as_json(self) -> dict[str, Json]:
        """Write the answer of `perseus calculate --json`."""
        return {
            "months": [month.as_json() for month in self.months],
            "total": self.total.as_json(),
            "fuels": [fuel.as_json() for fuel in self.fuels],
            "method": self.method,
            "findings": [asdict(finding) for finding in self.findings],
        }


def figure_of(
    month: Month,
    fuel: Fuel,
    calculations: Sequence[Calculation],
    metered: Energy,
    counted: Energy,
    *,
    repeats: tuple[int, int],
) -> MonthFigure:
    """Add up the meters of one fuel in one month, and round once; `repeats` are duplicates and conflicts."""
    finest = min(one.exponent for one in calculations)
    total = sum(one.total * 10 ** (one.exponent - finest) for one in calculations)
    return MonthFigure(
        month=str(month),
        fuel=fuel.value,
        gases=GASES[fuel].value,
        expected=sum(one.expected for one in calculations),
        present=sum(one.counted for one in calculations),
        missing=sum(one.missing_readings + one.missing_intensity for one in calculations),
        duplicates=repeats[0],
        conflicts=repeats[1],
        kwh=metered.kwh,
        kwh_counted=counted.kwh,
        m3=metered.m3,
        m3_counted=counted.m3,
        kg=kilograms(total, exponent=finest),
        kg_exact=Decimal(f"{total}e{finest}").scaleb(-3, EXACT),
    )


def plain(number: Decimal, *, grouped: bool = False) -> str:
    """Write a decimal in full, without an exponent and without zeros at its end; `grouped` sets thousands apart."""
    text = f"{number:,f}" if grouped else f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def together(figures: tuple[MonthFigure, ...]) -> MonthFigure:
    """Add figures up; kilograms are the sum of the rounded months, so that anybody can check it."""
    first, last = figures[0].month, figures[-1].month
    return MonthFigure(
        month=first if first == last else f"{first}/{last}",
        fuel=both(sorted(figure.fuel for figure in figures)),
        gases=both(sorted(figure.gases for figure in figures)),
        expected=sum(figure.expected for figure in figures),
        present=sum(figure.present for figure in figures),
        missing=sum(figure.missing for figure in figures),
        duplicates=sum(figure.duplicates for figure in figures),
        conflicts=sum(figure.conflicts for figure in figures),
        kwh=_sum(figure.kwh for figure in figures),
        kwh_counted=_sum(figure.kwh_counted for figure in figures),
        m3=_sum(figure.m3 for figure in figures),
        m3_counted=_sum(figure.m3_counted for figure in figures),
        kg=total_of(tuple(figure.kg for figure in figures)),
        kg_exact=reduce(EXACT.add, [figure.kg_exact for figure in figures]),
    )


def _sum(numbers: Iterable[Decimal | None]) -> Decimal | None:
    known = [number for number in numbers if number is not None]
    return reduce(EXACT.add, known) if known else None
