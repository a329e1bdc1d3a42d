"""What an audited record says, and, where its audit is good, what that proves and what it never can."""

from collections.abc import Sequence
from dataclasses import dataclass

from trust.ib1.steps import Step, StepKind
from trust.report import Answer, Outcome, Report
from verifiers.ib1.case import RecordCase

NEVER = (
    "Which readings or which kilograms it is about: it signs steps, and data beside it can be changed unseen.",
    "When it was signed: the time is the signer's own word.",
    "That an account holder agreed: a member says so; the evidence is in that member's audit trail.",
    "That a calculation is right: a process step names a method and its inputs, and no figure.",
    "That nothing was left out: a step that nobody signed into the record is not missed.",
)


@dataclass(frozen=True, slots=True)
class Signing:
    """One signed list: who signed what, and when by its own word."""

    member: str
    application: str
    name: str
    roles: tuple[str, ...]
    serial: str
    signed_at: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Audited:
    """A record as its audit read it: the signed lists in the order of their steps, the innermost first."""

    framework: str
    signings: tuple[Signing, ...]

    @classmethod
    def of(cls, case: RecordCase) -> "Audited":
        """Collect what each signer signed."""
        return cls(
            case.container.framework,
            tuple(
                Signing(
                    member=one.member,
                    application="" if one.signatory is None else one.signatory.application,
                    name="" if one.signatory is None else one.signatory.name,
                    roles=() if one.signatory is None else one.signatory.roles,
                    serial=one.list.serial,
                    signed_at=one.list.signed_at,
                    steps=tuple(held.step for held in case.steps if held.by is one),
                )
                for one in reversed(case.lists)
            ),
        )

    @property
    def steps(self) -> tuple[Step, ...]:
        """Give every step, signer by signer."""
        return tuple(step for signing in self.signings for step in signing.steps)


def proves(report: Report[Audited]) -> Sequence[str]:
    """Say what the record proves; nothing, unless all was as it should be when it was signed."""
    audited = report.genuine
    if audited is None:
        return ()
    signers = [
        f"{one.name} ({one.member}) signed {_counted(one.steps)}; by its own word on {one.signed_at}."
        for one in audited.signings
    ]
    transfers = [step for step in audited.steps if step.kind is StepKind.TRANSFER]
    receipts = {step.sources[0] for step in audited.steps if step.kind is StepKind.RECEIPT}
    passed = [
        f"The transfer {step.id} to {step.to} is confirmed by that member."
        for step in transfers
        if step.id in receipts
    ]
    return (*signers, "No step was changed, added to a list or taken from it since.", *passed)


def does_not_prove(report: Report[Audited]) -> Sequence[str]:
    """Say what the record leaves open: what no such record proves, and what could not be looked up."""
    unchecked = any(
        check.name == "record.certificate_not_revoked" and check.outcome is not Outcome.PASSED
        for check in report
    )
    if report.authentic_at_signing is not Answer.YES:
        return ("Anything at all: see the checks.",)
    return (*NEVER, *(["That no certificate was revoked: see the checks."] if unchecked else []))


def _counted(steps: Sequence[Step]) -> str:
    kinds = ["consent" if step.kind is StepKind.GRANT else step.kind.value for step in steps]
    told = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    return f"{len(steps)} {'step' if len(steps) == 1 else 'steps'} ({told})" if steps else "the lists within"
