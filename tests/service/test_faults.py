"""When things give way: a full disk, a database that is busy or gone, a slow caller, a clock and two databases."""

import asyncio
import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import create_mock_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable, DDLElement
from starlette.types import Message, Scope

from perseus import clock
from perseus.apps.asking import ask_challenge
from perseus.apps.edp import open_edp
from perseus.apps.frame import Bodies
from perseus.apps.guesses import Guesses
from perseus.apps.party import Party, open_party
from perseus.homes import Inhabitant, make_home
from perseus.storage import challenges, deliveries
from perseus.storage.deliveries import Delivery
from perseus.storage.holdings import PARTIES, metadata_of
from trust.errors import MalformedError, UnavailableError

EDP = Inhabitant("edp", "Meterworks", "edp.demo.perseus.example")


@pytest.fixture
def party(tmp_path: Path) -> Iterator[Party]:
    make_home(tmp_path, EDP, town=(EDP, Inhabitant("operator", "Scheme", "operator.demo.perseus.example")))
    found = open_party(tmp_path / "edp")
    yield found
    found.fetcher.close()
    found.store.close()


@pytest.fixture
def app(party: Party) -> FastAPI:
    return open_edp(party)


def test_a_database_that_another_process_holds_is_503_and_nothing_is_acknowledged(
    party: Party, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    party.store.engine.dispose()
    monkeypatch.setattr("perseus.storage.store._PATIENCE", 50)
    holder = sqlite3.connect(party.settings.home / "db.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    client = TestClient(app, raise_server_exceptions=False)
    answered = client.post("/v1/challenge", json={})
    holder.execute("ROLLBACK")
    holder.close()
    assert (answered.status_code, answered.headers["Retry-After"]) == (503, "1")
    assert client.post("/v1/challenge", json={}).status_code == 201


def test_a_full_disk_is_503_and_what_was_there_is_still_there(party: Party, app: FastAPI) -> None:
    client = TestClient(app, raise_server_exceptions=False)
    first = client.post("/v1/challenge", json={}).json()["nonce"]
    with party.store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    answers = [client.post("/v1/challenge", json={}).status_code for _ in range(400)]
    assert 503 in answers
    assert set(answers) <= {201, 503}
    with party.store.read() as connection:
        assert challenges.expiry_of(connection, first) is not None


def test_a_defect_of_ours_is_500_without_a_word_about_its_inside(party: Party, app: FastAPI) -> None:
    def broken() -> None:
        raise ZeroDivisionError("k = 42")

    app.add_api_route("/broken", broken)
    answered = TestClient(app, raise_server_exceptions=False).get("/broken")
    assert answered.status_code == 500
    assert "42" not in answered.text
    lines = [json.loads(line) for line in (party.settings.home / "log.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines if line["level"] == "error"] == ["defect"]


def test_a_caller_who_sends_too_slowly_is_408() -> None:
    sent: list[Message] = []

    async def never() -> Message:
        await asyncio.sleep(10)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    async def unreached(*_arguments: object) -> None:
        raise AssertionError("the body never arrived")

    scope: Scope = {"type": "http", "path": "/", "method": "POST", "headers": []}
    asyncio.run(Bodies(unreached, limit=lambda _path: 10, patience=0.05)(scope, never, send))
    assert sent[0]["status"] == 408


def test_a_body_of_one_byte_too_many_is_413_before_the_rest_has_come() -> None:
    sent: list[Message] = []
    pieces = iter([b"12345", b"678901"])

    async def receive() -> Message:
        return {"type": "http.request", "body": next(pieces), "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    async def unreached(*_arguments: object) -> None:
        raise AssertionError("the body is too long")

    scope: Scope = {"type": "http", "path": "/", "method": "POST", "headers": []}
    asyncio.run(Bodies(unreached, limit=lambda _path: 10)(scope, receive, send))
    assert sent[0]["status"] == 413


def test_one_nonce_answers_one_of_many_who_use_it_at_once(party: Party) -> None:
    with party.store.write() as connection:
        challenges.open_challenge(connection, "nonce", at=clock.now())
    won: list[bool] = []

    def use() -> None:
        with party.store.write() as connection:
            won.append(challenges.spend(connection, "nonce", at=clock.now()))

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False] * 7 + [True]


def test_a_message_is_sent_again_after_ever_longer_pauses_until_acknowledged(party: Party) -> None:
    at = clock.now()
    message = Delivery("id", "https://x", "application/json", b"{}", "about", "did:web:x", at, at)
    pauses = []
    for _ in range(12):
        with party.store.write() as connection:
            deliveries.post(connection, message)
            (found,) = deliveries.about(connection, "about")
            deliveries.put_off(connection, found, at=at, trouble="away")
            (later,) = deliveries.about(connection, "about")
            pauses.append((later.next_at - at).total_seconds())
    with party.store.write() as connection:
        deliveries.acknowledge(connection, "id", at=at)
        deliveries.hasten(connection, at=at)
        assert deliveries.due(connection, at=at) == ()
        assert deliveries.waiting(connection) == 0
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (1, 300)


class Misshapen(BaseHTTPRequestHandler):
    """A party that answers every question with a challenge of another form."""

    def do_POST(self) -> None:
        """Give a nonce that is none."""
        self.send_response(201)
        self.end_headers()
        self.wfile.write(b'{"nonce":1,"audience":"did:web:operator.demo.perseus.example"}')

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def test_what_another_party_answers_is_held_against_its_published_schema(party: Party) -> None:
    server = HTTPServer(("127.0.0.1", 0), Misshapen)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    folder = party.settings.home.parent / "operator"
    folder.mkdir()
    (folder / "address").write_text(f"http://127.0.0.1:{server.server_port}")
    with pytest.raises(MalformedError) as refused:
        ask_challenge(party, "https://operator.demo.perseus.example")
    server.shutdown()
    server.server_close()
    assert refused.value.code == "format.schema"
    assert str(refused.value).startswith("https://operator.demo.perseus.example/v1/challenge: /")


def test_a_database_that_has_lost_a_table_is_said_to_be_unavailable(party: Party) -> None:
    with pytest.raises(UnavailableError, match="no such table"), party.store.read() as connection:
        connection.exec_driver_sql("SELECT * FROM absent")


@pytest.mark.parametrize("party_name", sorted(PARTIES))
def test_every_table_can_be_built_in_postgresql_too(party_name: str) -> None:
    built: list[str] = []

    def note(statement: DDLElement, *_arguments: object, **_options: object) -> None:
        built.append(str(statement.compile(dialect=postgresql.dialect())))  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped

    engine = create_mock_engine("postgresql+psycopg://", note)
    metadata_of(party_name).create_all(engine, checkfirst=False)
    tables = [CreateTable(table) for table in metadata_of(party_name).sorted_tables]
    assert len([sql for sql in built if "CREATE TABLE" in sql]) == len(tables)
    assert all("AUTOINCREMENT" not in sql for sql in built)


def test_a_door_that_heard_too_many_wrong_codes_closes_and_opens_again() -> None:
    guesses = Guesses(most=3, within=0.2)
    for _ in range(3):
        guesses.allow()
        guesses.wrong()
    with pytest.raises(UnavailableError, match="3 wrong codes"):
        guesses.allow()
    time.sleep(0.25)
    guesses.allow()
    guesses.wrong()
