"""An evidence log in memory, with its witnesses: members commit to digests, and time passes as the test says.

log = EvidenceLogSimulator()
anchor = log.anchored(scheme.anchor)                     # the trust anchor names the log and two of three witnesses
proof = log.committed(digest, by=edp, at=noon)           # in the batch of that interval, witnessed at its end
note = log.checkpoint(at=noon)                           # what a signer embeds
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from registry.anchor import Anchor
from registry.evidence.batch import SealedBatch, seal
from registry.evidence.proof import ListProof, LogTrust, TimeProof
from registry.evidence.statement import Batch, ListDigest, SignedStatement, Statement
from registry.intervals import EvidenceLog
from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import WitnessKey, cosign
from registry.log.merkle import Tree, leaf_hash
from registry.log.note import Note
from registry.log.proof import InclusionProof
from support.keys import signer
from support.scheme import Party
from trust.digest import Digest
from trust.keys import Signer

ORIGIN = "perseus.example/register/evidence"
WITNESSES = ("witness-one.example", "witness-two.example", "witness-three.example")
INTERVAL = 600


def salt_of(word: str) -> bytes:
    """Give 32 bytes that a test can name."""
    return sha256(word.encode()).digest()


@dataclass
class EvidenceLogSimulator:
    """A log that grows by one entry at a time; every checkpoint is cosigned by all witnesses at once."""

    interval: int = INTERVAL
    quorum: int = 2
    entries: list[bytes] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)
    signer: Signer = field(default_factory=lambda: signer("scheme/log", ed25519=True))

    @property
    def log(self) -> EvidenceLog:
        """Give the log as a trust anchor names it."""
        return EvidenceLog(ORIGIN, self.interval)

    def trust(self, anchor: Anchor) -> LogTrust:
        """Give what such an anchor makes a verifier trust."""
        found = LogTrust.of(self.anchored(anchor))
        assert found is not None
        return found

    def anchored(self, anchor: Anchor) -> Anchor:
        """Give a trust anchor that names this log and its witnesses."""
        keys = tuple(WitnessKey(name, _witness(name).key) for name in WITNESSES) if self.quorum else ()
        return replace(anchor, evidence=self.log, quorum=self.quorum, witnesses=keys)

    def append(self, statement: Statement, *, by: Signer) -> SignedStatement:
        """Put a statement into the log."""
        signed = SignedStatement.make(statement, signer=by)
        self.entries.append(signed.entry)
        self.tree = self.tree.extended([leaf_hash(signed.entry)])
        return signed

    def checkpoint(self, *, at: datetime, origin: str = ORIGIN, by: Iterable[str] = WITNESSES) -> str:
        """Give the newest checkpoint, cosigned by these witnesses at a moment."""
        return cosigned(Checkpoint(origin, self.tree.size, self.tree.root).sign(self.signer), at=at, by=by)

    def inclusion(self, index: int, *, at: datetime) -> str:
        """Prove that an entry stands under the newest checkpoint."""
        hashes = self.tree.inclusion(index, size=self.tree.size)
        return str(InclusionProof(index, hashes, self.checkpoint(at=at)))

    def committed(
        self, digest: Digest, *, by: Party, at: datetime, seen: datetime | None = None
    ) -> TimeProof:
        """Commit a member to a digest in the interval of `at`; witnesses see it at `seen`, else at its end."""
        salt = salt_of(f"salt of {digest}")
        leaf = seal(digest, salt=salt)
        batch = SealedBatch.of([leaf], filler=salt_of("filler"))
        number = self.log.number(at)
        signed = self.append(Batch(ORIGIN, by.did, number, batch.root), by=by.signer)
        place = batch.place(leaf)
        moment = self.log.start(number + 1) if seen is None else seen
        inclusion = self.inclusion(len(self.entries) - 1, at=moment)
        return TimeProof(salt, place.index, place.path, signed.entry, inclusion)

    def published(self, url: str, digest: Digest, *, by: Party, at: datetime) -> ListProof:
        """Have a keeper log the digest of its list for the interval of `at`."""
        statement = ListDigest(ORIGIN, by.did, url, self.log.number(at), digest)
        signed = self.append(statement, by=by.signer)
        return ListProof(signed.entry, self.inclusion(len(self.entries) - 1, at=at))


def cosigned(note: str, *, at: datetime, by: Iterable[str] = WITNESSES) -> str:
    """Add the cosignatures of witnesses to a note."""
    parsed = Note.parse(note)
    lines = [cosign(parsed.text, name=name, signer=_witness(name), at=at) for name in by]
    return str(replace(parsed, signatures=(*parsed.signatures, *lines)))


def _witness(name: str) -> Signer:
    return signer(name, ed25519=True)
