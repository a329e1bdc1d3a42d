"""What a reader or the calculation noticed, in a sentence that a clerk can read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trust.claims.halfhour import HalfHour, Period


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed: its code, where or when it stands, and a sentence with the numbers in it."""

    code: str
    at: str
    detail: str


def runs(slots: Iterable[int]) -> Iterator[Period]:
    """Join the numbers of half-hours that follow each other, so that a gap of days is one finding."""
    ordered = sorted(slots)
    first = 0
    for index, slot in enumerate(ordered):
        if index + 1 == len(ordered) or ordered[index + 1] != slot + 1:
            yield Period(HalfHour(ordered[first]), HalfHour(slot + 1))
            first = index + 1


def counted(number: int, noun: str) -> str:
    """Write a count and its noun: `1 half-hour`, `1,488 half-hours`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
