"""Kill -9 of each process in the middle of the story: nothing acknowledged is lost, nothing is done twice."""

import sqlite3
import time
from collections.abc import Iterator

import pytest

from support.town import DID, SOURCE, Town, listed, until
from trust.canonical import Json
from trust.errors import PerseusError


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Open a town of three months, with accounts opened and consents granted while processes die."""
    found = Town(tmp_path_factory.mktemp("town"), months=("2026-07", "2026-08", "2026-09"), witnessed=True)
    try:
        found.start()
        yield found
    finally:
        found.stop()


def blobs(town: Town, party: str, query: str) -> list[str]:
    connection = sqlite3.connect(town.out / party / "db.sqlite")
    try:
        return [str(row[0]) for row in connection.execute(query)]
    finally:
        connection.close()


def test_a_the_account_is_held_after_both_ends_died(town: Town) -> None:
    town.prepare()
    for party in ("edp", "bank", "wallet"):
        town.kill(party)
        town.revive(party)
    held = "SELECT id FROM credentials WHERE kind = 'AccountHolderCredential'"
    assert blobs(town, "wallet", held) == blobs(town, "edp", held)
    assert len(blobs(town, "wallet", held)) == 1
    assert blobs(town, "bank", "SELECT holder FROM pairings") == [str(town.firm)]


def test_b_a_request_that_was_taken_in_is_there_after_the_wallet_died(town: Town) -> None:
    request = town.ask()
    town.kill("wallet")
    town.revive("wallet")
    found = listed(town.owner("wallet").get("/local/requests")["requests"])
    assert [one["id"] for one in found if isinstance(one, dict)] == [request]


def test_c_consents_reach_the_parties_that_were_dead_when_they_were_granted(town: Town) -> None:
    for party in ("edp", "cap", "bank"):
        town.kill(party)
    (request,) = blobs(town, "wallet", "SELECT id FROM consent_requests")
    granted = town.grant(request)
    town.kill("wallet")
    for party in ("wallet", "edp", "cap", "bank"):
        town.revive(party)
    town.delivered()
    assert blobs(town, "edp", "SELECT id FROM consents") == granted[:1]
    assert set(blobs(town, "cap", "SELECT id FROM consents")) == set(granted)
    assert blobs(town, "bank", "SELECT id FROM consents") == granted[1:]


def test_d_a_report_is_finished_though_every_process_dies_on_the_way(town: Town) -> None:
    operation = town.begin()
    for party in ("cap", "edp", "grid", "operator", "bank", "cap"):
        time.sleep(0.15)
        town.kill(party)
        town.revive(party)
    result = town.finished(operation)
    assert result["authentic"] == "yes"
    assert_one_of_each(town)


def test_e_killed_again_and_again_while_it_works_the_report_is_the_same(town: Town) -> None:
    operation = town.begin(key="once more")
    for _ in range(4):
        time.sleep(0.05)
        town.kill("cap")
        town.revive("cap")
    assert town.finished(operation)["authentic"] == "yes"
    assert_one_of_each(town)


def test_f_a_withdrawal_is_known_everywhere_though_everybody_was_dead(town: Town) -> None:
    for party in ("operator", "edp", "cap", "bank"):
        town.kill(party)
    first = next(one for one in consents(town) if one["data"] == "energyConsumptionHalfHourly")
    town.owner("wallet").post(f"/local/consents/{first['id']}/withdraw", {})
    town.kill("wallet")
    for party in ("operator", "wallet", "edp", "cap", "bank"):
        town.revive(party)
    town.delivered()
    for party in ("edp", "cap", "bank", "wallet"):
        assert blobs(town, party, "SELECT id FROM consents WHERE withdrawn_at IS NULL") == []
    marked = "SELECT credential FROM status_entries WHERE set_at IS NOT NULL"
    assert set(blobs(town, "operator", marked)) == {str(one["id"]) for one in consents(town)}
    assert blobs(town, "cap", "SELECT credential FROM readings") == []


def test_g_what_was_withdrawn_is_still_withdrawn_after_another_death(town: Town) -> None:
    town.kill("edp")
    town.revive("edp")
    result = town.finished(town.begin(key="after all"))
    assert result["code"] == "consent.withdrawn"


def test_h_no_index_of_a_status_list_was_given_twice(town: Town) -> None:
    for party in DID:
        given = blobs(town, party, 'SELECT list_url || "index" FROM status_entries')
        assert len(given) == len(set(given))


def assert_one_of_each(town: Town) -> None:
    """Demand one credential a month and party, whoever died while it was made."""
    months = len(town.months)
    made = (("edp", "Consumption"), ("cap", "Consumption"), ("cap", "Emissions"), ("grid", "GridIntensity"))
    for party, kind in made:
        query = f"SELECT about FROM credentials WHERE kind = '{kind}Credential'"  # noqa: S608 - names from this file
        found = blobs(town, party, query)
        assert (party, kind, len(found), len(set(found))) == (party, kind, months, months)
        assert kind != "Consumption" or all(SOURCE in about for about in found)


def consents(town: Town) -> list[dict[str, Json]]:
    found = listed(town.owner("wallet").get("/local/consents")["consents"])
    return [one for one in found if isinstance(one, dict)]


def test_i_a_party_that_is_away_is_an_answer_and_not_a_defect(town: Town) -> None:
    town.kill("operator")
    (request,) = blobs(town, "wallet", "SELECT id FROM consent_requests")
    try:
        with pytest.raises(PerseusError):
            town.owner("wallet").post(
                "/local/accounts", {"provider": DID["operator"], "code": "any code at all"}
            )
        assert town.grant(request)
    finally:
        town.revive("operator")
    until(lambda: town.owner("operator").get("/healthz")["party"] == "operator")
