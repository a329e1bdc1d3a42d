"""Financed emissions as everybody else sees them: the JSON that command line and report share (specs/pcaf)."""

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from trust.canonical import Json
from trust.claims.halfhour import stamp
from trust.report import About
from verifiers.financed import YEAR, Financed, Loan, Share, TotalValue

STANDARD = "PCAF Global GHG Accounting and Reporting Standard, Part A, 2nd edition (2022), section 5.2"
_LONGEST = 2_000
_PLACES = Decimal("0.000001")
_WHOSE = {
    TotalValue.EQUITY_AND_DEBT: "The firm is not listed, so the loan is measured against its equity and debt.",
    TotalValue.EVIC: "The firm is listed, so the loan is measured against its enterprise value including cash.",
}


def pcaf_answer(found: Financed, *, about: About, at: datetime) -> dict[str, Json]:
    """Write what a loan finances as its published JSON; quantities are decimal strings."""
    shared = found.shares
    return {
        "standard": STANDARD,
        "overall": found.overall.value,
        "at": stamp(at),
        "subject": about.firm,
        "loan": _loan(found.loan),
        "attribution": _attribution(found.loan.attribution) if shared else None,
        "emissions": [_share(share) for share in shared],
        "total": _total(found) if shared else None,
        "months": [str(month) for month in found.months],
        "whole_year": found.is_whole_year,
        "data_quality": None
        if found.quality is None
        else {
            "score": found.quality.score,
            "option": found.quality.option,
            "reasons": list(found.quality.reasons),
        },
        "assurance": None
        if found.assured is None
        else {"by": found.assured.by, "digest": found.assured.digest.multibase},
        "refused": [
            {"code": check.code, "detail": check.detail[:_LONGEST], "remedy": check.remedy[:_LONGEST]}
            for check in found.obstacles
        ],
        "notes": list(notes(found)),
    }


def notes(found: Financed) -> tuple[str, ...]:
    """Say what a reader must know before the figure is used."""
    if not found.shares:
        return (
            "Nothing is attributed and no score is given, because only a verified chain may be relied on.",
            "A chain that is not verified can never have data quality score 1, 2 or 3 here.",
        )
    told = [_WHOSE[found.loan.total_value_is], _period(found)]
    told.append(
        "It covers metered electricity and gas alone: a part of Scope 1 and Scope 2, and nothing of Scope 3."
    )
    told.append("Electricity is Scope 2, location-based, in CO2; gas is Scope 1, in CO2e.")
    if len(found.gases) > 1:
        told.append("The total adds kilograms of CO2 and of CO2e.")
    if found.assured is not None:
        told.append(f"The statement of {found.assured.by} is named by its digest; nobody here has judged it.")
    told.append("Both amounts are the bank's own word, and should be those of the end of the same year.")
    return tuple(told)


def _period(found: Financed) -> str:
    number = len(found.months)
    if found.is_whole_year:
        return f"It covers the {YEAR} months from {found.months[0]} to {found.months[-1]}."
    return (
        f"It covers {number} {'month' if number == 1 else 'months'}, not a year; nothing is added for others."
    )


def _loan(loan: Loan) -> Json:
    return {
        "outstanding": f"{loan.outstanding:f}",
        "total_value": f"{loan.total_value:f}",
        "total_value_is": loan.total_value_is.value,
        "currency": loan.currency,
    }


def _attribution(share: Fraction) -> Json:
    decimal = (Decimal(share.numerator) / Decimal(share.denominator)).quantize(_PLACES, ROUND_HALF_EVEN)
    return {
        "numerator": str(share.numerator),
        "denominator": str(share.denominator),
        "decimal": f"{decimal:f}",
    }


def _share(share: Share) -> Json:
    return {
        "fuel": share.fuel.value,
        "scope": share.scope,
        "gases": share.gases,
        "months": share.months,
        "kg": f"{share.kg:f}",
        "financed_kg": f"{share.financed_kg:f}",
    }


def _total(found: Financed) -> Json:
    return {"kg": f"{found.kg:f}", "financed_kg": f"{found.financed_kg:f}", "gases": list(found.gases)}
