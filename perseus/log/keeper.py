"""The operator's two logs as its service uses them: submit an entry, prove one, tell how they stand.

placed = keeper.submit(LogName.MEMBERS, entry)      # Placed(index, size, note), once durable
proof = keeper.prove(LogName.MEMBERS, placed.index)  # InclusionProof under the newest published checkpoint
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from perseus.log.lease import Lease
from perseus.log.names import LogName
from perseus.log.offers import Answers, Placed, the_one
from perseus.log.published import Published
from perseus.log.publisher import Publisher, Told
from perseus.log.sequencer import Means, Sequencer
from perseus.log.witnesses import Witnesses
from registry.log.proof import InclusionProof
from registry.register import Register
from trust.errors import PerseusError, UnavailableError

_PATIENCE = 60.0
T = TypeVar("T")


class Keeper:
    """Keeps both logs: as their sequencer while it holds the lease, and as one that serves what is published."""

    def __init__(
        self, means: Means, lease: Lease, *, pause: float, witnesses: Witnesses, folder: Path | None
    ) -> None:
        """Write static files under `folder`, each log in its own, unless there is none."""
        self.published: Mapping[LogName, Published] = {log: Published(means.store, log) for log in LogName}
        self._sequencer = Sequencer(means, lease, pause=pause, grew=self._grew)
        folders = {} if folder is None else {log: folder / log.value for log in LogName}
        self._publisher = Publisher(
            means, lease, self._sequencer, published=self.published, witnesses=witnesses, folders=folders
        )

    def start(self, *, sequencing: bool = True) -> None:
        """Begin; a replica that shall never append does not ask for the lease."""
        if sequencing:
            self._sequencer.start()
        self._publisher.start()

    def stop(self) -> None:
        """Append and publish what waits, then give the lease back."""
        self._sequencer.finish()
        self._publisher.stop()
        self._sequencer.stop()

    @property
    def leads(self) -> bool:
        """Tell whether this process may append."""
        return self._sequencer.leads

    @property
    def register(self) -> Register:
        """Give the register over every entry, those not witnessed yet as well: what a proposal must follow.

        Raises:
            RegisterError: the log is empty, or not that of the anchor.
        """
        return self._sequencer.register

    def submit(self, log: LogName, entry: bytes) -> Placed:
        """Append an entry, and give its place once it is durable; one that stands in the log already keeps its place.

        Raises:
            EventRefusedError: the fold would ignore it.
            MalformedError: it is longer than 65,535 bytes.
            NoLeaseError: another process appends.
            UnavailableError: the database is away.
        """
        return _in_time(self.offer(log, entry))

    def submit_all(self, log: LogName, entries: Sequence[bytes]) -> Answers:
        """Append entries together, and give a place for each or why it was refused, once they are durable.

        Raises:
            NoLeaseError: another process appends.
            UnavailableError: the database is away.
        """
        return _in_time(self._sequencer.offer(log, entries))

    def offer(self, log: LogName, entry: bytes) -> "Future[Placed]":
        """Offer an entry without waiting.

        Raises:
            NoLeaseError: another process appends.
        """
        return the_one(self._sequencer.offer(log, (entry,)))

    def prove(self, log: LogName, index: int) -> InclusionProof:
        """Prove that an entry stands under the newest published checkpoint (C2SP tlog-proof).

        Raises:
            UnavailableError: no checkpoint over it is published yet.
        """
        return self.published[log].prove(index)

    def told(self, log: LogName) -> Told:
        """Tell how a log stands.

        Raises:
            UnavailableError: the database is away.
        """
        return self._publisher.told(log)

    def _grew(self) -> None:
        """Let what was published with the entries be served at once, and have the witnesses asked."""
        with suppress(
            PerseusError
        ):  # the entries are durable whatever becomes of this; the publisher looks again
            for published in self.published.values():
                published.refresh()
        self._publisher.wake()


def _in_time(future: "Future[T]") -> T:
    try:
        return future.result(_PATIENCE)
    except TimeoutError as error:
        late = f"it was not durable within {_PATIENCE:.0f} s"
        raise UnavailableError("the log", because=late, code="fetch.timeout") from error
