"""The courier: sends what is in the outbox until it is acknowledged, through every stop and start of this process."""

import threading
from collections.abc import Callable

from perseus.apps.asking import accepted
from perseus.apps.party import Party
from perseus.fetching import Fetched
from perseus.storage import deliveries
from perseus.storage.deliveries import Delivery
from trust.errors import PerseusError, UnavailableError

PAUSE = 0.5  # seconds between two looks into an outbox that nobody has put anything into
Compose = Callable[[Delivery], bytes]
Answered = Callable[[Delivery, Fetched], None]


def _as_stored(delivery: Delivery) -> bytes:
    return delivery.body


def _nothing(delivery: Delivery, answered: Fetched) -> None:
    del delivery, answered


class Courier:
    """One thread that empties a party's outbox; `compose` makes a body at the last moment, `answered` reads replies."""

    def __init__(self, party: Party, *, compose: Compose = _as_stored, answered: Answered = _nothing) -> None:
        self._party = party
        self._compose = compose
        self._answered = answered
        self._wake = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        party.starting.append(self.start)
        party.stopping.append(self.stop)

    def start(self) -> None:
        """Begin, with everything that an earlier process left behind."""
        with self._party.store.write() as connection:
            deliveries.hasten(connection, at=self._party.now())
        self._thread.start()

    def stop(self) -> None:
        """End after the message on its way."""
        self._over.set()
        self._wake.set()
        self._thread.join()

    def wake(self) -> None:
        """Say that something was put into the outbox."""
        self._wake.set()

    def _run(self) -> None:
        while not self._over.is_set():
            self._wake.wait(PAUSE)
            self._wake.clear()
            try:
                self._round()
            except PerseusError as error:
                self._party.log.warning("outbox", why=str(error))

    def _round(self) -> None:
        with self._party.store.read() as connection:
            waiting = deliveries.due(connection, at=self._party.now())
        for delivery in waiting:
            if self._over.is_set():
                return
            self._send(delivery)

    def _send(self, delivery: Delivery) -> None:
        try:
            body = self._compose(delivery)
            sent = self._party.fetcher.post(
                delivery.url, body, media_type=delivery.media_type, key=delivery.id
            )
            self._answered(delivery, accepted(delivery.url, sent))
        except PerseusError as error:
            # A refusal may be of a moment too, as when the other party's register is a step behind.
            level = self._party.log.info if isinstance(error, UnavailableError) else self._party.log.warning
            level("delivery", url=delivery.url, why=str(error), code=error.code)
            self._put_off(delivery, str(error))
            return
        except Exception as error:  # noqa: BLE001 - a defect over one message must not keep back the others
            self._party.log.critical("defect", url=delivery.url, error=repr(error))
            self._put_off(delivery, "a defect; the log names it")
            return
        with self._party.store.write() as connection:
            deliveries.acknowledge(connection, delivery.id, at=self._party.now())

    def _put_off(self, delivery: Delivery, trouble: str) -> None:
        with self._party.store.write() as connection:
            deliveries.put_off(connection, delivery, at=self._party.now(), trouble=trouble)
