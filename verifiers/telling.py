"""How a finding becomes a check of the report: the catalogue's words, around the document's own name."""

from collections.abc import Iterator, Sequence
from functools import cache, partial
from typing import NamedTuple, TypeAlias

from trust.report import Bearing, Check, Outcome, Subject, Told
from verifiers.case import Case
from verifiers.catalogue import Question, bearing_of, reasons
from verifiers.finding import Finding
from verifiers.item import Item
from verifiers.plan import Step
from verifiers.wording import document, noun

Mark: TypeAlias = tuple[Bearing, Outcome]


class Answered(NamedTuple):
    """The questions that were asked of one document, what each found, and whether each passed."""

    item: Item
    steps: tuple[Step, ...]
    findings: Sequence[Finding]
    is_well: bool = False


def tell(case: Case, answered: Sequence[Answered]) -> Told:
    """Tell every finding, in plan order, when somebody asks for the words."""
    marks = tuple([mark for one in answered for mark in _marks(one)])
    return Told(marks, partial(_checks, case, answered))


def _marks(one: Answered) -> Sequence[Mark]:
    """Give how each question came out; where all passed, that follows from the questions alone."""
    if one.is_well:
        return _when_passed(one.steps)
    return [_mark(step.name, found.code, found.outcome) for step, found in _pairs(one)]


def _pairs(one: Answered) -> Iterator[tuple[Step, Finding]]:
    return zip(one.steps, one.findings, strict=True)


@cache
def _when_passed(steps: tuple[Step, ...]) -> Sequence[Mark]:
    return [_mark(step.name, "", Outcome.PASSED) for step in steps]


@cache
def _mark(check: str, code: str, outcome: Outcome) -> Mark:
    return bearing_of(check, code), outcome


def _checks(case: Case, answered: Sequence[Answered]) -> tuple[Check, ...]:
    return tuple(_check(case, one.item, step, finding) for one in answered for step, finding in _pairs(one))


def _check(case: Case, item: Item, step: Step, finding: Finding) -> Check:
    question, subject = step.question, item.subject
    reason = reasons().get(finding.code) if finding.code else None
    not_run = finding.outcome is Outcome.NOT_RUN
    title = question.passed if reason is None else reason.texts(finding.outcome)[0]
    if not_run:
        title = f"Not asked: {question.passed[0].lower()}{question.passed[1:]}"
    return Check(
        name=question.name,
        code=question.name if not_run or not finding.code else finding.code,
        area=question.area,
        outcome=finding.outcome,
        bearing=bearing_of(step.name, finding.code),
        subject=subject,
        title=_filled(case, title, subject),
        detail=finding.sentence(case, item),
        clause=question.clause if reason is None else reason.clause,
        expected=finding.expected,
        found=finding.found,
        remedy=_remedy(case, finding, subject, question),
        depends_on=(finding.code,) if not_run else step.waits,
        parent=case.chain.target.id if item is not case.chain.target else "",
    )


def _remedy(case: Case, finding: Finding, subject: Subject, _question: Question) -> str:
    if finding.remedy or finding.outcome in {Outcome.PASSED, Outcome.NOT_APPLICABLE, Outcome.NOT_RUN}:
        return finding.remedy
    reason = reasons().get(finding.code)
    return "" if reason is None else _filled(case, reason.texts(finding.outcome)[1], subject)


def _filled(case: Case, text: str, subject: Subject) -> str:
    if "{" not in text:
        return text
    named = document(case.register, subject.kind, subject.issuer) if subject.kind else noun("")
    party = case.name(subject.issuer)
    inside = named[:1].lower() + named[1:]
    if text.startswith("{document}"):
        text = named + text.removeprefix("{document}")
    words = text.replace("{document}", inside).replace("{issuer}", party).replace("{holder}", party)
    return words if words.startswith("did:") else words[:1].upper() + words[1:]
