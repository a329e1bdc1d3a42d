"""What a consent itself must be: by the account holder, inside what it depends on, still in force."""

from datetime import datetime, timedelta

from trust.claims.account import AccountHolder
from trust.claims.consent import Consent
from verifiers.case import Case
from verifiers.checks.status import age_of, revoked_bit
from verifiers.finding import Finding, failed, not_applicable, passed, unknown
from verifiers.item import Item
from verifiers.wording import moment


def consent_of(item: Item) -> Consent:
    """Give the consent that a document makes; only for one that the plan chose by its kind.

    Raises:
        TypeError: it is another kind of document.
    """
    claim = item.credential.claim if item.credential is not None else None
    if not isinstance(claim, Consent):
        raise TypeError(f"{item} is no consent")
    return claim


def from_account_holder(case: Case, item: Item) -> Finding:
    """Ask whether the account holder's own key signed it (IB1 Permission Records 1.0)."""
    consent = consent_of(item)
    holders = case.chain.inputs_of(item, AccountHolder)
    if not holders:
        return failed(
            "consent.not_account_holder",
            "No account holder credential in the chain stands behind this consent.",
            expected="an account holder credential",
            found="none",
        )
    for holder, claim in holders:
        if claim.id != item.issuer:
            return _not_holder(
                f"The account is another firm's: its key is {claim.id}.", claim.id, item.issuer
            )
        stolen = _stolen(case, holder, item)
        if stolen:
            return _not_holder(stolen, claim.id, item.issuer)
        late = _outside(item, holder)
        if late:
            return _not_holder(late, claim.id, item.issuer)
    controlled = {source for _, claim in holders for source in claim.sources}
    foreign = sorted(set(consent.sources) - controlled)
    if foreign:
        return _not_holder(
            f"It names {len(foreign)} meters that the firm does not control.", foreign[0], "no account"
        )
    return passed(lambda: f"{case.name(holders[0][0].issuer)} vouches for the key that signed it.")


def narrows(case: Case, item: Item) -> Finding:
    """Ask whether it stays inside every consent that it depends on (credentials.md, dependsOn)."""
    consent = consent_of(item)
    if not consent.depends_on:
        return not_applicable("It depends on no other consent.")
    wider = {held.id: (held, claim) for held, claim in case.chain.inputs_of(item, Consent)}
    for name in consent.depends_on:
        if name not in wider:
            return failed(
                "consent.widened",
                f"It depends on the consent {name}, which is not linked to it.",
                expected=name,
                found="no such consent",
            )
        held, claim = wider[name]
        problem = _wider(consent, claim) or _given_by_another(item, held)
        if problem:
            return failed("consent.widened", problem[0], expected=problem[1], found=problem[2])
    return passed(lambda: f"It stays inside {len(consent.depends_on)} earlier consent.")


def not_withdrawn(case: Case, item: Item) -> Finding:
    """Ask whether the firm has ended it, whatever a status list says (GDPR, article 7(3))."""
    for withdrawal in case.chain.withdrawn(item):
        since = withdrawal.credential.valid_from if withdrawal.credential is not None else case.at
        if since <= case.at + case.skew:
            return failed(
                "consent.withdrawn",
                f"The firm withdrew it on {moment(since)}.",
                expected="a consent in force",
                found=f"withdrawn on {moment(since)}",
            )
    if revoked_bit(case, item):
        keeper = case.name(consent_of(item).status_keeper)
        return failed(
            "consent.withdrawn",
            f"The status list of {keeper} says that the firm withdrew it.",
            expected="a consent in force",
            found="its place in the list set",
        )
    return passed("No withdrawal of it is known.")


def not_expired(case: Case, item: Item) -> Finding:
    """Ask whether it still runs at the moment asked for (IB1 Permission Records 1.0, expires)."""
    expires = end_of(item)
    if case.at >= expires:
        return failed(
            "consent.expired",
            f"It ran out on {moment(expires)}, and it is {moment(case.at)}.",
            expected=f"use before {moment(expires)}",
            found=moment(case.at),
        )
    return passed(lambda: f"It runs until {moment(expires)}.")


def end_of(item: Item) -> datetime:
    """Give the moment at which a consent ends: by its own words, or by those of the credential around it."""
    expires = consent_of(item).expires
    until = item.credential.valid_until if item.credential is not None else None
    return expires if until is None else min(expires, until)


def fresh(case: Case, item: Item) -> Finding:
    """Ask whether what says that it is in force is recent enough (checks.md, usable now)."""
    limit = timedelta(seconds=case.policy.status_age)
    age = age_of(case, item)
    if age is None:
        return unknown("consent.stale", "No status list at hand says that it is still in force.")
    if age > limit:
        return unknown(
            "consent.stale",
            f"The newest evidence is {_hours(age)} old, and the policy allows {_hours(limit)}.",
            expected=f"at most {_hours(limit)}",
            found=_hours(age),
        )
    return passed(lambda: f"The evidence is of {moment(case.at - age)}.")


def _not_holder(sentence: str, expected: object, found: object) -> Finding:
    return failed("consent.not_account_holder", sentence, expected=str(expected), found=str(found))


def _stolen(case: Case, holder: Item, item: Item) -> str:
    """Say since when the key was in other hands, if a later credential of the same provider says so."""
    for later, newer in case.chain.claims(AccountHolder):
        since = newer.compromised_since
        replaced = newer.replaces == holder.id and later.issuer == holder.issuer
        if replaced and since is not None and item.proof is not None and item.proof.created >= since:
            return f"The key was stolen on {moment(since)}, before it signed."
    return ""


def _outside(item: Item, holder: Item) -> str:
    """Say how the signing lies outside the life of the account holder credential."""
    envelope, proof = holder.credential, item.proof
    if envelope is None or proof is None:
        return "The account holder credential cannot be read."
    until = envelope.valid_until
    if proof.created < envelope.valid_from:
        return f"It was signed before the account was established on {moment(envelope.valid_from)}."
    if until is not None and proof.created >= until:
        return f"It was signed after the account holder credential ended on {moment(until)}."
    return ""


def _wider(consent: Consent, wider: Consent) -> tuple[str, str, str] | None:
    """Say in which respect a consent reaches further than the one it depends on."""
    if consent.expires > wider.expires:
        return (
            f"It runs until {moment(consent.expires)}, longer than the one it depends on.",
            f"at most {moment(wider.expires)}",
            moment(consent.expires),
        )
    if consent.data_from < wider.data_from or consent.data_to > wider.data_to:
        return (
            "It covers a longer period than the one it depends on.",
            f"{moment(wider.data_from)} to {moment(wider.data_to)}",
            f"{moment(consent.data_from)} to {moment(consent.data_to)}",
        )
    added = set(consent.sources) - set(wider.sources)
    if added:
        return (f"It names {len(added)} meters more than the one it depends on.", "no more", min(added))
    if consent.from_ != wider.to:
        return (f"{consent.from_} passes on what {wider.to} received.", str(wider.to), str(consent.from_))
    return None


def _given_by_another(item: Item, wider: Item) -> tuple[str, str, str] | None:
    if item.issuer == wider.issuer:
        return None
    return ("Another firm gave the consent it depends on.", str(wider.issuer), str(item.issuer))


def _hours(age: timedelta) -> str:
    return f"{age / timedelta(hours=1):.0f} hours"
