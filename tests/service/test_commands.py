"""The commands of officers and installers, against a running operator and against what is amiss."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perseus import serve
from perseus.cli.serve import PARTIES
from perseus.copies.using import open_own
from perseus.demo.preparing import MARK
from perseus.officers import register_of
from perseus.settings import PARTIES as KNOWN
from registry.errors import RegisterError
from support.scheme import SchemeSimulator
from support.town import DID, Town

WRONG = 2


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Run the operator alone."""
    found = Town(tmp_path_factory.mktemp("town"), months=())
    found.processes = serve.Town(found.out, parties=("operator",))
    try:
        found.start()
        yield found
    finally:
        found.stop()


def perseus(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "perseus", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, timeout=60, text=True)


def active(town: Town) -> dict[str, bool]:
    return {str(one.did): one.active for one in register_of(town.out / "operator").members}


def test_officers_suspend_a_member(town: Town) -> None:
    operator, officers = town.out / "operator", town.out / "officers"
    assert active(town)[DID["cap"]]
    where = ("--home", operator, "--officers", officers, "--reason", "its audit is overdue")
    ran = perseus("member", "suspend", DID["cap"], *where)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "signed by 2 officers" in ran.stdout
    assert not active(town)[DID["cap"]]


def test_a_suspension_is_lifted_by_one_who_did_not_order_it(town: Town) -> None:
    where = ("--home", town.out / "operator", "--officers", town.out / "officers")
    assert perseus("member", "suspend", DID["grid"], *where, "--reason", "late").returncode == 0
    ran = perseus("member", "reinstate", DID["grid"], *where, "--reason", "returns are in")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "signed by 2 officers" in ran.stdout
    assert active(town)[DID["grid"]]


def test_a_suspension_says_why(town: Town) -> None:
    ran = perseus("member", "suspend", DID["cap"], "--home", town.out / "operator")
    assert (ran.returncode, "--reason says why" in ran.stderr) == (WRONG, True)


def test_nobody_without_an_officers_key_suspends_anybody(town: Town) -> None:
    operator = town.out / "operator"
    before = active(town)
    ran = perseus(
        "member", "suspend", DID["edp"], "--home", operator, "--officers", operator, "--reason", "x"
    )
    assert ran.returncode == WRONG
    assert "no key of a present officer" in ran.stderr
    assert active(town) == before


def test_the_list_names_people_and_roles(town: Town) -> None:
    ran = perseus("member", "list", "--home", town.out / "operator")
    assert "Northern Bank (financial service provider)" in ran.stdout
    assert re.search(r"^suspended +GreenLedger", ran.stdout, re.MULTILINE)


def test_the_doctor_finds_a_secret_that_others_can_read_and_says_what_to_do(town: Town) -> None:
    door = town.out / "grid" / "door"
    door.chmod(0o644)
    ran = perseus("doctor", "--home", town.out, "--json")
    amiss = [one for one in json.loads(ran.stdout)["findings"] if not one["well"]]
    door.chmod(0o600)
    assert ran.returncode == 1
    assert [one["remedy"] for one in amiss] == [f"Run: chmod 600 {door}"]


def test_the_doctor_is_content_with_a_sound_installation(town: Town) -> None:
    ran = perseus("doctor", "--home", town.out)
    assert (ran.returncode, "AMISS" in ran.stdout) == (0, False)
    assert f"{town.out / 'operator'}: service: answers" in ran.stdout
    assert f"To start it: perseus serve bank --home {town.out / 'bank'}" in ran.stdout


def test_the_doctor_gives_a_remedy_only_where_there_is_something_to_do(town: Town) -> None:
    found = json.loads(perseus("doctor", "--home", town.out, "--json").stdout)["findings"]
    assert {one["remedy"] for one in found if "service" not in one["what"]} == {""}


def test_the_doctor_tells_a_service_that_died_from_one_that_was_stopped(town: Town) -> None:
    home = town.out / "bank"
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for number, remedy in (
        (ended.pid, "Run: perseus serve bank"),
        (os.getpid(), f"Run: kill {os.getpid()};"),
    ):
        (home / "pid").write_text(str(number))
        ran = perseus("doctor", "--home", town.out, "--json")
        (amiss,) = [one for one in json.loads(ran.stdout)["findings"] if not one["well"]]
        assert (ran.returncode, amiss["what"]) == (1, f"{home}: service")
        assert amiss["remedy"].startswith(remedy)
    (home / "pid").unlink()


def test_a_service_says_where_it_listens_and_takes_its_address_with_it(town: Town) -> None:
    home = town.out / "grid"
    command = [sys.executable, "-m", "perseus", "serve", "grid", "--home", str(home)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        told = running.stderr.readline()
        address = (home / "address").read_text()
        running.terminate()
        assert running.wait(timeout=20) == 0
    assert told == f"grid listens on {address}\n"
    assert not (home / "address").exists()
    assert not (home / "pid").exists()


def test_a_home_that_is_served_is_neither_served_again_nor_emptied(town: Town) -> None:
    (town.out / MARK).write_text("a demonstration's")
    before = sorted(town.out.rglob("*.toml"))
    again = perseus("serve", "operator", "--home", town.out / "operator")
    assert (again.returncode, "is served already, at http://127.0.0.1:" in again.stderr) == (WRONG, True)
    emptied = perseus("demo", "--no-serve", "--out", town.out)
    assert (emptied.returncode, "still runs (operator); stop it" in emptied.stderr) == (WRONG, True)
    assert sorted(town.out.rglob("*.toml")) == before
    assert perseus("member", "list", "--home", town.out / "operator").returncode == 0


def test_all_services_say_where_each_of_them_listens(town: Town) -> None:
    town.stop()
    command = [sys.executable, "-m", "perseus", "serve", "all", "--home", str(town.out)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        told = [running.stderr.readline().split() for _ in PARTIES]
        running.terminate()
        assert running.wait(timeout=40) == 0
    assert [line[0] for line in told] == list(PARTIES)
    assert all(line[-1].startswith("http://127.0.0.1:") for line in told)


def test_a_verifier_may_name_a_home_as_its_own_copy_of_the_register(town: Town) -> None:
    home, stranger = town.out / "operator", SchemeSimulator(seed="stranger")
    own = open_own(home, town.anchor).copy
    assert own.register.root == register_of(home).root
    assert own.as_of is not None
    with pytest.raises(RegisterError, match="cannot be used"):
        open_own(home, stranger.anchor)


@pytest.mark.parametrize("command", [("verify",), ("registry", "show", "0"), ("registry", "check-receipt")])
def test_every_command_says_the_same_of_a_folder_without_a_register(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    trust, file = tmp_path / "trust.json", tmp_path / "file"
    trust.write_bytes(SchemeSimulator().anchor.to_json())
    file.write_bytes(b"{}")
    (tmp_path / "registry" / "log").mkdir(parents=True)
    (tmp_path / "registry" / "log" / "checkpoint").touch()
    files = [] if command[-1] == "0" else [file]
    for place, said in ((tmp_path, "neither a party's home"), (tmp_path / "registry", "registry/log: name")):
        ran = perseus(*command, *files, "--trust", trust, "--register", place)
        assert ran.returncode == WRONG
        assert said in " ".join(ran.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("serve", "broker"), "operator, edp, grid"),
        (("serve", "bank", "--home", "/nowhere"), "settings.toml"),
        (("consent", "list", "--home", "/nowhere"), "/nowhere"),
        (("member", "list", "--home", "/nowhere"), "settings.toml"),
        (("serve", "all", "--home", "/nowhere"), "run: perseus demo"),
        (("doctor", "--home", "/nowhere"), "/nowhere"),
        (("demo", "--port", "99999"), "--port"),
        (("demo", "--out", "/proc/nothing"), "--out /proc/nothing"),
        (("demo", "--out", "/dev/null"), "--out /dev/null"),
        (("verify", "--at", "yesterday", "x"), "perseus: --at: expected"),
        (("verify", "--known-at", "yesterday", "x"), "perseus: --known-at: expected"),
        (("verify", "--trust", "/nowhere", "x"), "the file /nowhere cannot be had: No such file"),
        (("verify", "--policy", "nowhere", "x"), "none of bank, auditor and interop"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(arguments: tuple[str, ...], said: str) -> None:
    ran = perseus(*arguments)
    assert ran.returncode == WRONG
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "of Perseus itself" not in ran.stderr
    assert "fetch.blocked" not in ran.stderr


def test_a_service_is_not_started_in_anothers_home(town: Town) -> None:
    ran = perseus("serve", "bank", "--home", town.out / "grid")
    assert ran.returncode == WRONG
    assert "the home of bank" in ran.stderr


def test_the_command_knows_the_parties_that_the_settings_know() -> None:
    assert PARTIES == KNOWN
