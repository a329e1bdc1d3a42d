"""The Merkle tree of the log: its root at every size, and the proofs between them (RFC 6962, section 2.1).

Leaf = SHA-256(0x00 || entry), node = SHA-256(0x01 || left || right). The tree keeps every complete subtree, so
that any earlier root costs a logarithm, and growing by one entry costs two hashes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import starmap
from typing import Protocol, Self

from trust.errors import MalformedError

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash one entry as it is stored (RFC 6962, section 2.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two neighbouring subtrees into the one above them (RFC 6962, section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


class Proving(Protocol):
    """Whatever can give the hashes of complete subtrees proves from them; a tree in memory, or one in tiles."""

    __slots__ = ()

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        ...

    def node(self, height: int, index: int) -> bytes:
        """Give the hash over the 2^height leaves from index * 2^height."""
        ...

    @property
    def root(self) -> bytes:
        """The root over all leaves."""
        return self.root_at(self.size)

    def root_at(self, size: int) -> bytes:
        """Give the root over the first `size` leaves (RFC 6962, section 2.1).

        Raises:
            MalformedError: the tree has fewer leaves.
        """
        self._demand(size, at_most=self.size)
        return self._range(0, size)

    def inclusion(self, index: int, *, size: int) -> tuple[bytes, ...]:
        """Prove that the leaf `index` stands in the tree of this size (RFC 6962, section 2.1.1).

        Raises:
            MalformedError: the leaf or the size is not in the tree.
        """
        self._demand(size, at_most=self.size)
        self._demand(index, at_most=size - 1)
        return self._path(index, 0, size)

    def consistency(self, older: int, *, size: int) -> tuple[bytes, ...]:
        """Prove that the tree of this size only added to the older one (RFC 6962, section 2.1.2).

        Raises:
            MalformedError: a size is not in the tree, or the older one is the larger.
        """
        self._demand(size, at_most=self.size)
        self._demand(older, at_most=size)
        return self._subproof(older, 0, size, known=True) if older else ()

    def _range(self, start: int, end: int) -> bytes:
        """Hash the leaves from start to end; start is a multiple of the largest power of two that fits."""
        width = end - start
        if width == 0:
            return EMPTY_ROOT
        if width & (width - 1) == 0:
            return self.node(width.bit_length() - 1, start // width)
        middle = start + _split(width)
        return node_hash(self._range(start, middle), self._range(middle, end))

    def _path(self, index: int, start: int, end: int) -> tuple[bytes, ...]:
        if end - start == 1:
            return ()
        middle = start + _split(end - start)
        if index < middle:
            return (*self._path(index, start, middle), self._range(middle, end))
        return (*self._path(index, middle, end), self._range(start, middle))

    def _subproof(self, older: int, start: int, end: int, *, known: bool) -> tuple[bytes, ...]:
        if older == end:
            return () if known else (self._range(start, end),)
        middle = start + _split(end - start)
        if older <= middle:
            return (*self._subproof(older, start, middle, known=known), self._range(middle, end))
        return (*self._subproof(older, middle, end, known=False), self._range(start, middle))

    def _demand(self, number: int, *, at_most: int) -> None:
        if not 0 <= number <= at_most:
            raise MalformedError("log position", expected=f"0 to {at_most}", found=str(number))


@dataclass(frozen=True, slots=True)
class Tree(Proving):
    """The hashes of all complete subtrees in memory: `levels[k][i]` covers the 2^k leaves from i * 2^k."""

    levels: tuple[tuple[bytes, ...], ...] = ((),)

    @classmethod
    def of(cls, leaves: Iterable[bytes]) -> Self:
        """Build the tree over these leaf hashes."""
        return cls().extended(leaves)

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return len(self.levels[0])

    def node(self, height: int, index: int) -> bytes:
        """Give the hash over the 2^height leaves from index * 2^height."""
        return self.levels[height][index]

    def extended(self, leaves: Iterable[bytes]) -> Self:
        """Give the tree with these leaf hashes added; this one stays as it is."""
        levels = [(*self.levels[0], *leaves)]
        while len(below := levels[-1]) > 1:
            held = self.levels[len(levels)] if len(levels) < len(self.levels) else ()
            pairs = zip(below[2 * len(held) :: 2], below[2 * len(held) + 1 :: 2], strict=False)
            levels.append((*held, *starmap(node_hash, pairs)))
        return type(self)(tuple(levels))


def root_of_inclusion(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Compute the root that an inclusion proof leads to (RFC 9162, section 2.1.3.2).

    Raises:
        MalformedError: the proof has another length than this index and size need, or no hashes of 32 bytes.
    """
    _demand_hashes([leaf, *proof])
    if not 0 <= index < size:
        raise MalformedError("inclusion proof", expected=f"an index below {size}", found=str(index))
    inner = (index ^ (size - 1)).bit_length()
    _demand_length(proof, inner + (index >> inner).bit_count(), "inclusion proof")
    return _climb_right(_climb(leaf, index, proof[:inner]), proof[inner:])


def verify_inclusion(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf stands under this root (RFC 9162, section 2.1.3.2).

    Raises:
        MalformedError: the proof has another shape, or leads to another root.
    """
    _demand_root(root_of_inclusion(leaf, index=index, size=size, proof=proof), root)


def verify_consistency(
    older: int, *, older_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that one tree only added to another (RFC 9162, section 2.1.4.2).

    Raises:
        MalformedError: the proof has another shape, or leads to another root.
    """
    _demand_hashes([older_root, root, *proof])
    if not 0 <= older <= size:
        raise MalformedError("consistency proof", expected=f"an older size up to {size}", found=str(older))
    if older in {0, size}:
        _demand_length(proof, 0, "consistency proof")
        _demand_root(older_root, root if older else EMPTY_ROOT)
        _demand_root(root, root if size else EMPTY_ROOT)
        return
    shift = (older & -older).bit_length() - 1
    start, rest = (older_root, proof) if older == 1 << shift else (proof[0] if proof else b"", proof[1:])
    inner = ((older - 1) ^ (size - 1)).bit_length() - shift
    mask = (older - 1) >> shift
    _demand_length(rest, inner + (mask >> inner).bit_count(), "consistency proof")
    below = _climb_left(start, mask, rest[:inner])
    _demand_root(_climb_right(below, rest[inner:]), older_root)
    _demand_root(_climb_right(_climb(start, mask, rest[:inner]), rest[inner:]), root)


def _split(width: int) -> int:
    """Give the largest power of two below the width."""
    return 1 << ((width - 1).bit_length() - 1)


def _climb(seed: bytes, index: int, proof: Sequence[bytes]) -> bytes:
    for height, sibling in enumerate(proof):
        right = index >> height & 1
        seed = node_hash(sibling, seed) if right else node_hash(seed, sibling)
    return seed


def _climb_left(seed: bytes, index: int, proof: Sequence[bytes]) -> bytes:
    """Climb over the left neighbours only: the older tree has nothing to the right of its last leaf."""
    for height, sibling in enumerate(proof):
        seed = node_hash(sibling, seed) if index >> height & 1 else seed
    return seed


def _climb_right(seed: bytes, proof: Sequence[bytes]) -> bytes:
    for sibling in proof:
        seed = node_hash(sibling, seed)
    return seed


def _demand_length(proof: Sequence[bytes], length: int, where: str) -> None:
    if len(proof) != length:
        raise MalformedError(where, expected=f"{length} hashes", found=f"{len(proof)}")


def _demand_hashes(hashes: Iterable[bytes]) -> None:
    for item in hashes:
        if len(item) != HASH_SIZE:
            raise MalformedError("proof", expected="hashes of 32 bytes", found=f"{len(item)} bytes")


def _demand_root(computed: bytes, root: bytes) -> None:
    if computed != root:
        raise MalformedError(
            "proof", expected=f"the root {root.hex()}", found=computed.hex(), code="register.forked"
        )
