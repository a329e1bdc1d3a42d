"""The account holder's consent, as the record has it: what needs one, whether it was in force, and what it covers."""

from collections.abc import Callable, Iterator
from datetime import datetime

from trust.ib1.rules import one_spelling
from trust.ib1.spelling import Deviation
from trust.ib1.steps import Step, StepKind
from verifiers.finding import Finding, failed, warning
from verifiers.ib1.case import Found, Held, RecordCase
from verifiers.ib1.opened import SKEW

_USING = (StepKind.ORIGIN, StepKind.PROCESS, StepKind.TRANSFER)


def consent_given(case: RecordCase) -> Iterator[Found]:
    """Ask that whatever is done with an account holder's data names the consent that it rests on."""
    for held in case.kind(*_USING):
        if not held.step.grants and held.step.id in case.of_a_person:
            detail = f"{held.named} is of an account holder's data, and names no consent."
            finding = failed("record.consent_missing", detail, expected="a consent step", found="none")
            yield Found(held.subject, finding)


def consent_in_force(case: RecordCase) -> Iterator[Found]:
    """Ask that a consent was in force when the step took place; of several, the one that covers it."""
    for held, grants in _relying(case):
        chosen = [grant for grant in grants if _covers(grant.step, held.step)] or grants
        faults = [_lapsed(held, grant) for grant in chosen]
        if all(faults):
            yield from (Found(held.subject, fault) for fault in faults[:1] if fault is not None)


def consent_covers(case: RecordCase) -> Iterator[Found]:
    """Ask that a consent covers the licence of a transfer or an origin, or the process of a process."""
    for held, grants in _relying(case):
        covering = [grant for grant in grants if _covers(grant.step, held.step)]
        if not covering:
            yield Found(held.subject, _uncovered(held, grants[0]))
        elif not any(_covers(grant.step, held.step, spelling=str) for grant in covering):
            case.deviations.append(Deviation("record.spelling", held.step.place, held.step.licence))


def consent_lasts(case: RecordCase) -> Iterator[Found]:
    """Tell which consents have ended since: nothing more may be done under them."""
    relied = {name for held in case.steps for name in held.step.grants}
    for held in case.kind(StepKind.GRANT):
        ends = held.step.expires
        if held.step.id in relied and ends is not None and ends <= case.at:
            detail = f"{held.named} ended on {_day(ends)}; nothing may be handed on under it since."
            finding = warning(
                "record.consent_ended", detail, expected=f"an end after {_day(case.at)}", found=_day(ends)
            )
            yield Found(held.subject, finding)


def _relying(case: RecordCase) -> Iterator[tuple[Held, list[Held]]]:
    for held in case.kind(*_USING):
        if grants := list(case.grants(held)):
            yield held, grants


def _covers(grant: Step, step: Step, spelling: Callable[[str], str] = one_spelling) -> bool:
    if step.kind is StepKind.PROCESS:
        return not step.process or step.process in grant.processes
    return not step.licence or spelling(step.licence) in {spelling(one) for one in grant.licences}


def _lapsed(held: Held, grant: Held) -> Finding | None:
    at, ends = held.step.at, grant.step.expires
    if ends is not None and at >= ends:
        detail = (
            f"{held.named} took place on {_day(at)}; the consent {grant.step.id} had ended on {_day(ends)}."
        )
        return failed(
            "record.consent_expired", detail, expected=f"a consent in force on {_day(at)}", found=_day(ends)
        )
    if at < grant.step.at - SKEW:
        begun = _day(grant.step.at)
        detail = f"{held.named} took place on {_day(at)}; the consent {grant.step.id} was given on {begun}."
        return failed(
            "record.consent_later", detail, expected=f"a consent in force on {_day(at)}", found=begun
        )
    return None


def _uncovered(held: Held, grant: Held) -> Finding:
    step = held.step
    is_process = step.kind is StepKind.PROCESS
    wanted = step.process if is_process else step.licence
    allowed = sorted(grant.step.processes if is_process else grant.step.licences)
    code = "record.consent_other_process" if is_process else "record.consent_other_licence"
    detail = f"{held.named} is under {ascii(wanted)[1:-1]}, which the consent {grant.step.id} does not allow."
    return failed(code, detail, expected=wanted, found=", ".join(allowed) or "nothing")


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
