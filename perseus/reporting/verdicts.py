"""Signing a verdict with a member's key file, and verifying one that somebody signed."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from issuers.issue import Signing
from issuers.verdict import issue_verdict
from perseus.copies.using import open_own
from perseus.verification import Judged, anchor_of, policy_of
from registry.members import Member
from registry.register import Register
from trust.canonical import Json
from trust.errors import MalformedError, NotPermittedError
from trust.keys import Signer
from trust.secured import Secured
from verifiers.evidence import Evidence, read_evidence
from verifiers.item import PRESENTATION
from verifiers.judgement import judgement_of
from verifiers.rejudging import POLICY, verify_verdict
from verifiers.verdict import verdict

_ACT = "signing a verdict"


def sign_verdict(judged: Judged, *, signer: Signer, at: datetime, id: str) -> tuple[Secured, Member]:  # noqa: A002 - what VCDM calls it
    """Sign what was judged, in the name of the member whose key it is.

    Raises:
        NotPermittedError: the key is no member's, its member does not stand, or there is nothing to be signed.
    """
    evidence, presentation = judged.evidence, judged.presentation
    chain = judged.chain
    if evidence is None or presentation is None or chain is None or chain.target.kind != PRESENTATION:
        because = "the file is no evidence file, so that there is no chain to name"
        raise NotPermittedError(_ACT, because=because, code="format.unknown_type")
    judgement = judgement_of(
        judged.report,
        file=judged.raw,
        presentation=presentation,
        at=judged.question.at,
        anchor=judged.anchor,
        register=evidence.register,
        policy=judged.policy,
        audience=judged.question.audience,
    )
    register = _of(evidence)
    member = _holder(register, signer)
    signing = Signing(member.did, signer, at, id)
    return issue_verdict(judgement, register=register, signing=signing), member


def verify_signed(
    raw: bytes,
    *,
    file: bytes | None,
    trust: Path | None,
    policies: Sequence[str],
    at: datetime,
    register: Path | None,
) -> dict[str, Json]:
    """Verify a signed verdict, with the evidence file where it is given; the answer has the form of a verdict.

    Raises:
        MalformedError: the anchor, a policy or the copy is not what it must be.
        RegisterError: the copy is not the anchor's, or not whole.
        UnavailableError: one of their files cannot be read.
    """
    anchor = anchor_of(trust)
    carried = Evidence(None)
    if file is not None:
        try:
            carried = read_evidence(file, anchor=anchor)[1]
        except MalformedError:
            carried = Evidence(None)  # another file, then: its digest will say so
    evidence = carried if register is None else open_own(register, anchor).beside(carried)
    chosen = [policy_of(name) for name in policies]
    report = verify_verdict(raw, evidence, file=file, anchor=anchor, at=at, policies=chosen)
    return verdict(report, at=at, anchor=anchor, policy=POLICY)


def _of(evidence: Evidence) -> Register:
    if evidence.register is None:
        because = "the file holds no register that the trust anchor vouches for"
        raise NotPermittedError(_ACT, because=because, code="register.unreachable")
    return evidence.register


def _holder(register: Register, signer: Signer) -> Member:
    """Find the member whose key it is, or ever was.

    Raises:
        NotPermittedError: it is nobody's.
    """
    thumbprint = signer.key.thumbprint
    found = next((one for one in register.members if register.key(one.did, thumbprint) is not None), None)
    if found is None:
        because = f"the key {thumbprint} is of no member in the register of {register.size} entries"
        raise NotPermittedError(_ACT, because=because, code="key.unknown")
    return found
