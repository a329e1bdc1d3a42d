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
from queue import Empty, SimpleQueue

from sqlalchemy import Connection

from perseus.log.holding import Holding, Judged, OpenKey
from perseus.log.lease import Lease, NoLeaseError
from perseus.log.names import LogName
from perseus.logs import Log
from perseus.problems import ConflictError
from perseus.storage.log import Head, Seen
from perseus.storage.store import Store
from registry.anchor import Anchor
from registry.register import Register
from trust.errors import PerseusError, UnavailableError

MOST = 10_000  # entries in one transaction
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an entry stands, and the checkpoint that the log signed about a size that holds it."""

    index: int
    size: int
    note: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An entry that waits for its place."""

    log: LogName
    entry: bytes
    answer: Future[Placed] = field(default_factory=Future)


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
        self._pause = pause
        self._grew = grew
        self._offers: SimpleQueue[Offer | None] = SimpleQueue()
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
        self._offers.put(None)
        if self._thread is not None:
            self._thread.join()

    def stop(self) -> None:
        """Give the lease back."""
        self._lease.give_up()

    def offer(self, log: LogName, entry: bytes) -> "Future[Placed]":
        """Offer an entry; the answer comes when it is durable, or says why it was refused.

        Raises:
            NoLeaseError: another process appends.
        """
        if not self.leads or self._over.is_set():
            raise NoLeaseError(self._lease.other)
        offered = Offer(log, entry)
        self._offers.put(offered)
        return offered.answer

    def submit(self, log: LogName, entry: bytes) -> Placed:
        """Append an entry, and give its place once it is durable; one that stands in the log already keeps its place.

        Raises:
            EventRefusedError: the fold would ignore it.
            MalformedError: it is longer than 65,535 bytes.
            NoLeaseError: another process appends.
            UnavailableError: the database is away.
        """
        try:
            return self.offer(log, entry).result(_PATIENCE)
        except TimeoutError as error:
            late = f"it was not durable within {_PATIENCE:.0f} s"
            raise UnavailableError("the log", because=late, code="fetch.timeout") from error

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
            self._append_all(self._batch())
        self._append_all(self._waiting([]))

    def _hold(self) -> None:
        """Take or renew the lease; a new holder reads the logs anew, and signs their sizes where nobody has."""
        if self.leads and time.monotonic() - self._renewed < self._step:
            return
        before, self._renewed = self._lease.fence, time.monotonic()
        if self._lease.take() and self._lease.fence != before:
            self._holdings.clear()
            self._means.lines.info("sequencing", holder=self._lease.holder, fence=self._lease.fence)
            for log in LogName:
                self._append(log, [])

    def _batch(self) -> list[Offer]:
        try:
            first = self._offers.get(timeout=self._step)
        except Empty:
            return []
        if first is None:
            return []
        if self._pause:
            time.sleep(self._pause)
        return self._waiting([first])

    def _waiting(self, batch: list[Offer]) -> list[Offer]:
        while len(batch) < MOST:
            try:
                offered = self._offers.get_nowait()
            except Empty:
                break
            if offered is not None:
                batch.append(offered)
        return batch

    def _append_all(self, batch: Sequence[Offer]) -> None:
        for log in LogName:
            mine = [offered for offered in batch if offered.log is log]
            if mine:
                self._append(log, mine)

    def _append(self, log: LogName, batch: Sequence[Offer]) -> None:
        """Append a batch, and answer everybody in it; whatever happens, nobody is left waiting."""
        try:
            answers = self._appended(log, [offered.entry for offered in batch])
        except Exception as error:  # noqa: BLE001 - every caller is told, and the thread lives on
            self._holdings.pop(log, None)
            known = isinstance(error, PerseusError)
            self._means.lines.log(20 if known else 40, "not appended", log=log.name, why=repr(error))
            answers = [error] * len(batch)
        for offered, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Exception):
                offered.answer.set_exception(answer)
            else:
                offered.answer.set_result(answer)

    def _appended(self, log: LogName, entries: Sequence[bytes]) -> Sequence[Placed | Exception]:
        try:
            return self._tried(log, entries)
        except ConflictError:  # somebody appended before this process took the lease: read the log anew, once
            self._holdings.pop(log, None)
            return self._tried(log, entries)

    def _tried(self, log: LogName, entries: Sequence[bytes]) -> Sequence[Placed | Exception]:
        held = self.holding(log)
        judged = held.judge(entries, at=self._means.now())
        grown = held.grown(judged.added) if judged.added else held
        if log is LogName.EVIDENCE:
            grown = grown.following(self.register)
        with self._means.store.write() as connection:
            note = self._write(connection, held, grown, judged)
        self._holdings[log] = grown
        self._grew()
        size = grown.tree.size
        return [Placed(one, size, note) if isinstance(one, int) else one for one in judged.answers]

    def _write(self, connection: Connection, held: Holding, grown: Holding, judged: Judged) -> str:
        """Append, sign, and publish at once where no witness is demanded, all in the caller's transaction."""
        self._lease.require(connection)
        tables, now = held.log.tables, self._means.now()
        tables.append(connection, judged.added, at_size=held.tree.size)
        head = tables.head(connection)
        if head is None or head.size != grown.tree.size:
            head = Head(grown.tree.size, grown.note(self._means.open_key), now)
            tables.sign(connection, head)
            if not self._means.anchor().quorum:
                tables.see(connection, Seen(head.size, head.note, now))
        return head.note
