"""Signed verdicts: what a member found when it judged a chain, as a credential of its own."""

from issuers.issue import Signing
from registry.register import Register
from registry.standing import Outcome
from trust.claims.halfhour import stamp
from trust.claims.judgement import Judgement
from trust.errors import NotPermittedError
from trust.secured import Secured

_ACT = "signing a verdict"


def issue_verdict(judgement: Judgement, *, register: Register, signing: Signing) -> Secured:
    """Sign a judgement, be it a yes, a no or neither (VCDM 2.0, section 4).

    Raises:
        NotPermittedError: when it would be judged later than signed, or the signer does not stand in the register.
        MalformedError: when it does not fit its published schema.
    """
    if judgement.judged_at > signing.at:
        reason = f"it would be judged as at {stamp(judgement.judged_at)}, after {stamp(signing.at)}"
        raise NotPermittedError(_ACT, because=reason, code="time.future")
    standing = register.standing(signing.issuer, None, signing.signer.key, signed_at=signing.at)
    if standing.outcome is not Outcome.VALID:
        raise NotPermittedError(_ACT, because=standing.sentence, code=standing.code)
    return signing.issue(judgement)
