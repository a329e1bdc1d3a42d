"""Each broken chain is answered alike in the library, by the command and at the bank's own door."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from perseus import clock
from perseus.apps.bank import open_bank
from perseus.apps.party import Party, open_party
from perseus.cli.verify import app
from perseus.homes import Inhabitant, make_home
from perseus.storage import register as log
from perseus.storage.register import Seen
from support.attacks import ATTACKS, Attack, Attempt, good
from support.chain import AT
from support.scheme import SchemeSimulator
from support.story import BANK
from trust.canonical import Json
from trust.claims.halfhour import stamp
from verifiers.evidence import Evidence
from verifiers.file import verify_file
from verifiers.policy import Policy
from verifiers.verdict import verdict

TOWN = (
    Inhabitant("bank", "Northern Bank", "bank.demo.perseus.example"),
    Inhabitant("operator", "Scheme", "operator.demo.perseus.example"),
)
JSON = {"Content-Type": "application/json"}
Found = dict[str, Json]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the bank's home once, its database at the newest revision."""
    out = tmp_path_factory.mktemp("homes")
    make_home(out, TOWN[0], town=TOWN)
    party = open_party(out / "bank")
    party.fetcher.close()
    party.store.close()
    return out


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bank's clock say the moment at which the chains are judged."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr("perseus.apps.scheme.now", lambda: AT)


@contextmanager
def bank_of(home: Path, scheme: SchemeSimulator, folder: Path) -> Iterator[Party]:
    """Open a bank whose own copy of the register is that of a scheme, whole a minute ago."""
    shutil.copytree(home, folder)
    (folder / "trust.json").write_bytes(scheme.anchor.to_json())
    party = open_party(folder / "bank")
    with party.store.write() as connection:
        log.append(connection, scheme.entries, at_size=0)
        log.see(connection, Seen(scheme.register.size, scheme.checkpoint, AT - timedelta(minutes=1)))
    try:
        yield party
    finally:
        party.fetcher.close()
        party.store.close()


def in_the_library(attempt: Attempt) -> Found:
    """Judge a file by calling the verifier."""

    def told(_: object, evidence: Evidence) -> Evidence:
        return replace(evidence, own=BANK)

    policy, anchor = Policy.bank(), attempt.scheme.anchor
    report = verify_file(attempt.file, policy=policy, anchor=anchor, at=AT, refresh=told)
    return verdict(report, at=AT, anchor=anchor, policy=policy)


def by_the_command(attempts: Sequence[Attempt], folder: Path) -> list[tuple[Found, int]]:
    """Have the command judge each file, and give its answers with its exit codes."""
    told = []
    for number, attempt in enumerate(attempts):
        trust, file = folder / "trust.json", folder / f"{number}.perseus.json"
        trust.write_bytes(attempt.scheme.anchor.to_json())
        file.write_bytes(attempt.file)
        asked = ["--trust", str(trust), "--at", stamp(AT), "--audience", str(BANK), "--json", str(file)]
        ran = CliRunner().invoke(app, asked)
        told.append((json.loads(ran.stdout), ran.exit_code))
    return told


def at_the_door(attempt: Attempt, home: Path, folder: Path) -> Found:
    """Send a file to a bank's HTTP door."""
    with bank_of(home, attempt.scheme, folder) as party:
        client = TestClient(open_bank(party), base_url="http://127.0.0.1")
        answered = client.post("/v1/verifications", content=attempt.file, headers=JSON)
    assert answered.status_code == 200, answered.text
    found: Found = answered.json()
    return found


def obstacles(found: Found) -> set[str]:
    """Give the codes of what stands in the way."""
    checks = found["checks"]
    assert isinstance(checks, list)
    kinds = ("failed", "unknown")
    return {str(one["code"]) for one in checks if isinstance(one, dict) and one["outcome"] in kinds}


def answers(found: Found) -> tuple[Json, Json, Json]:
    """Give the verdict and both answers."""
    return found["overall"], found["authentic_at_signing"], found["usable_now"]


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_broken_chain_is_answered_alike_at_all_three_doors(
    attack: Attack, home: Path, tmp_path: Path
) -> None:
    attempt = attack.make()
    library = in_the_library(attempt)
    [(command, code)] = by_the_command([attempt], tmp_path)
    door = at_the_door(attempt, home, tmp_path / "town")
    assert (obstacles(library), library["overall"]) == (attack.codes, attack.overall)
    assert command == library
    assert code == {"not_verified": 1, "undetermined": 3}[attack.overall]
    assert (obstacles(door), door["overall"]) == (attack.expected, attack.overall)
    if not attack.with_own_register:
        assert answers(door) == answers(library)


@pytest.mark.usefixtures("today")
def test_the_chain_that_nobody_broke_is_verified_at_all_three_doors(home: Path, tmp_path: Path) -> None:
    attempt = Attempt(good())
    [(command, code)] = by_the_command([attempt], tmp_path)
    found = [in_the_library(attempt), command, at_the_door(attempt, home, tmp_path / "town")]
    assert [answers(one) for one in found] == [("verified", "yes", "yes")] * 3
    assert [obstacles(one) for one in found] == [set()] * 3
    assert code == 0
    assert found[0]["figures"] == found[1]["figures"] == found[2]["figures"] != []


def test_every_code_of_an_attack_is_published_and_each_refusal_names_who_can_mend_it() -> None:
    for attack in ATTACKS.values():
        checks = in_the_library(attack.make())["checks"]
        assert isinstance(checks, list)
        told = [one for one in checks if isinstance(one, dict) and one["outcome"] in ("failed", "unknown")]
        assert told
        assert all(one["remedy"] and str(one["detail"]).endswith(".") for one in told)
