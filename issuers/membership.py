"""Membership: the scheme operator copies what the register says of a member into a credential."""

from issuers.issue import Signing
from registry.register import Register
from registry.standing import Outcome
from trust.claims.halfhour import Period, stamp
from trust.claims.membership import Membership
from trust.did import Did
from trust.errors import NotPermittedError
from trust.secured import Secured

OPERATOR = "https://registry.ib1.org/scheme/perseus/role/scheme-operator"


def issue_membership(
    member: Did, *, register: Register, agreement_version: str, period: Period, signing: Signing
) -> Secured:
    """Sign which roles a member holds now; the register stays the truth.

    Raises:
        NotPermittedError: when the register does not know it as a member in a role, or its signer as the operator.
    """
    act = f"issuing a membership credential to {member}"
    _require_standing(act, signing.issuer, role=OPERATOR, register=register, signing=signing)
    _require_standing(act, member, role=None, register=register, signing=signing)
    found = register.member(member, at=signing.at)
    if found is None or not found.roles:
        reason = f"the register knows no role of it at {stamp(signing.at)}"
        raise NotPermittedError(act, because=reason, code="member.wrong_role")
    if not period.start <= signing.at < period.end:
        reason = f"the period {period} does not hold {stamp(signing.at)}"
        raise NotPermittedError(act, because=reason, code="time.malformed")
    claim = Membership(member, found.name, found.roles, agreement_version, period)
    return signing.issue(claim, valid_until=period.end)


def _require_standing(
    act: str, party: Did, *, role: str | None, register: Register, signing: Signing
) -> None:
    key = signing.signer.key if role is not None else None
    standing = register.standing(party, role, key, signed_at=signing.at, proven_by=signing.at)
    if standing.outcome is not Outcome.VALID:
        raise NotPermittedError(act, because=standing.sentence, code=standing.code)
