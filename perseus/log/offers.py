"""Entries on their way into a log: offered by many threads, taken out in batches by one, then answered."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from perseus.log.names import LogName
from trust.errors import PerseusError

MOST = 10_000  # offers in one batch


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an entry stands, and the checkpoint that the log signed about a size that holds it."""

    index: int
    size: int
    note: str


Answers = tuple[Placed | PerseusError, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """Entries that wait for their places together; each may be refused alone."""

    log: LogName
    entries: Sequence[bytes]
    answers: Future[Answers] = field(default_factory=Future)


class Offers:
    """The offers that wait."""

    def __init__(self, *, pause: float) -> None:
        """Wait `pause` seconds after the first offer of a batch for more to come."""
        self._pause = pause
        self._waiting: SimpleQueue[Offer | None] = SimpleQueue()

    def put(self, offered: Offer) -> "Future[Answers]":
        """Add an offer, and give what will hold its answers."""
        self._waiting.put(offered)
        return offered.answers

    def wake(self) -> None:
        """Let whoever waits for an offer go on without one."""
        self._waiting.put(None)

    def batch(self, patience: float) -> list[Offer]:
        """Wait for an offer, and give it with those that came soon after; none if none came in time."""
        try:
            first = self._waiting.get(timeout=patience)
        except Empty:
            return []
        if first is None:
            return []
        if self._pause:
            time.sleep(self._pause)
        return [first, *self.rest()]

    def rest(self) -> list[Offer]:
        """Give what waits now."""
        found: list[Offer] = []
        while len(found) < MOST:
            try:
                offered = self._waiting.get_nowait()
            except Empty:
                break
            if offered is not None:
                found.append(offered)
        return found


def answer(batch: Sequence[Offer], append: Callable[[Sequence[bytes]], Answers]) -> Exception | None:
    """Append a batch and tell everybody what became of it; give what went wrong, which everybody is told as well."""
    try:
        answers = append([entry for offered in batch for entry in offered.entries])
    except Exception as error:  # noqa: BLE001 - nobody is left waiting, and the thread lives on
        for offered in batch:
            offered.answers.set_exception(error)
        return error
    start = 0
    for offered in batch:
        offered.answers.set_result(answers[start : start + len(offered.entries)])
        start += len(offered.entries)
    return None


def the_one(answers: "Future[Answers]") -> "Future[Placed]":
    """Turn the answers to an offer of one entry into the place of that entry."""
    found: Future[Placed] = Future()

    def pass_on(done: "Future[Answers]") -> None:
        trouble = done.exception()
        placed = done.result()[0] if trouble is None else trouble
        if isinstance(placed, Placed):
            found.set_result(placed)
        else:
            found.set_exception(placed)

    answers.add_done_callback(pass_on)
    return found
