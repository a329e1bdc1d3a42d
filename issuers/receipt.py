"""Receipts: what a party was shown, by whom and when, and whether it was authentic."""

from datetime import datetime

from issuers.issue import Signing
from trust.canonical import EVIDENCE_LIMIT, parse_object
from trust.claims.halfhour import stamp
from trust.claims.receipt import Receipt
from trust.did import Did
from trust.errors import NotPermittedError
from trust.presentation import audience_of, read_presentation
from trust.report import Answer
from trust.secured import Secured


def issue_receipt(
    presentation: Secured,
    *,
    authentic: Answer,
    received_at: datetime,
    signing: Signing,
    channel: Did | None = None,
) -> Secured:
    """Sign that these very bytes were received; nonce, audience and age were judged at the door.

    `channel` is the party in the certificate of the connection, where there was one.

    Raises:
        NotPermittedError: when it was shown to somebody else, or would have been received later than signed.
        MalformedError: when the bytes are no signed presentation.
    """
    document = parse_object(presentation.raw, where="presentation", limit=EVIDENCE_LIMIT, canonical=True)
    shown, (challenge, audience) = read_presentation(document), audience_of(document)
    act = f"acknowledging the presentation {shown.id}"
    if audience != signing.issuer:
        reason = f"it was shown to {audience}, not to {signing.issuer}"
        raise NotPermittedError(act, because=reason, code="presentation.audience")
    if received_at > signing.at:
        reason = f"it would be received at {stamp(received_at)}, after {stamp(signing.at)}"
        raise NotPermittedError(act, because=reason, code="time.future")
    return signing.issue(
        Receipt(
            presentation=shown.id,
            digest_multibase=presentation.digest,
            received_from=shown.holder,
            received_at=received_at,
            challenge=challenge,
            audience=audience,
            authentic=authentic.value,
            channel=channel,
        )
    )
