"""What a suspension does at the running parties' doors in the very second in which it is decided, and afterwards."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from holders.present import present
from perseus import clock, officers
from perseus.keystore import KeyStore, fresh_urn
from perseus.refreshing import Refresher
from perseus.verification import Question, judge
from support.town import DID, SOURCE, Town, until
from trust.canonical import Json, canonicalize, parse_object
from trust.claims.halfhour import stamp
from trust.did import Did
from trust.digest import Digest
from trust.secured import Secured

from .conftest import Played


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Play the story in a scheme with an evidence log, and wait until everything in the chain is proven in time."""
    town = Town(tmp_path_factory.mktemp("town"), witnessed=True, interval=2)
    try:
        town.start()
        found = Played(town, town.story(), b"")
        until(lambda: unproven(json.loads(evidence(found))) == set(), patience=40)
        yield found
    finally:
        town.stop()


def unproven(file: dict[str, Any]) -> set[str]:
    """Name the members' documents of a chain that have no proof of their time yet."""
    held = [
        one for one in file["presentation"]["verifiableCredential"] if one["issuer"].startswith("did:web:")
    ]
    return {Digest.of(canonicalize(one)).multibase for one in held} - set(file.get("timeProofs", {}))


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(trust_env=False, timeout=30) as found:
        yield found


def address(played: Played, party: str) -> str:
    return (played.town.out / party / "address").read_text()


def evidence(played: Played) -> bytes:
    return played.town.owner("bank").fetch("GET", f"/v1/reports/{played.result['report']}/evidence")


def shown(client: httpx2.Client, played: Played, to: str, *kinds: str) -> Json:
    """Have the accounting provider present what it holds anew, with its own key."""
    held = json.loads(evidence(played))["presentation"]["verifiableCredential"]
    chosen = [one for one in held if not kinds or one["type"][1] in kinds]
    given = client.post(f"{address(played, to)}/v1/challenge", json={}).json()
    made = present(
        [Secured(canonicalize(one)) for one in chosen],
        holder=Did(DID["cap"]),
        signer=KeyStore.at(played.town.out / "cap").open("signing"),
        audience=Did(given["audience"]),
        challenge=given["nonce"],
        at=clock.now(),
        id=fresh_urn(),
    )
    return parse_object(made.raw)


def decide(played: Played, act: str) -> None:
    out = played.town.out
    decided = {"suspend": officers.suspend, "reinstate": officers.reinstate}[act]
    decided(DID["cap"], reason="returns are late", home=out / "operator", officers=out / "officers")
    until(lambda: is_published(played))


def is_published(played: Played) -> bool:
    """Tell whether witnesses have seen all that was decided: nobody outside can know of it earlier."""
    told = httpx2.get(f"{address(played, 'operator')}/v1/logs", trust_env=False).json()["logs"]["log"]
    return bool(told["size"] == told["published"])


def test_a_member_suspended_a_moment_ago_gets_in_at_no_door(client: httpx2.Client, played: Played) -> None:
    file = evidence(played)
    # Whoever signed in the very second of the suspension was suspended; the story is of an earlier one.
    last = json.loads(file)["receipt"]["validFrom"]
    until(lambda: stamp(clock.now()) > last)
    report = shown(client, played, "bank")
    kinds = ("MembershipCredential", "AccountHolderCredential", "ConsentCredential")
    wanted = {"presentation": shown(client, played, "edp", *kinds), "source": SOURCE, "month": "2026-08"}
    # Both copies of the register are as new as they can be, and would not be asked for again so soon.
    played.town.owner("bank").fetch("POST", "/v1/verifications", body=file)
    client.post(f"{address(played, 'edp')}/v1/consumption", json={**wanted, "month": "2026-07"})
    decide(played, "suspend")
    for party, door, body in (
        ("bank", "presentations", {"presentation": report}),
        ("edp", "consumption", wanted),
    ):
        answered = client.post(f"{address(played, party)}/v1/{door}", json=body)
        assert (answered.status_code, answered.json()["code"]) == (403, "member.suspended_at_signing"), party
        assert "GreenLedger" in answered.json()["detail"]


def test_what_it_signed_before_stays_genuine_and_the_verdict_warns(played: Played) -> None:
    question = Question(played.town.out / "trust.json", "bank", clock.now(), None, offline=False)
    verdict = json.loads(played.town.owner("bank").fetch("POST", "/v1/verifications", body=evidence(played)))
    assert verdict["authentic_at_signing"] == "yes"
    warned = {check["code"] for check in verdict["checks"] if check["outcome"] == "warning"}
    assert "member.suspended_later" in warned
    assert "failed" not in {check["outcome"] for check in verdict["checks"]}
    offline = judge(evidence(played), question)
    assert offline["known_at"] == verdict["known_at"] - 1


def test_without_proofs_the_banks_own_record_keeps_the_chain_and_a_stranger_is_left_in_doubt(
    played: Played,
) -> None:
    """The bank knows when it received this file; whoever gets it now cannot tell it from one that is dated back."""
    file = json.loads(evidence(played))
    del file["timeProofs"]
    bare = canonicalize(file)
    own = json.loads(played.town.owner("bank").fetch("POST", "/v1/verifications", body=bare))
    assert own["authentic_at_signing"] == "yes"
    peers = [f'"{one.removeprefix("did:web:")}" = "{party}/address"' for party, one in DID.items()]
    settings = played.town.out / "settings.toml"
    settings.write_text("[peers]\n" + "\n".join(peers) + "\n", encoding="utf-8")
    question = Question(
        played.town.out / "trust.json", "bank", clock.now(), None, offline=False, in_hand=True
    )
    stranger = judge(bare, question, refresh=Refresher(settings))
    assert stranger["known_at"] == own["known_at"]
    assert stranger["authentic_at_signing"] == "unknown"
    checks = stranger["checks"]
    assert isinstance(checks, list)
    doubted = [one for one in checks if isinstance(one, dict) and one["outcome"] == "unknown"]
    assert "signature.time_unproven" in {one["code"] for one in doubted}
    # As the bank itself, by the receipt that it signed, it is as good as with its own records.
    as_bank = judge(bare, replace(question, audience=Did(DID["bank"])), refresh=Refresher(settings))
    assert as_bank["authentic_at_signing"] == "yes"


def test_once_it_is_reinstated_it_is_let_in_again(client: httpx2.Client, played: Played) -> None:
    """What it signed before is good where its time is proven; else it may have been signed while it was suspended."""
    decide(played, "reinstate")
    file = json.loads(evidence(played))
    for proofs, authentic in ((file["timeProofs"], "yes"), ({}, "unknown")):
        body = {
            "presentation": shown(client, played, "bank"),
            "resources": file["resources"],
            "time_proofs": {name: proof for name, proof in proofs.items() if "salt" in proof},
        }
        answered = client.post(f"{address(played, 'bank')}/v1/presentations", json=body)
        assert answered.status_code == 201
        assert answered.json()["credentialSubject"]["authentic"] == authentic


def test_where_the_operator_does_not_answer_the_verdict_says_how_old_its_register_is(
    client: httpx2.Client, played: Played
) -> None:
    report, file = shown(client, played, "bank"), evidence(played)
    played.town.kill("operator")
    body = {"presentation": report, "resources": json.loads(file)["resources"]}
    answered = client.post(f"{address(played, 'bank')}/v1/presentations", json=body)
    assert answered.status_code == 201
    told = played.town.owner("bank").get(answered.headers["location"])
    verdict = told["verdict"]
    assert isinstance(verdict, dict)
    checks = verdict["checks"]
    assert isinstance(checks, list)
    found = next(
        check for check in checks if isinstance(check, dict) and check["name"] == "register.consistent"
    )
    assert "seconds before." in str(found["detail"])
    assert f"its {verdict['known_at']} were all there were on " in str(found["detail"])
