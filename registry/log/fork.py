"""Proofs that a log told two histories: two checkpoints that it signed, and what shows that they contradict.

w3id.org/perseus/fork-proof@v1
root BASE64           (where the sizes differ: the root that the larger log has at the smaller size)
BASE64                (the consistency proof from there to the larger checkpoint, a hash a line)

the smaller checkpoint as its log signed it

the larger one
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from registry.log.checkpoint import Checkpoint
from registry.log.merkle import HASH_SIZE, Tree, verify_consistency
from registry.log.note import VerifierKey
from trust.errors import MalformedError

_HEADER = "w3id.org/perseus/fork-proof@v1"
_PARTS = 5
_LARGEST = 1_000_000


class Forked(NamedTuple):
    """What a proof shows: the log, the size at which it has two roots, and the two."""

    origin: str
    size: int
    roots: tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class ForkProof:
    """Two signed checkpoints, the smaller first; `root` is what the larger log has at the smaller size."""

    smaller: str
    larger: str
    root: bytes | None = None
    hashes: tuple[bytes, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a fork proof.

        Raises:
            MalformedError: a part is missing, or not what its place demands.
        """
        parts = text.split("\n\n")
        header, *lines = parts[0].split("\n")
        if len(text) > _LARGEST or header != _HEADER or len(parts) != _PARTS:
            raise MalformedError("fork proof", expected=_HEADER, found=ascii(header[:60]))
        if lines and not lines[0].startswith("root "):
            raise MalformedError("fork proof", expected="a line root BASE64", found=ascii(lines[0][:60]))
        found = [_hash(line) for line in (lines[0].removeprefix("root "), *lines[1:])] if lines else []
        smaller, larger = f"{parts[1]}\n\n{parts[2]}\n", f"{parts[3]}\n\n{parts[4]}"
        return cls(smaller, larger, found[0] if found else None, tuple(found[1:]))

    def __str__(self) -> str:
        """Write the proof, so that anybody can check it."""
        lines = [_HEADER]
        if self.root is not None:
            lines += [f"root {_base64(self.root)}", *map(_base64, self.hashes)]
        return "\n\n".join(["\n".join(lines), self.smaller.removesuffix("\n"), self.larger])

    def verify(self, keys: Sequence[VerifierKey]) -> Forked:
        """Check that the log signed both, and that no log that only grew has both.

        Raises:
            MalformedError: one is not signed by a key of the log, or they do not contradict each other.
            SignatureMismatchError: a signature does not fit.
        """
        smaller, larger = _opened(self.smaller, keys), _opened(self.larger, keys)
        if smaller.origin != larger.origin:
            found = f"{smaller.origin} and {larger.origin}"
            raise MalformedError("fork proof", expected="two checkpoints of one log", found=found)
        other = larger.root if self.root is None else self.root
        if self.root is None and smaller.size != larger.size:
            found = f"sizes {smaller.size} and {larger.size}, and nothing that joins them"
            raise MalformedError("fork proof", expected="one size, or the entries of the larger", found=found)
        if self.root is not None:
            verify_consistency(
                smaller.size,
                older_root=self.root,
                size=larger.size,
                root=larger.root,
                proof=self.hashes,
            )
        if smaller.root == other or smaller.size == 0:
            found = f"the root {smaller.root.hex()} at size {smaller.size} in both"
            raise MalformedError("fork proof", expected="two roots of one size", found=found)
        return Forked(smaller.origin, smaller.size, (smaller.root, other))


def prove_fork(one: str, other: str, *, keys: Sequence[VerifierKey], trees: Sequence[Tree] = ()) -> ForkProof:
    """Prove from two signed checkpoints that their log told two histories; `trees` are those at hand.

    Raises:
        MalformedError: they do not prove it, and why.
        SignatureMismatchError: a signature does not fit.
    """
    first, second = _opened(one, keys), _opened(other, keys)
    (smaller, _), (larger, later) = sorted(((one, first), (other, second)), key=lambda pair: pair[1].size)
    size = min(first.size, second.size)
    proof = ForkProof(smaller, larger)
    tree = next((tree for tree in trees if _is(tree, later)), None)
    if first.size != second.size and tree is not None:
        older, joined = tree.root_at(size), tree.consistency(size, size=later.size)
        proof = ForkProof(smaller, larger, older, joined)
    proof.verify(keys)
    return proof


def _is(tree: Tree, checkpoint: Checkpoint) -> bool:
    """Tell whether the tree, or its beginning, is what a checkpoint is about."""
    return tree.size >= checkpoint.size and tree.root_at(checkpoint.size) == checkpoint.root


def _opened(note: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Open a checkpoint by the first of the keys that has a line under it."""
    problem: MalformedError | None = None
    for key in keys:
        try:
            return Checkpoint.open(note, key=key)
        except MalformedError as error:
            problem = problem or error
    raise problem or MalformedError("fork proof", expected="the key of a log", found="none")


def _hash(line: str) -> bytes:
    try:
        content = b64decode(line, validate=True)
    except ValueError as error:
        raise MalformedError("fork proof", expected="base64", found=ascii(line[:60])) from error
    if len(content) != HASH_SIZE or _base64(content) != line:
        raise MalformedError("fork proof", expected="hashes of 32 bytes", found=ascii(line[:60]))
    return content


def _base64(content: bytes) -> str:
    return b64encode(content).decode()
