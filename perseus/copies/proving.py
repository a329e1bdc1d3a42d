"""Proofs made from, and checked against, the files that a verifier has: forks, and entries in their places."""

from collections.abc import Sequence
from pathlib import Path

from perseus.copies.chosen import bytes_of, text_of
from perseus.copies.folder import read_entries, size_of
from perseus.copies.source import CHECKPOINT, Folder
from perseus.copies.using import open_own
from perseus.log.names import LogName
from registry.anchor import Anchor
from registry.log.fork import ForkProof, prove_fork
from registry.log.merkle import Tree, leaf_hash
from registry.log.note import Note, VerifierKey
from registry.log.proof import InclusionProof, Proven
from trust.canonical import EVIDENCE_LIMIT, canonicalize, parse_object
from trust.errors import MalformedError


def fork_of(one: Path, other: Path | None, keys: Sequence[VerifierKey]) -> ForkProof:
    """Make a proof from what two files or folders hold, or read the one that is given.

    Raises:
        UnavailableError: a file cannot be read.
        MalformedError: they do not prove anything.
        SignatureMismatchError: a signature does not fit.
    """
    if other is None:
        return ForkProof.parse(text_of(one))
    (first, trees), (second, others) = _history(one), _history(other)
    return prove_fork(first, second, keys=keys, trees=(*trees, *others))


def proven(proof: InclusionProof, entry: bytes, anchor: Anchor, keys: Sequence[VerifierKey]) -> Proven:
    """Check that an entry stands in the scheme's members log, or in its evidence log.

    Raises:
        MalformedError: the proof leads elsewhere, is of another log, or lacks the quorum.
        SignatureMismatchError: a signature of the log or of a known witness does not fit.
    """
    note = Note.parse(proof.checkpoint)
    key = next((key for key in keys if note.lines(key)), anchor.log_key)
    return proof.verify(leaf_hash(entry), key=key, policy=anchor.policy)


def keys_of(anchor: Anchor, register: Path | None) -> Sequence[VerifierKey]:
    """Give the keys that have signed the members log and, under its own name, the evidence log.

    The anchor names one, for good; those that it was replaced with stand in the register, if a copy is at hand.

    Raises:
        UnavailableError: a file of the copy is not there.
        MalformedError: a file of the copy is not what it must be.
        RegisterError: the copy is not the anchor's, or not whole.
    """
    rotated = () if register is None else open_own(register, anchor).copy.register.scheme.log_keys
    keys = tuple(dict.fromkeys((anchor.log_key, *(item.key for item in rotated))))
    own = LogName.EVIDENCE.origin(anchor.log_key.name) if anchor.evidence is None else anchor.evidence.origin
    return (*keys, *(VerifierKey(own, key.key) for key in keys))


def _history(path: Path) -> tuple[str, tuple[Tree, ...]]:
    """Read a checkpoint, and the entries with it where they are at hand: a log's folder, an evidence file, a note."""
    if path.is_dir():
        return text_of(path / CHECKPOINT), (tree_in(path),)
    raw = bytes_of(path)
    if not raw.startswith(b"{"):
        return text_of(path), ()
    held = parse_object(raw, where=str(path), limit=EVIDENCE_LIMIT).get("register")
    events = held.get("events") if isinstance(held, dict) else None
    if not isinstance(held, dict) or not isinstance(events, list):
        raise MalformedError(str(path), expected="an evidence file with a register", found="another document")
    return str(held.get("checkpoint")), (Tree.of(leaf_hash(canonicalize(event)) for event in events),)


def tree_in(folder: Path) -> Tree:
    """Build the tree over the entries in a log's folder.

    Raises:
        UnavailableError: a file is not there.
        MalformedError: a file is not what it must be.
    """
    source = Folder(folder)
    size = size_of(text_of(folder / CHECKPOINT))
    return Tree.of(map(leaf_hash, read_entries(source, size, since=0)))
