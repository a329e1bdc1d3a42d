"""How a record is written: every step readable, in an order of time that can be, to the letter or nearly so."""

from collections.abc import Iterator
from itertools import groupby

from trust.ib1.spelling import Deviation
from trust.report import Subject
from verifiers.finding import Finding, failed, warning
from verifiers.ib1.case import KIND, Found, RecordCase
from verifiers.ib1.opened import SKEW, Opened

_SHOWN = 3


def steps_read(case: RecordCase) -> Iterator[Found]:
    """Ask that every step can be read, and that an id stands for one step."""
    for by, error in case.faults:
        subject = Subject("", "step", error.where, by.member)
        text = f"{error}"
        detail = f"{text[:1].upper()}{text[1:]}."
        yield Found(subject, failed(error.code, detail, expected=error.expected, found=error.found))
    for held in case.steps:
        first = case.by_id[held.step.id]
        # Two records that were merged may carry one list twice; it is then the same text by the same signer.
        if (first.text, first.by.list.serial) != (held.text, held.by.list.serial):
            yield Found(
                held.subject,
                failed(
                    "record.step_repeated",
                    f"The id {held.step.id} stands at {first.step.place} and, for another step, at {held.step.place}.",
                    expected="an id for each step",
                    found=held.step.id,
                ),
            )


def by_the_letter(case: RecordCase) -> Iterator[Found]:
    """Name each departure from the specification that was accepted, one finding a kind."""
    found = sorted(case.deviations, key=lambda one: one.code)
    for code, group in groupby(found, key=lambda one: one.code):
        yield Found(Subject("", KIND, "", ""), _deviating(code, list(group)))


def times_in_order(case: RecordCase) -> Iterator[Found]:
    """Ask that nothing happened after it was signed, or before what it came from, 60 seconds allowed."""
    for held in case.steps:
        signed_at = held.by.signed_at
        if signed_at is not None and held.step.at > signed_at + SKEW:
            told = f"{held.named} is dated {held.step.at:%Y-%m-%dT%H:%M:%SZ}"
            yield _disorder(held.subject, f"{told}, after it was signed on {held.by.list.signed_at}")
        for source in case.sources(held):
            if held.step.at < source.step.at - SKEW:
                yield _disorder(
                    held.subject, f"{held.named} is dated before what it came from, {source.step.id}"
                )
    for outer in case.lists:
        yield from _signed_first(outer, case)


def _signed_first(outer: Opened, case: RecordCase) -> Iterator[Found]:
    places = {element.place for element in outer.list.elements if not isinstance(element, str)}
    for inner in case.lists:
        if inner.list.place not in places or inner.signed_at is None or outer.signed_at is None:
            continue
        if outer.signed_at < inner.signed_at - SKEW:
            told = f"{outer.who} signed on {outer.list.signed_at} what {inner.who} signed on {inner.list.signed_at}"
            yield _disorder(outer.subject, told)


def _disorder(subject: Subject, told: str) -> Found:
    return Found(
        subject, failed("record.time_order", f"{told}.", expected="times in order", found="the other order")
    )


def _deviating(code: str, group: list[Deviation]) -> Finding:
    places = ", ".join(dict.fromkeys(one.place for one in group[:_SHOWN]))
    more = f" and {len(group) - _SHOWN} more" if len(group) > _SHOWN else ""
    found = ascii(group[0].found)[1:-1]
    return warning(code, f"Accepted at {places}{more}: {found}.", found=found)
