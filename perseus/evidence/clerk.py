"""The clerk: one thread that keeps a member's side of the evidence log, interval after interval.

Each round: (1) publish the lists of the interval, (2) sign the batches of the intervals that are over, (3) send what
the log has not taken, (4) fetch proofs of what it has, (5) look at its newest checkpoint,
(6) ask others for proofs of what they signed. Every step may be done twice.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from perseus.apps.party import Party
from perseus.evidence.committing import Committer
from perseus.evidence.outlet import Outlet
from perseus.log.forks import keep_fork
from perseus.log.names import LogName
from perseus.storage import evidence
from perseus.storage.evidence import Said
from perseus.storage.log import Seen
from registry.errors import RegisterError
from registry.evidence.proof import included, opened
from registry.log.checkpoint import Checkpoint
from registry.log.growth import require_growth
from registry.log.note import Note
from trust.errors import NotPermittedError, PerseusError

MOST = 64
_SHORTEST, _LONGEST = 0.2, 5.0
_PARTS = 5
_FORKED = "register.forked"
_HERE = "evidence"


@dataclass(frozen=True, slots=True)
class Duties:
    """What the clerk of one party works with: `publish` signs the interval's status lists, `gather` asks for proofs."""

    committer: Committer
    outlet: Outlet
    publish: Callable[[], None]
    gather: Callable[[], None]


class Clerk:
    """Goes round several times an interval, so that what is due is sent early in the next."""

    def __init__(self, party: Party, duties: Duties) -> None:
        self._party = party
        self._duties = duties
        self._over = threading.Event()
        length = duties.committer.log.interval
        self._pause = min(max(length / _PARTS, _SHORTEST), _LONGEST)
        self._thread = threading.Thread(target=self._run, name="clerk", daemon=True)
        party.starting.append(self._thread.start)
        party.stopping.append(self.stop)

    def stop(self) -> None:
        """End after the step in hand; the rest is done at the next start."""
        self._over.set()
        self._thread.join()

    def turn(self) -> None:
        """Do what is due; trouble in one step leaves the others alone."""
        steps = (
            self._duties.publish,
            self._close,
            self._send,
            self._prove,
            self._look,
            self._duties.gather,
        )
        for step in steps:
            try:
                step()
            except PerseusError as error:
                self._party.log.info(
                    "evidence held up",
                    step=getattr(step, "__name__", "gather"),
                    why=str(error),
                    code=error.code,
                )

    def _run(self) -> None:
        while not self._over.wait(self._pause):
            try:
                self.turn()
            except Exception as error:  # noqa: BLE001 - a defect in one round does not end the rounds
                self._party.log.critical("defect", of="clerk", error=repr(error))

    def _close(self) -> None:
        self._duties.committer.close(at=self._party.now())

    def _send(self) -> None:
        with self._party.store.read() as connection:
            waiting = evidence.unsent(connection, most=MOST)
        for said in waiting:
            if self._over.is_set():
                return
            self._send_one(said)

    def _send_one(self, said: Said) -> None:
        """Send a statement; one that the operator will never take is given up, and its digests wait for the next."""
        try:
            place = self._duties.outlet.submit(said.entry)
        except NotPermittedError as error:
            if error.code == "http.not_yet":
                return
            self._party.log.warning(
                "evidence refused", interval=said.interval, why=str(error), code=error.code
            )
            with self._party.store.write() as connection:
                evidence.refuse(connection, said, error.code)
            return
        with self._party.store.write() as connection:
            evidence.placed(connection, said, place)

    def _prove(self) -> None:
        """Keep a proof once it holds; one that does not is as good as none."""
        trust = self._party.log_trust()
        with self._party.store.read() as connection:
            unproven = evidence.unproven(connection, most=MOST)
        for said in unproven:
            text = (
                None if said.place is None or self._over.is_set() else self._duties.outlet.prove(said.place)
            )
            if text is None:
                return
            included(said.entry, text, trust)
            with self._party.store.write() as connection:
                evidence.proven(connection, said, text)

    def _look(self) -> None:
        """Keep the newest checkpoint that the log and its witnesses signed, for signers to embed.

        Witnesses see to it that the log grows; this party goes by what it saw itself, as with the register.
        """
        note = self._duties.outlet.checkpoint()
        if note is None:
            return
        checkpoint = opened(note, self._party.log_trust()).checkpoint
        tables = LogName.EVIDENCE.tables
        with self._party.store.read() as connection:
            held = tables.newest(connection)
        if held is not None and (checkpoint.size < held.size or note == held.note):
            return
        if held is not None:
            self._require_one_history(held, checkpoint, note)
        with self._party.store.write() as connection:
            tables.see(connection, Seen(checkpoint.size, note, self._party.now()))

    def _require_one_history(self, held: Seen, checkpoint: Checkpoint, note: str) -> None:
        """Demand that the log only grew since it was last looked at; of two histories both notes are kept.

        Raises:
            RegisterError: it tells its past otherwise, or its tiles do not lead to what it signed.
            UnavailableError: a tile cannot be had.
        """
        known = Checkpoint.parse(Note.parse(held.note).text)
        try:
            require_growth(known, checkpoint, read=self._duties.outlet.tile)
        except RegisterError as error:
            if error.code == _FORKED:
                kept = keep_fork(self._party.settings.home / _HERE, held=held.note, offered=note)
                self._party.log.critical("evidence log forked", kept=str(kept), code=error.code)
            raise
