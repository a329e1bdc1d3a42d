"""What has ended since the date on a signature, where nothing proves that it was made before that end."""

from collections.abc import Iterator

from registry.history import History, Mark, moment
from registry.judge.members import entries, role_name
from registry.standing import Ended, Question


def ended(history: History, question: Question) -> Iterator[Ended]:
    """Name the membership, the role and the key that ended later, unless the signature is proven to be older.

    What was signed before such an end stands without proof (register.md, two clocks an event), so that these are told
    and refuse nothing: whoever may sign no more could still set a date back.
    """
    proven = question.proven_by
    # Leaving ends the roles and the keys as well, and is told once.
    first: dict[Mark, str] = {}
    for mark, what in _ends(history, question):
        if proven is None or mark.at <= proven:
            first.setdefault(mark, what)
    yield from (_told(history, mark, what) for mark, what in first.items())


def _ends(history: History, question: Question) -> Iterator[tuple[Mark, str]]:
    at = question.signed_at
    for stay in history.memberships:
        if stay.covers(at) and stay.leaving is not None:
            verb = "was expelled from" if stay.leaving.expelled else "left"
            yield stay.leaving.mark, f"{verb} the scheme"
    for role in history.roles:
        if role.url == question.role and role.span.covers(at) and role.span.end is not None:
            yield role.span.end, f"ceased to be {role_name(role.url)}"
    key = None if question.key is None else history.key(question.key)
    if key is not None and key.span.covers(at) and key.span.end is not None:
        yield key.span.end, "gave up the key that signed it"


def _told(history: History, mark: Mark, what: str) -> Ended:
    at = moment(mark.at)
    return Ended(
        mark.at,
        f"{history.name} {what} on {at} ({entries(mark.index)}), and nothing proves that it signed before: "
        "that the date was set back is not excluded.",
        f"a proof that the signature is older than {at}",
        f"Ask {history.name} for a proof of inclusion in the evidence log from before {at}, or go by your own record "
        "of when you received it.",
    )
