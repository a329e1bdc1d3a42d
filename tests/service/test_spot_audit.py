"""A spot audit over real processes: the firm allows an auditor, the provider opens what it chose, the auditor looks."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import jsonschema_rs
import pytest

import specs
from holders.request import Asked, ConsentRequest, ask
from perseus import clock
from perseus.apps.cap import CALCULATION, LICENCE
from perseus.apps.words import words_at
from perseus.keystore import KeyStore, fresh_urn
from support.town import DID, OTHERS, READING, SOURCE, WALLET, start_of, until
from trust.canonical import parse_object
from trust.claims.consent import Data
from trust.did import Did

from .conftest import Played

AUDITOR = OTHERS[0]


def perseus(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "perseus", "spot-audit", *arguments]
    return subprocess.run(command, capture_output=True, check=False, timeout=60, text=True)


def opened(
    played: Played, credential: str, slots: str, auditor: str = AUDITOR
) -> subprocess.CompletedProcess[str]:
    home = str(played.town.out / "edp")
    return perseus("open", credential, "--slots", slots, "--auditor", auditor, "--home", home)


@pytest.fixture(scope="module")
def evidence(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the auditor the bank's evidence file."""
    path = tmp_path_factory.mktemp("auditor") / "bank.perseus.json"
    report = played.result["report"]
    path.write_bytes(played.town.owner("bank").fetch("GET", f"/v1/reports/{report}/evidence"))
    return path


@pytest.fixture(scope="module")
def trust(played: Played) -> list[str]:
    return ["--trust", str(played.town.out / "trust.json")]


@pytest.fixture(scope="module")
def lot(played: Played, evidence: Path, trust: list[str]) -> dict[str, Any]:
    """Draw half-hours by lot; before the firm has allowed anything, none of them is opened."""
    found: list[dict[str, Any]] = json.loads(
        perseus("choose", str(evidence), *trust, "--count", "12", "--json").stdout
    )
    refused = opened(played, found[0]["credential"], "17")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "consent.missing" in refused.stderr
    allow(played)
    return found[0]


def allow(played: Played) -> None:
    """Let the auditor ask the firm for leave, and the firm give it."""
    url = f"https://{WALLET}"
    request = ConsentRequest(
        id=fresh_urn(),
        requester=Did(AUDITOR),
        uses=(Asked(Did(DID["edp"]), Did(AUDITOR), Data.CONSUMPTION, (CALCULATION,)),),
        licence=LICENCE,
        sources=(SOURCE,),
        data_from=start_of("2026-08"),
        data_to=start_of("2026-09"),
        expires=clock.now() + timedelta(days=30),
        words=words_at(url),
        status_keeper=Did(DID["operator"]),
    )
    key = KeyStore.at(played.town.out / "others" / AUDITOR[8:15]).open("signing")
    signed = ask(request, signer=key, at=clock.now())
    address = (played.town.out / "wallet" / "address").read_text()
    with httpx2.Client(trust_env=False, timeout=30) as client:
        body = {"request": parse_object(signed.raw)}
        answered = client.post(f"{address}/v1/consent-requests", json=body)
    assert answered.status_code == 202, answered.text
    (consent,) = played.town.grant(request.id)
    until(lambda: consent in kept_by_provider(played))


def kept_by_provider(played: Played) -> bytes | str:
    folder = played.town.out / "edp"
    return b"".join(path.read_bytes() for path in sorted(folder.glob("db.sqlite*"))).decode(errors="replace")


def test_half_hours_drawn_by_lot_are_opened_and_stand_in_what_was_signed(
    played: Played, lot: dict[str, Any], evidence: Path, trust: list[str], tmp_path: Path
) -> None:
    slots = ",".join(map(str, lot["slots"]))
    made = opened(played, lot["credential"], slots)
    assert made.returncode == 0, made.stderr
    path = tmp_path / "openings.json"
    path.write_text(made.stdout)
    ran = perseus("check", str(path), "--evidence", str(evidence), *trust, "--json")
    told = json.loads(ran.stdout)
    jsonschema_rs.validator_for(specs.document("spot-audit/spot-audit-v1.schema.json")).validate(told)
    assert (ran.returncode, told["overall"]) == (0, "verified"), told
    assert [one["slot"] for one in told["half_hours"]] == lot["slots"]
    milli = [READING + 37 * (slot % 48) for slot in lot["slots"]]
    assert [one["reading"] for one in told["half_hours"]] == [
        f"{one // 10**6}.{one % 10**6:06}" for one in milli
    ]
    assert [one["outcome"] for one in told["sums"]] == ["passed"]
    shown = perseus("check", str(path), "--evidence", str(evidence), *trust)
    assert shown.stdout.startswith("VERIFIED  2026-08")
    assert "kWh. Half-hour" in shown.stdout


def test_what_was_changed_on_the_way_is_refused_with_its_code(
    played: Played, lot: dict[str, Any], evidence: Path, trust: list[str], tmp_path: Path
) -> None:
    first, second = lot["slots"][:2]
    document = json.loads(opened(played, lot["credential"], f"{first},{second}").stdout)
    for change, code in (
        ({"value": "1"}, "audit.forged"),
        ({"slot": second}, "audit.other_slot"),
        ({"slot": 0}, "audit.gap"),  # the town's one gap
    ):
        altered = {**document, "openings": [{**document["openings"][0], **change}]}
        path = tmp_path / "altered.json"
        path.write_bytes(json.dumps(altered, sort_keys=True, separators=(",", ":")).encode())
        ran = perseus("check", str(path), "--evidence", str(evidence), *trust)
        assert ran.returncode == 1
        assert code in ran.stdout


def test_the_provider_opens_no_gap_no_49th_half_hour_and_nothing_to_a_bank(
    played: Played, lot: dict[str, Any]
) -> None:
    name = lot["credential"]
    others = [slot for slot in range(1, 1_488) if slot not in lot["slots"]]
    for slots, auditor, code in (
        ("0", AUDITOR, "audit.gap"),
        (",".join(map(str, others[:37])), AUDITOR, "audit.too_many"),
        ("17", DID["bank"], "consent.missing"),
        ("17", DID["cap"], "member.wrong_role"),
        (",".join(map(str, others[:49])), AUDITOR, "audit.too_many"),
        ("seventeen", AUDITOR, "audit.too_many"),
    ):
        ran = opened(played, name, slots, auditor)
        assert (ran.returncode, ran.stdout, code in ran.stderr) == (2, "", True), ran.stderr
    assert opened(played, name, ",".join(map(str, others[:36]))).returncode == 0
    assert "audit.too_many" in opened(played, name, str(others[36])).stderr
    assert opened(played, fresh_urn(), "17").returncode == 2
