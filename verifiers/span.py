"""Between which moments a document was signed, as far as that does not rest on its signer's word.

It cannot be older than the checkpoint inside it, of the evidence log or of the register's, nor younger than the moment
by which its digest stood in the evidence log, by which the presentation that carries it had been received, or by which
the verifier's own records have it (register.md, two clocks an event).
"""

from datetime import datetime

from registry.errors import RegisterError
from registry.evidence.proof import ListProof, LogTrust, TimeProof, opened
from registry.standing import Outcome
from trust.claims.receipt import Receipt
from trust.errors import MalformedError, PerseusError, SignatureMismatchError
from trust.secured import Secured
from verifiers.case import Case, Span
from verifiers.item import PRESENTATION, Item

CARRIED = "/verifiableCredential/"
RECEIPT = "ReceiptCredential"


def span_of(case: Case, item: Item) -> Span:
    """Give the bounds of a document's signing time, either of which may be missing."""
    found = case.spans.get(id(item))
    if found is None:
        found = case.spans[id(item)] = _span(case, item)
    return found


def _span(case: Case, item: Item) -> Span:
    received, told = _received(case, item)
    logged, fault = _logged(case, item, case.log_trust)
    known = [at for at in (received, logged, _seen(case, item)) if at is not None]
    note = None if item.credential is None else item.credential.checkpoint
    return Span(not_before(case, note), min(known, default=None), fault, told)


def wants_proof(case: Case) -> bool:
    """Tell whether the policy wants times proven, and the trust anchor names witnesses that could."""
    anchor = case.anchor
    return (
        case.policy.proof_intervals > 0
        and anchor is not None
        and anchor.evidence is not None
        and anchor.quorum > 0
    )


def shown_by(case: Case, listed: Secured) -> datetime | None:
    """Give by when the evidence log, or the verifier's own records, show a status list to have existed."""
    trust, proofs, seen = case.log_trust, case.evidence.time_proofs, case.evidence.seen
    if not proofs and not seen:
        return None
    known = seen.get(listed.digest)
    proof = proofs.get(listed.digest)
    if trust is None or not isinstance(proof, ListProof):
        return known
    try:
        witnessed = proof.shown(listed.digest, trust).proven.witnessed
    except (MalformedError, SignatureMismatchError):
        return known
    return min(
        (at for at in (known, None if witnessed is None else witnessed.by) if at is not None), default=None
    )


def not_before(case: Case, note: str | None) -> datetime | None:
    """Read the checkpoint that a signer had seen, less the skew of clocks; any other text proves nothing.

    Receipts and status lists hold one of the register's log, all others one of the evidence log.
    """
    if note is None:
        return None
    trusted = (case.log_trust, case.register_trust)
    trust = next((one for one in trusted if one is not None and note.startswith(f"{one.origin}\n")), None)
    if trust is None:
        return None
    try:
        witnessed = opened(note, trust).witnessed
    except (MalformedError, SignatureMismatchError):
        return None
    return None if witnessed is None else witnessed.since - case.skew


def _seen(case: Case, item: Item) -> datetime | None:
    """Give by when this verifier's own records have a document."""
    seen = case.evidence.seen
    return seen.get(item.secured.digest) if seen else None


def _logged(case: Case, item: Item, trust: LogTrust | None) -> tuple[datetime | None, PerseusError | None]:
    proofs = case.evidence.time_proofs
    if not proofs or trust is None:
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

    Any member can write a receipt and date it back: it shows a moment only where the evidence log holds the receipt,
    or to whoever wrote it.
    """
    target, door = case.chain.target, case.evidence.door
    if door is not None:
        return door.received_at, None
    if target.kind != PRESENTATION:
        return None, None
    for receipt, claim in case.chain.claims(Receipt):
        if claim.presentation == target.id and claim.audience == receipt.issuer:
            if claim.digest_multibase != target.secured.digest:
                return None, None
            shown = _logged(case, receipt, case.log_trust)[0]
            own = claim.received_at if _is_own(case, receipt) else None
            return min((at for at in (shown, own) if at is not None), default=None), claim.received_at
    return None, None


def _is_own(case: Case, receipt: Item) -> bool:
    """Tell whether a receipt is this verifier's own record, by a key that nobody else can have used to date it back."""
    own, proof, register = case.evidence.own, receipt.proof, case.register
    if own is None or proof is None or register is None or receipt.issuer != own:
        return False
    method = proof.verification_method
    try:
        found = register.standing(own, None, method.fragment, signed_at=proof.created, known_at=case.known_at)
    except RegisterError:
        return False
    return method.did == own and found.outcome is Outcome.VALID
