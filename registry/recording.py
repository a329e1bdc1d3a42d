"""When an entry was recorded, as far as that can be known (register.md, two clocks an event)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias


class Recorded(NamedTuple):
    """Between which moments an entry was recorded, by the witnesses' clocks; None where no checkpoint says it."""

    since: datetime | None
    by: datetime | None


Time: TypeAlias = datetime | Recorded | None
"""The moment itself where somebody read a clock, or the moments around it, or nothing."""


class Sighting(NamedTuple):
    """A checkpoint of a log that a quorum cosigned: how many entries, between which moments."""

    size: int
    since: datetime
    by: datetime


def bound(recorded: Sequence[Time], index: int) -> Time:
    """Give when an entry was recorded, where it is known."""
    return recorded[index] if index < len(recorded) else None


def around(time: Time) -> Recorded:
    """Give a time of recording as its two bounds."""
    return time if isinstance(time, Recorded) else Recorded(time, time)


def between(sightings: Iterable[Sighting], *, size: int) -> tuple[Recorded, ...]:
    """Tell of each entry between which moments it was recorded, from the checkpoints around it.

    A witness never goes back: when it cosigned a checkpoint without the entry, it had seen none with it.
    """
    seen = tuple(sightings)
    before = _since(seen, size)
    after = _by(seen, size)
    return tuple([Recorded(since, by) for since, by in zip(before, after, strict=True)])


def narrower(times: Sequence[Time], others: Sequence[Time], *, size: int) -> tuple[Recorded, ...]:
    """Join what two readers of one log know: of two lower bounds the later one holds, of two upper ones the earlier."""
    found: list[Recorded] = []
    latest: datetime | None = None
    for index in range(size):
        one, other = around(bound(times, index)), around(bound(others, index))
        latest = max((at for at in (latest, one.since, other.since) if at is not None), default=None)
        earliest = min((at for at in (one.by, other.by) if at is not None), default=None)
        found.append(Recorded(latest, earliest))
    return tuple(found)


def recorded_by(moment: datetime, *, recorded: Sequence[Time], effective: Sequence[datetime | None]) -> int:
    """Give how many entries were surely recorded by a moment.

    Where the time of recording is not known, `effective` bounds it from above, because no event may be dated
    back: an entry that counts since before the moment had been recorded by then, with all entries before it.
    """
    times = [around(time) for time in recorded]
    surely = [time.by is not None and time.by <= moment for time in times]
    known = surely.index(False) if False in surely else len(surely)
    later = (index for index, time in enumerate(times) if time.since is not None and time.since > moment)
    dated = (index for index, at in enumerate(effective) if at is not None and at <= moment)
    return min(max(known, max(dated, default=-1) + 1), next(later, len(effective)))


def _since(seen: Sequence[Sighting], size: int) -> list[datetime | None]:
    """Walk up: an entry is not older than the latest checkpoint without it."""
    found: list[datetime | None] = [None] * size
    latest: datetime | None = None
    waiting = sorted(seen, key=lambda one: one.size, reverse=True)
    for index in range(size):
        while waiting and waiting[-1].size <= index:
            since = waiting.pop().since
            latest = since if latest is None or since > latest else latest
        found[index] = latest
    return found


def _by(seen: Sequence[Sighting], size: int) -> list[datetime | None]:
    """Walk down: an entry is at least as old as the earliest checkpoint with it."""
    found: list[datetime | None] = [None] * size
    earliest: datetime | None = None
    waiting = sorted(seen, key=lambda one: one.size)
    for index in range(size - 1, -1, -1):
        while waiting and waiting[-1].size > index:
            by = waiting.pop().by
            earliest = by if earliest is None or by < earliest else earliest
        found[index] = earliest
    return found
