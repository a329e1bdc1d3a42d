"""Verify: turn a document and the evidence beside it into a report.

(1) Open the target and all that it rests on: strict bytes, kind, schema, proof, key, signature, then the claim.
(2) Ask of the register whether it is the trusted one, and whole.
(3) Ask of every document, bottom-up, each question of the plan; one that waits for another that does not hold
    is not run, and says for which.
(4) Tell each finding in the words of the catalogue, and give the claim to whoever requires the report.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from registry.anchor import Anchor
from trust.errors import PerseusError
from trust.report import Report, Subject
from trust.secured import Secured
from verifiers.case import Case
from verifiers.catalogue import check_of
from verifiers.chain import Chain
from verifiers.dossier import Dossier, about_of
from verifiers.evidence import Evidence
from verifiers.finding import Finding, failed, not_run
from verifiers.item import Item
from verifiers.lone import open_lone
from verifiers.plan import REGISTER, Step, is_early, lone_steps, steps_for
from verifiers.policy import Policy, Scope
from verifiers.resources import Resources
from verifiers.telling import tell


class Row(NamedTuple):
    """One question of the plan, the document it was asked of, and what was found."""

    step: str
    waits: tuple[str, ...]
    item: Item
    finding: Finding


def verify(
    secured: Secured,
    evidence: Evidence,
    *,
    policy: Policy,
    anchor: Anchor | None,
    at: datetime,
    known_at: datetime | int | None = None,
) -> Report[object]:
    """Judge a presentation, or one credential of any kind, at a moment and by what was known at a size of the register.

    It never raises on bad input. The report's claim is a `Dossier` for a presentation, else the credential's claim.
    """
    # (1) Everything is opened once; the claims come out of the bytes whose signatures fit.
    lone = policy.scope is Scope.CREDENTIAL
    register = evidence.register
    chain = (
        open_lone(secured)
        if lone
        else Chain.of(secured, beside=evidence.credentials, receipt=evidence.receipt, register=register)
    )
    size = _size(evidence, known_at)
    case = Case(chain, evidence, policy, anchor, at, size, Resources(evidence.resources))
    # (2) The register is asked about first, then (3) each document, bottom-up.
    rows = tuple(_lone(case) if lone else _rows(case))
    # (4) What was found is told, good or bad, with nothing left out.
    claim = chain.target.members if lone else _claim(chain)
    return Report(tell(case, rows), secured, claim, about_of(chain, size, policy.scope))


def _rows(case: Case) -> Iterator[Row]:
    register = _register_item(case)
    for step in steps_for(REGISTER, small_firm=False, target=False):
        yield _asked(case, register, step)
    for item in case.chain.items:
        small_firm = item.subject.issuer.startswith("did:key:")
        yield from _judged(
            case, item, steps_for(item.kind, small_firm=small_firm, target=item is case.chain.target)
        )


def _lone(case: Case) -> Iterator[Row]:
    yield from _judged(case, case.chain.target, lone_steps())


def _judged(case: Case, item: Item, steps: tuple[Step, ...]) -> Iterator[Row]:
    """Ask every question of one document; a fault of its claim is told even where no question was planned for it."""
    owner = check_of(item.faults["claim"].code) if "claim" in item.faults else ""
    for step in steps:
        yield _asked(case, item, step, owner)
    if owner and owner not in {step.name for step in steps}:
        error = item.faults["claim"]
        yield Row(owner, (), item, failed(error.code, f"{error}."))


def _asked(case: Case, item: Item, step: Step, owner: str = "") -> Row:
    blocked = _blocked(case, item, step, owner)
    finding = _answer(case, item, step) if blocked is None else blocked
    case.found[id(item), step.name] = finding
    return Row(step.name, step.waits, item, finding)


def _answer(case: Case, item: Item, step: Step) -> Finding:
    """Ask; data that turns out malformed while it is looked at is an answer too, never an exception."""
    try:
        return step.ask(case, item)
    except PerseusError as error:
        return failed(error.code, f"{error}.")


def _blocked(case: Case, item: Item, step: Step, owner: str) -> Finding | None:
    """Say which check this one waits for, if that one does not hold."""
    if owner and not is_early(step.name):
        # The claim cannot be read: only the question that its fault belongs to has an answer.
        return None if step.name == owner else _waits(owner)
    for name in step.waits:
        finding = case.found.get((id(item), name))
        if finding is not None and not finding.holds:
            return _waits(name)
    if step.inputs:
        for held in case.chain.inputs(item):
            if held.kind in step.inputs:
                for name in step.sound:
                    finding = case.found.get((id(held), name))
                    if finding is not None and not finding.holds:
                        return _waits(name, held)
                if held.credential is None:
                    return _waits("format.parses", held)
    return None


def _waits(name: str, held: Item | None = None) -> Finding:
    return not_run(name, partial(_waiting, name, held))


def _waiting(name: str, held: Item | None) -> str:
    return f"It waits for {name}." if held is None else f"It waits for {name} of the {held.kind}."


def _register_item(case: Case) -> Item:
    scheme = case.anchor.scheme if case.anchor is not None else ""
    return Item(Secured(b""), "register", {}, Subject(scheme, REGISTER, "register", ""), REGISTER)


def _size(evidence: Evidence, known_at: datetime | int | None) -> int | None:
    """Turn a moment into the size that the register surely had then."""
    if isinstance(known_at, datetime):
        return None if evidence.register is None else evidence.register.size_at(known_at)
    return known_at


def _claim(chain: Chain) -> object:
    target = chain.target
    if target.presentation is not None:
        return Dossier.of(chain, target.presentation.holder)
    return None if target.credential is None else target.credential.claim
