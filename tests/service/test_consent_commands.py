"""What the owner of a wallet reads before allowing anything, and what a terminal asks."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator

import pytest

from perseus import serve
from perseus.apps.words import TEXT
from support.town import DID, Town, listed, until

REFUSED, WIDTH = 1, 100


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Run a town without a bank's verdict: the firm has been asked, and has not answered."""
    found = Town(tmp_path_factory.mktemp("town"))
    found.processes = serve.Town(found.out)
    try:
        found.start()
        found.prepare()
        yield found
    finally:
        found.stop()


@pytest.fixture(scope="module")
def request_id(town: Town) -> str:
    return town.ask()


def command(town: Town, *arguments: str) -> list[str]:
    home = str(town.out / "wallet")
    return [sys.executable, "-m", "perseus", "consent", *arguments, "--home", home]


def perseus(town: Town, *arguments: str) -> subprocess.CompletedProcess[str]:
    ran = command(town, *arguments)
    return subprocess.run(
        ran, capture_output=True, check=False, timeout=60, text=True, stdin=subprocess.DEVNULL
    )


def at_a_terminal(town: Town, *arguments: str, typed: str) -> subprocess.CompletedProcess[str]:
    """Run a command whose standard input is a terminal, and type something."""
    near, far = pty.openpty()
    try:
        os.write(near, typed.encode())
        ran = command(town, *arguments)
        return subprocess.run(ran, stdin=far, capture_output=True, check=False, timeout=60, text=True)
    finally:
        os.close(near)
        os.close(far)


def unanswered(town: Town) -> list[object]:
    found = listed(town.owner("wallet").get("/local/requests")["requests"])
    return [one["id"] for one in found if isinstance(one, dict) and one["answer"] is None]


def assert_told(text: str) -> None:
    """Assert that everything that would be allowed is said in words for people."""
    told = " ".join(text.split())
    for sentence in (
        "GreenLedger asks, and nothing is shared until you allow it.",
        "1. Meterworks gives GreenLedger the half-hourly readings of 1 meter, to calculate emissions.",
        "2. GreenLedger gives Northern Bank the monthly emissions, in kilograms, of 1 meter, to report emissions.",
        "The data is that of 1 Aug 2026, 00:00 UTC to ",
        "Your leave ends on ",
    ):
        assert sentence in told
    quoted = [line.partition("| ")[2] for line in text.splitlines() if line.lstrip().startswith("|")]
    assert " ".join(" ".join(quoted).split()) == " ".join(TEXT.split())
    assert max(map(len, text.splitlines())) <= WIDTH
    assert [did for party, did in DID.items() if party != "wallet" and f"{did} " in told] == []


def test_a_request_is_listed_in_words_for_people(town: Town, request_id: str) -> None:
    ran = perseus(town, "list")
    assert ran.returncode == 0
    assert_told(ran.stdout)
    assert f"perseus consent grant {request_id}" in " ".join(ran.stdout.replace("\\\n", " ").split())


def test_whoever_says_no_at_the_terminal_has_allowed_nothing(town: Town, request_id: str) -> None:
    ran = at_a_terminal(town, "grant", request_id, typed="n\n")
    assert (ran.returncode, ran.stdout) == (REFUSED, "nothing was allowed\n")
    assert_told(ran.stderr)
    assert "Allow this?" in ran.stderr
    assert unanswered(town) == [request_id]


def test_whoever_says_yes_has_seen_what_it_is(town: Town, request_id: str) -> None:
    ran = at_a_terminal(town, "grant", request_id, typed="y\n")
    assert ran.returncode == 0
    assert_told(ran.stderr)
    assert ran.stdout.count("allowed  urn:uuid:") == len(["readings", "figures"])
    assert unanswered(town) == []


@pytest.mark.parametrize("option", [(), ("--yes",)])
def test_a_script_is_not_asked_and_is_told_all_the_same(town: Town, option: tuple[str, ...]) -> None:
    ran = perseus(town, "grant", town.ask(), *option)
    assert (ran.returncode, "Allow this?" in ran.stderr) == (0, False)
    assert_told(ran.stderr)
    assert ran.stdout.count("allowed  urn:uuid:") == len(["readings", "figures"])


def test_a_terminal_does_not_ask_whoever_says_yes_beforehand(town: Town) -> None:
    ran = at_a_terminal(town, "grant", town.ask(), "--yes", typed="")
    assert (ran.returncode, "Allow this?" in ran.stderr) == (0, False)


def test_what_was_allowed_is_listed_with_names(town: Town, request_id: str) -> None:
    assert request_id not in unanswered(town)
    ran = perseus(town, "list")
    told = " ".join(ran.stdout.split())
    assert (
        "Meterworks gives GreenLedger the half-hourly readings of your meters, to calculate emissions" in told
    )
    assert "did:web" not in ran.stdout


def test_a_request_that_was_declined_is_listed_as_that(town: Town) -> None:
    asked = town.ask()
    town.owner("wallet").post(f"/local/requests/{asked}/decline", {})
    ran = perseus(town, "list", "--json")
    assert ran.returncode == 0
    answers = {one["id"]: one["answer"] for one in json.loads(ran.stdout)["requests"]}
    assert answers[asked] == "declined"
    assert asked not in perseus(town, "list").stdout


def receipts_of(town: Town) -> list[str]:
    """Give the receipts of all who have stopped."""
    listed_now = json.loads(perseus(town, "list", "--json").stdout)["consents"]
    return [party["receipt"] for one in listed_now if one["withdrawal"] for party in one["stopped"]]


def test_a_withdrawal_says_what_ended_for_whom_and_who_has_answered(town: Town) -> None:
    given = json.loads(perseus(town, "list", "--json").stdout)["consents"]
    first = next(one for one in given if one["data"] == "energyConsumptionHalfHourly" and not one["ended"])
    resting = [one["id"] for one in given if one["data"] == "emissionsMonthly"]
    ran = perseus(town, "withdraw", first["id"])
    told = " ".join(ran.stdout.split())
    assert ran.returncode == 0
    for sentence in (
        "ended GreenLedger may no longer have from Meterworks the half-hourly readings of your meters",
        "ended Northern Bank may no longer have from GreenLedger the monthly emissions, in kilograms, of your meters",
        "by the withdrawal urn:uuid:",
    ):
        assert sentence in told
    assert f"UTC {first['id']}" in told
    assert sum(one in told for one in resting) == 1, "only the one that rests on it ends with it"
    for party in ("Meterworks", "GreenLedger", "Northern Bank"):
        assert f"{party} is told, and has not answered yet" in told or f"{party} has stopped" in told
    town.delivered()
    # The parties answer one after the other: what is listed is read only when all of them have.
    until(lambda: len(receipts_of(town)) == 6, patience=30)
    receipts = receipts_of(town)
    listed_now = " ".join(perseus(town, "list").stdout.split())
    assert all(f"has stopped: receipt {receipt}" in listed_now for receipt in receipts)
