"""Proofs made from, and checked against, the files that a verifier has: forks, and entries in their places."""

from pathlib import Path

from perseus.copies.chosen import bytes_of, text_of
from perseus.copies.folder import read_entries, size_of
from perseus.copies.source import CHECKPOINT, Folder
from perseus.log.names import keys_of
from registry.anchor import Anchor
from registry.log.fork import Forked, ForkProof, prove_fork
from registry.log.merkle import Tree, leaf_hash
from registry.log.proof import InclusionProof, Proven
from trust.canonical import EVIDENCE_LIMIT, canonicalize, parse_object
from trust.errors import MalformedError


def fork_of(one: Path, other: Path | None, anchor: Anchor) -> ForkProof:
    """Make a proof from what two files or folders hold, or read the one that is given.

    Raises:
        UnavailableError: a file cannot be read.
        MalformedError: they do not prove anything.
        SignatureMismatchError: a signature does not fit.
    """
    if other is None:
        return ForkProof.parse(text_of(one))
    (first, trees), (second, others) = _history(one), _history(other)
    return prove_fork(first, second, keys=keys_of(anchor.log_key), trees=(*trees, *others))


def forked(proof: ForkProof, anchor: Anchor) -> Forked:
    """Check a proof with the keys that the anchor names.

    Raises:
        MalformedError: it does not prove anything.
        SignatureMismatchError: a signature does not fit.
    """
    return proof.verify(keys_of(anchor.log_key))


def proven(proof: InclusionProof, entry: bytes, anchor: Anchor) -> Proven:
    """Check that an entry stands in the scheme's members log, or in its evidence log.

    Raises:
        MalformedError: the proof leads elsewhere, is of another log, or lacks the quorum.
        SignatureMismatchError: a signature of the log or of a known witness does not fit.
    """
    origin = proof.checkpoint.partition("\n")[0]
    key = next((key for key in keys_of(anchor.log_key) if key.name == origin), anchor.log_key)
    return proof.verify(leaf_hash(entry), key=key, policy=anchor.policy)


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
