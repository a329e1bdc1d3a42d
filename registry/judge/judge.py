"""All questions about one signature, and the one answer that they add up to."""

from collections.abc import Iterator
from datetime import datetime

from registry.history import History, Mark
from registry.judge import ended, keys, members
from registry.standing import Obstacle, Outcome, Question, Standing


def judge(
    history: History, question: Question, *, size: int, root: bytes, scheme_unknown: tuple[int, ...]
) -> Standing:
    """Answer from the history as of one size of the log.

    (1) An event that this version does not know may say anything: nothing else counts then.
    (2) Every question is asked, so that every obstacle is named. (3) One refusal outweighs any doubt.
    """
    # (1) What cannot be read comes first; (2) otherwise every question is asked.
    unknown = history.unknown + scheme_unknown
    obstacles = (_not_known(history, unknown),) if unknown else tuple(_obstacles(history, question))
    # (3) The first refusal speaks for all, or else the first doubt.
    refusals = [item for item in obstacles if item.outcome is Outcome.INVALID]
    gravest = next(iter(refusals or obstacles), None) or _granted(history, question)
    since, until = _window(history, question)
    return Standing(
        outcome=gravest.outcome,
        code=gravest.code,
        sentence=gravest.sentence,
        expected=gravest.expected,
        found=gravest.found,
        remedy=gravest.remedy,
        member=history.name,
        since=since,
        until=until,
        events=gravest.events,
        size=size,
        root=root,
        obstacles=obstacles,
        warnings=tuple(members.warnings(history, question)) if history.suspensions else (),
        ended=tuple(ended.ended(history, question)),
    )


def _obstacles(history: History, question: Question) -> Iterator[Obstacle]:
    yield from members.dated_back(history, question)
    yield from members.membership(history, question)
    yield from members.suspension(history, question)
    yield from members.role(history, question)
    yield from keys.key(history, question)


def _not_known(history: History, indices: tuple[int, ...]) -> Obstacle:
    where = members.entries(*indices)
    return Obstacle(
        Outcome.INDETERMINATE,
        "register.unknown_event",
        f"The register says something about {history.name} that this version cannot read ({where}).",
        expected="events of known types",
        found=where,
        remedy="Verify with a newer version of Perseus.",
        events=indices,
    )


def _granted(history: History, question: Question) -> Obstacle:
    """Say that nothing stands in the way, and which entries say so."""
    at = question.signed_at
    role = f" and {members.with_article(members.role_name(question.role))}" if question.role else ""
    key = ", and the key was its own" if question.key else ""
    marks = [item.start for item in history.memberships if item.start.at <= at][-1:]
    marks += [item.span.start for item in history.roles if item.url == question.role and item.span.covers(at)]
    marks += [item.span.start for item in history.keys if item.key.thumbprint == question.key]
    return Obstacle(
        Outcome.VALID,
        "member.known",
        f"{history.name} was a member{role} when it signed{key}.",
        expected="",
        found="",
        remedy="",
        events=tuple(mark.index for mark in marks),
    )


def _window(history: History, question: Question) -> tuple[datetime | None, datetime | None]:
    """Give the nearest moments around the signature at which the register's answer may change."""
    at = question.signed_at
    before: datetime | None = None
    after: datetime | None = None
    for mark in _marks(history, question):
        if mark <= at:
            before = mark if before is None or mark > before else before
        else:
            after = mark if after is None or mark < after else after
    return before, after


def _marks(history: History, question: Question) -> Iterator[datetime]:
    for stay in history.memberships:
        yield stay.start.at
        yield from (item.since or item.mark.at for item in stay.leavings)
    for item in history.suspensions:
        yield item.start.at
        yield from _at(item.end)
    spans = [role.span for role in history.roles if role.url == question.role]
    for key in history.keys:
        if key.key.thumbprint == question.key:
            spans.append(key.span)
            yield from (report.since for report in key.compromises)
    for span in spans:
        yield span.start.at
        yield from _at(span.end)


def _at(mark: Mark | None) -> tuple[datetime, ...]:
    return () if mark is None else (mark.at,)
