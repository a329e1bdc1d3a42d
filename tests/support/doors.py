"""The three doors through which a file comes: the library, the command, and a bank's HTTP door, in one process."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from perseus.apps.bank import open_bank
from perseus.apps.party import Party, open_party
from perseus.cli.verify import app
from perseus.homes import Inhabitant, make_home
from perseus.storage import register as log
from perseus.storage.register import Seen
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


def make_bank(out: Path) -> Path:
    """Make a bank's home, its database at the newest revision."""
    make_home(out, TOWN[0], town=TOWN)
    party = open_party(out / "bank")
    party.fetcher.close()
    party.store.close()
    return out


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


def in_the_library(raw: bytes, scheme: SchemeSimulator) -> Found:
    """Judge a file by calling the verifier."""

    def told(_: object, evidence: Evidence) -> Evidence:
        return replace(evidence, own=BANK)

    policy, anchor = Policy.bank(), scheme.anchor
    report = verify_file(raw, policy=policy, anchor=anchor, at=AT, refresh=told)
    return verdict(report, at=AT, anchor=anchor, policy=policy)


def by_the_command(raw: bytes, scheme: SchemeSimulator, folder: Path) -> tuple[Found, int]:
    """Have the command judge a file, and give its answer with its exit code."""
    trust, file = folder / "trust.json", folder / "shown.perseus.json"
    trust.write_bytes(scheme.anchor.to_json())
    file.write_bytes(raw)
    asked = ["--trust", str(trust), "--at", stamp(AT), "--audience", str(BANK), "--json", str(file)]
    ran = CliRunner().invoke(app, asked)
    return json.loads(ran.stdout), ran.exit_code


def at_the_door(raw: bytes, party: Party) -> httpx2.Response:
    """Send a file to a bank's HTTP door."""
    client = TestClient(open_bank(party), base_url="http://127.0.0.1")
    return client.post("/v1/verifications", content=raw, headers=JSON)


def obstacles(found: Found) -> set[str]:
    """Give the codes of what stands in the way."""
    checks = found["checks"]
    assert isinstance(checks, list)
    kinds = ("failed", "unknown")
    return {str(one["code"]) for one in checks if isinstance(one, dict) and one["outcome"] in kinds}


def answers(found: Found) -> tuple[Json, Json, Json]:
    """Give the verdict and both answers."""
    return found["overall"], found["authentic_at_signing"], found["usable_now"]
