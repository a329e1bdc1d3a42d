"""Committing to what this party signs: noted with the act itself, sealed when the interval is over.

(1) A digest is noted in the transaction that keeps the document, with a fresh salt. (2) When an interval is over, its
batch is signed and kept, with everything that waits or with nothing. (3) Only what is kept is sent, so that whoever
dies in between sends the same again, and never two for one interval.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from perseus.keystore import fresh_bytes
from perseus.storage import evidence
from perseus.storage.evidence import BATCH, Leaf, Said
from perseus.storage.store import Store
from registry.evidence.batch import LEAVES, SealedBatch, seal
from registry.evidence.statement import Batch, SignedStatement
from registry.intervals import EvidenceLog
from trust.did import Did
from trust.digest import Digest
from trust.keys import Signer

LATEST = 144
"""How many intervals back the operator takes a batch: a day of ten-minute ones."""


@dataclass(frozen=True, slots=True)
class Committer:
    """Who commits, to which log, with which key."""

    store: Store
    member: Did
    signer: Signer = field(repr=False)
    log: EvidenceLog

    def close(self, *, at: datetime) -> int:
        """Sign a batch for every interval that is over and has none, and give how many that were.

        Intervals that the operator would not take any more are passed over; what waited then stands in the next.
        """
        now = self.log.number(at)
        with self.store.read() as connection:
            last = evidence.last_batch(connection)
        first = now - 1 if last is None else max(last + 1, now - LATEST)
        for number in range(first, now):
            self._close_one(number)
        return max(0, now - first)

    def _close_one(self, number: int) -> None:
        filler = fresh_bytes()
        with self.store.write() as connection:
            if evidence.said(connection, BATCH, number) is not None:
                return
            before = self.log.start(number + 1)
            leaves = evidence.waiting(connection, before=before, most=LEAVES)
            root = sealed(leaves, filler).root
            statement = Batch(self.log.origin, self.member, number, root)
            entry = SignedStatement.make(statement, signer=self.signer).entry
            evidence.say(connection, Said(BATCH, number, entry, filler=filler), leaves)


def note(connection: Connection, digest: Digest, *, at: datetime) -> None:
    """Remember to commit to a document, in the transaction that keeps it."""
    evidence.note(connection, Leaf(digest.multibase, fresh_bytes(), at))


def sealed(leaves: tuple[Leaf, ...], filler: bytes) -> SealedBatch:
    """Make the batch of an interval, the same whenever it is made again."""
    return SealedBatch.of([seal(Digest.parse(one.digest), salt=one.salt) for one in leaves], filler=filler)
