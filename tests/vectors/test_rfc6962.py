"""Inclusion and consistency proofs of transparency-dev/merkle, and a whole log of transparency-dev/tessera."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from registry.log.checkpoint import Checkpoint
from registry.log.merkle import Tree, leaf_hash, verify_consistency, verify_inclusion
from registry.log.note import VerifierKey
from registry.log.tiled import TiledTree
from registry.log.tiles import Tile, hashes, read_bundle, tiles_of
from registry.log.tiles import bundle as write_bundle
from trust.errors import MalformedError

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors"
PROOFS = VECTORS / "rfc6962-merkle"
TESTLOG = VECTORS / "tessera-testlog" / "log"
LOG = "example.com/log/testdata"
LOG_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
WHY = "the published vectors are not beside this repository (../shared/vectors)"
needs_proofs = pytest.mark.skipif(not PROOFS.exists(), reason=WHY)
needs_testlog = pytest.mark.skipif(not TESTLOG.exists(), reason=WHY)

STRICTER = frozenset(
    {
        "sizes-are-equal-one-and-proof-is-empty",
        "subtree-is-empty-sizes-are-equal-zero-subtree-root-valid-tree-root-random-proof-is-empty",
    }
)
"""Accepted there although roots are texts of 12 bytes, or an empty tree has the root of something."""


def proofs(kind: str) -> list[Any]:
    found = sorted((PROOFS / kind).rglob("*.json")) or [PROOFS]
    return [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in found]


def decoded(values: list[str] | None) -> list[bytes]:
    return [b64decode(value) for value in values or ()]


def judged(vector: dict[str, Any], kind: str) -> bool:
    """Tell whether the proof of a vector is accepted."""
    proof, root = decoded(vector["proof"]), b64decode(vector.get("root") or vector.get("root2") or "")
    try:
        if kind == "inclusion":
            leaf, index, size = b64decode(vector["leafHash"]), vector["leafIdx"], vector["treeSize"]
            verify_inclusion(leaf, index=index, size=size, proof=proof, root=root)
        else:
            older, size = vector["size1"], vector["size2"]
            verify_consistency(
                older, older_root=b64decode(vector["root1"]), size=size, root=root, proof=proof
            )
    except MalformedError:
        return False
    return True


@needs_proofs
@pytest.mark.parametrize("path", proofs("inclusion"))
def test_an_inclusion_proof_is_judged_as_published(path: Path) -> None:
    vector = json.loads(path.read_text())
    assert judged(vector, "inclusion") is not vector["wantErr"]


@needs_proofs
@pytest.mark.parametrize("path", proofs("consistency"))
def test_a_consistency_proof_is_judged_as_published(path: Path) -> None:
    vector = json.loads(path.read_text())
    assert judged(vector, "consistency") is not (vector["wantErr"] or path.stem in STRICTER)


def aligned(start: int, end: int) -> bool:
    """Tell whether a run of leaves is a subtree: it begins at a multiple of the power of two that holds it."""
    return 0 <= start < end and start % (1 << (end - start - 1).bit_length()) == 0


@needs_proofs
@pytest.mark.parametrize("path", proofs("subtreeinclusion"))
def test_a_leafs_place_in_a_subtree_is_judged_as_published(path: Path) -> None:
    vector = json.loads(path.read_text())
    start, end = vector["start"], vector["end"]
    inner = {**vector, "leafIdx": vector["leafIdx"] - start, "treeSize": end - start}
    assert (aligned(start, end) and judged(inner, "inclusion")) is not vector["wantErr"]


@needs_proofs
@pytest.mark.parametrize("path", proofs("subtreeconsistency"))
def test_a_subtree_from_the_first_leaf_is_judged_as_an_earlier_tree(path: Path) -> None:
    """Those that begin later are of a draft that no log of ours speaks; they are named in the README."""
    vector = json.loads(path.read_text())
    as_tree = {**vector, "size1": vector["end"], "size2": vector["size"]}
    holds = vector["start"] == 0 and judged(as_tree, "consistency")
    assert holds is not (vector["wantErr"] or path.stem in STRICTER) or vector["start"] > 0


@needs_proofs
def test_the_vectors_are_all_there() -> None:
    counts = {kind: len(proofs(kind)) for kind in ("inclusion", "consistency")}
    assert counts == {"inclusion": 98, "consistency": 98}
    assert (len(proofs("subtreeinclusion")), len(proofs("subtreeconsistency"))) == (204, 118)


def opened(size: int) -> Checkpoint:
    return Checkpoint.open((TESTLOG / f"checkpoint.{size}").read_text(), key=VerifierKey.parse(LOG_KEY))


def tile_read(tile: Tile) -> bytes:
    return (TESTLOG / str(tile)).read_bytes()


@needs_testlog
@pytest.mark.parametrize("size", range(1, 16))
def test_a_real_logs_tiles_and_bundles_lead_to_the_root_that_it_signed(size: int) -> None:
    checkpoint = opened(size)
    (bundle,) = [tile for tile in tiles_of(size) if tile.level is None]
    entries = read_bundle(tile_read(bundle), bundle)
    tree = Tree.of(map(leaf_hash, entries))
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (LOG, tree.size, tree.root)
    assert write_bundle(entries) == tile_read(bundle)
    for tile in tiles_of(size):
        assert tile.level is None or hashes(tree, tile) == tile_read(tile)
    assert TiledTree(size, tile_read).root == checkpoint.root


@needs_testlog
@pytest.mark.parametrize("size", range(1, 16))
def test_proofs_out_of_a_real_logs_tiles_hold_under_its_signed_roots(size: int) -> None:
    root, tree = opened(size).root, TiledTree(size, tile_read)
    for index in range(size):
        proof = tree.inclusion(index, size=size)
        verify_inclusion(tree.node(0, index), index=index, size=size, proof=proof, root=root)
    for older in range(1, size + 1):
        proof = tree.consistency(older, size=size)
        verify_consistency(older, older_root=opened(older).root, size=size, root=root, proof=proof)
        assert tree.root_at(older) == opened(older).root


@needs_testlog
def test_the_checkpoint_of_an_empty_log_has_the_hash_of_nothing() -> None:
    assert opened(0).root == Tree().root
    assert list(tiles_of(0)) == []


@needs_testlog
def test_the_newest_checkpoint_of_the_real_log_is_one_of_those_by_size() -> None:
    note = (TESTLOG / "checkpoint").read_text()
    assert Checkpoint.open(note, key=VerifierKey.parse(LOG_KEY)).size in range(16)
