"""How the accounting provider shows a report to a bank: written down before it is sent, sent again until answered."""

from collections.abc import Iterable, Mapping, Sequence

import orjson

from perseus.apps.asking import accepted, show
from perseus.apps.authentic import members_credential
from perseus.apps.frame import JSON
from perseus.apps.issuing import keep
from perseus.apps.party import Party
from perseus.evidence.gathering import at_hand
from perseus.storage import credentials, deliveries, resources
from perseus.storage.deliveries import Delivery
from perseus.storage.operations import Operation
from trust.canonical import parse
from trust.claims.consumption import Consumption
from trust.claims.intensity import Intensity
from trust.claims.receipt import Receipt
from trust.credential import Credential
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope
from trust.errors import NotPermittedError
from trust.links import Relation
from trust.secured import Secured

_LIMIT = 1 << 20


def present_report(
    party: Party, operation: Operation, *, bank: Did, figures: Sequence[Secured], beside: Sequence[Secured]
) -> Mapping[str, object]:
    """Show the bank the whole chain, without a reading, and keep the receipt that it signs.

    Raises:
        NotPermittedError: the bank refuses.
        UnavailableError: the bank does not answer; the work is taken up again.
    """
    url = party.url_of(bank)
    delivery = _composed(party, operation) or _compose(party, operation, url, figures, beside)
    path = f"{url}/v1/presentations"
    try:
        answered = accepted(path, party.fetcher.post(path, delivery.body, media_type=JSON, key=delivery.id))
    except NotPermittedError as error:
        if error.code not in {"presentation.nonce", "presentation.replayed", "presentation.expired"}:
            raise
        # The nonce has expired while this process was away: the chain is shown anew, against a fresh one.
        _drop(party, delivery)
        delivery = _compose(party, operation, url, figures, beside)
        answered = accepted(path, party.fetcher.post(path, delivery.body, media_type=JSON, key=delivery.id))
    receipt = Secured(answered.body)
    _require_receipt(members_credential(party, receipt), bank=bank)
    with party.store.write() as connection:
        found = keep(party, connection, receipt)
        deliveries.acknowledge(connection, delivery.id, at=party.now())
    claim = found.claim
    authentic = claim.authentic if isinstance(claim, Receipt) else "unknown"
    location = answered.headers.get("location", "")
    return {"receipt": found.id, "authentic": authentic, "report": location.rsplit("/", 1)[-1]}


def _require_receipt(found: Credential[object], *, bank: Did) -> None:
    if found.issuer != bank or not isinstance(found.claim, Receipt):
        reason = f"{found.issuer} answered with a {found.kind}"
        raise NotPermittedError("taking a receipt", because=reason, code="link.other_subject")


def _composed(party: Party, operation: Operation) -> Delivery | None:
    """Find the presentation that an earlier run wrote down and may have sent."""
    with party.store.read() as connection:
        found = deliveries.about(connection, operation.id)
    return next((one for one in found if one.acknowledged_at is None), None)


def _compose(
    party: Party, operation: Operation, url: str, figures: Sequence[Secured], beside: Sequence[Secured]
) -> Delivery:
    inputs = _inputs(party, figures)
    shown = show(party, url, (*beside, *inputs, *figures))
    with party.store.read() as connection:
        held = resources.find_all(connection, due_to_bank(inputs))
    named = {digest.multibase: parse(body, where="resource", limit=_LIMIT) for digest, body in held.items()}
    proofs = at_hand(party, (*beside, *inputs, *figures))
    timed = {digest.multibase: proof.write() for digest, proof in proofs.items()}
    body = orjson.dumps({"presentation": shown, "resources": named, "time_proofs": timed})
    now = party.now()
    id_ = f"{operation.id}/{Digest.of(body).multibase}"
    # It waits for this operation, not for the courier, and so is never due.
    never = now.replace(year=9_998)
    delivery = Delivery(id_, f"{url}/v1/presentations", JSON, body, operation.id, url, now, never)
    with party.store.write() as connection:
        deliveries.post(connection, delivery)
    return delivery


def _drop(party: Party, delivery: Delivery) -> None:
    with party.store.write() as connection:
        deliveries.acknowledge(connection, delivery.id, at=party.now())


def _inputs(party: Party, figures: Sequence[Secured]) -> tuple[Secured, ...]:
    relations = (Relation.DERIVED, Relation.USED)
    names = [link.id for one in figures for relation in relations for link in envelope(one).linked(relation)]
    with party.store.read() as connection:
        return tuple(held.secured for held in credentials.find_all(connection, dict.fromkeys(names)))


def due_to_bank(inputs: Iterable[Secured]) -> tuple[Digest, ...]:
    """Name the resources that the bank is due: commitments and series, and never readings."""
    claims = [envelope(one).claim for one in inputs]
    commitments = [claim.commitments for claim in claims if isinstance(claim, Consumption)]
    series = [claim.series for claim in claims if isinstance(claim, Intensity)]
    return tuple(reference.digest_multibase for reference in (*commitments, *series))
