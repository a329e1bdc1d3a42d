"""A firm with several meters, fuels and months, in memory: every credential of the chain, made by the real issuers.

year = Year(months=twelve(), meters=(ELECTRIC, GAS))
YearChain(year).report()        # one presentation, a report for each month, a row for each fuel
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

from issuers.consumption import Issued, Meter, issue_consumption
from issuers.emissions import Grid, Leave, Past, Reported, issue_emissions
from issuers.intensity import IssuedSeries, Retrieval, issue_intensity
from issuers.openings import Delivered
from support.chain import ChainSimulator
from support.story import (
    BASE,
    CAP,
    EDP,
    GRID,
    LONDON,
    METERED_AT,
    PURPOSE,
    REPORTED_AT,
    Story,
    believed,
    drawn,
)
from trust.claims.consent import Consent
from trust.claims.consumption import Assurance, Consumption, Fuel, Readings, UnitCode
from trust.claims.halfhour import Month
from trust.claims.intensity import Intensity, IntensityKind, IntensitySeries, Upstream
from trust.claims.region import Region
from trust.digest import Digest
from trust.secured import Secured

LAST = Month(2026, 10)


@dataclass(frozen=True, slots=True)
class Installed:
    """What a meter measures, in which unit and decimals, and where."""

    fuel: Fuel = Fuel.ELECTRICITY
    unit_code: UnitCode = UnitCode.WATT_HOUR
    exponent: int = 0
    region: Region = LONDON
    outcode: str = "SW1A"


ELECTRIC = Installed()
NORTHERN = Installed(exponent=-1, region=Region.of(5), outcode="LS1")
GAS = Installed(Fuel.GAS)
CUBIC = Installed(Fuel.GAS, UnitCode.CUBIC_METRE, -2)


def last(count: int) -> tuple[Month, ...]:
    """Give the last so many months, the oldest first."""
    months = [LAST]
    while len(months) < count:
        before = months[0]
        months.insert(0, Month(before.year - (before.month == 1), before.month - 1 or 12))
    return tuple(months)


@dataclass
class Year:
    """One firm's meters over some months; its parties and consents are those of a story."""

    meters: tuple[Installed, ...] = (ELECTRIC, GAS)
    months: tuple[Month, ...] = field(default_factory=lambda: last(12))
    opening: str = "year"
    missing: tuple[int, ...] = (5, 700)
    absent: frozenset[int] = frozenset()

    @cached_property
    def story(self) -> Story:
        """Give the firm, its account and its consents."""
        return Story(opening=self.opening, sources=len(self.meters))

    def readings(self, number: int, month: Month) -> Readings:
        """Give a meter's month, the same for the same names."""
        slots = range(len(month.period))
        start = month.month * 31 + number * 11
        values = tuple(None if i in self.missing else (i * 37 + start) % 1_993 for i in slots)
        quality = "".join("-" if value is None else "M" for value in values)
        meter = self.meters[number]
        salt = drawn(f"{self.opening}/salt {number} {month}")
        return Readings(month.period, meter.unit_code, meter.exponent, values, quality, salt)

    def series(self, region: Region, month: Month) -> IntensitySeries:
        """Give a region's month of intensities."""
        slots = range(len(month.period))
        start = region.id * 7 + month.month
        values = tuple(0 if i == 9 else 40 + (i * 13 + start) % 247 for i in slots)
        return IntensitySeries(month.period, values, "F" * len(slots))

    @cached_property
    def consumption(self) -> Mapping[tuple[int, Month], Issued]:
        """Give what the energy data provider issues, one for each meter and month; absent meters send nothing."""
        present = [number for number in range(len(self.meters)) if number not in self.absent]
        return {(number, month): self._issued(number, month) for month in self.months for number in present}

    def _issued(self, number: int, month: Month) -> Issued:
        story, meter, name = self.story, self.meters[number], f"{number} {month}"
        level = Assurance(BASE + "assurance/missing-data/Complete", BASE + "assurance/originator/SmartMeter")
        return issue_consumption(
            self.readings(number, month),
            meter=Meter(story.source_ids[number], meter.fuel, meter.outcode, meter.region, level),
            grounds=story.grounds,
            signing=story.signing(EDP, METERED_AT, f"consumption {name}", 1_000 + _place(number, month)),
            k=drawn(f"{self.opening}/k {name}"),
            resource_ids=(story.id(f"readings {name}"), story.id(f"commitments {name}")),
        )

    @cached_property
    def intensity(self) -> Mapping[tuple[Region, Month], IssuedSeries]:
        """Give what the grid data provider issues, one for each region and month that electricity is metered in."""
        regions = dict.fromkeys(each.region for each in self.meters if each.fuel is Fuel.ELECTRICITY)
        return {(region, month): self._graded(region, month) for month in self.months for region in regions}

    def _graded(self, region: Region, month: Month) -> IssuedSeries:
        story, name = self.story, f"{region.id} {month}"
        upstream = Upstream("https://api.carbonintensity.org.uk/regional", Digest.of(name.encode()))
        return issue_intensity(
            self.series(region, month),
            region=region,
            kind=IntensityKind.FORECAST,
            retrieval=Retrieval(METERED_AT, upstream),
            series_id=story.id(f"series {name}"),
            signing=story.signing(GRID, METERED_AT, f"intensity {name}", 3_000 + _place(region.id, month)),
        )

    def delivered(self, month: Month) -> tuple[Delivered, ...]:
        """Give what the accounting provider holds of each meter."""
        held = [one for (_, when), one in self.consumption.items() if when == month]
        return tuple(
            Delivered(believed(one.credential, Consumption), one.readings, one.commitments, one.k)
            for one in held
        )

    def grids(self, month: Month) -> tuple[Grid, ...]:
        """Give what the accounting provider holds of each region."""
        held = [one for (_, when), one in self.intensity.items() if when == month]
        return tuple(Grid(believed(one.credential, Intensity), one.series) for one in held)

    def reported(self, month: Month, *, past: Past = Past()) -> Reported:  # noqa: B008 - frozen
        """Have the accounting provider report a month."""
        story = self.story
        return issue_emissions(
            self.delivered(month),
            grids=self.grids(month),
            leave=Leave(
                (believed(story.consents[0], Consent),),
                PURPOSE,
                absent=frozenset(story.source_ids[number] for number in self.absent),
            ),
            signing=story.signing(CAP, REPORTED_AT, f"emissions {month}", 5_000 + _place(0, month)),
            started_at=REPORTED_AT - timedelta(seconds=2),
            past=past,
        )

    @cached_property
    def emissions(self) -> Mapping[Month, Reported]:
        """Give a report for each month."""
        return {month: self.reported(month) for month in self.months}


@dataclass(frozen=True)
class YearChain(ChainSimulator):
    """The chain of several months before a verifier, good or altered by a rogue."""

    year: Year = field(default_factory=Year)

    def __post_init__(self) -> None:
        """Take the firm of the year."""
        object.__setattr__(self, "story", self.year.story)

    @property
    def made(self) -> Mapping[str, Secured]:
        """Give every credential by name, in the order of the chain."""
        year, story = self.year, self.year.story
        return {
            "account_holder": story.account_holder,
            "consent": story.consents[0],
            "showing": story.consents[1],
            **{f"consumption {n} {month}": one.credential for (n, month), one in year.consumption.items()},
            **{f"intensity {r.id} {month}": one.credential for (r, month), one in year.intensity.items()},
            **{f"emissions {month}": one.credential for month, one in year.emissions.items()},
        }

    @property
    def travelling(self) -> list[bytes]:
        """Give the resources beside the chain."""
        metered = self.year.consumption.values()
        found = [one.commitments for one in metered] + [one.series for one in self.year.intensity.values()]
        return found + ([one.readings for one in metered] if self.readings else [])


def year_chain(year: Year, *, readings: bool = False) -> YearChain:
    """Put a year's chain before a verifier."""
    return replace(YearChain(year=year), readings=readings)


def _place(number: int, month: Month) -> int:
    """Give a place in the status list that no other credential has."""
    return number * 100 + (month.year % 5) * 12 + month.month
