"""A status list as it was fetched: a credential of its own, opened once for as long as its bytes are in use."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import cast

from registry.errors import RegisterError
from registry.register import Register
from registry.standing import Outcome
from trust.claims.halfhour import stamp
from trust.claims.listing import Listing
from trust.did import Did
from trust.errors import MalformedError
from trust.secured import Secured
from trust.securing.data_integrity import high_s
from trust.status import StatusList
from verifiers.item import Item, open_item

LARGEST = 1 << 20
_HELD = 256
_AWAY = frozenset({"member.suspended_at_signing", "member.left"})


@dataclass(frozen=True, slots=True, eq=False)
class OpenList:
    """A status list whose signature fits; `code` and `fault` say why it cannot be used, or are empty."""

    keeper: Did | None
    url: str
    purpose: str
    valid_from: datetime | None
    valid_until: datetime | None
    bits: StatusList | None
    code: str = ""
    fault: str = ""
    checkpoint: str | None = None


@lru_cache(maxsize=_HELD)
def open_list(
    secured: Secured,
    register: Register | None,
    known_at: int | None = None,
    proven_by: datetime | None = None,
) -> OpenList:
    """Read and check a status list; `proven_by` is when it is shown to have existed (Bitstring Status List 3.2)."""
    item = open_item(secured, place="status list", register=register, limit=LARGEST)
    if item.credential is None or item.kind != "BitstringStatusListCredential":
        reason = "; ".join(f"{error}" for error in item.faults.values()) or f"it is a {item.kind}"
        code = (
            "status.other_issuer"
            if {"key.known", "signature.fits"} & item.faults.keys()
            else "status.malformed"
        )
        return _unusable(code, reason)
    code, problem = _keeper_fault(item, register, known_at, proven_by)
    if problem:
        return _unusable(code, problem)
    problem = _dated_otherwise(item)
    if problem:
        return _unusable("status.malformed", problem)
    claim = cast("Listing", item.credential.claim)
    code, fault, bits = "", "", None
    try:
        bits = StatusList.decode(claim.encoded_list)
    except MalformedError as error:
        code, fault = error.code, f"{error}"
    return OpenList(
        keeper=item.issuer,
        url=item.id,
        purpose=claim.status_purpose,
        valid_from=item.credential.valid_from,
        valid_until=item.credential.valid_until,
        bits=bits,
        code=code,
        fault=fault,
        checkpoint=item.credential.checkpoint,
    )


def _dated_otherwise(item: Item) -> str:
    """Say how a list's dates or its signature differ from what a chain's documents must have, or nothing.

    A list is as old as its signature: else somebody who may sign no more could date an old one afresh.
    """
    credential, proof = item.credential, item.proof
    if credential is None or proof is None:
        return "it carries no claim"
    if proof.created != credential.valid_from:
        return f"it was signed on {stamp(proof.created)} and is dated {stamp(credential.valid_from)}"
    if credential.valid_until is None or credential.valid_until <= credential.valid_from:
        return "it ends before it begins"
    return "its signature is the larger of two forms" if high_s(proof) else ""


def _keeper_fault(
    item: Item, register: Register | None, known_at: int | None, proven_by: datetime | None
) -> tuple[str, str]:
    """Say why the signer of a list may not keep one, or nothing."""
    proof = item.proof
    if proof is None or register is None:
        return "status.other_issuer", "no register names its keeper's key"
    if proof.verification_method.did != item.issuer or proof.purpose != "assertionMethod":
        return "status.other_issuer", f"{proof.verification_method} signed the list of {item.issuer}"
    try:
        standing = register.standing(
            item.issuer,
            None,
            proof.verification_method.fragment,
            signed_at=proof.created,
            known_at=known_at,
            proven_by=proven_by,
        )
    except RegisterError as error:
        return "register.out_of_range", f"{error}".rstrip(".")
    if standing.outcome is Outcome.VALID:
        return "", ""
    # It is its own list all the same: whoever named this keeper named nobody else.
    away = standing.outcome is Outcome.INDETERMINATE or standing.code in _AWAY
    return "status.keeper_away" if away else "status.other_issuer", standing.sentence.rstrip(".")


def _unusable(code: str, fault: str) -> OpenList:
    return OpenList(None, "", "", None, None, None, code, fault)
