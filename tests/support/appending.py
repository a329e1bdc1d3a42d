"""A process that keeps the logs of a folder and appends to them, until it is done, stopped, or killed."""

import os
import signal
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import cast

from sqlalchemy import QueuePool, event

from perseus.log.keeper import Keeper
from perseus.log.lease import NoLeaseError
from perseus.log.names import LogName
from perseus.log.offers import Placed
from perseus.storage.store import Store
from support.logs import LogHome
from support.scheme import START

_WRITES = ("INSERT", "UPDATE", "DELETE")


class Points:
    """Counts every place at which something is about to be, or has just been, written, and kills the process at one."""

    def __init__(self, store: Store, kill_at: int) -> None:
        """Watch the database of this store, and every file that is opened for writing or moved into place."""
        self._left = kill_at
        event.listen(store.engine, "before_cursor_execute", self._statement)
        event.listen(store.engine, "commit", lambda _connection: self.pass_one())
        event.listen(store.engine, "checkin", lambda _connection, _record: self.pass_one())
        sys.addaudithook(self._audit)

    def pass_one(self) -> None:
        """Count one place."""
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def _statement(self, *arguments: object) -> None:
        if str(arguments[2]).lstrip().startswith(_WRITES):
            self.pass_one()

    def _audit(self, name: str, arguments: tuple[object, ...]) -> None:
        written = name == "open" and "w" in str(arguments[1] or "")
        if name == "os.rename" or written:
            self.pass_one()


def append(folder: str, told: str, number: int, kill_at: int) -> None:
    """Append a few entries to both logs, saying of each that it was acknowledged; die at a write point."""
    home = LogHome.at(Path(folder))
    store = home.store()
    keeper = home.keeper(store, holder=f"{os.getpid()}", length=0.3)
    with Path(told).open("a") as lines:
        keeper.start()
        until_leading(keeper)
        if kill_at:
            Points(store, kill_at)
        for step in range(3):
            tell(
                lines.fileno(),
                LogName.EVIDENCE,
                keeper.submit(LogName.EVIDENCE, f"{number}/{step}".encode() * 4),
            )
            waiting = home.events[keeper.register.size :]
            for entry in waiting[:1]:
                tell(lines.fileno(), LogName.MEMBERS, keeper.submit(LogName.MEMBERS, entry))
        keeper.stop()
    store.close()


def pause_while_appending(folder: str, told: str) -> None:
    """Stop (SIGSTOP) after an entry was judged and before it is written; say what became of it once woken."""
    home = LogHome.at(Path(folder))
    stopping = False

    def now() -> datetime:
        nonlocal stopping
        # The publisher reads the clock as well, and may hold the database while it does.
        if stopping and threading.current_thread().name == "sequencer":
            stopping = False
            stop_while_idle(store)
        return START

    home.now = now
    store = home.store()
    keeper = home.keeper(store, holder="paused", length=0.5)
    keeper.start()
    until_leading(keeper)
    with Path(told).open("a") as lines:
        tell(lines.fileno(), LogName.EVIDENCE, keeper.submit(LogName.EVIDENCE, b"before the pause"))
        stopping = True
        for log, entry in ((LogName.EVIDENCE, b"at the pause"), (LogName.MEMBERS, home.events[1])):
            try:
                tell(lines.fileno(), log, keeper.submit(log, entry))
            except NoLeaseError as error:
                os.write(lines.fileno(), f"refused {error.code} {error}\n".encode())
        keeper.stop()
    store.close()


def compete(folder: str, told: str, number: int, most: int) -> None:
    """Append as often as this process may, beside another that does the same."""
    home = LogHome.at(Path(folder))
    store = home.store()
    keeper = home.keeper(store, holder=f"{number}", length=0.2)
    keeper.start()
    with Path(told).open("a") as lines:
        for step in range(most):
            try:
                tell(
                    lines.fileno(),
                    LogName.EVIDENCE,
                    keeper.submit(LogName.EVIDENCE, f"{number} {step}".encode()),
                )
            except NoLeaseError:
                os.write(lines.fileno(), b"refused\n")
                time.sleep(0.02)
    keeper.stop()
    store.close()


def stop_while_idle(store: Store) -> None:
    """Stop this process when no thread of it holds a connection: one that was writing would lock everybody out."""
    pool, interval = cast("QueuePool", store.engine.pool), sys.getswitchinterval()
    sys.setswitchinterval(60)  # no other thread gets its turn between the look and the stop
    time.sleep(0.001)
    while pool.checkedout():
        time.sleep(0.001)
    # Sent to this very thread: one sent to the process is taken by any thread, and this one would run on meanwhile.
    signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
    sys.setswitchinterval(interval)


def until_leading(keeper: Keeper) -> None:
    """Wait until the lease is this process's."""
    until = time.monotonic() + 30
    while not keeper.leads:
        assert time.monotonic() < until, "nobody gave it the lease"
        time.sleep(0.01)


def tell(descriptor: int, log: LogName, placed: Placed) -> None:
    """Say that an entry was acknowledged: one write, which a kill cannot cut in two."""
    os.write(descriptor, f"{log.value} {placed.index} {placed.size}\n".encode())


def acknowledged(told: Path) -> list[tuple[LogName, int, int]]:
    """Read what was acknowledged."""
    lines = [line.split() for line in told.read_text().splitlines()] if told.exists() else []
    return [
        (LogName(line[0]), int(line[1]), int(line[2])) for line in lines if line[0] in {"log", "evidence"}
    ]
