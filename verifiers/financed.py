"""Financed emissions of one loan, in exact arithmetic, and how good the data behind them are (PCAF, Part A).

Only a verified chain counts: from any other no figure is attributed and no score is given. Attribution is a fraction
of integers, and each fuel is rounded once, so that whoever adds the published rows gets the published total.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from trust.claims.consumption import Fuel
from trust.claims.emissions import total_of
from trust.claims.halfhour import Month
from trust.digest import Digest
from trust.errors import MalformedError
from trust.report import Check, Overall, Report
from verifiers.chain import Chain
from verifiers.dossier import Dossier, Figure
from verifiers.quality import Quality, quality_of

YEAR = 12
_PLACES = 3
_GRAMS = 1_000


class TotalValue(StrEnum):
    """What the loan is measured against: a private firm's balance sheet, or a listed firm's enterprise value."""

    EQUITY_AND_DEBT = "equity-and-debt"
    EVIC = "evic"


@dataclass(frozen=True, slots=True)
class Loan:
    """What is outstanding, and the value of the firm that it is a part of, in one currency.

    Raises:
        MalformedError: a sum is not positive, or more is outstanding than the firm is worth.
    """

    outstanding: Decimal
    total_value: Decimal
    total_value_is: TotalValue = TotalValue.EQUITY_AND_DEBT
    currency: str = "GBP"

    def __post_init__(self) -> None:
        """Refuse a loan that no share follows from."""
        for where, amount in (("--outstanding", self.outstanding), ("--total-value", self.total_value)):
            if not amount.is_finite() or amount <= 0:
                raise MalformedError(
                    where, expected="an amount above 0", found=f"{amount}", code="data.range"
                )
        if self.outstanding > self.total_value:
            raise MalformedError(
                "--outstanding",
                expected=f"at most the total value, {self.total_value:,f}",
                found=f"{self.outstanding:,f}",
                code="data.range",
            )

    @property
    def attribution(self) -> Fraction:
        """Give the share of the firm that the loan finances (PCAF Part A, section 5.2, attribution)."""
        return Fraction(self.outstanding) / Fraction(self.total_value)


@dataclass(frozen=True, slots=True)
class Assured:
    """An independent auditor's statement on the firm's emissions: who gave it, and the digest of its file."""

    by: str
    digest: Digest


@dataclass(frozen=True, slots=True)
class Share:
    """The emissions of one fuel over all months, and the part of them that the loan finances."""

    fuel: Fuel
    scope: str
    gases: str
    months: int
    kg: Decimal
    financed_kg: Decimal


@dataclass(frozen=True, slots=True)
class Financed:
    """What a loan finances, or why nothing is attributed to it.

    `shares` are empty and `quality` is None unless the chain is verified; `obstacles` then say why.
    """

    loan: Loan
    overall: Overall
    months: tuple[Month, ...]
    shares: tuple[Share, ...]
    quality: Quality | None
    obstacles: tuple[Check, ...]
    assured: Assured | None = None

    @property
    def kg(self) -> Decimal:
        """Add up the emissions."""
        return total_of(tuple(share.kg for share in self.shares))

    @property
    def financed_kg(self) -> Decimal:
        """Add up the financed emissions, each fuel rounded once."""
        return total_of(tuple(share.financed_kg for share in self.shares))

    @property
    def is_whole_year(self) -> bool:
        """Tell whether the months are twelve, one after the other."""
        return len(self.months) == YEAR and _apart(self.months[0], self.months[-1]) == YEAR - 1

    @property
    def gases(self) -> tuple[str, ...]:
        """Name the gases that the total adds together."""
        return tuple(sorted({share.gases for share in self.shares}))


def financed(
    report: Report[object], chain: Chain | None, loan: Loan, *, assured: Assured | None = None
) -> Financed:
    """Attribute a firm's emissions to a loan, if the verdict lets anybody rely on them."""
    claim = report.genuine
    if report.overall is not Overall.VERIFIED or chain is None or not isinstance(claim, Dossier):
        return Financed(loan, report.overall, (), (), None, _once(report.obstacles))
    figures = claim.figures
    months = tuple(sorted({figure.month for figure in figures}))
    shares = tuple(_shares(figures, loan.attribution))
    return Financed(
        loan, report.overall, months, shares, quality_of(chain, assured=assured is not None), (), assured
    )


def _once(obstacles: tuple[Check, ...]) -> tuple[Check, ...]:
    """Name an obstacle once that stands before many documents."""
    return tuple({(check.code, check.detail): check for check in obstacles}.values())


def _shares(figures: tuple[Figure, ...], attribution: Fraction) -> Iterator[Share]:
    for fuel in dict.fromkeys(figure.fuel for figure in figures):
        own = [figure for figure in figures if figure.fuel is fuel]
        kg = total_of(tuple(figure.kg for figure in own))
        yield Share(fuel, own[0].scope, own[0].gases, len(own), kg, part_of(kg, attribution))


def part_of(kg: Decimal, attribution: Fraction) -> Decimal:
    """Take a share of some kilograms, and round it once, half to even, to the gram."""
    return Decimal(round(Fraction(kg) * attribution * _GRAMS)).scaleb(-_PLACES)


def _apart(first: Month, last: Month) -> int:
    return (last.year - first.year) * YEAR + last.month - first.month
