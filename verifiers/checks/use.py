"""Whether a use of data, readings let go or emissions reported, lies inside a consent in force when it was signed."""

from collections.abc import Iterator
from datetime import datetime

from trust.claims.account import AccountHolder
from trust.claims.consent import Consent, Data
from trust.claims.consumption import Consumption
from trust.claims.emissions import Emissions
from trust.claims.halfhour import Period
from trust.did import Did
from verifiers.case import Case
from verifiers.finding import Finding, failed, not_applicable, passed
from verifiers.item import PRESENTATION, Item
from verifiers.wording import moment, span

Held = tuple[Item, Consent]


def present(case: Case, item: Item) -> Finding:
    """Ask whether a consent for this kind of data and every source stands behind it (IB1 Permission Records 1.0)."""
    consents = _consents(case, item)
    if not consents:
        return failed(
            "consent.missing",
            f"No consent to {_data(item).value} stands behind it.",
            expected="a consent in permittedBy",
            found="none",
        )
    allowed = {source for _, consent in consents for source in consent.sources}
    missing = sorted(set(_sources(case, item)) - allowed)
    if missing:
        return failed(
            "consent.missing",
            f"No consent names {len(missing)} of the meters that it is about.",
            expected=missing[0],
            found=f"{len(allowed)} other meters",
        )
    return passed(lambda: f"{len(consents)} consent stands behind it.")


def covers_recipient(case: Case, item: Item) -> Finding:
    """Ask whether the consent lets this issuer give it to this recipient (IB1 Permission Records 1.0)."""
    for _, consent in _consents(case, item):
        if consent.from_ != item.issuer:
            return failed(
                "consent.other_recipient",
                f"The consent lets {case.name(consent.from_)} pass it on, and {case.name(item.issuer)} did.",
                expected=str(consent.from_),
                found=str(item.issuer),
            )
        for recipient in _recipients(case, item):
            if consent.to != recipient:
                return failed(
                    "consent.other_recipient",
                    f"The consent lets {case.name(consent.to)} have it, not {case.name(recipient)}.",
                    expected=str(consent.to),
                    found=str(recipient),
                )
    return passed(lambda: "The consent names who gave it and who has it.")


def covers_purpose(case: Case, item: Item) -> Finding:
    """Ask whether the consent names the purpose of this use (IB1 Permission Records 1.0, processes)."""
    purpose = case.policy.purpose_of(_data(item))
    if purpose is None:
        return not_applicable("The policy names no purpose.")
    for _, consent in _consents(case, item):
        if purpose not in consent.purposes:
            return failed(
                "consent.other_purpose",
                f"The consent does not name {_last(purpose)}.",
                expected=purpose,
                found=", ".join(consent.purposes),
            )
    return passed(lambda: f"The consent names {_last(purpose)}.")


def covers_period(case: Case, item: Item) -> Finding:
    """Ask whether every half-hour of it lies in the period of the consent (IB1 Permission Records 1.0)."""
    period = _period(item)
    for _, consent in _consents(case, item):
        if period.start < consent.data_from or period.end > consent.data_to:
            return failed(
                "consent.out_of_period",
                f"It is about {span(period)}; the consent covers {_dates(consent)}.",
                expected=_dates(consent),
                found=span(period),
            )
    return passed(lambda: f"The consent covers {span(period)}.")


def in_force_at_signing(case: Case, item: Item) -> Finding:
    """Ask whether the consent had begun and not ended when it was signed (IB1 Permission Records 1.0, expires)."""
    signed_at = _signed_at(item)
    for held, consent in _consents(case, item):
        if signed_at >= consent.expires:
            return failed(
                "consent.expired",
                f"It was signed on {moment(signed_at)}; the consent ran out on {moment(consent.expires)}.",
                expected=f"a signature before {moment(consent.expires)}",
                found=moment(signed_at),
            )
        begun = _signed_at(held)
        if signed_at + case.skew < begun:
            return failed(
                "consent.missing",
                f"It was signed on {moment(signed_at)}; the consent was given on {moment(begun)}.",
                expected=f"a signature after {moment(begun)}",
                found=moment(signed_at),
            )
        ended = [_signed_at(withdrawal) for withdrawal in case.chain.withdrawn(held)]
        if ended and min(ended) <= signed_at:
            return failed(
                "consent.withdrawn",
                f"It was signed on {moment(signed_at)}; the firm had withdrawn on {moment(min(ended))}.",
                expected=f"a signature before {moment(min(ended))}",
                found=moment(signed_at),
            )
    return passed(lambda: f"The consent was in force on {moment(signed_at)}.")


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


def _outside_control(account: AccountHolder, claim: Consumption) -> Finding:
    control = f"{moment(account.control_from)} to {moment(account.control_until)}"
    sentence = f"The firm controlled the meter from {control}, and it is about {span(claim.period)}."
    if claim.id not in account.sources:
        sentence = "The meter is none of those that the firm controls."
    return failed("consent.before_control", sentence, expected=control, found=span(claim.period))


def _consents(case: Case, item: Item) -> tuple[Held, ...]:
    """Give the consents that it names for its own kind of data."""
    data = _data(item)
    return tuple(held for held in case.chain.inputs_of(item, Consent) if held[1].data is data)


def _data(item: Item) -> Data:
    return Data.EMISSIONS if item.kind == "EmissionsCredential" else Data.CONSUMPTION


def _sources(case: Case, item: Item) -> Iterator[str]:
    claim = item.credential.claim if item.credential is not None else None
    if isinstance(claim, Consumption):
        yield claim.id
    else:
        yield from (held.id for _, held in case.chain.inputs_of(item, Consumption))


def _recipients(case: Case, item: Item) -> Iterator[Did]:
    """Name who has it now: who built on it, and for a report whoever it is shown to by another than the firm."""
    if item.kind == "EmissionsCredential":
        target = case.chain.target
        own = target.kind == PRESENTATION and target.subject.issuer.startswith("did:key:")
        if case.audience is not None and not own:
            yield case.audience
        return
    for user, _ in case.chain.claims(Emissions):
        if item in case.chain.inputs(user):
            yield user.issuer


def _period(item: Item) -> Period:
    """Give the period of a consumption or of emissions.

    Raises:
        TypeError: it is another kind of document.
    """
    claim = item.credential.claim if item.credential is not None else None
    if not isinstance(claim, Consumption | Emissions):
        raise TypeError(f"{item} has no period")
    return claim.period


def _signed_at(item: Item) -> datetime:
    """Give the moment of signing of a document whose proof was read.

    Raises:
        TypeError: it has none.
    """
    if item.proof is None:
        raise TypeError(f"{item} has no proof")
    return item.proof.created


def _dates(consent: Consent) -> str:
    return f"{moment(consent.data_from)} to {moment(consent.data_to)}"


def _last(url: str) -> str:
    return url.rstrip("/").rsplit("/", 1)[-1]
