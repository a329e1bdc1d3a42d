"""Whether each use of data lies inside a consent in force: readings let go, a figure made, a figure shown.

A consumption and a report name their consents themselves; what a presentation shows to a bank needs a consent to
show it, which travels beside the report.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from trust.claims.account import AccountHolder
from trust.claims.consent import Consent, Data
from trust.claims.consumption import Consumption
from trust.claims.emissions import Emissions
from trust.claims.halfhour import Period
from trust.did import Did
from verifiers.case import Case, Held, Use
from verifiers.checks.consent import end_of
from verifiers.finding import Detail, Finding, failed, not_applicable, passed
from verifiers.item import PRESENTATION, Item
from verifiers.wording import moment, span


def present(case: Case, item: Item) -> Finding:
    """Ask whether a consent for this kind of data and every meter stands behind it (IB1 Permission Records 1.0)."""
    uses = uses_of(case, item)
    for use in uses:
        if not use.consents:
            return failed(
                "consent.missing",
                f"No consent of the firm to {_said(use.data)} stands behind it.",
                expected=f"a consent for {use.data.value}",
                found="none",
            )
        allowed = {source for _, consent in use.consents for source in consent.sources}
        missing = sorted(use.sources - allowed)
        if missing:
            return failed(
                "consent.missing",
                f"No consent names {len(missing)} of the {len(use.sources)} meters that it is about.",
                expected=missing[0],
                found=f"{len(allowed)} other meters",
            )
    if not uses:
        return not_applicable("The firm shows its own data, or nothing of a meter is shown.")
    return passed(lambda: f"{len(uses[0].consents)} consent of the firm stands behind it.")


def covers_recipient(case: Case, item: Item) -> Finding:
    """Ask whether the consent lets this party give it to that one (IB1 Permission Records 1.0)."""

    def problem(use: Use, _: Item, consent: Consent) -> Finding | None:
        if use.sender is not None and consent.from_ != use.sender:
            return _other(case, "pass it on", consent.from_, use.sender)
        strange = [did for did in use.recipients if did != consent.to]
        return _other(case, "have it", consent.to, strange[0]) if strange else None

    return _each(case, item, problem, "The consent names who gave it and who has it.")


def covers_purpose(case: Case, item: Item) -> Finding:
    """Ask whether the consent names the purpose of this use (IB1 Permission Records 1.0, processes)."""

    def problem(use: Use, _: Item, consent: Consent) -> Finding | None:
        purpose = case.policy.purpose_of(use.data)
        if purpose is None or purpose in consent.purposes:
            return None
        return failed(
            "consent.other_purpose",
            f"The consent does not name {_last(purpose)}.",
            expected=purpose,
            found=", ".join(consent.purposes),
        )

    return _each(case, item, problem, "The consent names the purpose.")


def covers_period(case: Case, item: Item) -> Finding:
    """Ask whether every half-hour of it lies in the period of the consent (IB1 Permission Records 1.0)."""

    def problem(use: Use, _: Item, consent: Consent) -> Finding | None:
        if consent.data_from <= use.period.start and use.period.end <= consent.data_to:
            return None
        covered = f"{moment(consent.data_from)} to {moment(consent.data_to)}"
        return failed(
            "consent.out_of_period",
            f"It is about {span(use.period)}; the consent covers {covered}.",
            expected=covered,
            found=span(use.period),
        )

    return _each(case, item, problem, "The consent covers the period.")


def in_force_at_signing(case: Case, item: Item) -> Finding:
    """Ask whether the consent had begun and not ended when it was signed (IB1 Permission Records 1.0, expires)."""
    signed_at = signing_of(item)

    def problem(_: Use, held: Item, __: Consent) -> Finding | None:
        if signed_at >= end_of(held):
            return _late("consent.expired", signed_at, "ran out", end_of(held))
        begun = signing_of(held)
        if signed_at + case.skew < begun:
            return failed(
                "consent.missing",
                f"It was signed on {moment(signed_at)}; the consent was given on {moment(begun)}.",
                expected=f"a signature after {moment(begun)}",
                found=moment(signed_at),
            )
        ended = [signing_of(withdrawal) for withdrawal in case.chain.withdrawn(held)]
        if ended and min(ended) <= signed_at:
            return _late("consent.withdrawn", signed_at, "was withdrawn", min(ended))
        return None

    return _each(case, item, problem, lambda: f"The consent was in force on {moment(signed_at)}.")


def inside_control(case: Case, item: Item) -> Finding:
    """Ask whether the firm controlled the meter in this period (credentials.md, account holder)."""
    claim = item.credential.claim if item.credential is not None else None
    if not isinstance(claim, Consumption):
        return not_applicable("It is about no meter.")
    for holder, account in case.chain.inputs_of(item, AccountHolder):
        if holder.issuer != item.issuer:
            return failed(
                "consent.before_control",
                f"{case.name(holder.issuer)} vouches for the account, and {case.name(item.issuer)} read the meter.",
                expected=str(item.issuer),
                found=str(holder.issuer),
            )
        if not account.controls(claim.id, claim.period):
            return _outside_control(account, claim)
    return passed(lambda: f"The firm controlled the meter in {span(claim.period)}.")


def uses_of(case: Case, item: Item) -> tuple[Use, ...]:
    """Give the uses of data that a document makes, worked out once."""
    found = case.uses.get(id(item))
    if found is None:
        found = case.uses[id(item)] = _uses(case, item)
    return found


def _uses(case: Case, item: Item) -> tuple[Use, ...]:
    claim = item.credential.claim if item.credential is not None else None
    if isinstance(claim, Consumption):
        return (_let_go(case, item, claim),)
    if isinstance(claim, Emissions):
        return (_calculated(case, item, claim),)
    if item.kind != PRESENTATION or item.subject.issuer.startswith("did:key:"):
        return ()
    return tuple(_shown(case, report, held) for report, held in case.chain.claims(Emissions))


def signing_of(item: Item) -> datetime:
    """Give the moment of signing of a document whose proof was read.

    Raises:
        TypeError: it has none.
    """
    if item.proof is None:
        raise TypeError(f"{item} has no proof")
    return item.proof.created


def _let_go(case: Case, item: Item, claim: Consumption) -> Use:
    takers = tuple(
        [held.issuer for held, _ in case.chain.claims(Emissions) if item in case.chain.inputs(held)]
    )
    consents = _covering(_linked(case, item, Data.CONSUMPTION), claim.period)
    return Use(Data.CONSUMPTION, item.issuer, takers, frozenset({claim.id}), claim.period, consents)


def _calculated(case: Case, item: Item, claim: Emissions) -> Use:
    sources = frozenset(held.id for _, held in case.chain.inputs_of(item, Consumption))
    consents = _covering(_linked(case, item, Data.CONSUMPTION), claim.period)
    return Use(Data.CONSUMPTION, None, (item.issuer,), sources, claim.period, consents)


def _shown(case: Case, report: Item, claim: Emissions) -> Use:
    sources = frozenset(held.id for _, held in case.chain.inputs_of(report, Consumption))
    given = tuple(
        (held, consent)
        for held, consent in case.chain.claims(Consent)
        if consent.data is Data.EMISSIONS and held.issuer == claim.id
    )
    consents = _covering(given, claim.period)
    audience = () if case.audience is None else (case.audience,)
    return Use(Data.EMISSIONS, report.issuer, audience, sources, claim.period, consents)


def _covering(given: tuple[Held, ...], period: Period) -> tuple[Held, ...]:
    """Take the consents that cover the month, as a renewal stands beside the one before; all of them if none does."""
    fitting = tuple(
        [held for held in given if held[1].data_from <= period.start and period.end <= held[1].data_to]
    )
    return fitting or given


def _linked(case: Case, item: Item, data: Data) -> tuple[Held, ...]:
    return tuple(held for held in case.chain.inputs_of(item, Consent) if held[1].data is data)


def _each(
    case: Case, item: Item, problem: Callable[[Use, Item, Consent], Finding | None], sentence: Detail
) -> Finding:
    """Ask the same of every use and consent, and give the first answer that is not good."""
    uses = uses_of(case, item)
    found = (problem(use, held, consent) for use in uses for held, consent in use.consents)
    return _first(found) or (passed(sentence) if uses else not_applicable("No consent is needed for it."))


def _first(findings: Iterable[Finding | None]) -> Finding | None:
    return next((finding for finding in findings if finding is not None), None)


def _other(case: Case, act: str, allowed: Did, found: Did) -> Finding:
    return failed(
        "consent.other_recipient",
        f"The consent lets {case.name(allowed)} {act}, not {case.name(found)}.",
        expected=str(allowed),
        found=str(found),
    )


def _late(code: str, signed_at: datetime, what: str, ended: datetime) -> Finding:
    return failed(
        code,
        f"It was signed on {moment(signed_at)}; the consent {what} on {moment(ended)}.",
        expected=f"a signature before {moment(ended)}",
        found=moment(signed_at),
    )


def _outside_control(account: AccountHolder, claim: Consumption) -> Finding:
    control = f"{moment(account.control_from)} to {moment(account.control_until)}"
    sentence = f"The firm controlled the meter from {control}, and it is about {span(claim.period)}."
    if claim.id not in account.sources:
        sentence = "The meter is none of those that the firm controls."
    return failed("consent.before_control", sentence, expected=control, found=span(claim.period))


def _said(data: Data) -> str:
    return "show its figures" if data is Data.EMISSIONS else "use its readings"


def _last(url: str) -> str:
    return url.rstrip("/").rsplit("/", 1)[-1]
