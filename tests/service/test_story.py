"""The story over real HTTP, six processes and six databases: what each party ends up with, and what none may have."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx2
import jsonschema_rs
import pytest
from sqlalchemy import create_engine, inspect, text

import specs
from perseus.settings import PARTIES
from perseus.verification import Question, judge
from support.town import READING, SOURCE, Town, listed, until
from trust.canonical import Json
from trust.claims.halfhour import instant
from trust.digest import b64url_encode
from trust.errors import NotPermittedError

from .conftest import Played


def evidence_of(played: Played) -> bytes:
    return played.town.owner("bank").fetch("GET", f"/v1/reports/{played.result['report']}/evidence")


def bodies(folder: Path) -> bytes:
    """Give every byte of a party's home but its keys: the database, its log of writes, the log lines."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*")) if path.is_file())


def blobs(played: Played, party: str, query: str) -> list[bytes]:
    """Give the first column of what a party's database answers."""
    connection = sqlite3.connect(played.town.out / party / "db.sqlite")
    try:
        return [bytes(row[0]) for row in connection.execute(query)]
    finally:
        connection.close()


def count(played: Played, party: str, table: str) -> int:
    """Count the rows of a party's table."""
    return len(blobs(played, party, f"SELECT x'00' FROM {table}"))  # noqa: S608 - a name from this file


def test_the_bank_verifies_the_chain_and_signs_that_it_is_authentic(played: Played) -> None:
    told = played.town.owner("bank").get(f"/v1/reports/{played.result['report']}")
    verdict = told["verdict"]
    assert isinstance(verdict, dict)
    assert (verdict["overall"], played.result["authentic"]) == ("verified", "yes")
    assert verdict["subject"] == str(played.town.firm)
    counts = verdict["counts"]
    assert isinstance(counts, dict)
    assert (counts["failed"], counts["unknown"], counts["not_run"]) == (0, 0, 0)


def test_the_evidence_file_verifies_offline_with_the_anchor_alone(played: Played) -> None:
    file = evidence_of(played)
    now = instant(json.loads(file)["receipt"]["validFrom"])
    verdict = judge(file, Question(played.town.out / "trust.json", "bank", now, None, offline=True))
    assert verdict["overall"] == "verified"
    assert json.loads(file)["customer"]["reference"] == "NB-2231"


def test_several_files_are_told_apart_in_json_that_fits_the_schema(played: Played, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.json", "b.json")]
    for path in paths:
        path.write_bytes(evidence_of(played))
    trust = str(played.town.out / "trust.json")
    command = [sys.executable, "-m", "perseus", "verify", "--offline", "--json", "--trust", trust]
    ran = subprocess.run([*command, *map(str, paths)], capture_output=True, check=True, timeout=60)
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [one["file"] for one in told] == [str(path) for path in paths]
    schema = jsonschema_rs.validator_for(specs.document("verdict/verdict-v1.schema.json"))
    for one in told:
        schema.validate(one)


def test_the_wallets_list_gives_names_words_and_answers_that_a_program_can_read(played: Played) -> None:
    told = perseus(played.town, "list", "--json")
    (request, *_) = [one for one in listed(told["requests"]) if isinstance(one, dict)]
    assert isinstance(request["answer"], list)
    command = [sys.executable, "-m", "perseus", "consent", "list", "--home", str(played.town.out / "wallet")]
    narrow = {**os.environ, "COLUMNS": "60"}
    shown = subprocess.run(command, capture_output=True, check=True, timeout=60, text=True, env=narrow).stdout
    assert "half-hourly readings" in " ".join(shown.split())
    assert "did:web" not in shown
    assert max(map(len, shown.splitlines())) <= 60


def test_the_banks_door_for_files_answers_as_the_command_line_does(played: Played) -> None:
    file = evidence_of(played)
    told = json.loads(played.town.owner("bank").fetch("POST", "/v1/verifications", body=file))
    assert told["overall"] == "verified"
    altered = file.replace(b'"kg":"', b'"kg":"9')
    told = json.loads(played.town.owner("bank").fetch("POST", "/v1/verifications", body=altered))
    assert told["overall"] == "not_verified"


def test_no_reading_and_no_k_is_among_the_bytes_that_the_bank_was_ever_sent_or_keeps(played: Played) -> None:
    kept = played.sent_to_bank + bodies(played.town.out / "bank")
    assert b"EmissionsCredential" in played.sent_to_bank
    assert b"HalfHourSeries" not in played.sent_to_bank
    ks = blobs(played, "edp", "SELECT k FROM readings")
    salts = [json.loads(body)["salt"] for body in blobs(played, "edp", "SELECT body FROM readings")]
    assert ks
    for k in ks:
        assert k not in kept
        assert b64url_encode(k).encode() not in kept
    for salt in salts:
        assert salt.encode() not in kept
    for number in range(48):
        assert not re.search(rb"(?<![0-9])%d(?![0-9])" % (READING + 37 * number), kept)


def test_the_readings_are_where_they_may_be(played: Played) -> None:
    first = str(READING + 37).encode()
    having = {party for party in PARTIES if first in bodies(played.town.out / party)}
    assert having == {"edp", "cap"}


@pytest.mark.parametrize("party", ["bank", "operator", "grid", "wallet"])
def test_the_parties_that_may_not_have_readings_have_no_table_for_them(party: str, played: Played) -> None:
    engine = create_engine(f"sqlite:///{played.town.out / party / 'db.sqlite'}")
    with engine.connect() as connection:
        assert not {"readings", "measurements"} & set(inspect(connection).get_table_names())
        assert connection.execute(text("SELECT count(*) FROM credentials")).scalar()
    engine.dispose()


def test_the_bank_is_shown_no_other_meter_and_the_operator_no_account(played: Played) -> None:
    assert SOURCE.encode() not in bodies(played.town.out / "operator")
    assert b"pre-agreed-code" not in bodies(played.town.out / "bank")


def test_the_firm_holds_its_own_figure(played: Played) -> None:
    until(lambda: count(played, "wallet", "credentials WHERE kind = 'EmissionsCredential'") == 1)
    query = "SELECT secured FROM credentials WHERE kind = 'EmissionsCredential'"
    (kept,) = blobs(played, "wallet", query)
    told = json.loads(kept)
    assert told["credentialSubject"]["id"] == str(played.town.firm)


def test_the_same_report_asked_for_again_is_the_same_work(played: Played) -> None:
    before = count(played, "bank", "presentations"), count(played, "edp", "readings")
    operation = played.town.begin()
    assert played.town.finished(operation) == played.result
    assert (count(played, "bank", "presentations"), count(played, "edp", "readings")) == before


def test_the_consents_answer_is_signed_once_whoever_asks_again(played: Played) -> None:
    wallet = played.town.owner("wallet")
    requests = wallet.get("/local/requests")["requests"]
    assert isinstance(requests, list)
    assert isinstance(requests[0], dict)
    granted = played.town.grant(str(requests[0]["id"]))
    assert granted == json.loads(str(requests[0]["answer"]))
    assert count(played, "wallet", "consents") == 2


def test_every_log_line_is_json_and_none_has_a_secret(played: Played) -> None:
    for party in PARTIES:
        home = played.town.out / party
        door = (home / "door").read_text()
        for line in (home / "log.jsonl").read_text().splitlines():
            assert json.loads(line)["party"] == party
            assert door not in line
            assert "pre-agreed-code" not in line


def test_no_line_of_any_log_names_a_firm(played: Played) -> None:
    """Not in the story, not in what failed over it, and not in what a stranger sends to be refused."""
    town, firm = played.town, str(played.town.firm)
    key = firm.removeprefix("did:key:")
    failed = town.begin("too-early", months=("2025-01",))
    told = town.finished(failed)
    for path, body in (
        ("/v1/evidence", {"entry": {"payload": firm, firm: key}}),
        (f"/v1/memberships/{firm}", None),
        (f"/v1/memberships/{firm.replace(':', '%3A')}", None),
    ):
        url = (town.out / "operator" / "address").read_text() + path
        answered = httpx2.request("GET" if body is None else "POST", url, json=body, trust_env=False)
        assert answered.is_client_error, answered.text
    lines = [line for log in sorted(town.out.glob("*/log.jsonl")) for line in log.read_text().splitlines()]
    assert [line for line in lines if key in line] == []
    # They are told all the same: which work failed and with which code, and that somebody asked about a firm.
    found = [json.loads(line) for line in lines]
    assert [one["code"] for one in found if one.get("operation") == failed] == [told["code"]]
    assert sum("(a firm's key)" in line for line in lines) >= 2


def test_nobody_wrote_to_standard_error(played: Played) -> None:
    said = {party: (played.town.out / party / "stderr").read_text() for party in PARTIES}
    assert said == dict.fromkeys(PARTIES, "")


# From here on the firm ends its consents: at once, at every party, with receipts.


@pytest.fixture(scope="module")
def ended(played: Played) -> tuple[Town, list[str], bytes]:
    """Keep the bank's file, and let the firm end the first consent at the command line; nothing is shared after."""
    town, file = played.town, evidence_of(played)
    first = next(one for one in consents(town) if one["data"] == "energyConsumptionHalfHourly")
    told = perseus(town, "withdraw", str(first["id"]), "--reason", "I change banks", "--json")
    town.delivered()
    return town, [str(one) for one in listed(told["withdrawals"])], file


def perseus(town: Town, *arguments: str) -> dict[str, Json]:
    """Run `perseus consent` as the owner of the wallet would."""
    command = [sys.executable, "-m", "perseus", "consent", *arguments, "--home", str(town.out / "wallet")]
    ran = subprocess.run(command, capture_output=True, check=True, timeout=60)
    found: dict[str, Json] = json.loads(ran.stdout)
    return found


def consents(town: Town) -> list[Mapping[str, Json]]:
    found = listed(town.owner("wallet").get("/local/consents")["consents"])
    return [one for one in found if isinstance(one, dict)]


Ended = tuple[Town, list[str], bytes]


def test_ending_the_first_consent_ends_the_one_that_rests_on_it(ended: Ended) -> None:
    town, withdrawals, _ = ended
    assert len(withdrawals) == 2
    assert [one["state"] for one in consents(town)] == ["withdrawn", "withdrawn"]


def test_every_party_named_has_signed_that_it_stopped(ended: Ended) -> None:
    town, _, _ = ended
    until(lambda: all(party["receipt"] for one in consents(town) for party in stopped(one)))
    parties = [{str(party["party"]).split(".")[0] for party in stopped(one)} for one in consents(town)]
    both = {frozenset(one) for one in parties}
    assert both == {
        frozenset({"did:web:edp", "did:web:cap", "did:web:operator"}),
        frozenset({"did:web:cap", "did:web:bank", "did:web:operator"}),
    }


def test_the_accounting_provider_has_deleted_the_readings(ended: Ended) -> None:
    town, _, _ = ended
    assert town.owner("cap").get("/local/readings") == {"resources": {}}


def test_a_new_report_is_refused_because_the_consent_is_withdrawn(ended: Ended) -> None:
    town, _, _ = ended
    result = town.finished(town.begin(key="another"))
    assert result["code"] == "consent.withdrawn"


def test_the_verdict_becomes_genuine_when_signed_and_no_longer_usable(ended: Ended) -> None:
    town, _, file = ended
    verdict = judge_again(town, file)
    assert (verdict["authentic_at_signing"], verdict["usable_now"]) == ("yes", "no")
    assert "consent.withdrawn" in failed_codes(verdict)


def test_ending_a_consent_twice_is_ending_it_once(ended: Ended) -> None:
    town, withdrawals, _ = ended
    again = [
        one
        for consent in consents(town)
        for one in listed(perseus(town, "withdraw", str(consent["id"]), "--json")["withdrawals"])
    ]
    assert set(again) == set(withdrawals)


def test_a_consent_that_is_not_there_cannot_be_ended(ended: Ended) -> None:
    town, _, _ = ended
    with pytest.raises(NotPermittedError, match="not known here"):
        town.owner("wallet").post("/local/consents/urn:uuid:0/withdraw", {})


def test_the_list_at_the_command_line_says_who_has_stopped(ended: Ended) -> None:
    town, _, _ = ended
    found = perseus(town, "list", "--json")
    states = [one["state"] for one in listed(found["consents"]) if isinstance(one, dict)]
    assert states == ["withdrawn", "withdrawn"]


def stopped(consent: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    return [one for one in listed(consent["stopped"]) if isinstance(one, dict)]


def judge_again(town: Town, file: bytes) -> dict[str, Json]:
    """Judge the bank's old file with the status lists as they are published now."""
    document = json.loads(file)
    for url in document["statusLists"]:
        party = url.removeprefix("https://").split(".")[0]
        document["statusLists"][url] = json.loads(town.owner(party).fetch("GET", "/status/1"))
    raw = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    moment = max(one["validFrom"] for one in document["statusLists"].values())
    question = Question(town.out / "trust.json", "bank", instant(moment), None, offline=True)
    return judge(raw, question)


def failed_codes(verdict: Mapping[str, Json]) -> set[Json]:
    checks = [one for one in listed(verdict["checks"]) if isinstance(one, dict)]
    return {one["code"] for one in checks if one["outcome"] == "failed"}
