"""The moments at which anything about a member changes by itself, so that two moments between them look alike."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from registry.history import History, Mark


def moments_of(history: History) -> Iterator[datetime]:
    """Give every moment at which a member's state, role or key begins or ends, or its newest paper does."""
    for stay in history.memberships:
        yield stay.start.at
        yield from (item.mark.at for item in stay.leavings)
        yield from (item.since for item in stay.leavings if item.since is not None)
    for item in history.suspensions:
        yield item.start.at
        yield from _ends((item.end,))
    for span in (*(role.span for role in history.roles), *(key.span for key in history.keys)):
        yield span.start.at
        yield from _ends(span.ends)
    yield from (one.until for one in history.certificates[-1:])
    yield from (one.until for one in history.agreements[-1:] if one.until is not None)
    for report in (report for key in history.keys for report in key.compromises):
        yield report.since
        yield from _ends((report.declared, report.full))


def _ends(marks: Iterable[Mark | None]) -> Iterator[datetime]:
    return (mark.at for mark in marks if mark is not None)
