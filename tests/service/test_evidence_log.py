"""The evidence log over real HTTP: every member commits, proofs come back, and nothing tells on a firm."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest

from perseus import clock
from perseus.keystore import KeyStore
from perseus.log.names import LogName
from perseus.verification import Question, judge
from registry.evidence.proof import LogTrust, TimeProof, opened, read_proofs
from registry.evidence.statement import Batch, ListDigest, SignedStatement
from support.town import CODE, DID, READING, REFERENCE, SOURCE, Town, until
from trust.canonical import canonicalize, parse
from trust.did import Did
from trust.digest import Digest
from trust.keys import Signer

INTERVAL = 2
MEMBERS = ("operator", "edp", "grid", "cap", "bank")


@dataclass(frozen=True)
class Logged:
    """A town with an evidence log, in which the story was played twice, the second time with proofs at hand."""

    town: Town
    first: Mapping[str, Any]
    second: Mapping[str, Any]

    @property
    def trust(self) -> LogTrust:
        """Give what this town's anchor makes a verifier trust."""
        found = LogTrust.of(self.town.anchor)
        assert found is not None
        return found

    def rows(self, party: str, query: str) -> list[tuple[Any, ...]]:
        """Ask a party's database."""
        connection = sqlite3.connect(self.town.out / party / "db.sqlite")
        try:
            return list(connection.execute(query))
        finally:
            connection.close()

    def address(self, party: str) -> str:
        """Say where a party listens."""
        return (self.town.out / party / "address").read_text()

    def signer(self, party: str) -> Signer:
        """Take a party's key, as a rogue would."""
        return KeyStore.at(self.town.out / party).open("signing")

    def say(self, entry: bytes) -> httpx2.Response:
        """Send an entry to the operator."""
        body = canonicalize({"entry": parse(entry)})
        return httpx2.post(
            f"{self.address('operator')}/v1/evidence",
            content=body,
            headers={"Content-Type": "application/json"},
            trust_env=False,
        )

    def batch(self, party: str = "cap", *, interval: int, root: bytes = bytes(32)) -> bytes:
        """Sign a batch as a member."""
        statement = Batch(self.trust.origin, Did(DID[party]), interval, root)
        return SignedStatement.make(statement, signer=self.signer(party)).entry

    def evidence(self, result: Mapping[str, Any]) -> bytes:
        """Get the evidence file behind a report."""
        return self.town.owner("bank").fetch("GET", f"/v1/reports/{result['report']}/evidence")


def all_proven(town: Town) -> bool:
    """Tell whether every digest that every member noted so far is proven."""
    for party in MEMBERS:
        connection = sqlite3.connect(town.out / party / "db.sqlite")
        waiting = connection.execute(
            "SELECT count(*) FROM evidence_leaves AS l LEFT JOIN evidence_said AS s "
            "ON s.interval = l.interval AND s.list_url = '' WHERE s.inclusion IS NULL"
        ).fetchone()[0]
        connection.close()
        if waiting:
            return False
    return True


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    """Play the story, wait for its proofs, and have the same chain shown once more."""
    town = Town(tmp_path_factory.mktemp("town"), witnessed=True, interval=INTERVAL)
    try:
        town.start()
        first = town.story()
        until(lambda: all_proven(town), patience=30)
        second = town.finished(town.begin(key="again"))
        yield Logged(town, first, second)
    finally:
        town.stop()


def test_every_member_said_something_for_every_interval_be_it_nothing(logged: Logged) -> None:
    asked = "SELECT interval FROM evidence_said WHERE list_url = '' ORDER BY interval"
    until(lambda: all(len(logged.rows(party, asked)) >= 3 for party in MEMBERS), patience=30)
    for party in MEMBERS:
        numbers = [row[0] for row in logged.rows(party, asked)]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
    empty = logged.rows(
        "grid",
        "SELECT count(*) FROM evidence_said AS s WHERE list_url = '' "
        "AND NOT EXISTS (SELECT 1 FROM evidence_leaves AS l WHERE l.interval = s.interval)",
    )
    assert empty[0][0] > 0


def test_the_log_has_one_batch_a_member_an_interval_all_of_one_length(logged: Logged) -> None:
    entries = [
        SignedStatement.parse(row[0]) for row in logged.rows("operator", "SELECT entry FROM evidence_entries")
    ]
    slots = [(str(one.statement.member), one.statement.slot) for one in entries]
    assert len(slots) == len(set(slots))
    batches = [one for one in entries if isinstance(one.statement, Batch)]
    assert {str(one.statement.member) for one in batches} == {DID[party] for party in MEMBERS}
    by_member: dict[str, set[int]] = {}
    for one in batches:
        by_member.setdefault(str(one.statement.member), set()).add(len(one.entry))
    assert all(len(lengths) == 1 for lengths in by_member.values())


def issued(logged: Logged, party: str) -> list[Digest]:
    """Name what a party signed."""
    query = f"SELECT secured FROM credentials WHERE issuer = '{DID[party]}'"  # noqa: S608 - a name of this file's
    return [Digest.of(bytes(row[0])) for row in logged.rows(party, query)]


def proofs(logged: Logged, party: str, digests: list[Digest]) -> Mapping[Digest, Any]:
    """Ask a party for proofs, as a stranger that knows the digests."""
    answered = httpx2.post(
        f"{logged.address(party)}/v1/time-proofs",
        json={"digests": [digest.multibase for digest in digests]},
        trust_env=False,
    )
    assert answered.status_code == 200, answered.text
    return read_proofs(parse(answered.content)["proofs"])  # type: ignore[index, call-overload]  # an object


@pytest.mark.parametrize("party", ["edp", "grid", "cap", "bank"])
def test_everything_that_a_member_signed_is_proven_to_whoever_names_its_digest(
    logged: Logged, party: str
) -> None:
    digests = issued(logged, party)
    until(lambda: proofs(logged, party, digests).keys() == set(digests))
    assert digests
    now = clock.now()
    for digest, proof in proofs(logged, party, digests).items():
        shown = proof.shown(digest, logged.trust)
        assert isinstance(proof, TimeProof)
        assert str(shown.signed.statement.member) == DID[party]
        assert shown.proven.witnessed is not None
        assert shown.proven.witnessed.by <= now


def test_nobody_gets_a_proof_of_a_digest_that_is_not_there(logged: Logged) -> None:
    assert proofs(logged, "cap", [Digest.of(b"nothing of theirs")]) == {}


def test_the_status_lists_of_every_interval_are_logged_and_provable(logged: Logged) -> None:
    address = logged.address("cap")
    one = httpx2.get(f"{address}/status/1", trust_env=False).content
    same = httpx2.get(f"{address}/status/1", trust_env=False).content
    digest = Digest.of(one)
    log = logged.town.anchor.evidence
    assert log is not None
    number = log.number(datetime.fromisoformat(json.loads(one)["validFrom"]))
    assert same == one or log.number(datetime.fromisoformat(json.loads(same)["validFrom"])) > number
    until(lambda: digest in proofs(logged, "cap", [digest]))
    statement = proofs(logged, "cap", [digest])[digest].shown(digest, logged.trust).signed.statement
    assert isinstance(statement, ListDigest)
    assert statement.slot == (f"https://{DID['cap'].removeprefix('did:web:')}/status/1", number)


def test_signers_embed_a_checkpoint_that_witnesses_signed_before(logged: Logged) -> None:
    embedded = 0
    for party in ("edp", "grid", "cap"):
        query = f"SELECT secured FROM credentials WHERE issuer = '{DID[party]}'"  # noqa: S608 - a name of this file's
        for (secured,) in logged.rows(party, query):
            document = json.loads(secured)
            if not document.get("checkpoint", "").startswith(f"{logged.trust.origin}\n"):
                continue  # it was signed before the first checkpoint of the evidence log
            witnessed = opened(document["checkpoint"], logged.trust).witnessed
            assert witnessed is not None
            assert witnessed.since <= datetime.fromisoformat(document["validFrom"])
            embedded += 1
    assert embedded > 0


def test_the_receiver_embeds_the_registers_checkpoint(logged: Logged) -> None:
    receipts = logged.rows("bank", "SELECT secured FROM credentials WHERE kind = 'ReceiptCredential'")
    origins = {json.loads(row[0])["checkpoint"].split("\n")[0] for row in receipts}
    assert origins == {logged.town.anchor.scheme}


def test_the_second_showing_carries_proofs_into_the_evidence_file(logged: Logged) -> None:
    file = logged.evidence(logged.second)
    carried = read_proofs(json.loads(file)["timeProofs"])
    chain = {Digest.of(canonicalize(one)) for one in json.loads(file)["presentation"]["verifiableCredential"]}
    assert len(carried.keys() & chain) >= 4
    for digest, proof in carried.items():
        assert proof.shown(digest, logged.trust).proven.witnessed is not None
    assert json.loads(file)["register"]["checkpoints"]
    question = Question(logged.town.out / "trust.json", "bank", clock.now(), None, offline=True)
    verdict: Any = judge(file, question)
    assert verdict["overall"] == "verified"
    timing = {one["outcome"] for one in verdict["checks"] if one["name"] == "signature.time_proven"}
    assert timing == {"passed"}


def test_the_first_file_is_completed_by_what_has_become_provable_since(logged: Logged) -> None:
    def complete() -> bool:
        file = json.loads(logged.evidence(logged.first))
        held = [*file["presentation"]["verifiableCredential"], file["receipt"], *file["statusLists"].values()]
        signed = [one for one in held if one["issuer"].startswith("did:web:")]
        names = {Digest.of(canonicalize(one)).multibase for one in signed}
        return set(file.get("timeProofs", {})) == names

    until(complete, patience=40)
    file = logged.evidence(logged.first)
    lists = {Digest.of(canonicalize(one)) for one in json.loads(file)["statusLists"].values()}
    proofs_ = read_proofs(json.loads(file)["timeProofs"])
    for digest, proof in proofs_.items():
        shown = proof.shown(digest, logged.trust)
        assert (digest in lists) == isinstance(shown.signed.statement, ListDigest)
    question = Question(logged.town.out / "trust.json", "bank", clock.now(), None, offline=True)
    verdict: Any = judge(file, question)
    assert verdict["overall"] == "verified"


def test_a_batch_is_taken_once_and_the_same_one_again_gets_the_same_place(logged: Logged) -> None:
    entry = logged.rows("cap", "SELECT entry, place FROM evidence_said WHERE list_url = '' AND place > 0")[0]
    again = logged.say(bytes(entry[0]))
    assert (again.status_code, again.json()["index"]) == (201, entry[1])
    statement = SignedStatement.parse(bytes(entry[0])).statement
    second = logged.say(logged.batch(interval=statement.interval))
    assert (second.status_code, second.json()["code"]) == (409, "http.conflict")
    assert f"said something else about its batch of interval {statement.interval}" in second.json()["detail"]


def refused(logged: Logged, entry: bytes) -> tuple[int, str]:
    """Send an entry, and give the status and the code of its refusal."""
    size = logged.rows("operator", "SELECT count(*) FROM evidence_slots WHERE list_url LIKE '%rogue%'")
    answered = logged.say(entry)
    assert (
        logged.rows("operator", "SELECT count(*) FROM evidence_slots WHERE list_url LIKE '%rogue%'") == size
    )
    return answered.status_code, answered.json()["code"]


def test_what_does_not_belong_into_the_log_is_refused(logged: Logged) -> None:
    log = logged.town.anchor.evidence
    assert log is not None
    now = log.number(clock.now())
    stranger = Did("did:web:stranger.demo.perseus.example")
    own, origin = logged.signer("cap"), logged.trust.origin

    def entry(statement: Batch | ListDigest, by: Signer = own) -> bytes:
        return SignedStatement.make(statement, signer=by).entry

    cap, url = Did(DID["cap"]), f"https://{DID['cap'].removeprefix('did:web:')}/rogue/1"
    digest = Digest.of(b"x")
    assert refused(logged, logged.batch(interval=now + 100)) == (403, "http.not_yet")
    assert refused(logged, logged.batch(interval=now - 1_000)) == (403, "http.too_late")
    assert refused(logged, entry(Batch(origin, stranger, now - 3, bytes(32)))) == (403, "member.unknown")
    assert refused(logged, entry(Batch(origin, cap, now - 3, bytes(32)), logged.signer("edp"))) == (
        403,
        "key.other_issuer",
    )
    assert refused(logged, entry(Batch("elsewhere/evidence", cap, now - 3, bytes(32)))) == (
        400,
        "format.schema",
    )
    suspended = KeyStore.at(logged.town.out / "others" / "suspend").open("signing")
    murk = Did("did:web:suspended.demo.perseus.example")
    assert refused(logged, entry(Batch(origin, murk, now - 3, bytes(32)), suspended)) == (
        403,
        "member.suspended_at_signing",
    )
    foreign = url.replace("cap.", "edp.")
    assert refused(logged, entry(ListDigest(origin, cap, foreign, now, digest))) == (
        403,
        "status.other_issuer",
    )
    forged = SignedStatement.parse(logged.batch(interval=now - 3))
    other = SignedStatement.parse(logged.batch(interval=now - 4))
    swapped = canonicalize({"payload": forged.payload, "signatures": [other.signature.write()]})
    assert refused(logged, swapped) == (400, "signature.mismatch")


def test_a_proof_of_what_is_not_in_the_log_is_not_there_yet(logged: Logged) -> None:
    answered = httpx2.get(f"{logged.address('operator')}/v1/evidence/99999999", trust_env=False)
    assert (answered.status_code, answered.json()["code"]) == (503, "register.unwitnessed")


def canaries(logged: Logged) -> dict[str, bytes]:
    """Give everything that would tell on the firm, from the homes of those who may have it."""
    found: dict[str, bytes] = {
        "firm": str(logged.town.firm).encode(),
        "source": SOURCE.removeprefix("urn:uuid:").encode(),
        "account code": CODE.encode(),
        "customer": REFERENCE.encode(),
        "reading": str(READING).encode(),
    }
    for party in ("edp", "grid", "cap", "bank"):
        for digest, salt in logged.rows(party, "SELECT digest, salt FROM evidence_leaves"):
            found[f"digest {digest}"] = Digest.parse(digest).value
            found[f"salt of {digest}"] = bytes(salt)
        for (filler,) in logged.rows(party, "SELECT filler FROM evidence_said WHERE filler IS NOT NULL"):
            found[f"filler {bytes(filler).hex()}"] = bytes(filler)
    kinds = "('EmissionsCredential', 'ConsumptionCredential', 'ConsentCredential', 'AccountHolderCredential')"
    for id_, secured in logged.rows("cap", f"SELECT id, secured FROM credentials WHERE kind IN {kinds}"):  # noqa: S608 - names of this file's
        found[f"id {id_}"] = id_.removeprefix("urn:uuid:").encode()
        found[f"document {id_}"] = bytes(secured)
        for row in json.loads(secured)["credentialSubject"].get("rows", ()):
            found[f"figure {id_}"] = row["kg"].encode()
    return found


def everything_of(logged: Logged) -> dict[str, bytes]:
    """Read the operator's database, its log lines, and every public file, whole."""
    town = logged.town.out
    files = [path for path in (town / "operator").glob("*") if path.is_file()]
    files += [path for path in (town / "registry").rglob("*") if path.is_file()]
    return {str(path.relative_to(town)): path.read_bytes() for path in files}


def spellings(value: bytes) -> Iterator[bytes]:
    """Give a value as it is, in hexadecimal, as a digest, and hashed without a salt."""
    for raw in (value, sha256(value).digest()):
        yield raw
        yield raw.hex().encode()
    yield Digest.of(value).multibase.encode()
    if len(value) == 32:
        yield Digest(value).multibase.encode()


def test_nothing_of_a_firm_is_in_the_operators_database_its_lines_or_its_public_files(logged: Logged) -> None:
    # A consent's place in the shared status list is the one thing of a firm that the operator keeps on purpose.
    own = {
        row[0].removeprefix("urn:uuid:").encode()
        for row in logged.rows("operator", "SELECT credential FROM status_entries")
    }
    values = {name: value for name, value in canaries(logged).items() if value not in own and name != "firm"}
    assert len(values) > 40
    content = everything_of(logged)
    assert {"operator/db.sqlite", "operator/log.jsonl", "registry/evidence/checkpoint"} <= content.keys()
    found = {
        (name, place)
        for name, value in values.items()
        for spelling in spellings(value)
        for place, raw in content.items()
        if spelling in raw
    }
    assert found == set()
    public = {place: raw for place, raw in content.items() if place.startswith("registry/")}
    firm = str(logged.town.firm).encode()
    assert not any(firm in raw for raw in public.values())


def test_whoever_is_killed_says_the_same_again_and_never_two_for_one_interval(logged: Logged) -> None:
    """Kill -9 at random moments: afterwards there is one entry a slot, and every interval has its batch."""
    town = logged.town
    for _ in range(4):
        for party in ("cap", "operator", "edp"):
            town.kill(party)
            town.revive(party)
    last = logged.rows("cap", "SELECT max(interval) FROM evidence_said WHERE list_url = ''")[0][0]
    until(
        lambda: (
            logged.rows("cap", "SELECT max(interval) FROM evidence_said WHERE place > 0")[0][0] > last + 1
        ),
        patience=30,
    )
    for party in ("cap", "edp"):
        said = logged.rows(
            party, "SELECT interval, refused FROM evidence_said WHERE list_url = '' ORDER BY interval"
        )
        numbers = [row[0] for row in said]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        assert {row[1] for row in said} == {None}
    entries = [
        SignedStatement.parse(row[0]) for row in logged.rows("operator", "SELECT entry FROM evidence_entries")
    ]
    slots = [(str(one.statement.member), one.statement.slot) for one in entries]
    assert len(slots) == len(set(slots))
    assert (town.out / "registry" / LogName.EVIDENCE.value / "checkpoint").exists()


def test_a_home_without_an_evidence_log_has_no_such_door(tmp_path: Path) -> None:
    town = Town(tmp_path / "plain")
    assert town.anchor.evidence is None
    assert b"evidenceLog" not in (tmp_path / "plain" / "trust.json").read_bytes()
