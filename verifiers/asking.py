"""How the plan is walked: each question in its order, unless one that it waits for does not hold."""

from collections.abc import Sequence
from functools import partial

from trust.errors import PerseusError
from trust.report import Outcome, Subject
from trust.secured import Secured
from verifiers.case import Case
from verifiers.catalogue import check_of
from verifiers.finding import HOLD, Finding, failed, not_run
from verifiers.item import Item
from verifiers.plan import REGISTER, Step, is_early, lone_steps, step_alone, steps_for
from verifiers.telling import Answered
from verifiers.wording import noun, sentence

_PASSED = Outcome.PASSED


def ask_chain(case: Case) -> Sequence[Answered]:
    """Ask about the register first, then about every document, bottom-up."""
    answered = [_ask(case, _register_item(case), steps_for(REGISTER, small_firm=False, target=False))]
    target = case.chain.target
    for item in case.chain.items:
        small_firm = item.subject.issuer.startswith("did:key:")
        answered.append(_ask(case, item, steps_for(item.kind, small_firm=small_firm, target=item is target)))
    return answered


def ask_lone(case: Case) -> Sequence[Answered]:
    """Ask about one credential from outside the scheme."""
    return [_ask(case, case.chain.target, lone_steps())]


def _ask(case: Case, item: Item, steps: tuple[Step, ...]) -> Answered:
    """Ask every question of one document, and keep in mind which ones do not hold."""
    findings: list[Finding] = []
    is_well = True
    claim_fault = item.faults.get("claim")
    owner = "" if claim_fault is None else check_of(claim_fault.code)
    for step in steps:
        finding = _blocked(case, item, step, owner) if case.trouble or owner else None
        if finding is None:
            # Data that turns out malformed while it is looked at is an answer too, never an exception.
            try:
                finding = step.ask(case, item)
            except PerseusError as error:
                finding = failed(error.code, sentence(error))
        if finding.outcome is not _PASSED:
            is_well = False
        if finding.outcome not in HOLD:
            case.trouble.setdefault(id(item), {})[step.name] = finding
        findings.append(finding)
    # A fault of the claim is told even where the question that it belongs to was not planned.
    if claim_fault is not None and owner not in {step.name for step in steps}:
        is_well = False
        steps += (step_alone(owner),)
        findings.append(failed(claim_fault.code, sentence(claim_fault)))
    return Answered(item, steps, findings, is_well)


def _blocked(case: Case, item: Item, step: Step, owner: str) -> Finding | None:
    """Say which check this one waits for, if that one does not hold."""
    if owner and not is_early(step.name):
        # The claim cannot be read: only the question that its fault belongs to has an answer.
        return None if step.name == owner else _waits(owner)
    own = case.trouble.get(id(item), {})
    for name in step.waits:
        if name in own:
            return _waits(name)
    return _unsound(case, item, step) if step.inputs else None


def _unsound(case: Case, item: Item, step: Step) -> Finding | None:
    """Say which input of the document is not sound enough to build on."""
    for held in case.chain.inputs(item):
        if held.kind in step.inputs:
            trouble = case.trouble.get(id(held), {})
            missed = next((name for name in step.sound if name in trouble), None)
            if missed is not None or held.credential is None:
                return _waits(missed or "format.parses", held)
    return None


def _waits(name: str, held: Item | None = None) -> Finding:
    return not_run(name, partial(_waiting, name, held))


def _waiting(name: str, held: Item | None) -> str:
    return f"It waits for {name}." if held is None else f"It waits for {name} of {noun(held.kind).lower()}."


def _register_item(case: Case) -> Item:
    scheme = case.anchor.scheme if case.anchor is not None else ""
    return Item(_NO_BYTES, "register", {}, Subject(scheme, REGISTER, "register", ""), REGISTER)


_NO_BYTES = Secured(b"")
