"""The answer of a calculation: months, their total, the method and the findings, as the command prints them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Context, Decimal
from functools import reduce

from perseus.formats.content import looks_json
from perseus.formats.finding import Finding
from perseus.formats.stamps import Zone
from trust.canonical import Json
from trust.claims.consumption import Fuel
from trust.claims.emissions import METHOD, SCOPE_2, Gases, total_of
from trust.claims.intensity import ATTRIBUTION, LICENCE, IntensityKind
from trust.claims.region import Region
from trust.digest import Digest

EXACT = Context(prec=80)
UNNAMED = "from files that do not name their source; name it wherever the figure is used"


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """One month, or all of them: half-hours, energy, and kilograms both rounded and exact.

    `present` half-hours have a reading and an intensity; the kilograms come from their `kwh_counted`. `kwh` is
    everything that was metered.
    """

    month: str
    expected: int
    present: int
    missing: int
    duplicates: int
    conflicts: int
    kwh: Decimal
    kwh_counted: Decimal
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

    def as_json(self) -> dict[str, Json]:
        """Write the answer of `perseus calculate --json`."""
        return {
            "months": [month.as_json() for month in self.months],
            "total": self.total.as_json(),
            "method": self.method,
            "findings": [asdict(finding) for finding in self.findings],
        }


def plain(number: Decimal, *, grouped: bool = False) -> str:
    """Write a decimal in full, without an exponent and without zeros at its end; `grouped` sets thousands apart."""
    text = f"{number:,f}" if grouped else f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def together(months: tuple[MonthFigure, ...]) -> MonthFigure:
    """Add the months up; kilograms are the sum of the rounded months, so that anybody can check it."""
    first, last = months[0].month, months[-1].month
    return MonthFigure(
        month=first if first == last else f"{first}/{last}",
        expected=sum(month.expected for month in months),
        present=sum(month.present for month in months),
        missing=sum(month.missing for month in months),
        duplicates=sum(month.duplicates for month in months),
        conflicts=sum(month.conflicts for month in months),
        kwh=_sum([month.kwh for month in months]),
        kwh_counted=_sum([month.kwh_counted for month in months]),
        kg=total_of(tuple(month.kg for month in months)),
        kg_exact=_sum([month.kg_exact for month in months]),
    )


def describe(
    *,
    fuel: Fuel,
    meter: Mapping[str, bytes],
    intensity: Mapping[str, bytes],
    zone: Zone,
    split_hours: bool,
    kind: IntensityKind,
    fill: bool,
    filled: int,
    region: Region | None,
    meter_region: Region | None,
    outcode: str | None,
) -> dict[str, Json]:
    """State the method, so that the figure can be made again from the same files."""
    return {
        "id": METHOD.id,
        "version": METHOD.version,
        "fuel": fuel.value,
        "scope": SCOPE_2,
        "gases": Gases.CO2.value,
        "rounding": METHOD.rounding,
        "losses_included": METHOD.losses_included,
        "intensity_kind": kind.value,
        "fill": IntensityKind.FORECAST.value if fill else None,
        "filled": filled,
        "region": _region(region),
        "meter_region": _region(meter_region),
        "outcode": outcode,
        "meter_zone": zone.value,
        "split_hours": split_hours,
        "meter": _files(meter),
        "intensity": _files(intensity),
        "attribution": ATTRIBUTION if _answers(intensity) else UNNAMED,
        "licence": LICENCE if _answers(intensity) else "",
    }


def _region(region: Region | None) -> Json:
    return {"id": region.id, "name": region.name} if region else None


def _answers(contents: Mapping[str, bytes]) -> bool:
    """Tell whether the intensities came as answers of the Carbon Intensity API, which name their source."""
    return all(looks_json(content) for content in contents.values())


def _files(contents: Mapping[str, bytes]) -> list[Json]:
    return [{"name": name, "digestMultibase": Digest.of(raw).multibase} for name, raw in contents.items()]


def _sum(numbers: list[Decimal]) -> Decimal:
    return reduce(EXACT.add, numbers)
