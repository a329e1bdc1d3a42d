"""The small tree over what a member committed to in one interval: of one size, however much or little that was.

A leaf is SHA-256(salt || digest), which tells nothing without the salt; the rest is filler from one secret, which looks
the same. The leaves stand in the order of their own bytes, so that a place tells neither when nor how much.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from registry.log.merkle import HASH_SIZE, Tree, leaf_hash
from trust.digest import Digest
from trust.errors import MalformedError

LEAVES = 1_024
"""How many leaves every batch has: what is more waits for the next interval."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a leaf stands in its batch, and the hashes from it to the root."""

    index: int
    path: tuple[bytes, ...]


def seal(digest: Digest, *, salt: bytes) -> bytes:
    """Commit to a digest so that nobody recognises it without the salt.

    Raises:
        MalformedError: the salt has not 32 bytes.
    """
    if len(salt) != HASH_SIZE:
        raise MalformedError("salt", expected="32 bytes", found=f"{len(salt)}")
    return sha256(salt + digest.value).digest()


@dataclass(frozen=True, slots=True, eq=False)
class SealedBatch:
    """The leaves of one interval, filled up to their fixed number, and the tree over them."""

    leaves: tuple[bytes, ...]
    tree: Tree

    @classmethod
    def of(cls, leaves: Iterable[bytes], *, filler: bytes) -> Self:
        """Put sealed digests into a batch; `filler` is fresh, random and kept as secret as a salt.

        Raises:
            MalformedError: there are more leaves than a batch holds, one twice, or the filler has not 32 bytes.
        """
        given = tuple(leaves)
        if len(filler) != HASH_SIZE:
            raise MalformedError("filler", expected="32 bytes", found=f"{len(filler)}")
        if len(given) > LEAVES or len(set(given)) != len(given):
            raise MalformedError(
                "batch", expected=f"at most {LEAVES} leaves, each once", found=str(len(given))
            )
        rest = [sha256(filler + number.to_bytes(4)).digest() for number in range(len(given), LEAVES)]
        placed = tuple(sorted((*given, *rest)))
        return cls(placed, Tree.of(map(leaf_hash, placed)))

    @property
    def root(self) -> bytes:
        """The 32 bytes that are published."""
        return self.tree.root

    def place(self, leaf: bytes) -> Place:
        """Find a leaf, and the hashes from it to the root.

        Raises:
            MalformedError: the batch has no such leaf.
        """
        index = bisect_left(self.leaves, leaf)
        if self.leaves[index : index + 1] != (leaf,):
            raise MalformedError("batch", expected="one of its leaves", found="another")
        return Place(index, self.tree.inclusion(index, size=LEAVES))
