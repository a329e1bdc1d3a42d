"""Whether a consent at hand lets one use of data happen: the question that every issuer asks before it signs.

Each refusal carries the code that a verifier would give to a credential signed in spite of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from trust.claims.account import AccountHolder
from trust.claims.consent import Consent, Data
from trust.claims.halfhour import Period, stamp
from trust.did import Did
from trust.envelope import envelope, links_to
from trust.errors import NotPermittedError
from trust.links import Relation
from trust.report import Verified

NOTHING_WITHDRAWN: Mapping[str, datetime] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Use:
    """One use of one source's data: who lets whom have what, for which purpose, over which half-hours."""

    sender: Did
    recipient: Did
    data: Data
    purpose: str
    source: str
    period: Period

    def __str__(self) -> str:
        """Name the use as a sentence names it."""
        return f"letting {self.recipient} have {self.data.value} of {self.source} for {self.period}"


def require_consent(
    consent: Verified[Consent],
    use: Use,
    *,
    at: datetime,
    withdrawn: Mapping[str, datetime] = NOTHING_WITHDRAWN,
) -> None:
    """Refuse a use that the consent does not cover, or no longer covers.

    `withdrawn` gives the moment from which a consent, by its id, is withdrawn.

    Raises:
        NotPermittedError: with the first reason, and its code.
    """
    _require_parties(consent.claim, use)
    _require_scope(consent.claim, use)
    _require_in_force(consent, use, at=at, withdrawn=withdrawn)


def require_account_holder(
    account_holder: Verified[AccountHolder],
    *,
    consent: Verified[Consent],
    use: Use,
    at: datetime,
) -> None:
    """Refuse a consent that does not come from the firm that controls the source, or reaches before or after that.

    Raises:
        NotPermittedError: with the first reason, and its code.
    """
    holding, given = envelope(account_holder), envelope(consent)
    firm = account_holder.claim.id
    if given.issuer != firm:
        raise _refused(
            use,
            f"{given.issuer} signed the consent, but the account is {firm}'s",
            "consent.not_account_holder",
        )
    if holding.issuer != use.sender:
        reason = f"{holding.issuer} vouches for the account holder, not {use.sender}"
        raise _refused(use, reason, "consent.not_account_holder")
    if not links_to(consent, Relation.DERIVED, account_holder):
        reason = f"the consent {given.id} does not rest on the account holder credential {holding.id}"
        raise _refused(use, reason, "consent.not_account_holder")
    if holding.valid_until is None or not holding.valid_from <= at < holding.valid_until:
        ended = "never" if holding.valid_until is None else stamp(holding.valid_until)
        reason = f"the account holder credential held from {stamp(holding.valid_from)} to {ended}"
        raise _refused(use, reason, "consent.not_account_holder")
    if not account_holder.claim.controls(use.source, use.period):
        raise _refused(use, _control(account_holder.claim, use.source), "consent.before_control")


def _require_parties(consent: Consent, use: Use) -> None:
    if consent.to != use.recipient:
        reason = f"the consent lets {consent.to} receive it, not {use.recipient}"
        raise _refused(use, reason, "consent.other_recipient")
    if consent.from_ != use.sender:
        reason = f"the consent asks {consent.from_} for it, not {use.sender}"
        raise _refused(use, reason, "consent.other_recipient")


def _require_scope(consent: Consent, use: Use) -> None:
    if use.source not in consent.sources:
        raise _refused(use, f"the consent does not name the source {use.source}", "consent.missing")
    if consent.data is not use.data or use.purpose not in consent.purposes:
        reason = (
            f"the consent is for {consent.data.value} and {', '.join(consent.purposes)}, not {use.purpose}"
        )
        raise _refused(use, reason, "consent.other_purpose")
    if not consent.period.covers(use.period):
        reason = f"the consent covers {consent.period}"
        raise _refused(use, reason, "consent.out_of_period")


def _require_in_force(
    consent: Verified[Consent], use: Use, *, at: datetime, withdrawn: Mapping[str, datetime]
) -> None:
    given = envelope(consent)
    ended = withdrawn.get(given.id)
    if ended is not None and ended <= at:
        raise _refused(use, f"the consent was withdrawn at {stamp(ended)}", "consent.withdrawn")
    if at >= consent.claim.expires:
        raise _refused(use, f"the consent ended at {stamp(consent.claim.expires)}", "consent.expired")
    if at < given.valid_from:
        raise _refused(use, f"the consent begins only at {stamp(given.valid_from)}", "consent.missing")


def _control(holder: AccountHolder, source: str) -> str:
    if source not in holder.sources:
        return f"the source is not among the {len(holder.sources)} that {holder.id} controls"
    return f"{holder.id} controls it from {stamp(holder.control_from)} to {stamp(holder.control_until)}"


def _refused(use: Use, because: str, code: str) -> NotPermittedError:
    return NotPermittedError(str(use), because=because, code=code)
