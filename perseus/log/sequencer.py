"""The one place where entries enter a log: offered by many, judged in order, appended in batches, then answered.

(1) Only the holder of the lease appends, and every transaction checks its number. (2) A batch is judged in memory.
(3) Its entries and the checkpoint over them are one transaction. (4) Only then is anybody answered.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from perseus.log.holding import Holding, OpenKey
from perseus.log.lease import Lease, NoLeaseError
from perseus.log.names import LogName
from perseus.log.offers import Answers, Offer, Offers, Placed, answer
from perseus.logs import Log
from perseus.problems import ConflictError
from perseus.storage.log import Head, Seen
from perseus.storage.store import Store
from registry.anchor import Anchor
from registry.register import Register
from trust.errors import PerseusError


@dataclass(frozen=True, slots=True)
class Means:
    """What a sequencer works with: the database, the anchor, the log's keys, the clock, its lines."""

    store: Store
    anchor: Callable[[], Anchor]
    open_key: OpenKey = field(repr=False)
    now: Callable[[], datetime]
    lines: Log


class Sequencer:
    """Appends to both logs while it holds the lease; `grew` is called after every transaction that appended."""

    def __init__(self, means: Means, lease: Lease, *, pause: float, grew: Callable[[], None]) -> None:
        """Wait `pause` seconds after the first offer of a batch for more to come."""
        self._means = means
        self._lease = lease
        self._grew = grew
        self._offers = Offers(pause=pause)
        self._holdings: dict[LogName, Holding] = {}
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._step = lease.length / 3
        self._renewed = float("-inf")

    @property
    def leads(self) -> bool:
        """Tell whether this process may append, as far as it knows."""
        return self._lease.fence is not None

    def start(self) -> None:
        """Take the lease if it is free, and begin."""
        self._hold()
        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Append what waits, and take no more."""
        self._over.set()
        self._offers.wake()
        if self._thread is not None:
            self._thread.join()

    def stop(self) -> None:
        """Give the lease back."""
        self._lease.give_up()

    def offer(self, log: LogName, entries: Sequence[bytes]) -> "Future[Answers]":
        """Offer entries; the answers come when they are durable: a place for each, or why it was refused.

        Raises:
            NoLeaseError: another process appends.
        """
        if not self.leads or self._over.is_set():
            raise NoLeaseError(self._lease.other)
        return self._offers.put(Offer(log, entries))

    def holding(self, log: LogName) -> Holding:
        """Give a log up to its last entry, published or not, as this process knows it.

        Raises:
            RegisterError: the members' log is empty, or not that of the anchor.
        """
        held = self._holdings.get(log)
        if held is None:
            with self._means.store.read() as connection:
                held = Holding.load(connection, log, anchor=self._means.anchor())
            self._holdings[log] = held
        return held

    @property
    def register(self) -> Register:
        """Give the register over every entry, those not witnessed yet as well: what a proposal must follow."""
        return self.holding(LogName.MEMBERS).register

    def _run(self) -> None:
        while not self._over.is_set():
            self._hold()
            self._append_all(self._offers.batch(self._step))
        self._append_all(self._offers.rest())

    def _hold(self) -> None:
        """Take or renew the lease; a new holder reads the logs anew, and signs their sizes where nobody has."""
        if self.leads and time.monotonic() - self._renewed < self._step:
            return
        before, self._renewed = self._lease.fence, time.monotonic()
        if self._lease.take() and self._lease.fence != before:
            self._holdings.clear()
            self._means.lines.info("sequencing", holder=self._lease.holder, fence=self._lease.fence)
            for log in LogName:
                self._append(log, [Offer(log, ())])
            self._holdings.clear()  # a head that was signed just now tells when entries were recorded

    def _append_all(self, batch: Sequence[Offer]) -> None:
        for log in LogName:
            mine = [offered for offered in batch if offered.log is log]
            if mine:
                self._append(log, mine)

    def _append(self, log: LogName, batch: Sequence[Offer]) -> None:
        trouble = answer(batch, partial(self._appended, log))
        if trouble is not None:
            self._holdings.pop(log, None)
            say = self._means.lines.info if isinstance(trouble, PerseusError) else self._means.lines.error
            say("not appended", log=log.name, why=repr(trouble))

    def _appended(self, log: LogName, entries: Sequence[bytes]) -> Answers:
        try:
            return self._tried(log, entries)
        except ConflictError:  # somebody appended before this process took the lease: read the log anew, once
            self._holdings.pop(log, None)
            return self._tried(log, entries)

    def _tried(self, log: LogName, entries: Sequence[bytes]) -> Answers:
        held = self.holding(log)
        at = held.moment(self._means.now())
        judged = held.judge(entries, at=at)
        grown = held.grown(judged.added, at=at) if judged.added else held
        if log is LogName.EVIDENCE:
            grown = grown.following(self.register)
        with self._means.store.write() as connection:
            note = self._write(connection, held, grown, judged.added, at=at)
        self._holdings[log] = grown
        self._grew()
        size = grown.tree.size
        return tuple([Placed(one, size, note) if isinstance(one, int) else one for one in judged.answers])

    def _write(
        self, connection: Connection, held: Holding, grown: Holding, added: Sequence[bytes], *, at: datetime
    ) -> str:
        """Append, sign, and publish at once where no witness is demanded, all in the caller's transaction."""
        self._lease.require(connection)
        tables = held.log.tables
        tables.append(connection, added, at_size=held.tree.size)
        head = tables.head(connection)
        if head is None or head.size != grown.tree.size:
            head = Head(grown.tree.size, grown.note(self._means.open_key), at)
            tables.sign(connection, head)
            if not self._means.anchor().quorum:
                tables.see(connection, Seen(head.size, head.note, at))
        return head.note
