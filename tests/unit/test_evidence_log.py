"""What members put into the evidence log, and what it proves years later."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import specs
from registry.anchor import Anchor
from registry.evidence.batch import LEAVES, SealedBatch, seal
from registry.evidence.proof import ListProof, LogTrust, TimeProof, opened, read_proof, read_proofs
from registry.evidence.rivals import Conflict
from registry.evidence.statement import LARGEST, Batch, ListDigest, SignedStatement
from registry.intervals import EvidenceLog
from registry.jws import EventSignature
from registry.log.checkpoint import Checkpoint
from registry.log.note import Note, VerifierKey
from support.evidence_log import ORIGIN, WITNESSES, EvidenceLogSimulator, cosigned, salt_of
from support.keys import signer
from support.scheme import Party, SchemeSimulator
from trust.canonical import Json, canonicalize, parse
from trust.did import Did
from trust.digest import Digest, b64url_decode, b64url_encode
from trust.errors import MalformedError, SignatureMismatchError
from trust.schema import fit

NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)
CAP = Party(Did("did:web:cap.example"), "GreenLedger", signer("cap"))
EDP = Party(Did("did:web:edp.example"), "Meterworks", signer("edp"))
DIGEST, OTHER = Digest.of(b"a credential"), Digest.of(b"another credential")
URL = "https://cap.example/status/1"
ANCHOR = SchemeSimulator().anchor


def simulated(quorum: int = 2) -> tuple[EvidenceLogSimulator, LogTrust]:
    log = EvidenceLogSimulator(quorum=quorum)
    return log, log.trust(ANCHOR)


def test_a_batch_is_of_one_size_however_much_it_holds() -> None:
    leaves = [seal(Digest.of(bytes([number])), salt=salt_of("s")) for number in range(200)]
    sizes = {len(SealedBatch.of(leaves[:count], filler=salt_of("f")).leaves) for count in (0, 1, 7, 200)}
    assert sizes == {LEAVES}
    paths = {len(SealedBatch.of(leaves, filler=salt_of("f")).place(leaf).path) for leaf in leaves}
    assert paths == {10}


def test_an_empty_batch_looks_like_any_other() -> None:
    empty = SealedBatch.of([], filler=salt_of("f"))
    again = SealedBatch.of([], filler=salt_of("g"))
    assert len(empty.root) == 32
    assert empty.root != again.root
    with pytest.raises(MalformedError, match="one of its leaves"):
        empty.place(seal(DIGEST, salt=salt_of("s")))


def test_the_place_of_a_leaf_does_not_follow_the_order_of_committing() -> None:
    leaves = [seal(Digest.of(bytes([number])), salt=salt_of(str(number))) for number in range(50)]
    batch = SealedBatch.of(leaves, filler=salt_of("f"))
    backwards = SealedBatch.of(reversed(leaves), filler=salt_of("f"))
    places = [batch.place(leaf).index for leaf in leaves]
    assert places == [backwards.place(leaf).index for leaf in leaves]
    assert places != sorted(places)


@pytest.mark.parametrize(
    ("leaves", "filler", "reason"),
    [
        ([bytes(32)] * 2, salt_of("f"), "each once"),
        ([number.to_bytes(32) for number in range(LEAVES + 1)], salt_of("f"), "at most 1024 leaves"),
        ([], b"short", "32 bytes, found 5"),
    ],
)
def test_a_batch_that_cannot_be_is_refused(leaves: list[bytes], filler: bytes, reason: str) -> None:
    with pytest.raises(MalformedError, match=reason):
        SealedBatch.of(leaves, filler=filler)


def test_a_salt_is_32_bytes() -> None:
    with pytest.raises(MalformedError, match="32 bytes, found 31"):
        seal(DIGEST, salt=bytes(31))


def test_an_entry_is_read_as_it_was_signed() -> None:
    for statement in (
        Batch(ORIGIN, CAP.did, 2_937_840, bytes(32)),
        ListDigest(ORIGIN, CAP.did, URL, 2_937_840, DIGEST),
    ):
        signed = SignedStatement.make(statement, signer=CAP.signer)
        assert SignedStatement.parse(signed.entry) == signed
        signed.verify(CAP.signer.key)
        fit("evidence-entry", parse(signed.entry))
        fit("evidence-entry-payload", parse(b64url_decode(signed.payload)))


def test_an_entry_by_another_key_or_with_another_payload_does_not_fit() -> None:
    signed = SignedStatement.make(Batch(ORIGIN, CAP.did, 1, bytes(32)), signer=CAP.signer)
    other = SignedStatement.make(Batch(ORIGIN, CAP.did, 2, bytes(32)), signer=CAP.signer)
    with pytest.raises(MalformedError, match="expected the key"):
        signed.verify(EDP.signer.key)
    with pytest.raises(SignatureMismatchError):
        replace(signed, payload=other.payload).verify(CAP.signer.key)


def payload(**changes: Json) -> bytes:
    """Give the entry of a batch with members changed, or taken out where the value is null; signed anew."""
    members: dict[str, Json] = {
        "v": 1,
        "type": "batch",
        "log": ORIGIN,
        "member": str(CAP.did),
        "interval": 7,
        "root": b64url_encode(bytes(32)),
    }
    changed = {name: value for name, value in {**members, **changes}.items() if value is not None}
    encoded = b64url_encode(canonicalize(changed))
    signature = EventSignature.make(encoded, signer=CAP.signer, typ="perseus-evidence+json")
    return canonicalize({"payload": encoded, "signatures": [signature.write()]})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"v": 2}, "batch or status-list, version 1"),
        ({"type": "diary"}, "batch or status-list, version 1"),
        ({"extra": "x"}, "the members of its type, found 'extra'"),
        ({"root": None}, "a member root"),
        ({"root": "AAAA"}, "32 bytes, found 3"),
        ({"interval": -1}, "a number from 0"),
        ({"interval": "7"}, "an integer"),
        ({"member": "cap.example"}, "DID"),
        (
            {"type": "status-list", "root": None, "statusList": "http://x", "digest": DIGEST.multibase},
            "an https URL",
        ),
        ({"log": "x" * 5_000}, "4096"),
    ],
)
def test_an_entry_that_says_something_else_is_refused(changes: dict[str, Json], reason: str) -> None:
    with pytest.raises(MalformedError, match=reason):
        SignedStatement.parse(payload(**changes))
    assert SignedStatement.parse(payload()).statement.interval == 7


def test_a_signature_of_another_type_or_a_second_one_is_refused() -> None:
    document = json.loads(payload())
    event = EventSignature.make(document["payload"], signer=CAP.signer).write()
    for signatures in ([event], [], document["signatures"] * 2):
        with pytest.raises(MalformedError):
            SignedStatement.parse(canonicalize({**document, "signatures": signatures}))


def test_an_entry_has_no_room_for_anything_else() -> None:
    with pytest.raises(MalformedError) as refused:
        SignedStatement.make(Batch("x" * LARGEST, CAP.did, 1, bytes(32)), signer=CAP.signer)
    assert refused.value.code == "format.too_large"


def test_a_proof_shows_by_when_a_digest_existed() -> None:
    log, trust = simulated()
    log.committed(OTHER, by=EDP, at=NOON)
    proof = log.committed(DIGEST, by=CAP, at=NOON, seen=NOON + timedelta(minutes=11))
    shown = proof.shown(DIGEST, trust)
    assert shown.signed.statement.member == CAP.did
    assert shown.proven.checkpoint.size == 2
    assert shown.proven.witnessed is not None
    assert shown.proven.witnessed.by == NOON + timedelta(minutes=11)


def test_a_proof_travels_as_it_was_written() -> None:
    log, _ = simulated()
    proof = log.committed(DIGEST, by=CAP, at=NOON)
    listed = log.published(URL, OTHER, by=CAP, at=NOON)
    assert read_proofs({DIGEST.multibase: proof.write(), OTHER.multibase: listed.write()}) == {
        DIGEST: proof,
        OTHER: listed,
    }
    for one in (proof, listed):
        fit("time-proof", one.write())


def test_a_proof_of_another_digest_or_salt_leads_elsewhere() -> None:
    log, trust = simulated()
    proof = log.committed(DIGEST, by=CAP, at=NOON)
    for wrong, digest in (
        (proof, OTHER),
        (replace(proof, salt=bytes(32)), DIGEST),
        (replace(proof, index=3), DIGEST),
    ):
        with pytest.raises(MalformedError, match="the root"):
            wrong.shown(digest, trust)
    with pytest.raises(MalformedError, match="10 hashes, found 9"):
        replace(proof, path=proof.path[1:]).shown(DIGEST, trust)


def test_a_proof_by_an_entry_that_the_log_does_not_have_leads_elsewhere() -> None:
    log, trust = simulated()
    proof = log.committed(DIGEST, by=CAP, at=NOON)
    batch = SealedBatch.of([seal(OTHER, salt=proof.salt)], filler=salt_of("own"))
    forged = SignedStatement.make(Batch(ORIGIN, CAP.did, 1, batch.root), signer=CAP.signer)
    place = batch.place(seal(OTHER, salt=proof.salt))
    made_up = replace(proof, index=place.index, path=place.path, entry=forged.entry)
    with pytest.raises(MalformedError, match="the root"):
        made_up.shown(OTHER, trust)


def test_a_proof_without_a_quorum_of_witnesses_proves_nothing() -> None:
    log, trust = simulated()
    proof = log.committed(DIGEST, by=CAP, at=NOON)
    head, _, note = proof.inclusion.partition("\n\n")
    bare = Checkpoint(ORIGIN, 1, log.tree.root).sign(log.signer)
    for witnesses in ((), WITNESSES[:1]):
        short = f"{head}\n\n{cosigned(bare, at=NOON, by=witnesses)}"
        with pytest.raises(MalformedError) as refused:
            replace(proof, inclusion=short).shown(DIGEST, trust)
        assert refused.value.code == "register.unwitnessed"
    enough = f"{head}\n\n{cosigned(bare, at=NOON, by=WITNESSES[:2])}"
    assert replace(proof, inclusion=enough).shown(DIGEST, trust).proven.witnessed is not None
    assert note


def test_a_witness_that_signs_other_bytes_refuses_the_whole_checkpoint() -> None:
    log, trust = simulated()
    proof = log.committed(DIGEST, by=CAP, at=NOON)
    log.committed(OTHER, by=CAP, at=NOON)
    lines = log.checkpoint(at=NOON).split("\n\n")[1].splitlines()[1:]
    mixed = proof.inclusion.rstrip("\n").splitlines()[:-3] + lines
    with pytest.raises(SignatureMismatchError):
        replace(proof, inclusion="\n".join(mixed) + "\n").shown(DIGEST, trust)


def test_a_checkpoint_of_another_log_is_no_checkpoint_of_this_one() -> None:
    log, trust = simulated()
    other = Note(Checkpoint("perseus.example/other", 0, log.tree.root).text)
    with pytest.raises(MalformedError, match="expected the log"):
        opened(cosigned(str(other.signed(name=ORIGIN, signer=log.signer)), at=NOON), trust)
    assert LogTrust.of(ANCHOR) is None


def test_where_no_witness_is_demanded_a_proof_gives_no_moment() -> None:
    log, trust = simulated(quorum=0)
    assert log.committed(DIGEST, by=CAP, at=NOON).shown(DIGEST, trust).proven.witnessed is None


def test_an_entry_made_for_another_log_proves_nothing_in_this_one() -> None:
    log, trust = simulated()
    statement = ListDigest("elsewhere.example/evidence", CAP.did, URL, 1, DIGEST)
    signed = log.append(statement, by=CAP.signer)
    with pytest.raises(MalformedError, match="an entry for"):
        ListProof(signed.entry, log.inclusion(0, at=NOON)).shown(DIGEST, trust)


def test_a_batch_is_no_list_and_a_list_is_no_batch() -> None:
    log, trust = simulated()
    proof, listed = log.committed(DIGEST, by=CAP, at=NOON), log.published(URL, DIGEST, by=CAP, at=NOON)
    with pytest.raises(MalformedError, match="a statement about"):
        ListProof(proof.entry, proof.inclusion).shown(DIGEST, trust)
    with pytest.raises(MalformedError, match="a batch, found a status-list"):
        TimeProof(proof.salt, proof.index, proof.path, listed.entry, listed.inclusion).shown(DIGEST, trust)


def test_a_proof_of_another_shape_is_refused() -> None:
    log, _ = simulated()
    good = log.committed(DIGEST, by=CAP, at=NOON).write()
    for changed in (
        {**good, "extra": 1},
        {name: value for name, value in good.items() if name != "salt"},
        {**good, "index": -1},
        {**good, "path": "x"},
        {**good, "inclusion": 1},
    ):
        with pytest.raises(MalformedError):
            read_proof(changed)


def test_two_statements_for_one_slot_are_proof_of_misbehaviour() -> None:
    first, second = (
        SignedStatement.make(ListDigest(ORIGIN, CAP.did, URL, 7, digest), signer=CAP.signer)
        for digest in (DIGEST, OTHER)
    )
    conflict = Conflict(first, second)
    found = Conflict.parse(conflict.to_json())
    assert found == conflict
    found.verify(EDP.signer.key, CAP.signer.key)
    with pytest.raises(MalformedError) as refused:
        found.verify(EDP.signer.key)
    assert refused.value.code == "key.unknown"
    forged = Conflict(first, replace(second, signature=first.signature))
    with pytest.raises(SignatureMismatchError):
        forged.verify(CAP.signer.key)


def test_what_does_not_contradict_is_no_conflict() -> None:
    def entry(**changes: object) -> SignedStatement:
        statement = replace(Batch(ORIGIN, CAP.did, 7, bytes(32)), **changes)  # type: ignore[arg-type]  # its fields
        return SignedStatement.make(statement, signer=CAP.signer)

    for other in (entry(interval=8), entry(member=EDP.did), entry(log="x")):
        with pytest.raises(MalformedError, match="one log, member and slot"):
            Conflict(entry(), other)
    with pytest.raises(MalformedError, match="two different statements"):
        Conflict(entry(), entry())
    assert Conflict(entry(), entry(root=bytes(31) + b"\x01")).second.statement.interval == 7
    with pytest.raises(MalformedError, match="EvidenceConflict of two entries"):
        Conflict.parse(canonicalize({"type": "EvidenceConflict", "entries": []}))


def test_intervals_are_numbered_from_one_moment_for_everybody() -> None:
    log = EvidenceLog(ORIGIN, 600)
    number = log.number(NOON)
    assert log.start(number) == NOON
    assert log.number(NOON + timedelta(seconds=599)) == number
    assert log.number(NOON + timedelta(seconds=600)) == number + 1
    with pytest.raises(MalformedError, match="before the year 9999"):
        log.start(1 << 53)


@pytest.mark.parametrize("interval", [0, 86_401])
def test_an_interval_that_proves_nothing_in_time_is_refused(interval: int) -> None:
    with pytest.raises(MalformedError, match="1 to 86400 seconds"):
        EvidenceLog(ORIGIN, interval)


def test_a_trust_file_with_an_evidence_log_is_read_as_it_was_written() -> None:
    anchor = EvidenceLogSimulator().anchored(ANCHOR)
    assert Anchor.from_json(anchor.to_json()) == anchor
    fit("trust-anchor", parse(anchor.to_json()))
    assert b"evidenceLog" not in ANCHOR.to_json()
    same = EvidenceLog(ANCHOR.scheme, 600)
    with pytest.raises(MalformedError, match="a log of its own"):
        replace(ANCHOR, evidence=same)


def test_a_key_that_the_log_was_given_later_signs_as_well_as_the_first() -> None:
    log, trust = simulated()
    proof = log.committed(DIGEST, by=CAP, at=NOON)
    log.signer = signer("the log's next key", ed25519=True)
    rotated = log.committed(OTHER, by=CAP, at=NOON)
    with pytest.raises(MalformedError, match="a signature by"):
        rotated.shown(OTHER, trust)
    both = LogTrust.of(log.anchored(ANCHOR), keys=[VerifierKey(ANCHOR.scheme, log.signer.key)])
    assert both is not None
    assert rotated.shown(OTHER, both).proven.checkpoint.size == 2
    assert proof.shown(DIGEST, both).proven.checkpoint.size == 1


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "x" * 251])
def test_an_origin_that_no_note_could_name_is_refused(origin: str) -> None:
    with pytest.raises(MalformedError, match="an origin"):
        EvidenceLog(origin, 600)


VECTORS: Any = specs.document("evidence-log/vectors.json")["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_published_vector_is_taken_or_refused_as_it_says(vector: dict[str, str]) -> None:
    entry = vector["entry"].encode()
    if vector["expect"] == "valid":
        assert SignedStatement.parse(entry).leaf.hex() == vector["leaf"]
        return
    with pytest.raises(MalformedError) as refused:
        SignedStatement.parse(entry)
    assert refused.value.code == vector["code"]
