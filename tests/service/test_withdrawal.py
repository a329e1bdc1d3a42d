"""Ending a consent: at once, at every party, with receipts; what was genuine stays genuine and may not be used."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping

import pytest

from perseus.verification import Question, judge
from support.town import Town, listed, until
from trust.canonical import Json
from trust.claims.halfhour import instant
from trust.errors import NotPermittedError


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, list[str], bytes]]:
    """Play the story, keep the bank's file, and let the firm end the first consent at the command line."""
    town = Town(tmp_path_factory.mktemp("town"))
    try:
        town.start()
        result = town.story()
        file = town.owner("bank").fetch("GET", f"/v1/reports/{result['report']}/evidence")
        first = next(one for one in consents(town) if one["data"] == "energyConsumptionHalfHourly")
        told = perseus(town, "withdraw", str(first["id"]), "--reason", "I change banks", "--json")
        town.delivered()
        yield town, [str(one) for one in listed(told["withdrawals"])], file
    finally:
        town.stop()


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
