"""A bank's evidence file in memory, and the verdict on it that the bank signs."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from issuers.issue import Signing
from issuers.verdict import issue_verdict
from support.chain import AT, ChainSimulator
from support.keys import signer
from support.story import BANK
from trust.claims.judgement import Judgement
from trust.did import Did
from trust.keys import Signer
from trust.report import Report
from trust.secured import Secured
from verifiers.evidence import Evidence, write_evidence
from verifiers.file import verify_file
from verifiers.judgement import judgement_of
from verifiers.policy import Policy
from verifiers.rejudging import verify_verdict

SIGNED_AT = AT + timedelta(minutes=1)
ID = "urn:uuid:9d6bd5d1-3f46-4a53-8d3b-6f0f6d5a3b11"


@dataclass(frozen=True)
class SignedVerdict:
    """One chain, judged by a policy, and signed by a member."""

    chain: ChainSimulator = field(default_factory=ChainSimulator)
    policy: Policy = field(default_factory=Policy.bank)
    issuer: Did = BANK
    at: datetime = AT
    audience: Did | None = None

    @cached_property
    def presented(self) -> Secured:
        """Give the presentation that was judged."""
        return self.chain.presented()

    @cached_property
    def file(self) -> bytes:
        """Give the evidence file."""
        held = self.chain.evidence(door=None, receipt=self.chain.receipt(self.presented))
        return write_evidence(self.presented, held, checkpoint=self.chain.scheme.checkpoint)

    @cached_property
    def report(self) -> Report[object]:
        """Give the verdict on it."""
        return verify_file(
            self.file,
            policy=self.policy,
            anchor=self.chain.anchor,
            at=self.at,
            refresh=lambda _, evidence: replace(evidence, own=self.audience),
        )

    @cached_property
    def judgement(self) -> Judgement:
        """Give what is to be signed."""
        return judgement_of(
            self.report,
            file=self.file,
            presentation=self.presented,
            at=self.at,
            anchor=self.chain.anchor,
            register=self.chain.register,
            policy=self.policy,
            audience=self.audience,
        )

    def sign(
        self, judgement: Judgement | None = None, *, by: Signer | None = None, at: datetime = SIGNED_AT
    ) -> Secured:
        """Have the member sign it, or whatever else it is given."""
        key = by or signer(f"scheme/{self.issuer}")
        signing = Signing(self.issuer, key, at, ID)
        return issue_verdict(judgement or self.judgement, register=self.chain.register, signing=signing)

    def verified(
        self,
        signed: Secured | None = None,
        *,
        file: bytes | None = None,
        evidence: Evidence | None = None,
        at: datetime = SIGNED_AT,
        policies: tuple[Policy, ...] = (),
    ) -> Report[object]:
        """Have anybody verify it with the chain's register, and with the evidence file if it is given."""
        return verify_verdict(
            (signed or self.sign()).raw,
            evidence or Evidence(self.chain.register),
            file=file,
            anchor=self.chain.anchor,
            at=at,
            policies=policies,
        )
