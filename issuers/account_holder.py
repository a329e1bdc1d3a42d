"""Account holding: the energy data provider says whose key answered for which meters."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from issuers.issue import Signing
from trust.challenge import Challenge, check_answer
from trust.claims.account import AccountHolder, Assurance, Method
from trust.claims.halfhour import stamp
from trust.errors import NotPermittedError
from trust.secured import Secured

LONGEST = timedelta(days=366)
_CODE = "consent.not_account_holder"


@dataclass(frozen=True, slots=True)
class Account:
    """What the provider's own records say of an account: its sources, from when to when, and how it knows.

    `replaces` names the credential of a lost or stolen key; `compromised_since` is set when it was stolen.
    """

    sources: tuple[str, ...]
    control_from: datetime
    control_until: datetime
    method: Method
    assurance: Assurance
    replaces: str | None = None
    compromised_since: datetime | None = None


def issue_account_holder(
    answer: Secured,
    *,
    challenge: Challenge,
    account: Account,
    signing: Signing,
    valid_until: datetime | None = None,
) -> Secured:
    """Sign that the key which answered the challenge controls these sources, for a year at most.

    Raises:
        MalformedError: when the answer is none.
        NotPermittedError: when the answer is to another challenge or too late, or the account says too much.
        SignatureMismatchError: when another key signed the answer.
    """
    _require_own(challenge, signing=signing)
    _require_sound(account)
    until = valid_until or min(account.control_until, signing.at + LONGEST)
    if until > signing.at + LONGEST:
        reason = f"it would hold until {stamp(until)}, longer than a year"
        raise NotPermittedError("issuing an account holder credential", because=reason, code=_CODE)
    claim = AccountHolder(
        id=check_answer(answer, challenge=challenge, at=signing.at),
        sources=account.sources,
        control_from=account.control_from,
        control_until=account.control_until,
        method=account.method,
        assurance_level=account.assurance,
        challenge_digest=challenge.digest,
        replaces=account.replaces,
        compromised_since=account.compromised_since,
    )
    return signing.issue(claim, valid_until=until)


def _require_own(challenge: Challenge, *, signing: Signing) -> None:
    if challenge.audience != signing.issuer:
        reason = f"the challenge is {challenge.audience}'s, not {signing.issuer}'s"
        raise NotPermittedError(
            "issuing an account holder credential", because=reason, code="presentation.audience"
        )


def _require_sound(account: Account) -> None:
    if not account.sources or account.control_from >= account.control_until:
        reason = f"{len(account.sources)} sources from {stamp(account.control_from)} are nothing to control"
        raise NotPermittedError("issuing an account holder credential", because=reason, code=_CODE)
    if account.compromised_since is not None and account.replaces is None:
        reason = "a key was stolen, and the credential that named it is not"
        raise NotPermittedError("issuing an account holder credential", because=reason, code=_CODE)
