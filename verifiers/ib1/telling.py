"""How the findings of an audit become checks: the catalogue's words, around the signer's own name."""

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from trust.report import Check, Outcome, Subject, Told
from verifiers.catalogue import bearing_of, questions, reasons
from verifiers.finding import Finding
from verifiers.ib1.case import KIND

_LISTS = "SignedStepList"


class Row(NamedTuple):
    """One question of one list, one step or the record, and what came of it."""

    name: str
    subject: Subject
    finding: Finding


def tell(rows: Iterable[Row]) -> Told:
    """Tell every finding, in plan order, when somebody asks for the words."""
    kept = tuple(rows)
    marks = tuple([(bearing_of(row.name, row.finding.code), row.finding.outcome) for row in kept])
    return Told(marks, partial(_checks, kept))


def _checks(rows: tuple[Row, ...]) -> tuple[Check, ...]:
    return tuple(_check(row) for row in rows)


def _check(row: Row) -> Check:
    name, subject, finding = row
    question, reason = questions()[name], reasons().get(finding.code)
    is_waiting = finding.outcome is Outcome.NOT_RUN
    title = question.passed if reason is None or is_waiting else reason.title
    if is_waiting:
        title = f"Not asked: {title[0].lower()}{title[1:]}"
    detail = finding.detail() if callable(finding.detail) else str(finding.detail)
    return Check(
        name=name,
        code=name if is_waiting or not finding.code else finding.code,
        area=question.area,
        outcome=finding.outcome,
        bearing=bearing_of(name, finding.code),
        subject=subject,
        title=_filled(title, subject),
        detail=detail,
        clause=question.clause if reason is None or is_waiting else reason.clause,
        expected=finding.expected,
        found=finding.found,
        remedy="" if reason is None or is_waiting else _filled(reason.remedy, subject),
        depends_on=(finding.code,) if is_waiting else (),
    )


def _filled(text: str, subject: Subject) -> str:
    named = {KIND: "the record", _LISTS: "the signed list"}.get(subject.kind, f"the {subject.kind} step")
    words = text.replace("{document}", named).replace("{issuer}", subject.issuer or "its signer")
    words = words.replace("{holder}", subject.issuer or "its signer")
    return words[:1].upper() + words[1:]
