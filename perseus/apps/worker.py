"""Long work in the background: written down before it begins, taken up again after a crash, ended once."""

import threading
from collections.abc import Callable, Mapping

import orjson

from perseus.apps.party import Party
from perseus.storage import operations
from perseus.storage.operations import Operation
from trust.errors import PerseusError, UnavailableError

PAUSE = 0.5  # seconds before work that another party holds up is tried again
Work = Callable[[Operation], Mapping[str, object]]


class Worker:
    """One thread that does a party's operations, one after the other, each step of which may be done twice."""

    def __init__(self, party: Party, work: Work) -> None:
        self._party = party
        self._work = work
        self._wake = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
        party.starting.append(self._thread.start)
        party.stopping.append(self.stop)

    def wake(self) -> None:
        """Say that there is work."""
        self._wake.set()

    def stop(self) -> None:
        """End after the step in hand; the rest is taken up at the next start."""
        self._over.set()
        self._wake.set()
        self._thread.join()

    @property
    def stopping(self) -> bool:
        """Tell whether the process is to end."""
        return self._over.is_set()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._round()
            except PerseusError as error:
                self._party.log.warning("held up", code=error.code)
            self._wake.wait(PAUSE)
            self._wake.clear()

    def _round(self) -> None:
        with self._party.store.read() as connection:
            waiting = operations.unfinished(connection)
        for operation in waiting:
            if not self._over.is_set():
                self._do(operation)

    def _do(self, operation: Operation) -> None:
        try:
            result = self._work(operation)
        except UnavailableError as error:
            # Why may name the firm that the work is about: that is for whoever asks after the work, not for the log.
            self._party.log.info("held up", operation=operation.id, code=error.code)
            return
        except PerseusError as error:
            self._party.log.warning("failed", operation=operation.id, code=error.code)
            self._end(operation, "failed", {"code": error.code, "detail": str(error)})
            return
        except Exception as error:  # noqa: BLE001 - a defect ends this work, and not the thread that does the rest
            self._party.log.critical("defect", operation=operation.id, error=repr(error))
            self._end(operation, "failed", {"code": "http.internal", "detail": "a defect; the log names it"})
            return
        self._end(operation, "done", result)

    def _end(self, operation: Operation, state: str, result: Mapping[str, object]) -> None:
        with self._party.store.write() as connection:
            told = orjson.dumps(dict(result)).decode()
            operations.finish(connection, operation.id, state=state, result=told, at=self._party.now())
