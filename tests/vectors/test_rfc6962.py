"""Inclusion and consistency proofs of transparency-dev/merkle, and a whole log of transparency-dev/tessera."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.log.checkpoint import Checkpoint
from registry.log.merkle import Tree, leaf_hash, verify_consistency, verify_inclusion
from registry.log.note import VerifierKey
from trust.errors import MalformedError

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors"
PROOFS = VECTORS / "rfc6962-merkle"
TESTLOG = VECTORS / "tessera-testlog" / "log"
LOG_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
WHY = "the published vectors are not beside this repository (../shared/vectors)"
needs_proofs = pytest.mark.skipif(not PROOFS.exists(), reason=WHY)
needs_testlog = pytest.mark.skipif(not TESTLOG.exists(), reason=WHY)

STRICTER = frozenset({"sizes-are-equal-one-and-proof-is-empty"})
"""Accepted there although its roots are texts of 12 bytes; a hash that has not 32 bytes is refused here."""


def proofs(kind: str) -> list[Any]:
    found = sorted((PROOFS / kind).rglob("*.json")) or [PROOFS]
    return [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in found]


def hashes(values: list[str] | None) -> list[bytes]:
    return [b64decode(value) for value in values or ()]


def judged(vector: dict[str, Any], kind: str) -> bool:
    """Tell whether the proof of a vector is accepted."""
    proof, root = hashes(vector["proof"]), b64decode(vector.get("root") or vector.get("root2") or "")
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


@needs_proofs
def test_the_vectors_are_all_there() -> None:
    assert len(proofs("inclusion")) > 90
    assert len(proofs("consistency")) > 90


def entries_of(bundle: bytes) -> Iterator[bytes]:
    """Take the entries out of a bundle: each after its length in two bytes (C2SP tlog-tiles)."""
    while bundle:
        length = int.from_bytes(bundle[:2])
        yield bundle[2 : 2 + length]
        bundle = bundle[2 + length :]


@needs_testlog
@pytest.mark.parametrize("size", [8, 12, 15])
def test_the_root_of_a_real_log_is_the_one_that_its_checkpoint_signs(size: int) -> None:
    bundle = (TESTLOG / "tile" / "entries" / "000.p" / str(size)).read_bytes()
    note = (TESTLOG / f"checkpoint.{size}").read_text()
    checkpoint = Checkpoint.open(note, key=VerifierKey.parse(LOG_KEY))
    tree = Tree.of(map(leaf_hash, entries_of(bundle)))
    assert (checkpoint.origin, checkpoint.size) == ("example.com/log/testdata", size)
    assert (tree.size, tree.root) == (checkpoint.size, checkpoint.root)


@needs_testlog
def test_the_checkpoint_of_an_empty_log_has_the_hash_of_nothing() -> None:
    note = (TESTLOG / "checkpoint.0").read_text()
    assert Checkpoint.open(note, key=VerifierKey.parse(LOG_KEY)).root == Tree().root
