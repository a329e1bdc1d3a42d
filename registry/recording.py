"""When an entry was recorded, as far as that can be known (register.md, two clocks an event)."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime


def bound(recorded: Sequence[datetime], index: int) -> datetime | None:
    """Give the earliest time that an entry may have been recorded at, where it is known."""
    return recorded[index] if index < len(recorded) else None


def recorded_by(
    moment: datetime, *, recorded: Sequence[datetime], effective: Sequence[datetime | None]
) -> int:
    """Give how many entries were surely recorded by a moment.

    Where the time of recording is not known, `effective` bounds it from above, because no event may be dated
    back: an entry that counts since before the moment had been recorded by then, with all entries before it.
    """
    known = bisect_right(recorded, moment)
    if known < len(recorded):
        return known
    dated = (index for index, at in enumerate(effective) if at is not None and at <= moment)
    return max(known, max(dated, default=-1) + 1)
