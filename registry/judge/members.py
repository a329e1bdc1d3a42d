"""Was it a member, not suspended, and in its role at that moment?"""

from collections.abc import Iterator

from registry.history import History, Leaving, Mark, Suspension, moment
from registry.standing import Obstacle, Outcome, Question


def entries(*indices: int) -> str:
    """Name log entries for a sentence."""
    word = "entry" if len(indices) == 1 else "entries"
    return f"register {word} {', '.join(map(str, indices))}"


def role_name(url: str) -> str:
    """Name a role for a sentence, by the end of its URL."""
    return url.rstrip("/").rpartition("/")[2].replace("-", " ")


def with_article(noun: str) -> str:
    """Put a or an before a noun."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def unproven(history: History, question: Question, before: Mark, what: str) -> Obstacle:
    """Say that nothing proves the signature to be older than a mark that changes everything."""
    at = moment(before.at)
    proof = f"proven by {moment(question.proven_by)}" if question.proven_by else "no proof of time"
    return Obstacle(
        Outcome.INDETERMINATE,
        "signature.time_unproven",
        f"Nothing proves that {history.name} signed before {at}, when {what} ({entries(before.index)}).",
        expected=f"a proof that the signature is older than {at}",
        found=f"signed at {moment(question.signed_at)} by its own word, {proof}",
        remedy=f"Ask {history.name} for a proof of inclusion in the evidence log from before {at}, or go by your own "
        "record of when you received it.",
        events=(before.index,),
    )


def dated_back(history: History, question: Question) -> Iterator[Obstacle]:
    """Demand that the moment of signing is not earlier than what the document holds."""
    at, bound = question.signed_at, question.not_before
    if bound is not None and at < bound:
        yield Obstacle(
            Outcome.INVALID,
            "signature.backdated",
            f"{history.name} dates its signature {moment(at)}, and what it signed holds a state of the scheme's log "
            f"that witnesses did not see before {moment(bound)}.",
            expected=f"a signing time from {moment(bound)} on",
            found=moment(at),
            remedy=f"Ask {history.name} to sign again, with the true time.",
            events=(),
        )


def membership(history: History, question: Question) -> Iterator[Obstacle]:
    """Demand a stay in the scheme that covers the moment of signing."""
    at = question.signed_at
    stay = next((item for item in reversed(history.memberships) if item.start.at <= at), None)
    if stay is None:
        yield _not_yet(history, question)
        return
    leaving = stay.leaving
    if leaving is not None and leaving.mark.at <= at:
        yield _left(history, question, leaving, leaving.mark)
        return
    for fraud in stay.leavings:
        if fraud.since is None:
            continue
        since = Mark(fraud.since, fraud.mark.index)
        if since.at <= at:
            yield _left(history, question, fraud, since)
        elif question.proven_by is None or question.proven_by >= since.at:
            yield unproven(history, question, since, "the fraud began for which it was expelled")


def suspension(history: History, question: Question) -> Iterator[Obstacle]:
    """Demand that no suspension covers the moment of signing, nor may cover it.

    Who is suspended can date a signature back; where nothing shows its age, the time in which it may have been made has
    no end, and reaches into every later suspension.
    """
    at, proven = question.signed_at, question.proven_by
    for item in history.suspensions:
        if item.covers(at):
            yield _suspended(history, item)
        elif at < item.start.at and (proven is None or item.start.at <= proven):
            yield unproven(history, question, item.start, "it was suspended")


def role(history: History, question: Question) -> Iterator[Obstacle]:
    """Demand that the role was held at the moment of signing."""
    at, wanted = question.signed_at, question.role
    held = [item for item in history.roles if item.url == wanted]
    if wanted is None or any(item.span.covers(at) for item in held):
        return
    name = role_name(wanted)
    why, events = "it was never granted that role", history.events[-1:]
    for item in held:
        start, end = item.span.start, item.span.end
        mark, verb = (start, "begins") if at < start.at or end is None else (end, "ended")
        why, events = f"its role {verb} {moment(mark.at)} ({entries(mark.index)})", (mark.index,)
    others = ", ".join(role_name(item.url) for item in history.roles if item.span.covers(at))
    yield Obstacle(
        Outcome.INVALID,
        "member.wrong_role",
        f"{history.name} was not {with_article(name)} on {moment(at)}: {why}.",
        expected=name,
        found=others or "no role",
        remedy=f"Ask for a credential by {with_article(name)} of the scheme, signed while it held that role.",
        events=events,
    )


def warnings(history: History, question: Question) -> Iterator[str]:
    """Name what changes nothing about this signature, but should be known."""
    for item in history.suspensions:
        if item.start.at > question.signed_at:
            until = "" if item.end is None else f" until {moment(item.end.at)}"
            since = f"since {moment(item.start.at)}{until} ({entries(item.start.index)})"
            yield f"{history.name} was suspended later, {since}."


def _not_yet(history: History, question: Question) -> Obstacle:
    first = history.memberships[0].start if history.memberships else None
    if first is None:
        found, events = "never admitted", history.events
    else:
        found, events = f"admitted from {moment(first.at)} ({entries(first.index)})", (first.index,)
    return Obstacle(
        Outcome.INVALID,
        "member.unknown",
        f"{history.name} was not a member when it signed on {moment(question.signed_at)}: {found}.",
        expected=f"a member on {moment(question.signed_at)}",
        found=found,
        remedy="Ask for a credential signed by a member of the scheme.",
        events=events,
    )


def _left(history: History, question: Question, leaving: Leaving, since: Mark) -> Obstacle:
    how = "expelled from the scheme" if leaving.expelled else "no longer a member"
    why = f"since {moment(since.at)} ({entries(since.index)})"
    return Obstacle(
        Outcome.INVALID,
        "member.left",
        f"{history.name} was {how} when it signed on {moment(question.signed_at)}: {why}.",
        expected=f"a member on {moment(question.signed_at)}",
        found=f"{'expelled' if leaving.expelled else 'left'} {why}",
        remedy="Ask for a credential signed by a present member of the scheme.",
        events=(since.index,),
    )


def _suspended(history: History, item: Suspension) -> Obstacle:
    end = item.end
    until = f" until {moment(end.at)}" if end is not None else ""
    since = f"since {moment(item.start.at)}{until}"
    return Obstacle(
        Outcome.INVALID,
        "member.suspended_at_signing",
        f"{history.name} was suspended when it signed: suspended {since} ({entries(item.start.index)}).",
        expected="a member that is not suspended",
        found=f"suspended {since}",
        remedy=f"Ask {history.name} to sign again once it is reinstated.",
        events=(item.start.index,),
    )
