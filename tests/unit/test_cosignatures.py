"""Cosignatures, quorums of witnesses as policy files, and proofs that carry both."""

from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import WitnessKey, cosign, cosigned_at
from registry.log.merkle import Tree, leaf_hash
from registry.log.note import Note, NoteSignature, VerifierKey
from registry.log.proof import InclusionProof
from registry.log.quorum import WitnessPolicy
from support.keys import signer
from trust.errors import MalformedError, SignatureMismatchError
from trust.keys import Algorithm, PrivateKey

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
ORIGIN = "perseus.example/register"
LOG = signer("log", ed25519=True)
SIGNERS = {name: signer(name, ed25519=True) for name in ("x1", "x2", "x3", "y1", "y2")}
KEYS = {name: WitnessKey(f"witness.example/{name}", one.key) for name, one in SIGNERS.items()}
TREE = Tree.of(map(leaf_hash, [b"one", b"two", b"three"]))
NOTE = Note(Checkpoint(ORIGIN, 3, TREE.root).text).signed(name=ORIGIN, signer=LOG)
POLICY = f"""# Two of X and any of Y, each of another firm.
log {VerifierKey(ORIGIN, LOG.key)} https://perseus.example/log

witness x1 {KEYS["x1"]} https://x1.example/
witness\tx2 {KEYS["x2"]}
  witness x3 {KEYS["x3"]}
group X 2 x1 x2 x3
witness y1 {KEYS["y1"]}
witness y2 {KEYS["y2"]}
group Y any y1 y2
group both all X Y
quorum both
"""


def cosigned(*names: str, note: Note = NOTE, late: int = 0) -> Note:
    """Have witnesses cosign, each a minute after the one before."""
    lines = [
        cosign(note.text, name=KEYS[name].name, signer=SIGNERS[name], at=AT + timedelta(minutes=place + late))
        for place, name in enumerate(names)
    ]
    return replace(note, signatures=(*note.signatures, *lines))


def test_a_cosignature_has_the_bytes_that_the_specification_lays_out() -> None:
    secret = bytes(range(32))
    key = PrivateKey.from_secret(Algorithm.ED25519, secret)
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    line = cosign(
        text, name="witness.example.com/w1", signer=key, at=datetime.fromtimestamp(1_679_315_147, UTC)
    )
    assert line.value[:8] == (1_679_315_147).to_bytes(8)
    key.key.verify(line.value[8:], f"cosignature/v1\ntime 1679315147\n{text}".encode())
    assert b64decode(str(line).rpartition(" ")[2])[:4] == line.id
    assert str(WitnessKey("w", key.key)).split("+")[2].startswith("BA")  # type 0x04, then the key


def test_a_cosignature_tells_its_time_the_earliest_where_there_are_two() -> None:
    note = cosigned("x1", note=cosigned("x1", late=9))
    assert cosigned_at(note, KEYS["x1"]) == AT
    assert cosigned_at(note, KEYS["x2"]) is None


@pytest.mark.parametrize("change", ["text", "time", "bit"])
def test_a_cosignature_over_anything_else_rejects_the_note(change: str) -> None:
    note = cosigned("x1")
    line = note.signatures[-1]
    value = bytearray(line.value)
    value[7 if change == "time" else 40] ^= change != "text"
    text = Checkpoint(ORIGIN, 4, TREE.root).text if change == "text" else note.text
    with pytest.raises(SignatureMismatchError):
        cosigned_at(Note(text, (replace(line, value=bytes(value)),)), KEYS["x1"])


@pytest.mark.parametrize(
    ("value", "reason"),
    [(bytes(71), "expected 72 bytes, found 71"), (b"\xff" * 72, "a time before the year 9999")],
)
def test_a_cosignature_of_another_shape_is_refused(value: bytes, reason: str) -> None:
    line = NoteSignature(KEYS["x1"].name, KEYS["x1"].id, value)
    with pytest.raises(MalformedError, match=reason):
        cosigned_at(Note(NOTE.text, (line,)), KEYS["x1"])


def test_a_logs_own_line_is_no_cosignature_and_a_cosignature_none_of_the_log() -> None:
    same_key = WitnessKey(ORIGIN, LOG.key)
    assert cosigned_at(NOTE, same_key) is None
    note = Note(NOTE.text, (cosign(NOTE.text, name=ORIGIN, signer=LOG, at=AT),))
    with pytest.raises(MalformedError, match=f"a signature by {ORIGIN}"):
        note.verify(VerifierKey(ORIGIN, LOG.key))


@pytest.mark.parametrize(
    ("names", "holds"),
    [
        ((), False),
        (("x1", "x2"), False),
        (("x1", "y1"), False),
        (("y1", "y2"), False),
        (("x1", "x2", "y2"), True),
        (("x3", "x2", "y1"), True),
        (("x1", "x2", "x3", "y1", "y2"), True),
    ],
)
def test_nested_groups_are_counted_as_the_policy_says(names: tuple[str, ...], *, holds: bool) -> None:
    found = WitnessPolicy.parse(POLICY).witnessed(cosigned(*names))
    assert (found is not None) is holds
    assert found is None or set(found.names) == set(names)


def test_the_time_of_a_quorum_is_what_one_honest_witness_of_it_vouches_for() -> None:
    policy = WitnessPolicy.of(2, [KEYS[name] for name in ("x1", "x2", "x3")])
    found = policy.witnessed(cosigned("x1", "x2", "x3"))
    assert found is not None
    assert (found.since, found.by) == (AT + timedelta(minutes=1), AT + timedelta(minutes=1))
    pair = policy.witnessed(cosigned("x1", "x3"))
    assert pair is not None
    assert (pair.since, pair.by) == (AT, AT + timedelta(minutes=1))


def test_a_policy_is_written_as_it_is_read() -> None:
    policy = WitnessPolicy.parse(POLICY)
    again = WitnessPolicy.parse(str(policy))
    assert (again.quorum, again.witnesses, again.groups, again.logs) == (
        policy.quorum,
        policy.witnesses,
        policy.groups,
        policy.logs,
    )
    assert list(policy.logs.values()) == ["https://perseus.example/log"]
    assert policy.witnesses["x1"].url == "https://x1.example/"


def test_a_quorum_of_none_demands_nobody() -> None:
    assert WitnessPolicy.parse("quorum none\n").witnessed(NOTE) is None
    assert WitnessPolicy.of(0, list(KEYS.values())).quorum == "none"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("quorum both", ""), "one line quorum, found none"),
        (("quorum both", "quorum both\nquorum both"), "one line quorum, found two"),
        (("quorum both", "quorum nobody"), "a witness or a group named above"),
        (("group X 2", "group X 0"), "any, all, or 1 to 3"),
        (("group X 2", "group X 4"), "any, all, or 1 to 3"),
        (("group X 2", "group X 02"), "any, all, or 1 to 3"),
        (("group X 2 x1 x2 x3", "group X 2 x1 x1 x3"), "every name in one group only"),
        (("group Y any y1 y2", "group Y any y1 x1"), "every name in one group only"),
        (("group X 2 x1 x2 x3", "group X 2 x1 x2 Y"), "members named above"),
        (("group X 2 x1 x2 x3", "group X 2"), "log, witness, group or quorum"),
        (("witness y1", "witness x1"), "a new name"),
        (("witness y1", "witness none"), "a new name"),
        (("group Y any", "group x1 any"), "a new name"),
        (("# Two", "#\x01Two"), "no control characters"),
        (("log ", "logs "), "log, witness, group or quorum"),
        ((str(KEYS["y1"]), str(KEYS["x1"])), "every key once"),
        ((str(KEYS["y1"]), str(VerifierKey("y1", SIGNERS["y1"].key))), "of an Ed25519 key, found type 01"),
        (("\nquorum", "\n" * 1_000 + "quorum"), "at most 1000 lines"),
    ],
)
def test_a_policy_of_another_shape_is_refused_by_its_line(change: tuple[str, str], reason: str) -> None:
    with pytest.raises(MalformedError, match=reason):
        WitnessPolicy.parse(POLICY.replace(*change))


def test_a_log_stands_once_in_a_policy() -> None:
    line = POLICY.splitlines()[1]
    with pytest.raises(MalformedError, match="line 3: log: expected every key once"):
        WitnessPolicy.parse(POLICY.replace(line, f"{line}\n{line}"))


KEY = VerifierKey(ORIGIN, LOG.key)
TWO = WitnessPolicy.of(2, [KEYS["x1"], KEYS["x2"], KEYS["x3"]])
PROOF = InclusionProof(1, TREE.inclusion(1, size=3), str(cosigned("x1", "x3")), b"extra bytes")


def test_a_proof_is_read_as_it_is_written_and_holds() -> None:
    again = InclusionProof.parse(str(PROOF))
    assert again == PROOF
    proven = again.verify(TREE.node(0, 1), key=KEY, policy=TWO)
    assert (proven.checkpoint.size, proven.checkpoint.root) == (3, TREE.root)
    assert proven.witnessed is not None
    assert proven.witnessed.by == AT + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"index": 0}, "register.forked"),
        ({"index": 3}, "format.unparseable"),
        ({"hashes": ()}, "format.unparseable"),
        ({"hashes": PROOF.hashes[::-1]}, "register.forked"),
        ({"hashes": (*PROOF.hashes, bytes(32))}, "format.unparseable"),
        ({"checkpoint": str(cosigned("x1"))}, "register.unwitnessed"),
        ({"checkpoint": str(cosigned("x1", "y1", "y2"))}, "register.unwitnessed"),
        ({"checkpoint": str(cosigned("x1", "x2", note=replace(NOTE, signatures=())))}, "format.unparseable"),
    ],
)
def test_a_proof_that_leads_elsewhere_is_refused(changes: dict[str, object], code: str) -> None:
    wrong = replace(PROOF, **changes)  # type: ignore[arg-type]  # the changes are those of the table above
    with pytest.raises(MalformedError) as refusal:
        wrong.verify(TREE.node(0, 1), key=KEY, policy=TWO)
    assert refusal.value.code == code


def test_a_proof_of_another_log_by_the_same_key_is_refused() -> None:
    other = Checkpoint(f"{ORIGIN}/evidence", 3, TREE.root)
    note = str(Note(other.text).signed(name=ORIGIN, signer=LOG))
    with pytest.raises(MalformedError, match=f"the log {ORIGIN}"):
        replace(PROOF, checkpoint=note).verify(TREE.node(0, 1), key=KEY, policy=WitnessPolicy())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("@v1", "@v2"), "c2sp.org/tlog-proof@v1"),
        (("index 1", "index 01"), "index NUMBER"),
        (("index 1", "index -1"), "index NUMBER"),
        (("index 1\n", ""), "index NUMBER"),
        (("extra ", "extra !"), "base64"),
        ((b64encode(PROOF.hashes[0]).decode(), "AAAA"), "hashes of 32 bytes, found 3 bytes"),
        (("\n\n", "\n"), "c2sp.org/tlog-proof@v1"),
        (("index 1", "index 1" + "\n" + "x" * 1_000_000), "at most 1 MB"),
    ],
)
def test_a_proof_of_another_shape_is_refused(change: tuple[str, str], reason: str) -> None:
    with pytest.raises(MalformedError, match=reason):
        InclusionProof.parse(str(PROOF).replace(*change))


def test_more_hashes_than_any_log_needs_are_refused() -> None:
    long = replace(PROOF, hashes=(bytes(32),) * 64)
    with pytest.raises(MalformedError):
        InclusionProof.parse(str(long)).verify(TREE.node(0, 1), key=KEY, policy=TWO)
