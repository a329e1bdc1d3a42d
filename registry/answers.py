"""Answers about signatures as of one size of the log, each looked up where it was given before."""

from collections.abc import Callable
from dataclasses import replace

from registry.history import moment
from registry.judge.judge import judge
from registry.kept import Kept
from registry.recording import Time, around, bound
from registry.standing import Outcome, Question, Standing
from registry.views import Views
from trust.did import Did


def answer(
    views: Views,
    kept: Kept[tuple[object, ...], Standing],
    member: Did,
    question: Question,
    *,
    size: int,
    root: Callable[[int], bytes],
    recorded: tuple[Time, ...],
) -> Standing:
    """Answer a question, or give the answer that still covers it."""
    name: tuple[object, ...] = (member, question.role, question.key, size)
    known = kept.get(name)
    if known is not None and known.covers(
        question.signed_at, proven_by=question.proven_by, not_before=question.not_before
    ):
        return known
    exact = (*name, question.signed_at, question.proven_by, question.not_before)
    found = kept.get(exact)
    if found is None:
        found = kept.put(exact, _warned(_judged(views, member, question, size, root(size)), views, recorded))
    if found.outcome is Outcome.VALID and question.proven_by is None and not found.ended:
        kept.put(name, found)
    return found


def _judged(views: Views, member: Did, question: Question, size: int, root: bytes) -> Standing:
    asked = replace(question, owner=views.owner(question.key, size=size))
    history, unknown = views.history(member, size=size), views.unknown(size=size)
    return judge(history, asked, size=size, root=root, scheme_unknown=unknown)


def _warned(found: Standing, views: Views, recorded: tuple[Time, ...]) -> Standing:
    wide = tuple([_wide(index, recorded) for index in found.events if index in views.state.wide])
    return replace(found, gaps=wide) if wide else found


def _wide(index: int, recorded: tuple[Time, ...]) -> str:
    """Say that an entry's time of recording is known only roughly (register.md, two clocks an event)."""
    since, by = around(bound(recorded, index))
    told = " and ".join(moment(at) for at in (since, by) if at is not None)
    return (
        f"Register entry {index} was recorded between {told}. Witnesses should see the register more often than that, "
        "once a heartbeat, so that it counts as recorded one heartbeat before the later moment."
    )
