"""How a figure was come by, in words that let anybody make it again from the same files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from perseus.formats.content import looks_json
from perseus.formats.metering import Meter
from perseus.inputs import Inputs, Source
from trust.canonical import Json
from trust.claims.consumption import Fuel, UnitCode
from trust.claims.emissions import METHOD, SCOPE_1, SCOPE_2, Gases
from trust.claims.gas import GasFactors
from trust.claims.intensity import ATTRIBUTION, LICENCE, IntensityKind
from trust.claims.region import Region
from trust.digest import Digest

UNNAMED = "from files that do not name their source; name it wherever the figure is used"
SCOPES: Mapping[Fuel, str] = {Fuel.ELECTRICITY: SCOPE_2, Fuel.GAS: SCOPE_1}
GASES: Mapping[Fuel, Gases] = {Fuel.ELECTRICITY: Gases.CO2, Fuel.GAS: Gases.CO2E}


@dataclass(frozen=True, slots=True)
class Factors:
    """One published set of gas factors, the unit that it was used for, and in which months."""

    published: GasFactors
    unit_code: UnitCode
    months: tuple[str, ...]

    def as_json(self) -> Json:
        """Write the set as the method names it; the factor is kilograms of CO2e a kWh or cubic metre."""
        hundredths = self.published.weight(self.unit_code)
        unit = "kWh" if self.unit_code is UnitCode.WATT_HOUR else "m3"
        return {
            "edition": self.published.edition,
            "published": f"{self.published.published:%Y-%m-%d}",
            "unit": unit,
            "kg_per_unit": f"{hundredths // 100_000}.{hundredths % 100_000:05}",
            "months": list(self.months),
        }


@dataclass(frozen=True, slots=True)
class Weighing:
    """By what one fuel was weighed: electricity by a series of intensities, gas by published factors."""

    fuel: Fuel
    kind: IntensityKind | None = None
    filled: int = 0
    region: Region | None = None
    meter_region: Region | None = None
    outcode: str | None = None
    factors: tuple[Factors, ...] = ()


def describe(inputs: Inputs, meters: Sequence[Meter], weighed: Sequence[Weighing]) -> dict[str, Json]:
    """State the method, so that the figure can be made again from the same files."""
    fuels = [one.fuel for one in weighed]
    electric = next((one for one in weighed if one.fuel is Fuel.ELECTRICITY), Weighing(Fuel.ELECTRICITY))
    return {
        "id": METHOD.id,
        "version": METHOD.version,
        "fuel": both(fuel.value for fuel in fuels),
        "scope": both(SCOPES[fuel] for fuel in fuels),
        "gases": both(GASES[fuel].value for fuel in fuels),
        "rounding": METHOD.rounding,
        "losses_included": METHOD.losses_included,
        "intensity_kind": None if electric.kind is None else electric.kind.value,
        "fill": IntensityKind.FORECAST.value if inputs.fill else None,
        "filled": electric.filled,
        "region": _region(electric.region),
        "meter_region": _region(electric.meter_region),
        "outcode": electric.outcode,
        "gas_factors": [factors.as_json() for one in weighed for factors in one.factors],
        "meter_zone": inputs.zone.value,
        "split_hours": inputs.split_hours,
        "meters": [meter.name for meter in meters],
        "meter": _files(inputs.meter),
        "intensity": _files(inputs.intensity),
        **_credit(inputs.intensity),
    }


def both(names: Iterable[str]) -> str:
    """Name one thing, or two together."""
    return " and ".join(dict.fromkeys(names))


def _credit(intensity: tuple[Source, ...]) -> dict[str, Json]:
    """Say whose the intensities are, which only answers of the Carbon Intensity API do of themselves."""
    answers = bool(intensity) and all(looks_json(source.content) for source in intensity)
    unnamed = UNNAMED if intensity else ""
    return {"attribution": ATTRIBUTION if answers else unnamed, "licence": LICENCE if answers else ""}


def _region(region: Region | None) -> Json:
    return {"id": region.id, "name": region.name} if region else None


def _files(sources: tuple[Source, ...]) -> list[Json]:
    return [
        {"name": source.name, "digestMultibase": Digest.of(source.content).multibase} for source in sources
    ]
