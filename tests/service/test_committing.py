"""Closing intervals: in their own number, whatever was missed meanwhile, and never two for one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from perseus.evidence.committing import LATEST, Committer, note
from perseus.evidence.proving import proofs_of
from perseus.problems import ConflictError
from perseus.storage import evidence, sightings, slots
from perseus.storage.evidence import BATCH, Said
from perseus.storage.log import Seen
from perseus.storage.store import Store
from registry.evidence.batch import LEAVES
from registry.evidence.proof import ListProof, TimeProof
from registry.evidence.statement import SignedStatement
from registry.intervals import EvidenceLog
from support.keys import signer
from trust.did import Did
from trust.digest import Digest

LOG = EvidenceLog("perseus.example/register/evidence", 600)
NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)
FIRST = LOG.number(NOON)
CAP = Did("did:web:cap.example")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open the database of an accounting provider."""
    found = Store(f"sqlite:///{tmp_path / 'db.sqlite'}", party="cap")
    found.upgrade()
    yield found
    found.close()


def committer(store: Store) -> Committer:
    return Committer(store, CAP, signer("cap"), LOG)


def noted(store: Store, *names: str, at: datetime = NOON) -> tuple[Digest, ...]:
    """Note documents at a moment."""
    digests = tuple(Digest.of(name.encode()) for name in names)
    with store.write() as connection:
        for digest in digests:
            note(connection, digest, at=at)
    return digests


def batches(store: Store) -> list[Said]:
    """Give what was signed, by interval."""
    with store.read() as connection:
        return [one for one in evidence.unsent(connection, most=10_000) if one.list_url == BATCH]


def intervals_of(store: Store, digests: tuple[Digest, ...]) -> list[int | None]:
    """Tell in which batch each digest stands."""
    with store.read() as connection:
        leaves = [evidence.find(connection, digest.multibase) for digest in digests]
    return [None if leaf is None else leaf.interval for leaf in leaves]


def test_an_interval_is_closed_once_it_is_over(store: Store) -> None:
    digests = noted(store, "a", "b")
    assert committer(store).close(at=NOON + timedelta(seconds=599)) == 1
    assert intervals_of(store, digests) == [None, None]
    assert committer(store).close(at=NOON + timedelta(seconds=600)) == 1
    assert intervals_of(store, digests) == [FIRST, FIRST]
    assert [one.interval for one in batches(store)] == [FIRST - 1, FIRST]
    assert committer(store).close(at=NOON + timedelta(seconds=900)) == 0


def test_a_batch_is_signed_for_its_interval_and_may_be_empty(store: Store) -> None:
    committer(store).close(at=NOON)
    (said,) = batches(store)
    signed = SignedStatement.parse(said.entry)
    signed.verify(signer("cap").key)
    assert (signed.statement.member, signed.statement.interval) == (CAP, FIRST - 1)
    assert (said.list_url, said.place, said.listed) == (BATCH, None, None)


def test_after_an_absence_every_interval_gets_the_batch_that_it_missed(store: Store) -> None:
    committer(store).close(at=NOON)
    early = noted(store, "early")
    late = noted(store, "late", at=NOON + timedelta(hours=1))
    assert committer(store).close(at=NOON + timedelta(hours=2)) == 12
    assert [one.interval for one in batches(store)] == list(range(FIRST - 1, FIRST + 12))
    assert intervals_of(store, early + late) == [FIRST, FIRST + 6]


def test_intervals_that_nobody_takes_any_more_are_passed_over(store: Store) -> None:
    committer(store).close(at=NOON)
    waiting = noted(store, "x")
    far = NOON + timedelta(days=30)
    assert committer(store).close(at=far) == LATEST
    oldest = LOG.number(far) - LATEST
    assert [one.interval for one in batches(store)][:2] == [FIRST - 1, oldest]
    assert intervals_of(store, waiting) == [oldest]


def test_what_is_more_than_a_batch_holds_waits_for_the_next(store: Store) -> None:
    digests = noted(store, *(str(number) for number in range(LEAVES + 5)))
    committer(store).close(at=NOON + timedelta(seconds=600))
    assert intervals_of(store, digests).count(FIRST) == LEAVES
    committer(store).close(at=NOON + timedelta(seconds=1200))
    assert sorted(set(map(str, intervals_of(store, digests)))) == [str(FIRST), str(FIRST + 1)]


def test_a_digest_that_is_noted_twice_stands_in_one_batch(store: Store) -> None:
    (digest,) = noted(store, "a")
    committer(store).close(at=NOON + timedelta(seconds=600))
    noted(store, "a", at=NOON + timedelta(seconds=700))
    committer(store).close(at=NOON + timedelta(seconds=1200))
    assert intervals_of(store, (digest,)) == [FIRST]


def test_a_batch_that_the_log_will_not_take_gives_its_digests_to_the_next(store: Store) -> None:
    digests = noted(store, "a")
    committer(store).close(at=NOON + timedelta(seconds=600))
    with store.write() as connection:
        evidence.refuse(connection, batches(store)[-1], "http.too_late")
    assert intervals_of(store, digests) == [None]
    committer(store).close(at=NOON + timedelta(seconds=1200))
    assert intervals_of(store, digests) == [FIRST + 1]
    assert FIRST not in [one.interval for one in batches(store)]


def test_a_proof_is_given_once_there_is_one(store: Store) -> None:
    digests = noted(store, "a", "b")
    with store.read() as connection:
        assert proofs_of(connection, digests) == {}
    committer(store).close(at=NOON + timedelta(seconds=600))
    with store.read() as connection:
        assert proofs_of(connection, digests) == {}
    said = batches(store)[-1]
    with store.write() as connection:
        evidence.placed(connection, said, 7)
        evidence.proven(connection, said, "the proof")
    with store.read() as connection:
        found = proofs_of(connection, digests)
    assert found.keys() == set(digests)
    assert all(isinstance(one, TimeProof) and one.inclusion == "the proof" for one in found.values())


def test_a_list_is_proven_by_its_digest(store: Store) -> None:
    digest = Digest.of(b"list")
    said = Said("https://cap.example/status/1", FIRST, b"{}", listed=b"list", digest=digest.multibase)
    with store.write() as connection:
        evidence.say(connection, said)
        evidence.placed(connection, said, 3)
        evidence.proven(connection, said, "the proof")
    with store.read() as connection:
        assert proofs_of(connection, [digest]) == {digest: ListProof(b"{}", "the proof")}


def test_a_slot_is_taken_for_one_entry(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'operator.sqlite'}", party="operator")
    store.upgrade()
    with store.write() as connection:
        slots.take(connection, "did:web:cap.example", ("", 7), leaf="one")
        slots.take(connection, "did:web:cap.example", ("", 7), leaf="one")
        slots.take(connection, "did:web:cap.example", ("", 8), leaf="two")
        slots.take(connection, "did:web:edp.example", ("", 7), leaf="three")
        with pytest.raises(ConflictError, match="said something else about its batch of interval 7"):
            slots.take(connection, "did:web:cap.example", ("", 7), leaf="two")
    store.close()


def test_the_first_and_the_last_checkpoint_of_a_size_are_kept(store: Store) -> None:
    with store.write() as connection:
        for size, text in ((1, "a"), (3, "b"), (3, "c"), (3, "d"), (4, "e")):
            sightings.keep(connection, Seen(size, text, NOON))
        assert sightings.notes(connection) == ("a", "b", "d", "e")
        assert sightings.notes(connection, most=2) == ("b", "d", "e")
