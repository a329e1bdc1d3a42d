"""Was the key the member's own, in its time, and in nobody else's hands?"""

from collections.abc import Iterator

from registry.history import Compromise, History, Key, Mark, moment
from registry.judge.members import entries, unproven
from registry.standing import Obstacle, Outcome, Question

_SHOWN = 10


def key(history: History, question: Question) -> Iterator[Obstacle]:
    """Demand that the key was the member's, valid at the moment of signing, and not compromised."""
    if question.key is None:
        return
    found = history.key(question.key)
    if found is None:
        yield _unknown(history, question, question.key)
        return
    if not found.span.covers(question.signed_at):
        yield _out_of_time(history, question, found)
    for report in found.compromises:
        yield from _compromised(history, question, found, report)


def shown(thumbprint: str) -> str:
    """Shorten a key id for a sentence."""
    return f"{thumbprint[:_SHOWN]}..."


def _unknown(history: History, question: Question, thumbprint: str) -> Obstacle:
    name = shown(thumbprint)
    if question.owner is not None:
        code, why = "key.other_issuer", f"it belongs to {question.owner}"
    else:
        code, why = "key.unknown", "the register has no such key"
    return Obstacle(
        Outcome.INVALID,
        code,
        f"The key {name} is not one of {history.name}: {why}.",
        expected=f"a key of {history.name}",
        found=f"{thumbprint}, {why}",
        remedy=f"Ask {history.name} to sign with a key that the register holds for it.",
        events=(),
    )


def _out_of_time(history: History, question: Question, found: Key) -> Obstacle:
    start, end = found.span.start, found.span.end
    if question.signed_at < start.at or end is None:
        mark, what = start, "valid only from"
    else:
        mark, what = end, "valid only until" if end.index == start.index else "retired on"
    return Obstacle(
        Outcome.INVALID,
        "key.not_valid_at_signing",
        f"The key {shown(found.key.thumbprint)} of {history.name} was not valid on "
        f"{moment(question.signed_at)}: {what} {moment(mark.at)} ({entries(mark.index)}).",
        expected=f"a key valid on {moment(question.signed_at)}",
        found=f"{what} {moment(mark.at)}",
        remedy=f"Ask {history.name} to sign again with its present key.",
        events=(mark.index,),
    )


def _compromised(history: History, question: Question, found: Key, report: Compromise) -> Iterator[Obstacle]:
    """Refuse from the cut-off on; before it, believe nothing that is not proven to be older."""
    at, declared = question.signed_at, report.declared
    cut_off = Mark(report.since, declared.index)
    if at >= declared.at or (report.full is not None and at >= report.since):
        yield _stolen(history, found, cut_off if report.full else declared, Outcome.INVALID)
    elif at >= report.since:
        yield _stolen(history, found, cut_off, Outcome.INDETERMINATE)
    elif question.proven_by is None or question.proven_by >= report.since:
        yield unproven(history, question, cut_off, "its key was in other hands")


def _stolen(history: History, found: Key, cut_off: Mark, outcome: Outcome) -> Obstacle:
    since = f"since {moment(cut_off.at)}"
    awaits = (
        ", as one officer reported; a second one has to confirm it"
        if outcome is Outcome.INDETERMINATE
        else ""
    )
    return Obstacle(
        outcome,
        "key.compromised",
        f"The key {shown(found.key.thumbprint)} of {history.name} was compromised when it signed: "
        f"{since} ({entries(cut_off.index)}){awaits}.",
        expected="a key in the member's hands alone",
        found=f"compromised {since}",
        remedy=f"Ask {history.name} to sign again with a new key.",
        events=(cut_off.index,),
    )
