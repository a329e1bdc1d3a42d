"""Publishing what the log signed: witnesses are asked, a quorum is waited for, the note is kept, the files follow.

(1) Only the holder of the lease publishes. (2) A checkpoint is published when its size is new, and at every heartbeat.
(3) It is published once the quorum of the trust anchor has cosigned it, and until then the one before stays.
(4) What this process serves, and the files in its folder, follow the database.
"""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from perseus.log.files import write_files
from perseus.log.lease import Lease
from perseus.log.names import LogName
from perseus.log.published import Published
from perseus.log.sequencer import Means, Sequencer
from perseus.log.witnesses import Witnesses
from perseus.storage.log import Head, Seen
from registry.log.note import Note
from registry.log.quorum import NONE, WitnessPolicy
from trust.errors import PerseusError

STEP = 0.5  # seconds between two looks at the database
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0


@dataclass(frozen=True, slots=True)
class Told:
    """How one log stands: what it signed, what is published, who cosigned that, and what is amiss."""

    size: int
    published: int | None
    published_at: datetime | None
    cosigned: tuple[str, ...]
    troubles: Mapping[str, str]


@dataclass(slots=True)
class Round:
    """What became of the last attempt to publish a log: what was amiss, and when to try again."""

    troubles: dict[str, str] = field(default_factory=dict)
    tried: str | None = None
    pause: float = _FIRST_PAUSE
    next_at: float = float("-inf")

    def may_try(self, head: Head) -> bool:
        """Tell whether it is time for another attempt; the pauses between attempts at one checkpoint grow."""
        again = self.tried == head.note
        if again and time.monotonic() < self.next_at:
            return False
        self.pause = min(2 * self.pause, _LONGEST_PAUSE) if again else _FIRST_PAUSE
        self.tried, self.next_at = head.note, time.monotonic() + self.pause
        return True


class Publisher:
    """Publishes both logs, in a thread of its own, so that a slow witness never delays an entry."""

    def __init__(
        self,
        means: Means,
        lease: Lease,
        sequencer: Sequencer,
        *,
        published: Mapping[LogName, Published],
        witnesses: Witnesses,
        folders: Mapping[LogName, Path],
    ) -> None:
        """Write files into the `folders` that are named, and into none where there are none."""
        self._means = means
        self._lease = lease
        self._sequencer = sequencer
        self._published = published
        self._witnesses = witnesses
        self._folders = folders
        self._rounds = {log: Round() for log in LogName}
        self._woken = threading.Event()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Publish what is due, and go on."""
        self.turn()
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, and leave the files as new as what is published; no witness is asked any more."""
        self._over.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join()
        for log in LogName:
            with suppress(PerseusError):
                self._follow(log)

    def wake(self) -> None:
        """Look now: a log has grown."""
        self._woken.set()

    def turn(self) -> None:
        """Publish what is due of both logs; trouble with one is told and leaves the other alone."""
        for log in LogName:
            try:
                self._turn(log)
            except PerseusError as error:
                self._tell(log, {"log": str(error)})

    def told(self, log: LogName) -> Told:
        """Tell how a log stands.

        Raises:
            UnavailableError: the database is away.
        """
        with self._means.store.read() as connection:
            head, seen = log.tables.head(connection), log.tables.newest(connection)
        cosigned = () if seen is None else tuple(line.name for line in Note.parse(seen.note).signatures[1:])
        size, at = 0 if head is None else head.size, None if seen is None else seen.seen_at
        return Told(size, None if seen is None else seen.size, at, cosigned, dict(self._rounds[log].troubles))

    def _run(self) -> None:
        while not self._over.is_set():
            self._woken.wait(STEP)
            self._woken.clear()
            self.turn()

    def _turn(self, log: LogName) -> None:
        if self._sequencer.leads:
            self._publish(log)
        self._follow(log)

    def _follow(self, log: LogName) -> None:
        """Let what is served, and the files, be what the database says was published."""
        published = self._published[log]
        published.refresh()
        if self._sequencer.leads and log in self._folders:
            write_files(self._folders[log], published)

    def _publish(self, log: LogName) -> None:
        with self._means.store.read() as connection:
            head, seen = log.tables.head(connection), log.tables.newest(connection)
        this = self._rounds[log]
        if head is None or not self._due(head, seen) or not this.may_try(head):
            return
        told = self._cosigned(log, head)
        if "quorum" not in told:
            this.tried = None
        self._tell(log, told)

    def _due(self, head: Head, seen: Seen | None) -> bool:
        """Tell whether a checkpoint must be published: a new size, a heartbeat, or one without cosignatures."""
        if seen is None or seen.size < head.size:
            return True
        heartbeat = timedelta(seconds=self._sequencer.register.scheme.policy.heartbeat)
        alone = len(Note.parse(seen.note).signatures) == 1
        return self._means.now() - seen.seen_at >= heartbeat or (alone and bool(self._witnesses.names))

    def _cosigned(self, log: LogName, head: Head) -> dict[str, str]:
        """Ask the witnesses; publish as soon as the quorum is there, and once more with the others' lines."""
        anchor, note, kept = self._means.anchor(), Note.parse(head.note), 0
        troubles: dict[str, str] = {}
        for answer in self._witnesses.ask(head.note, self._sequencer.holding(log).tree):
            if answer.cosignature is None:
                troubles[answer.name] = answer.trouble or "it said nothing"
                continue
            note = replace(note, signatures=(*note.signatures, answer.cosignature))
            kept = kept or self._keep(log, anchor.policy, head, note)
        kept = self._keep(log, anchor.policy, head, note) if kept < len(note.signatures) else kept
        if not kept:
            troubles["quorum"] = (
                f"{len(note.signatures) - 1} of {len(anchor.witnesses)} witnesses cosigned {head.size} entries, "
                f"and the trust anchor demands {anchor.quorum}; the checkpoint published before stays"
            )
        return troubles

    def _keep(self, log: LogName, policy: WitnessPolicy, head: Head, note: Note) -> int:
        """Publish a note that has its quorum, unless a newer one is published; give how many lines are published."""
        if policy.quorum != NONE and policy.witnessed(note) is None:
            return 0
        with self._means.store.write() as connection:
            self._lease.require(connection)
            newest = log.tables.newest(connection)
            if newest is None or newest.size <= head.size:
                log.tables.see(connection, Seen(head.size, str(note), self._means.now()))
        self._follow(log)
        return len(note.signatures)

    def _tell(self, log: LogName, troubles: dict[str, str]) -> None:
        """Write a line when something is newly amiss, or newly well."""
        this = self._rounds[log]
        if troubles != this.troubles:
            say = self._means.lines.warning if troubles else self._means.lines.info
            say(
                "published",
                log=log.name,
                troubles="; ".join(f"{who}: {why}" for who, why in troubles.items()),
            )
        this.troubles = troubles
