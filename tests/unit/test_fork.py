"""A proof that a log told two histories holds for anybody, and nothing else passes for one."""

from base64 import b64encode
from dataclasses import replace

import pytest

from registry.log.checkpoint import Checkpoint
from registry.log.fork import Forked, ForkProof, prove_fork
from registry.log.merkle import Tree, leaf_hash
from registry.log.note import VerifierKey
from support.keys import signer
from trust.errors import MalformedError, SignatureMismatchError

ORIGIN = "perseus.example/register"
LOG = signer("log", ed25519=True)
KEYS = (VerifierKey(ORIGIN, LOG.key), VerifierKey(f"{ORIGIN}/evidence", LOG.key))
ONE = Tree.of(leaf_hash(b"one %d" % number) for number in range(40))
OTHER = Tree.of(leaf_hash(b"other %d" % number) for number in range(40))


def note(size: int, tree: Tree = ONE, origin: str = ORIGIN) -> str:
    return Checkpoint(origin, size, tree.root_at(size)).sign(LOG)


def larger() -> ForkProof:
    return prove_fork(note(20), note(33, OTHER), keys=KEYS, trees=(OTHER,))


def test_two_roots_of_one_size_are_proof_enough() -> None:
    proof = prove_fork(note(7), note(7, OTHER), keys=KEYS)
    found = Forked(ORIGIN, 7, (ONE.root_at(7), OTHER.root_at(7)))
    assert ForkProof.parse(str(proof)).verify(KEYS) == found
    assert ForkProof.parse(str(proof)) == proof


@pytest.mark.parametrize("turned", [False, True])
def test_two_sizes_are_joined_by_the_entries_of_the_larger(turned: bool) -> None:  # noqa: FBT001 - a parameter
    notes = (note(20), note(33, OTHER))
    one, other = reversed(notes) if turned else notes
    proof = prove_fork(one, other, keys=KEYS, trees=(ONE, OTHER))
    assert ForkProof.parse(str(proof)).verify(KEYS).size == 20
    assert proof.hashes
    with pytest.raises(MalformedError, match="nothing that joins them"):
        prove_fork(one, other, keys=KEYS, trees=(ONE,))


def test_the_evidence_log_is_held_to_the_same() -> None:
    name = f"{ORIGIN}/evidence"
    proof = prove_fork(note(7, origin=name), note(7, OTHER, origin=name), keys=KEYS)
    assert proof.verify(KEYS).origin == name


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (note(7), note(7), "two roots of one size"),
        (note(7), note(9), "two roots of one size"),
        (note(0), note(0, OTHER), "two roots of one size"),
        (note(7), note(7, OTHER, origin=f"{ORIGIN}/evidence"), "two checkpoints of one log"),
        (note(7), Checkpoint(ORIGIN, 7, bytes(32)).sign(signer("x", ed25519=True)), "a signature by"),
    ],
)
def test_what_does_not_contradict_itself_is_no_proof(one: str, other: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        prove_fork(one, other, keys=KEYS, trees=(ONE, OTHER))


def test_a_proof_that_was_changed_holds_no_more() -> None:
    proof = larger()
    for changed in (
        replace(proof, root=ONE.root_at(20)),
        replace(proof, root=bytes(32)),
        replace(proof, hashes=proof.hashes[1:]),
        replace(proof, hashes=(*proof.hashes, bytes(32))),
        replace(proof, root=None, hashes=()),
        replace(proof, smaller=proof.larger, larger=proof.smaller),
        replace(proof, larger=note(33)),
    ):
        with pytest.raises(MalformedError):
            changed.verify(KEYS)
    with pytest.raises(SignatureMismatchError):
        replace(proof, smaller=proof.smaller.replace("\n20\n", "\n21\n")).verify(KEYS)
    with pytest.raises(MalformedError, match="the key of a log"):
        proof.verify(())


@pytest.mark.parametrize(
    "text",
    [
        "",
        str(larger()).replace("@v1", "@v2"),
        str(larger()).replace("root ", "roots "),
        str(larger()).replace("root ", "root =", 1),
        str(larger()).replace("root ", f"root {b64encode(bytes(31)).decode()}\n", 1),
        str(larger()).rpartition("\n\n")[0],
        str(larger()) + "\n\n",
        str(larger()) + "x" * 1_000_000,
    ],
    ids=range(8),
)
def test_what_is_no_proof_is_told_so(text: str) -> None:
    with pytest.raises(MalformedError, match="fork proof"):
        ForkProof.parse(text)
