"""Is there another status list for the same interval? Two of them are proof that their keeper misbehaves."""

from datetime import datetime

from registry.evidence.proof import ListProof
from registry.evidence.statement import ListDigest
from trust.claims.halfhour import stamp
from trust.digest import Digest
from trust.errors import MalformedError, SignatureMismatchError
from trust.secured import Secured
from verifiers.case import Case
from verifiers.listing import OpenList, open_list


def rival_of(case: Case, used: Secured, found: OpenList) -> str:
    """Say which other list its keeper signed or logged for the interval of this one; else nothing."""
    if found.valid_from is None or found.keeper is None:
        return ""
    for other in case.evidence.other_lists:
        if other.raw != used.raw and _is_rival(case, open_list(other, case.register, case.known_at), found):
            return f"another list, {other.digest}, is signed for the same interval"
    for digest, proof in case.evidence.time_proofs.items():
        if isinstance(proof, ListProof) and digest != used.digest and _is_logged(case, digest, proof, found):
            return f"the evidence log has another list, {digest}, for the same interval"
    return ""


def _is_rival(case: Case, other: OpenList, found: OpenList) -> bool:
    if other.code or other.valid_from is None or found.valid_from is None:
        return False
    same = (other.url, other.keeper, other.purpose) == (found.url, found.keeper, found.purpose)
    return same and _interval(case, other.valid_from) == _interval(case, found.valid_from)


def _is_logged(case: Case, digest: Digest, proof: ListProof, found: OpenList) -> bool:
    """Believe an entry only where the log has it and the keeper signed it: else a stranger could accuse a keeper."""
    trust, register = case.log_trust, case.register
    if trust is None or register is None or found.valid_from is None or found.keeper is None:
        return False
    try:
        signed = proof.shown(digest, trust).signed
        key = register.key(found.keeper, signed.signature.kid)
        if key is None:
            return False
        signed.verify(key)
    except (MalformedError, SignatureMismatchError):
        return False
    statement = signed.statement
    if not isinstance(statement, ListDigest) or statement.member != found.keeper:
        return False
    return statement.slot == (found.url, int(_interval(case, found.valid_from)))


def _interval(case: Case, at: datetime) -> str:
    """Number the interval of a list; where the scheme has no evidence log, a list has its second to itself."""
    log = case.anchor and case.anchor.evidence
    return str(log.number(at)) if log else stamp(at)
