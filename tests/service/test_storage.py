"""The databases: built by their revisions, each with its party's tables, and never one index given twice."""

import sqlite3
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from perseus.keystore import fresh_number
from perseus.problems import ConflictError
from perseus.storage import challenges, register, repeats, statuses
from perseus.storage.holdings import PARTIES, holdings, metadata_of
from perseus.storage.repeats import Answered
from perseus.storage.store import Store

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
LIST = "https://edp.demo.perseus.example/status/1"


def opened(folder: Path, party: str = "edp") -> Store:
    store = Store(f"sqlite:///{folder / 'db.sqlite'}", party=party)
    store.upgrade()
    return store


@pytest.mark.parametrize("party", sorted(PARTIES))
def test_the_revisions_build_what_the_tables_say(party: str, tmp_path: Path) -> None:
    store = opened(tmp_path, party)
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata_of(party))
        built = set(inspect(connection).get_table_names())
    store.close()
    assert differences == []
    assert built == holdings(party) | {"alembic_version"}


def test_a_banks_database_has_no_place_for_readings() -> None:
    assert not holdings("bank") & {"readings", "meters", "measurements"}


def test_a_second_upgrade_changes_nothing(tmp_path: Path) -> None:
    opened(tmp_path).close()
    store = opened(tmp_path)
    with store.read() as connection:
        versions = connection.exec_driver_sql("SELECT version_num FROM alembic_version").all()
    store.close()
    assert len(versions) == 1


def test_what_is_acknowledged_is_on_the_disk_before(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with store.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    store.close()


def take_many(folder: str, worker: int) -> list[int]:
    store = Store(f"sqlite:///{folder}/db.sqlite", party="edp")
    taken = []
    for number in range(25):
        with store.write() as connection:
            place = statuses.allocate(connection, LIST, credential=f"{worker}-{number}", holder="did:key:zA")
            taken.append(place.index)
    store.close()
    return taken


def test_eight_workers_never_get_one_index_twice(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with store.write() as connection:
        statuses.open_list(connection, LIST, purpose="revocation", draw=fresh_number)
    store.close()
    with ProcessPoolExecutor(8) as workers:
        taken = [index for part in workers.map(take_many, [str(tmp_path)] * 8, range(8)) for index in part]
    assert len(taken) == 200
    assert len(set(taken)) == 200
    assert taken != sorted(taken)


def test_a_full_list_gives_nothing_and_every_index_once(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with store.write() as connection:
        statuses.open_list(connection, LIST, purpose="revocation", draw=fresh_number)
        connection.execute(statuses.status_lists.update().values(given=statuses.SIZE - 1))
        statuses.allocate(connection, LIST, credential="last", holder="h")
        with pytest.raises(ConflictError, match="full"):
            statuses.allocate(connection, LIST, credential="one more", holder="h")
    store.close()


def test_a_credential_keeps_its_index_and_its_holder(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with store.write() as connection:
        statuses.open_list(connection, LIST, purpose="revocation", draw=fresh_number)
        first = statuses.allocate(connection, LIST, credential="c", holder="h")
        again = statuses.allocate(connection, LIST, credential="c", holder="h")
        with pytest.raises(ConflictError, match="another holder"):
            statuses.allocate(connection, LIST, credential="c", holder="somebody else")
    store.close()
    assert first == again


def test_a_set_bit_stays_set_and_raises_the_sequence_once(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with store.write() as connection:
        statuses.open_list(connection, LIST, purpose="revocation", draw=fresh_number)
        place = statuses.allocate(connection, LIST, credential="c", holder="h")
        assert statuses.set_bit(connection, "c", at=AT)
        assert not statuses.set_bit(connection, "unknown", at=AT)
        assert statuses.bits_of(connection, LIST) == ("revocation", 1, (place.index,))
    store.close()


def test_a_nonce_is_good_once_and_for_five_minutes(tmp_path: Path) -> None:
    store = opened(tmp_path)
    with store.write() as connection:
        challenges.open_challenge(connection, "n", at=AT)
        challenges.open_challenge(connection, "late", at=AT)
        assert challenges.spend(connection, "n", at=AT)
        assert not challenges.spend(connection, "n", at=AT)
        assert not challenges.spend(connection, "never given", at=AT)
        assert not challenges.spend(connection, "late", at=AT.replace(minute=6))
    store.close()


def test_the_register_is_only_appended_to_at_the_size_it_has(tmp_path: Path) -> None:
    store = opened(tmp_path, "operator")
    with store.write() as connection:
        register.append(connection, [b"a", b"b"], at_size=0)
        with pytest.raises(ConflictError, match="2 entries"):
            register.append(connection, [b"c"], at_size=1)
        register.append(connection, [b"c"], at_size=2)
        assert register.entries(connection) == (b"a", b"b", b"c")
        assert register.entries(connection, start=1, end=2) == (b"b",)
    store.close()


def test_a_key_sent_with_another_request_is_refused(tmp_path: Path) -> None:
    store = opened(tmp_path)
    answered = Answered(201, "application/json", b"{}")
    with store.write() as connection:
        repeats.remember(connection, "key", answered, request="one", at=AT)
        assert repeats.recall(connection, "key", request="one") == answered
        assert repeats.recall(connection, "other", request="one") is None
        with pytest.raises(ConflictError, match="another request"):
            repeats.recall(connection, "key", request="two")
    store.close()


def test_an_error_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    store = opened(tmp_path)

    def half_way() -> None:
        with store.write() as connection:
            challenges.open_challenge(connection, "n", at=AT)
            raise RuntimeError("the process stops here")

    with pytest.raises(RuntimeError):
        half_way()
    with sqlite3.connect(tmp_path / "db.sqlite") as raw:
        assert raw.execute("SELECT count(*) FROM challenges").fetchone() == (0,)
    raw.close()
    store.close()
