"""Proofs from the evidence log: that a digest existed by a moment, and which status list was published when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from registry.anchor import Anchor
from registry.evidence.batch import LEAVES, seal
from registry.evidence.statement import Batch, ListDigest, SignedStatement
from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import WitnessKey
from registry.log.merkle import leaf_hash, verify_inclusion
from registry.log.note import Note, VerifierKey
from registry.log.proof import InclusionProof, Proven
from registry.log.quorum import NONE, WitnessPolicy
from registry.shape import count, exactly, listed, mapped, text
from trust.canonical import Json, canonicalize, parse
from trust.digest import Digest, b64url_decode, b64url_encode
from trust.errors import MalformedError

_HELD = 1_024
_WHERE = "time proof"
_OF_BATCH = frozenset(("salt", "index", "path", "entry", "inclusion"))
_OF_LIST = frozenset(("entry", "inclusion"))


@dataclass(frozen=True, slots=True)
class LogTrust:
    """Whose signatures a checkpoint of a log must have: the log's, by a key it has had, and a quorum's."""

    keys: tuple[VerifierKey, ...]
    quorum: int
    witnesses: tuple[WitnessKey, ...]

    @classmethod
    def of(cls, anchor: Anchor, *, keys: Iterable[VerifierKey] = ()) -> "LogTrust | None":
        """Trust what the anchor names; `keys` are those that the register's log has had: they sign this log too."""
        log = anchor.evidence
        if log is None:
            return None
        known = dict.fromkeys((anchor.log_key.key, *(key.key for key in keys)))
        renamed = tuple(VerifierKey(log.origin, key) for key in known)
        return cls(renamed, anchor.quorum, anchor.witnesses)

    @classmethod
    def register(cls, anchor: Anchor, *, keys: Iterable[VerifierKey] = ()) -> "LogTrust":
        """Trust what the anchor names about the register's own log; `keys` are those that it has had."""
        return cls(tuple(dict.fromkeys((anchor.log_key, *keys))), anchor.quorum, anchor.witnesses)

    @property
    def origin(self) -> str:
        """Give the origin of the log."""
        return self.keys[0].name


class Shown(NamedTuple):
    """What a proof shows: who said it to the log, and between which moments the log's checkpoint was witnessed."""

    signed: SignedStatement
    proven: Proven


@dataclass(frozen=True, slots=True)
class ListProof:
    """An entry about a status list, and its place under a witnessed checkpoint."""

    entry: bytes
    inclusion: str

    def write(self) -> dict[str, Json]:
        """Write the proof as it stands in an evidence file."""
        return {"entry": parse(self.entry, where="entry"), "inclusion": self.inclusion}

    def shown(self, digest: Digest, trust: LogTrust) -> Shown:
        """Check that the keeper of a list said to the evidence log that it published the list of this digest.

        Raises:
            MalformedError: it says something else, or the proof leads elsewhere.
            SignatureMismatchError: a signature of the log or of a known witness does not fit.
        """
        shown = included(self.entry, self.inclusion, trust)
        statement = shown.signed.statement
        if not isinstance(statement, ListDigest) or statement.digest != digest:
            raise MalformedError(_WHERE, expected=f"a statement about {digest}", found="one about another")
        return shown


@dataclass(frozen=True, slots=True)
class TimeProof:
    """The salt of a digest, its place in a batch, and the batch's place under a witnessed checkpoint."""

    salt: bytes
    index: int
    path: tuple[bytes, ...]
    entry: bytes
    inclusion: str

    def write(self) -> dict[str, Json]:
        """Write the proof as it stands in an evidence file."""
        return {
            "salt": b64url_encode(self.salt),
            "index": self.index,
            "path": [b64url_encode(one) for one in self.path],
            "entry": parse(self.entry, where="entry"),
            "inclusion": self.inclusion,
        }

    def shown(self, digest: Digest, trust: LogTrust) -> Shown:
        """Check that a digest existed when the log's checkpoint was witnessed (RFC 9162, section 2.1.3.2).

        (1) The entry stands in the log, under a checkpoint that the log and a quorum of witnesses signed.
        (2) It is a batch, and the sealed digest stands in it. Whose batch it is does not matter: a digest that
        anybody committed to existed.

        Raises:
            MalformedError: the proof leads elsewhere, or lacks the quorum.
            SignatureMismatchError: a signature of the log or of a known witness does not fit.
        """
        shown = included(self.entry, self.inclusion, trust)
        statement = shown.signed.statement
        if not isinstance(statement, Batch):
            raise MalformedError(_WHERE, expected="a batch", found=f"a {statement.kind}")
        leaf = leaf_hash(seal(digest, salt=self.salt))
        verify_inclusion(leaf, index=self.index, size=LEAVES, proof=self.path, root=statement.root)
        return shown


Proof: TypeAlias = TimeProof | ListProof


def read_proof(value: Json) -> Proof:
    """Read a proof as it stands in an evidence file; which kind it is follows from its members.

    Raises:
        MalformedError: a member is missing, unknown or of another shape.
    """
    members = mapped(value, where=_WHERE)
    of_list = frozenset(members) == _OF_LIST
    members = exactly(members, _OF_LIST if of_list else _OF_BATCH, where=_WHERE)
    entry = canonicalize(members["entry"])
    inclusion = text(members["inclusion"], where=f"{_WHERE}/inclusion")
    if of_list:
        return ListProof(entry, inclusion)
    path = listed(members["path"], where=f"{_WHERE}/path")
    return TimeProof(
        _bytes(members["salt"], "salt"),
        count(members["index"], where=f"{_WHERE}/index"),
        tuple([_bytes(one, "path") for one in path]),
        entry,
        inclusion,
    )


def read_proofs(value: Json) -> Mapping[Digest, Proof]:
    """Read the member `timeProofs` of an evidence file: proofs, each under the digest that it is about.

    Raises:
        MalformedError: a name is no digest, or a proof has another shape.
    """
    return {Digest.parse(name): read_proof(one) for name, one in mapped(value, where=_WHERE).items()}


@lru_cache(maxsize=_HELD)
def opened(note: str, trust: LogTrust) -> Proven:
    """Open a checkpoint of the log that is trusted, and tell between which moments a quorum cosigned it.

    Raises:
        MalformedError: it is of another log, or lacks the quorum (register.unwitnessed).
        SignatureMismatchError: a signature of the log or of a known witness does not fit.
    """
    parsed = Note.parse(note)
    signed = [key for key in trust.keys if parsed.lines(key)]
    for key in signed or trust.keys[:1]:
        parsed.verify(key)
    checkpoint = Checkpoint.parse(parsed.text)
    if checkpoint.origin != trust.origin:
        raise MalformedError(_WHERE, expected=f"the log {trust.origin}", found=ascii(checkpoint.origin))
    policy = WitnessPolicy.of(trust.quorum, trust.witnesses)
    witnessed = policy.witnessed(parsed)
    if witnessed is None and policy.quorum != NONE:
        expected, found = f"{trust.quorum} of {len(trust.witnesses)} witnesses", "too few cosignatures"
        raise MalformedError(_WHERE, expected=expected, found=found, code="register.unwitnessed")
    return Proven(checkpoint, witnessed)


def included(entry: bytes, inclusion: str, trust: LogTrust) -> Shown:
    """Check that an entry stands in the evidence log, under a checkpoint that it and a quorum of witnesses signed.

    Raises:
        MalformedError: the proof leads elsewhere, is of another log, or lacks the quorum.
        SignatureMismatchError: a signature of the log or of a known witness does not fit.
    """
    proof = InclusionProof.parse(inclusion)
    proven = opened(proof.checkpoint, trust)
    signed = SignedStatement.parse(entry)
    if signed.statement.log != trust.origin:
        found = ascii(signed.statement.log[:80])
        raise MalformedError(_WHERE, expected=f"an entry for {trust.origin}", found=found)
    size, root = proven.checkpoint.size, proven.checkpoint.root
    verify_inclusion(signed.leaf, index=proof.index, size=size, proof=proof.hashes, root=root)
    return Shown(signed, proven)


def _bytes(value: Json, name: str) -> bytes:
    return b64url_decode(text(value, where=f"{_WHERE}/{name}"), where=f"{_WHERE}/{name}")
