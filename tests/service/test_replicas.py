"""Two operator processes on one database: one appends, both serve, and when the one dies the other takes over."""

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from perseus import clock, settings
from perseus.demo.parties import OFFICERS
from perseus.keystore import KeyStore
from perseus.officers import register_of
from registry import proposal
from support.serving import serve_operator
from support.town import DID, Town
from trust.did import Did

from .test_sequencer import process


@dataclass
class Pair:
    """The operator, and a second process of it with a home of its own and the same database."""

    town: Town
    replica: Path

    def address(self, name: str) -> str:
        """Tell where one of the two listens."""
        home = self.replica if name == "replica" else self.town.out / "operator"
        return (home / "address").read_text()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    out = tmp_path_factory.mktemp("pair")
    town = Town(out, months=())
    home, replica = out / "operator", out / "replica"
    shutil.copytree(home, replica, ignore=shutil.ignore_patterns("db.sqlite*"))
    text = (home / "settings.toml").read_text()
    shared = f'database = "sqlite:///{home / "db.sqlite"}"'
    (replica / "settings.toml").write_text(
        text.replace('database = ""', shared).replace("../registry", "files")
    )
    assert settings.load(replica).database_url == settings.load(home).database_url
    first = process(serve_operator, str(home))
    until_up(home)
    second = process(serve_operator, str(replica))
    until_up(replica)
    yield Pair(town, replica)
    for one in (first, second):
        one.kill()
        one.join()


def until_up(home: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            httpx2.get((home / "address").read_text() + "/healthz", trust_env=False)
        except (OSError, httpx2.HTTPError):
            time.sleep(0.05)
        else:
            return
    raise AssertionError("it did not start")


def event_of(pair: Pair, member: str) -> dict[str, object]:
    register = register_of(pair.town.out / "operator")
    event = proposal.suspend(register, Did(DID[member]), at=clock.now(), reason="overdue")
    keys = KeyStore.at(pair.town.out / "officers")
    found: dict[str, object] = json.loads(event.signed(*map(keys.open, OFFICERS)).entry)
    return found


def get(pair: Pair, name: str, path: str) -> httpx2.Response:
    return httpx2.get(pair.address(name) + path, trust_env=False)


def test_a_both_serve_the_same_log(pair: Pair) -> None:
    for path in ("/log/checkpoint", "/log/tile/0/000.p/23", "/log/tile/entries/000.p/23"):
        one, other = get(pair, "operator", path), get(pair, "replica", path)
        assert (one.status_code, one.content, one.headers["etag"]) == (
            200,
            other.content,
            other.headers["etag"],
        )
    assert get(pair, "operator", "/v1/logs").json()["sequencer"] is True
    assert get(pair, "replica", "/v1/logs").json()["sequencer"] is False


def test_b_the_one_without_the_lease_refuses_to_append_and_says_who_does(pair: Pair) -> None:
    body = {"entry": event_of(pair, "cap")}
    refused = httpx2.post(pair.address("replica") + "/v1/events", json=body, trust_env=False)
    assert (refused.status_code, refused.json()["code"]) == (503, "http.no_lease")
    assert "holds the lease" in refused.json()["detail"]
    assert refused.headers["retry-after"] == "1"
    taken = httpx2.post(pair.address("operator") + "/v1/events", json=body, trust_env=False)
    assert taken.status_code == 201
    until = time.monotonic() + 5
    while get(pair, "replica", "/log/checkpoint").text != taken.json()["checkpoint"]:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_c_when_the_first_dies_the_second_takes_over_and_the_log_goes_on(pair: Pair) -> None:
    os.kill(int((pair.town.out / "operator" / "pid").read_text()), signal.SIGKILL)
    until = time.monotonic() + 10
    while not get(pair, "replica", "/v1/logs").json()["sequencer"]:
        assert time.monotonic() < until
        time.sleep(0.05)
    taken = httpx2.post(
        pair.address("replica") + "/v1/events", json={"entry": event_of(pair, "edp")}, trust_env=False
    )
    assert (taken.status_code, taken.json()["index"]) == (201, 24)
    assert get(pair, "replica", "/log/checkpoint").text == taken.json()["checkpoint"]
