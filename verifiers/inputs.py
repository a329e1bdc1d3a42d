"""What a report of emissions was calculated from: each source's vectors beside the intensity of its region."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from trust.claims.commitments import Commitments
from trust.claims.consent import Consent, Data
from trust.claims.consumption import Consumption, Fuel, Readings
from trust.claims.coverage import MISSING
from trust.claims.emissions import Calculation, Emissions, calculate, grams_exponent, weights
from trust.claims.gas import WEIGHT_EXPONENT, calculate_gas, gas_factors, gas_weights
from trust.claims.halfhour import Month
from trust.claims.intensity import Intensity, IntensitySeries
from trust.digest import Digest
from trust.errors import MalformedError
from verifiers.case import Case
from verifiers.item import Item

_HELD = 512


@dataclass(frozen=True, slots=True)
class Source:
    """One source and month: the claim, its commitments, its readings where they are due, and its weights' series."""

    claim: Consumption
    commitments: Commitments
    readings: Readings | None
    intensity: Intensity | None
    series: IntensitySeries | None

    @property
    def digest(self) -> Digest:
        """Name the commitments as an opening does."""
        return self.claim.commitments.digest_multibase

    @property
    def weighting(self) -> "Weighting":
        """Give the weights that the series has for the half-hours of the commitments, and how many count.

        Raises:
            MalformedError: the two have another number of half-hours.
        """
        if self.claim.fuel is Fuel.GAS:
            return _gas(self.claim, self.commitments.quality)
        named = None if self.intensity is None else self.intensity.series.digest_multibase
        return _weigh(_Vectors(self.digest, named, self.commitments.quality, self.series))

    @property
    def weighed_by(self) -> Digest | int | None:
        """Name what the weights follow from: the series by its digest, or the factor; None where there is neither."""
        if self.claim.fuel is Fuel.GAS:
            return gas_factors(Month.of(self.claim.period.start)).weight(self.claim.unit_code)
        return (
            None if self.series is None or self.intensity is None else self.intensity.series.digest_multibase
        )

    @property
    def exponent(self) -> int:
        """Give the power of ten, in grams, of a reading times its weight."""
        weight = WEIGHT_EXPONENT if self.claim.fuel is Fuel.GAS else 0
        return grams_exponent(self.claim.unit_code, self.claim.exponent, weight_exponent=weight)

    @property
    def again(self) -> Calculation | None:
        """Multiply the readings again, where they and the weights are at hand."""
        if self.readings is None:
            return None
        if self.claim.fuel is Fuel.GAS:
            return calculate_gas(self.readings, gas_factors(Month.of(self.claim.period.start)))
        return None if self.series is None else calculate(self.readings, self.series)


class Weighting(NamedTuple):
    """The weight of each half-hour, and how many half-hours have a reading and a weight."""

    weights: tuple[int, ...]
    counted: int
    missing: int


@dataclass(frozen=True, slots=True)
class _Vectors:
    """Commitments and a series, known by their digests alone, so that nobody compares them twice."""

    commitments: Digest
    named: Digest | None
    quality: str = field(compare=False, repr=False)
    series: IntensitySeries | None = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Sources:
    """Every source that a report names."""

    held: tuple[Source, ...]

    def of_fuel(self, fuel: Fuel) -> tuple[Source, ...]:
        """Give the sources of one fuel."""
        return tuple([source for source in self.held if source.claim.fuel is fuel])


def sources_of(case: Case, item: Item) -> Sources:
    """Bring together the inputs of a report, in the order in which it names them.

    Raises:
        MalformedError: a resource contradicts itself.
    """
    found = case.sources.get(id(item))
    if found is None:
        intensities = tuple(claim for _, claim in case.chain.inputs_of(item, Intensity))
        held = [_source(case, claim, intensities) for _, claim in case.chain.inputs_of(item, Consumption)]
        found = case.sources[id(item)] = Sources(tuple(held))
    if not isinstance(found, Sources):
        raise TypeError("sources were expected")
    return found


def absent_sources(case: Case, item: Item) -> tuple[str, ...]:
    """Name every meter that a consent for this month names and the report does not count.

    The consents are those behind the report and its readings, and those by which the firm lets it be shown.
    """
    claim = item.credential.claim if item.credential is not None else None
    if not isinstance(claim, Emissions):
        return ()
    counted = case.chain.inputs_of(item, Consumption)
    consents = [consent for _, consent in case.chain.inputs_of(item, Consent)]
    consents += [given for held, _ in counted for _, given in case.chain.inputs_of(held, Consent)]
    consents += [
        consent
        for held, consent in case.chain.claims(Consent)
        if consent.data is Data.EMISSIONS
        and held.issuer == claim.id
        and consent.data_from <= claim.period.start
        and claim.period.end <= consent.data_to
    ]
    agreed = {source for consent in consents for source in consent.sources}
    return tuple(sorted(agreed - {metered.id for _, metered in counted}))


def intensity_for(claim: Consumption, intensities: tuple[Intensity, ...]) -> Intensity | None:
    """Choose the series of the meter's own region, else a national one, else any of the month."""
    if claim.fuel is not Fuel.ELECTRICITY:
        return None
    month = [intensity for intensity in intensities if intensity.period == claim.period]
    own = [intensity for intensity in month if intensity.region == claim.region]
    national = [intensity for intensity in month if intensity.region.national]
    return next(iter([*own, *national, *month]), None)


def _source(case: Case, claim: Consumption, intensities: tuple[Intensity, ...]) -> Source:
    commitments = case.resources.read(claim.commitments.digest_multibase, Commitments)
    if commitments is None:
        raise MalformedError("commitments", expected="commitments", found="none", code="link.missing")
    intensity = intensity_for(claim, intensities)
    series = (
        None if intensity is None else case.resources.read(intensity.series.digest_multibase, IntensitySeries)
    )
    return Source(
        claim,
        commitments,
        case.resources.read(claim.readings.digest_multibase, Readings),
        intensity,
        series,
    )


def _gas(claim: Consumption, quality: str) -> Weighting:
    """Give every half-hour that has a reading the month's one factor."""
    factors, missing = gas_factors(Month.of(claim.period.start)), quality.count(MISSING)
    weighed = gas_weights(factors, claim.unit_code, quality)
    return Weighting(weighed, len(quality) - missing, missing)


@lru_cache(maxsize=_HELD)
def _weigh(vectors: _Vectors) -> Weighting:
    quality, series = vectors.quality, vectors.series
    missing = quality.count(MISSING)
    if series is None:
        return Weighting((), len(quality) - missing, missing)
    weighed = weights(series, quality)
    pairs = zip(series.values, quality, strict=True)
    return Weighting(weighed, sum([v is not None and q != MISSING for v, q in pairs]), missing)
