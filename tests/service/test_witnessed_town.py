"""The operator and three witnesses as processes: nothing is published without a quorum; anybody can copy the log."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perseus import serve
from perseus.copies.folder import open_copy
from registry.log.cosignature import cosigned_at
from registry.log.note import Note
from support.town import DID, Town, until
from trust.canonical import Json
from trust.errors import PerseusError

WITNESSES = ("witness-cap", "witness-edp", "witness-grid")
NAMES = {f"{one}.demo.perseus.example" for one in WITNESSES}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Run the operator and the three witnesses."""
    found = Town(tmp_path_factory.mktemp("town"), months=(), witnessed=True)
    assert serve.witnesses_in(found.out) == WITNESSES
    found.processes = serve.Town(found.out, parties=(*WITNESSES, "operator"))
    (found.out / "settings.toml").write_text(
        '[peers]\n"operator.demo.perseus.example" = "operator/address"\n'
    )
    try:
        found.start()
        until(lambda: cosigners(found) == NAMES)
        yield found
    finally:
        found.stop()


def perseus(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "perseus", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, timeout=60, text=True)


def synced(town: Town, copy: Path, source: str | Path) -> dict[str, Json]:
    ran = perseus(
        *("registry", "sync", "--json", "--from", source, "--to", copy, "--trust", town.out / "trust.json")
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    found: dict[str, Json] = json.loads(ran.stdout)
    return found


def cosigners(town: Town, log: str = "log") -> set[str]:
    """Name the witnesses whose cosignatures stand under the published checkpoint, each checked."""
    path = town.out / "registry" / log / "checkpoint"
    note = Note.parse(path.read_text()) if path.exists() else None
    return (
        {key.name for key in town.anchor.witnesses if cosigned_at(note, key) is not None} if note else set()
    )


def decide(town: Town, member: str) -> None:
    """Let the officers suspend a member."""
    where = ("--home", town.out / "operator", "--officers", town.out / "officers", "--reason", "a reason")
    ran = perseus("member", "suspend", DID[member], *where)
    assert (ran.returncode, ran.stderr) == (0, "")


def published(town: Town) -> int:
    try:
        return open_copy(town.out / "registry" / "log", town.anchor).register.size
    except PerseusError:
        return 0


def test_both_logs_are_cosigned_by_all_three_witnesses(town: Town) -> None:
    until(lambda: cosigners(town, "evidence") == NAMES)
    assert cosigners(town) == NAMES


def test_a_verifier_copies_the_log_over_http_and_from_its_files(town: Town, tmp_path: Path) -> None:
    size = published(town)
    over_http = synced(town, tmp_path / "one", "https://operator.demo.perseus.example/log")
    from_files = synced(town, tmp_path / "two", town.out / "registry" / "log")
    assert over_http == from_files
    assert over_http["size"] == size
    assert set(over_http["witnesses"] or ()) == NAMES  # type: ignore[arg-type]  # a list of names
    decide(town, "bank")
    until(lambda: published(town) == size + 1)
    event = {"index": size, "type": "member.suspended", "subject": DID["bank"]}
    assert synced(town, tmp_path / "one", "https://operator.demo.perseus.example/log")["new"] == [event]


def test_only_the_hosts_of_the_log_are_asked(town: Town, tmp_path: Path) -> None:
    where = ("--to", tmp_path / "copy", "--trust", town.out / "trust.json")
    ran = perseus("registry", "sync", "--from", "https://localhost/log", *where)
    assert ran.returncode == 2
    assert "fetch.blocked" in ran.stderr
    ran = perseus("registry", "sync", "--from", "https://operator.demo.perseus.example/nowhere", *where)
    assert ran.returncode == 3
    assert not (tmp_path / "copy" / "checkpoint").exists()


def test_one_witness_may_be_away_and_with_two_nothing_is_published_until_one_is_back(town: Town) -> None:
    size = published(town)
    town.kill("witness-grid")
    decide(town, "edp")
    until(lambda: published(town) == size + 1)
    assert len(cosigners(town)) == 2
    town.kill("witness-cap")
    decide(town, "grid")
    with pytest.raises(AssertionError, match="did not come true"):
        until(lambda: published(town) > size + 1, patience=2)
    town.revive("witness-cap")
    until(lambda: published(town) == size + 2, patience=40)
    town.revive("witness-grid")
    decide(town, "cap")
    until(lambda: published(town) == size + 3 and cosigners(town) == NAMES)


def test_the_doctor_tells_what_each_witness_holds(town: Town) -> None:
    size = published(town)
    ran = perseus("doctor", "--json", "--home", town.out)
    findings = {one["what"]: one for one in json.loads(ran.stdout)["findings"]}
    for name in WITNESSES:
        found = findings[f"{town.out}/{name}: witness"]
        assert (found["well"], f"{size} entries of {town.anchor.scheme}" in found["found"]) == (True, True)
        assert found["found"].startswith("runs; holds ")


def test_a_witness_that_dies_is_started_again(town: Town) -> None:
    size = published(town)
    town.processes.watch()
    town.kill("witness-edp")
    dead = (town.out / "witness-edp" / "pid").read_text()
    path = town.out / "witness-edp" / "pid"
    until(lambda: path.exists() and path.read_text() != dead)
    decide(town, "operator")
    until(lambda: published(town) == size + 1)
