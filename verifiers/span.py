"""Between which moments a document was signed, as far as that does not rest on its signer's word.

It cannot be older than the evidence log's checkpoint inside it, nor younger than the moment by which its digest stood
in that log, or by which the presentation that carries it had been received (register.md, two clocks an event).
"""

from datetime import datetime

from registry.evidence.proof import LogTrust, TimeProof, opened
from trust.claims.receipt import Receipt
from trust.errors import MalformedError, PerseusError, SignatureMismatchError
from verifiers.case import Case, Span
from verifiers.item import PRESENTATION, Item

CARRIED = "/verifiableCredential/"
RECEIPT = "ReceiptCredential"


_OPEN = Span()


def span_of(case: Case, item: Item) -> Span:
    """Give the bounds of a document's signing time, either of which may be missing."""
    found = case.spans.get(id(item))
    if found is None:
        found = case.spans[id(item)] = _span(case, item)
    return found


def _span(case: Case, item: Item) -> Span:
    received, told = _received(case, item)
    trust = case.log_trust
    if trust is None:
        return _OPEN if received is None and told is None else Span(proven_by=received, told_by=told)
    logged, fault = _logged(case, item, trust)
    known = [at for at in (received, logged) if at is not None]
    return Span(_embedded(case, item, trust), min(known, default=None), fault, told)


def wants_proof(case: Case) -> bool:
    """Tell whether the policy wants times proven, and the trust anchor names witnesses that could."""
    anchor = case.anchor
    return (
        case.policy.proof_intervals > 0
        and anchor is not None
        and anchor.evidence is not None
        and anchor.quorum > 0
    )


def _embedded(case: Case, item: Item, trust: LogTrust) -> datetime | None:
    """Read the checkpoint that the signer had seen, less the skew of clocks; any other text proves nothing."""
    note = None if item.credential is None else item.credential.checkpoint
    if note is None:
        return None
    try:
        witnessed = opened(note, trust).witnessed
    except (MalformedError, SignatureMismatchError):
        return None
    return None if witnessed is None else witnessed.since - case.skew


def _logged(case: Case, item: Item, trust: LogTrust) -> tuple[datetime | None, PerseusError | None]:
    proofs = case.evidence.time_proofs
    if not proofs:
        return None, None
    digest = item.secured.digest
    proof = proofs.get(digest)
    if not isinstance(proof, TimeProof):
        return None, None
    try:
        witnessed = proof.shown(digest, trust).proven.witnessed
    except (MalformedError, SignatureMismatchError) as fault:
        return None, fault
    return (None if witnessed is None else witnessed.by), None


def _received(case: Case, item: Item) -> tuple[datetime | None, datetime | None]:
    """Give by when the presentation with this document is shown, and is said, to have been received."""
    target = case.chain.target
    if item is target:
        return _reception(case)
    if not item.place.startswith(CARRIED):
        return None, None
    whole = span_of(case, target)
    return whole.proven_by, whole.told_by


def _reception(case: Case) -> tuple[datetime | None, datetime | None]:
    """Give the moment at the verifier's own door, or of a receipt, which counts for exactly the bytes that it names.

    Any member can write a receipt and date it back: it shows a moment only where the evidence log holds the receipt.
    """
    target, door, trust = case.chain.target, case.evidence.door, case.log_trust
    if door is not None:
        return door.received_at, None
    if target.kind != PRESENTATION:
        return None, None
    for receipt, claim in case.chain.claims(Receipt):
        if claim.presentation == target.id and claim.audience == receipt.issuer:
            if claim.digest_multibase != target.secured.digest:
                return None, None
            shown = None if trust is None else _logged(case, receipt, trust)[0]
            return shown, claim.received_at
    return None, None
