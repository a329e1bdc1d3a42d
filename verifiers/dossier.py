"""What a verified chain says, once it may be believed: the firm, its figures, and who vouched for each part."""

from dataclasses import dataclass
from decimal import Decimal

from trust.claims.account import AccountHolder
from trust.claims.consent import Consent
from trust.claims.consumption import Consumption, Fuel
from trust.claims.coverage import RowCoverage
from trust.claims.emissions import Emissions
from trust.claims.halfhour import Month, Period
from trust.claims.intensity import Intensity
from trust.did import Did
from trust.report import About
from verifiers.chain import Chain


@dataclass(frozen=True, slots=True)
class Figure:
    """The kilograms of one fuel in one month, and how many half-hours were counted."""

    month: Month
    fuel: Fuel
    kg: Decimal
    gases: str
    scope: str
    coverage: RowCoverage


@dataclass(frozen=True, slots=True)
class Dossier:
    """The claims of a whole chain, as its presentation carries them."""

    holder: Did
    sme: Did | None
    account_holders: tuple[AccountHolder, ...]
    consents: tuple[Consent, ...]
    consumptions: tuple[Consumption, ...]
    intensities: tuple[Intensity, ...]
    emissions: tuple[Emissions, ...]

    @classmethod
    def of(cls, chain: Chain, holder: Did) -> "Dossier":
        """Collect the claims of a chain."""
        firms = sorted(chain.firms)
        return cls(
            holder=holder,
            sme=firms[0] if firms else None,
            account_holders=tuple(claim for _, claim in chain.claims(AccountHolder)),
            consents=tuple(claim for _, claim in chain.claims(Consent)),
            consumptions=tuple(claim for _, claim in chain.claims(Consumption)),
            intensities=tuple(claim for _, claim in chain.claims(Intensity)),
            emissions=tuple(claim for _, claim in chain.claims(Emissions)),
        )

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Give the figures, by month and fuel."""
        found = [figure for report in self.emissions for figure in figures_of(report)]
        return tuple(sorted(found, key=lambda figure: (figure.month, figure.fuel)))


def figures_of(report: Emissions) -> tuple[Figure, ...]:
    """Give the figures of one report, a fuel each."""
    month = Month.of(report.period.start)
    return tuple(
        Figure(month, row.fuel, row.kg, row.gases.value, row.scope, row.coverage) for row in report.rows
    )


def about_of(chain: Chain, size: int | None, scope: str) -> About:
    """Say what a report is about: the firm, where there is one, and the months of its documents."""
    firms = chain.firms
    periods = [claim.period for _, claim in chain.claims(Emissions)]
    periods = periods or [claim.period for _, claim in chain.claims(Consumption)]
    return About(
        firm=str(next(iter(firms))) if len(firms) == 1 else None,
        period=Period(min(p.first for p in periods), max(p.after for p in periods)) if periods else None,
        size=size,
        scope=scope,
    )
