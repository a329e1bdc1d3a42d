"""What the wallet's owner reads of requests and consents, in our own JSON."""

from sqlalchemy import Connection

from holders.request import ConsentRequest
from holders.wallet import HeldConsent
from perseus.storage import consents, credentials, deliveries
from trust.canonical import parse
from trust.claims.halfhour import stamp
from trust.codec import decode


def read_kept(body: str) -> ConsentRequest:
    """Read a request again that was checked when it came in."""
    return decode(ConsentRequest, parse(body.encode(), where="request"))


def consent_json(connection: Connection, held: HeldConsent) -> dict[str, object]:
    """Tell of one consent: who gives whom what, for what, until when, and how it stands."""
    consent, standing = held.consent, consents.find(connection, held.id)
    withdrawal = None if standing is None else standing.withdrawal
    return {
        "id": held.id,
        "state": held.state.value,
        "from": str(consent.from_),
        "to": str(consent.to),
        "data": consent.data.value,
        "purposes": list(consent.purposes),
        "data_from": stamp(consent.data_from),
        "data_to": stamp(consent.data_to),
        "given": stamp(held.given),
        "expires": stamp(consent.expires),
        "ended": None if held.ended is None else stamp(held.ended),
        "words": consent.words.id,
        "withdrawal": withdrawal,
        "stopped": [] if withdrawal is None else _stopped(connection, withdrawal),
    }


def _stopped(connection: Connection, withdrawal: str) -> list[dict[str, object]]:
    """Tell which of the parties named have answered the withdrawal of a consent, and which have not yet."""
    receipts = credentials.of_kind(connection, "WithdrawalReceiptCredential", about=withdrawal)
    answered = {one.issuer: one.id for one in receipts}
    told = deliveries.about(connection, withdrawal)
    return [
        {
            "party": one.receiver,
            "acknowledged": one.acknowledged_at is not None,
            "receipt": answered.get(one.receiver),
        }
        for one in told
    ]
