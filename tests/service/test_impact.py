"""What a decision would touch: numbers that members give to the scheme operator alone, and what follows from them."""

import json
import subprocess
import sys
from typing import Any

import httpx2
import pytest

from holders.present import present
from perseus import clock
from perseus.apps.impact import CONSEQUENCES
from perseus.governance.previews import told
from perseus.keystore import KeyStore, fresh_urn
from support.town import DID
from trust.canonical import parse
from trust.did import Did
from trust.errors import NotPermittedError
from trust.secured import Secured

from .conftest import Played

COUNTED = {"reports", "banks", "consents"}


def impact(played: Played, subject: str, event: str = "member.suspended") -> dict[str, Any]:
    found: dict[str, Any] = played.town.owner("operator").get(f"/v1/impact?event={event}&subject={subject}")
    return found


@pytest.mark.parametrize(
    ("party", "reports", "banks", "consents"),
    [("edp", 1, 1, 1), ("cap", 1, 1, 2), ("grid", 1, 1, 0), ("bank", 0, 0, 1)],
)
def test_each_report_bank_and_consent_is_counted_once(
    played: Played, party: str, reports: int, banks: int, consents: int
) -> None:
    found = impact(played, DID[party])
    assert {name: found[name] for name in COUNTED} == {
        "reports": reports,
        "banks": banks,
        "consents": consents,
    }
    assert (found["active"], found["state"]) == (True, "member")
    assert found["shared_list"] == 2


def test_who_does_not_answer_is_named_and_not_counted(played: Played) -> None:
    found = impact(played, DID["edp"])
    assert [one["member"] for one in found["silent"]] == ["did:web:suspended.demo.perseus.example"]
    assert found["sentence"] == "1 report, 1 bank, 1 consent; 1 member did not answer"
    why = "it could not be asked, because the name is not among those that this service may ask"
    assert [one["why"] for one in found["silent"]] == [why]
    assert f"  no answer  Murk Carbon (did:web:suspended.demo.perseus.example): {why}" in list(told(found))
    played.town.kill("cap")
    try:
        without = impact(played, DID["edp"])
    finally:
        played.town.revive("cap")
    assert without["sentence"] == "1 report, 1 bank, 0 consents; 2 members did not answer"
    assert any(one["why"].startswith("it did not answer: ") for one in without["silent"])


def test_a_preview_says_what_follows_and_decides_nothing(played: Played) -> None:
    home = played.town.out / "operator"
    size = json.loads(played.town.owner("operator").fetch("GET", "/healthz"))["register_size"]
    command = [
        sys.executable,
        "-m",
        "perseus",
        "member",
        "suspend",
        DID["cap"],
        "--preview",
        "--home",
        str(home),
    ]
    ran = subprocess.run(command, capture_output=True, check=False, timeout=60, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "1 report, 1 bank, 2 consents; 1 member did not answer" in ran.stdout
    assert "What it signed before stays good, with a warning." in " ".join(ran.stdout.split())
    assert "member now, carbon accounting provider" in " ".join(ran.stdout.split())
    assert json.loads(played.town.owner("operator").fetch("GET", "/healthz"))["register_size"] == size


@pytest.mark.parametrize("event", sorted(CONSEQUENCES))
def test_every_event_that_takes_something_away_says_what_follows(played: Played, event: str) -> None:
    assert impact(played, DID["cap"], event)["consequence"] == CONSEQUENCES[event]


@pytest.mark.parametrize(
    ("event", "subject", "code"),
    [
        ("member.admitted", DID["cap"], "event.type"),
        ("member.suspended", "did:web:nobody.example", "http.not_found"),
        ("member.suspended", "nobody", "format.unparseable"),
    ],
)
def test_a_preview_is_of_a_member_and_of_an_event_that_takes_something_away(
    played: Played, event: str, subject: str, code: str
) -> None:
    with pytest.raises(NotPermittedError) as refused:
        impact(played, subject, event)
    assert refused.value.code == code


def asked_by(played: Played, asker: str, of: str) -> httpx2.Response:
    """Ask a party what rests on the accounting provider, with another's membership and key."""
    operator = played.town.owner("operator")
    credential = operator.fetch("GET", f"/v1/memberships/{DID[asker]}")
    home = played.town.out / asker
    address = (played.town.out / of / "address").read_text()
    with httpx2.Client(trust_env=False, timeout=30) as client:
        challenge = client.post(f"{address}/v1/challenge", json={}).json()
        shown = present(
            [Secured(credential)],
            holder=Did(DID[asker]),
            signer=KeyStore.at(home).open("signing"),
            audience=Did(challenge["audience"]),
            challenge=challenge["nonce"],
            at=clock.now(),
            id=fresh_urn(),
        )
        body = {"presentation": parse(shown.raw, where="presentation", limit=1 << 20)}
        answered = client.post(f"{address}/v1/reliance/{DID['cap']}", json=body)
        again = client.post(f"{address}/v1/reliance/{DID['cap']}", json=body)
    assert again.status_code == 403
    return answered


@pytest.mark.parametrize("of", ["edp", "bank"])
def test_the_operator_alone_is_told_and_nothing_but_numbers(played: Played, of: str) -> None:
    answered = asked_by(played, "operator", of)
    told = answered.json()
    assert (answered.status_code, told.keys()) == (200, COUNTED)
    assert all(isinstance(number, int) for number in told.values())
    assert told["consents"] == 1


@pytest.mark.parametrize("of", ["edp", "bank"])
def test_another_member_is_told_nothing(played: Played, of: str) -> None:
    answered = asked_by(played, "grid", of)
    assert (answered.status_code, answered.json()["code"]) == (403, "member.wrong_role")
    assert not COUNTED & answered.json().keys()


def test_a_withdrawn_consent_is_counted_no_more(played: Played) -> None:
    """The last test of this file: it ends what the others look at."""
    wallet = played.town.owner("wallet")
    consents = wallet.get("/local/consents")["consents"]
    assert isinstance(consents, list)
    for one in consents:
        assert isinstance(one, dict)
        wallet.post(f"/local/consents/{one['id']}/withdraw", {})
    played.town.delivered()
    found = impact(played, DID["cap"])
    assert (found["consents"], found["reports"], found["shared_list"]) == (0, 1, 0)
