"""Receipts for a withdrawal: when a party stopped, what it deleted, what it keeps and why, whom it told."""

from dataclasses import dataclass
from datetime import datetime

from issuers.issue import Signing
from trust.claims.consent import Withdrawal
from trust.claims.halfhour import stamp
from trust.claims.receipt import Kept, WithdrawalReceipt
from trust.did import Did
from trust.envelope import envelope, link
from trust.errors import NotPermittedError
from trust.links import Relation
from trust.report import Verified
from trust.secured import Secured


@dataclass(frozen=True, slots=True)
class Stopped:
    """What a party did about a withdrawal."""

    at: datetime
    deleted: tuple[str, ...] = ()
    kept: tuple[Kept, ...] = ()
    notified: tuple[Did, ...] = ()


def issue_withdrawal_receipt(
    withdrawal: Verified[Withdrawal], *, stopped: Stopped, signing: Signing
) -> Secured:
    """Sign what was done about a withdrawal (GDPR, article 19).

    Raises:
        NotPermittedError: when nothing has stopped yet, or something is kept without a basis or an end.
        MalformedError: when the receipt does not fit its published schema.
    """
    ended = envelope(withdrawal)
    act = f"acknowledging the withdrawal {ended.id}"
    if stopped.at > signing.at:
        reason = f"use stops only at {stamp(stopped.at)}"
        raise NotPermittedError(act, because=reason, code="consent.withdrawn")
    for kept in stopped.kept:
        if not kept.basis or kept.until <= signing.at:
            reason = f"{kept.what} is kept until {stamp(kept.until)} on the basis {kept.basis!a}"
            raise NotPermittedError(act, because=reason, code="consent.withdrawn")
    claim = WithdrawalReceipt(ended.id, stopped.at, stopped.deleted, stopped.kept, stopped.notified)
    return signing.issue(claim, links=(link(Relation.DERIVED, withdrawal),))
