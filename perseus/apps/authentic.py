"""A lone credential that a member sends without being asked: is it that member's own, signed while it stood?"""

from perseus.apps.party import Party
from registry.standing import Outcome
from trust.credential import Credential
from trust.errors import MalformedError, NotPermittedError, SignatureMismatchError
from trust.secured import Secured
from trust.securing.data_integrity import high_s
from verifiers.item import open_item
from verifiers.policy import Policy


def members_credential(party: Party, secured: Secured) -> Credential[object]:
    """Read a credential whose issuer is the member that signed it, in the role that its kind demands.

    Raises:
        PerseusError: it is malformed, or a signature does not fit.
        NotPermittedError: its issuer did not stand in the role when it signed.
    """
    register = party.register.current()
    item = open_item(secured, place="body", register=register)
    for fault in item.faults.values():
        raise fault
    found, proof = item.credential, item.proof
    if found is None or proof is None:
        raise MalformedError("body", expected="a credential", found=item.kind, code="format.unknown_type")
    method = proof.verification_method
    if method.did != found.issuer or proof.purpose != "assertionMethod" or high_s(proof):
        raise SignatureMismatchError(f"{method} signed it, not {found.issuer}")
    if proof.created != found.valid_from:
        raise NotPermittedError(
            f"keeping a {found.kind}", because="it is dated apart from its signature", code="time.malformed"
        )
    role = Policy.bank().role_for(str(found.kind))
    created, now = proof.created, party.now()
    standing = register.standing(found.issuer, role, method.fragment, signed_at=created, proven_by=now)
    if standing.outcome is not Outcome.VALID:
        raise NotPermittedError(f"keeping a {found.kind}", because=standing.sentence, code=standing.code)
    return found
