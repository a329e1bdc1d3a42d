"""The tree of the log: roots, and the proofs that hold a log to its past."""

from hashlib import sha256

import pytest

from registry.log.merkle import (
    EMPTY_ROOT,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from trust.errors import MalformedError

LEAVES = [leaf_hash(bytes([number])) for number in range(20)]
TREE = Tree.of(LEAVES)


def root_by_definition(leaves: list[bytes]) -> bytes:
    """Compute a root as RFC 6962, section 2.1 defines it, with nothing kept."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(root_by_definition(leaves[:split]), root_by_definition(leaves[split:]))


def test_leaf_and_node_hashes_cannot_be_taken_for_each_other() -> None:
    left, right = LEAVES[:2]
    assert leaf_hash(b"") == sha256(b"\x00").digest()
    assert node_hash(left, right) != leaf_hash(left + right)


def test_the_root_of_every_size_is_the_one_that_the_standard_defines() -> None:
    assert [TREE.root_at(size) for size in range(21)] == [root_by_definition(LEAVES[:n]) for n in range(21)]


def test_a_tree_that_grew_entry_by_entry_is_the_tree_built_at_once() -> None:
    grown = Tree()
    for leaf in LEAVES:
        grown = grown.extended([leaf])
    assert grown == TREE
    assert grown.root == TREE.root


def test_a_tree_stays_as_it_is_when_another_grows_from_it() -> None:
    tree = Tree.of(LEAVES[:3])
    tree.extended(LEAVES[3:])
    assert (tree.size, tree.root) == (3, root_by_definition(LEAVES[:3]))


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert Tree().root == EMPTY_ROOT == sha256(b"").digest()


def test_every_leaf_proves_its_place_in_every_later_tree() -> None:
    for size in range(1, 21):
        for index in range(size):
            proof = TREE.inclusion(index, size=size)
            verify_inclusion(LEAVES[index], index=index, size=size, proof=proof, root=TREE.root_at(size))
            with pytest.raises(MalformedError):
                verify_inclusion(LEAVES[-1], index=index, size=size, proof=proof, root=EMPTY_ROOT)


def test_every_tree_proves_that_it_only_added_to_every_earlier_one() -> None:
    for size in range(1, 21):
        for older in range(size + 1):
            proof = TREE.consistency(older, size=size)
            root = TREE.root_at(size)
            verify_consistency(older, older_root=TREE.root_at(older), size=size, root=root, proof=proof)
            with pytest.raises(MalformedError):
                verify_consistency(older, older_root=leaf_hash(b"x"), size=size, root=root, proof=proof)


@pytest.mark.parametrize("size", [-1, 21])
def test_a_size_that_the_tree_never_had_is_refused(size: int) -> None:
    with pytest.raises(MalformedError, match="log position: expected 0 to 20"):
        TREE.root_at(size)


def test_a_leaf_outside_the_tree_cannot_be_proven() -> None:
    with pytest.raises(MalformedError, match="expected 0 to 4, found 5"):
        TREE.inclusion(5, size=5)


def test_a_place_beyond_the_tree_proves_nothing() -> None:
    with pytest.raises(MalformedError, match="an index below 2, found 2"):
        verify_inclusion(LEAVES[2], index=2, size=2, proof=[], root=TREE.root_at(2))
    with pytest.raises(MalformedError, match="an older size up to 2, found 3"):
        verify_consistency(3, older_root=TREE.root_at(3), size=2, root=TREE.root_at(2), proof=[])


def test_hashes_that_are_not_32_bytes_are_refused() -> None:
    with pytest.raises(MalformedError, match="hashes of 32 bytes, found 31 bytes"):
        verify_inclusion(LEAVES[0], index=0, size=2, proof=[bytes(31)], root=TREE.root_at(2))
    with pytest.raises(MalformedError, match="hashes of 32 bytes, found 0 bytes"):
        verify_consistency(0, older_root=b"", size=1, root=LEAVES[0], proof=[])


def test_a_proof_that_is_too_short_or_too_long_is_refused() -> None:
    proof = TREE.inclusion(3, size=8)
    for wrong in (proof[:-1], (*proof, bytes(32))):
        with pytest.raises(MalformedError, match="3 hashes"):
            verify_inclusion(LEAVES[3], index=3, size=8, proof=wrong, root=TREE.root_at(8))
