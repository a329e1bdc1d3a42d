"""What the bank does with a chain: gather once, judge, keep the whole evidence, and sign a receipt for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from issuers.receipt import issue_receipt
from perseus.apps.doors import Shown, key_of_holder, look_at, require_standing
from perseus.apps.issuing import keep, vouching
from perseus.apps.party import Party
from perseus.apps.reporting import due_to_bank
from perseus.apps.service import Service
from perseus.evidence.gathering import want
from perseus.keystore import fresh_urn
from perseus.problems import ConflictError
from perseus.storage import pairings, presentations
from perseus.storage.presentations import Reported
from perseus.storage.presentations import Shown as Row
from registry.evidence.proof import Proof
from trust.canonical import Json, canonicalize
from trust.claims.account import AccountHolder
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope
from trust.errors import MalformedError, NotPermittedError
from trust.report import Answer, Report
from trust.secured import Secured
from verifiers.evidence import Evidence, write_evidence
from verifiers.policy import Policy
from verifiers.verdict import verdict

_MOST_SEEN = 32  # sizes of the register whose checkpoints go into a file


@dataclass(frozen=True, slots=True)
class Reception:
    """A chain that was shown, the report on it, and the verdict as it is kept."""

    shown: Shown
    evidence: Evidence
    report: Report[object]
    verdict: dict[str, Json]


def receive(
    service: Service,
    document: Mapping[str, object],
    resources: Mapping[Digest, bytes],
    proofs: Mapping[Digest, Proof],
    *,
    peer: Did | None,
) -> Reception:
    """Judge a presentation with everything that came with it, and with what the bank itself knows.

    Raises:
        MalformedError: it is no presentation.
        NotPermittedError: its nonce is not one of ours, or its holder is no member and no customer.
        SignatureMismatchError: its holder did not sign it.
    """
    party, policy = service.party, Policy.bank()
    shown = look_at(party, document, peer=peer)
    _require_known(party, shown)
    carried = {one.digest for one in shown.credentials}
    evidence = replace(
        service.judge.evidence(
            shown.secured, resources=resources, door=shown.door, pairing=_pairing(party, shown)
        ),
        time_proofs={digest: proof for digest, proof in proofs.items() if digest in carried},
    )
    report = service.judge.report(shown.secured, evidence, policy=policy)
    anchor = party.register.anchor
    told = verdict(report, at=party.now(), known_at=None, anchor=anchor, policy=policy)
    return Reception(shown, evidence, report, told)


def keep_reception(party: Party, connection: Connection, found: Reception) -> tuple[Secured, str]:
    """Keep a chain, its evidence and its verdict, and give the receipt and the report's id.

    Raises:
        ConflictError: a presentation of this id was kept before.
    """
    shown, now = found.shown, party.now()
    if presentations.find(connection, shown.id) is not None:
        raise ConflictError(f"the presentation {shown.id} was received before", code="presentation.replayed")
    digest = shown.secured.digest.multibase
    presentations.keep(
        connection, Row(shown.id, str(shown.holder), digest, shown.nonce, now, shown.secured.raw)
    )
    receipt = issue_receipt(
        shown.secured,
        authentic=Answer(found.report.authentic_at_signing),
        received_at=shown.door.received_at,
        channel=shown.door.holder,
        signing=vouching(party, connection),
    )
    keep(party, connection, receipt)
    for held in shown.credentials:
        want(party, connection, held, giver=str(shown.holder))
    for listed in found.evidence.status_lists.values():
        want(party, connection, listed)
    id_ = fresh_urn().removeprefix("urn:uuid:")
    told = canonicalize(found.verdict)
    file = _evidence(party, found, receipt)
    presentations.report(connection, Reported(id_, shown.id, file, told, found.report.overall.value, now))
    party.log.info("received", presentation=shown.id, overall=found.report.overall.value)
    return receipt, id_


def _evidence(party: Party, found: Reception, receipt: Secured) -> bytes | None:
    """Write the file that lets a stranger judge it again; what the bank was not due is named in the verdict alone."""
    due = set(due_to_bank(found.shown.credentials))
    kept = {digest: body for digest, body in found.evidence.resources.items() if digest in due}
    evidence = replace(found.evidence, receipt=receipt, door=None, resources=kept)
    if evidence.register is None:
        return None
    note = party.register.note_of(evidence.register)
    seen = party.register.notes(most=_MOST_SEEN)
    return write_evidence(found.shown.secured, evidence, checkpoint=note, seen=seen)


def _require_known(party: Party, shown: Shown) -> None:
    """Turn away whoever is neither a member nor a customer, before anything of theirs is kept."""
    # Asked for now: the verdict on whoever was suspended a second ago rests on this copy.
    register = party.register.current(fresh=True)
    key = key_of_holder(register, shown)
    if shown.holder.multikey is None:
        require_standing(register, shown, key=key, at=party.now())
        return
    with party.store.read() as connection:
        if pairings.of_holder(connection, str(shown.holder)) is None:
            because = "its holder is no customer of this bank"
            raise NotPermittedError("receiving a chain", because=because, code="presentation.other_customer")


def _pairing(party: Party, shown: Shown) -> Secured | None:
    """Find the pairing of the firm that the chain says it is about."""
    try:
        claims = [envelope(held).claim for held in shown.credentials]
    except MalformedError:
        return None
    firms = [str(claim.id) for claim in claims if isinstance(claim, AccountHolder)]
    with party.store.read() as connection:
        held = pairings.of_holder(connection, firms[0]) if firms else None
    return None if held is None else Secured(held.document.encode(), "application/vp")
