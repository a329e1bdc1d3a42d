"""How a finding becomes a check of the report: the catalogue's words, around the document's own name."""

from collections.abc import Sequence
from functools import cache, partial
from typing import Protocol

from trust.report import Bearing, Check, Outcome, Subject, Told
from verifiers.case import Case
from verifiers.catalogue import Question, bearing_of, questions, reasons
from verifiers.finding import Finding
from verifiers.item import Item
from verifiers.wording import document, noun


class Row(Protocol):
    """What there is to tell."""

    @property
    def step(self) -> str:
        """The name of the question."""

    @property
    def waits(self) -> tuple[str, ...]:
        """The names of the questions that it waits for."""

    @property
    def item(self) -> Item:
        """The document that it was asked of."""

    @property
    def finding(self) -> Finding:
        """What was found."""


def tell(case: Case, rows: Sequence[Row]) -> Told:
    """Tell every finding, in plan order, when somebody asks for the words."""
    marks = tuple([_mark(row.step, row.finding.code, row.finding.outcome) for row in rows])
    return Told(marks, partial(_checks, case, rows))


@cache
def _mark(check: str, code: str, outcome: Outcome) -> tuple[Bearing, Outcome]:
    return bearing_of(check, code), outcome


def _checks(case: Case, rows: Sequence[Row]) -> tuple[Check, ...]:
    return tuple([_check(case, row) for row in rows])


def _check(case: Case, row: Row) -> Check:
    question, finding, subject = questions()[row.step], row.finding, row.item.subject
    reason = reasons().get(finding.code) if finding.code else None
    not_run = finding.outcome is Outcome.NOT_RUN
    title = question.passed if reason is None else reason.title
    if not_run:
        title = f"Not asked: {question.passed[0].lower()}{question.passed[1:]}"
    return Check(
        name=question.name,
        code=question.name if not_run or not finding.code else finding.code,
        area=question.area,
        outcome=finding.outcome,
        bearing=bearing_of(row.step, finding.code),
        subject=subject,
        title=_filled(case, title, subject),
        detail=finding.sentence(case, row.item),
        clause=question.clause if reason is None else reason.clause,
        expected=finding.expected,
        found=finding.found,
        remedy=_remedy(case, finding, subject, question),
        depends_on=(finding.code,) if not_run else row.waits,
        parent=case.chain.target.id if row.item is not case.chain.target else "",
    )


def _remedy(case: Case, finding: Finding, subject: Subject, _question: Question) -> str:
    if finding.remedy or finding.outcome in {Outcome.PASSED, Outcome.NOT_APPLICABLE, Outcome.NOT_RUN}:
        return finding.remedy
    reason = reasons().get(finding.code)
    return "" if reason is None else _filled(case, reason.remedy, subject)


def _filled(case: Case, text: str, subject: Subject) -> str:
    if "{" not in text:
        return text
    named = document(case.register, subject.kind, subject.issuer) if subject.kind else noun("")
    party = case.name(subject.issuer)
    inside = named[:1].lower() + named[1:]
    if text.startswith("{document}"):
        text = named + text.removeprefix("{document}")
    words = text.replace("{document}", inside).replace("{issuer}", party).replace("{holder}", party)
    return words[:1].upper() + words[1:]
