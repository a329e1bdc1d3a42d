"""What a hostile member, customer or stranger tries at the running parties, with keys of its own and honest papers."""

import json
from collections.abc import Iterator
from dataclasses import replace

import httpx2
import orjson
import pytest

from holders.present import present
from perseus import clock
from perseus.keystore import KeyStore, fresh_urn
from perseus.verification import Question, judge
from support.town import DID, SOURCE
from trust.canonical import Json, canonicalize
from trust.claims.halfhour import stamp
from trust.did import Did
from trust.keys import Signer
from trust.secured import Secured
from trust.signing import sign_document

from .conftest import Played

Document = dict[str, Json]


@pytest.fixture
def client() -> Iterator[httpx2.Client]:
    with httpx2.Client(trust_env=False, timeout=30) as found:
        yield found


def key_of(played: Played, party: str) -> Signer:
    return KeyStore.at(played.town.out / party).open("signing")


def file_of(played: Played) -> Document:
    raw = played.town.owner("bank").fetch("GET", f"/v1/reports/{played.result['report']}/evidence")
    found: Document = orjson.loads(raw)
    return found


def carried(played: Played, *kinds: str) -> list[Secured]:
    shown = file_of(played)["presentation"]
    assert isinstance(shown, dict)
    held = shown["verifiableCredential"]
    assert isinstance(held, list)
    wanted = {f"{kind}Credential" for kind in kinds}
    return [Secured(canonicalize(one)) for one in held if isinstance(one, dict) and one["type"][1] in wanted]


def address(played: Played, party: str) -> str:
    return (played.town.out / party / "address").read_text()


def show(
    client: httpx2.Client, played: Played, to: str, held: list[Secured], *, by: str, named: str = ""
) -> Document:
    given = client.post(f"{address(played, to)}/v1/challenge", json={}).json()
    shown = present(
        held,
        holder=Did(DID[by]),
        signer=key_of(played, by),
        audience=Did(given["audience"]),
        challenge=given["nonce"],
        at=clock.now(),
        id=named or fresh_urn(),
    )
    found: Document = orjson.loads(shown.raw)
    return found


@pytest.mark.parametrize("by", ["bank", "grid", "operator"])
def test_no_other_member_gets_a_reading_with_the_papers_of_the_accounting_provider(
    client: httpx2.Client, played: Played, by: str
) -> None:
    both = carried(played, "AccountHolder", "Consent")
    readings = [
        one for one in both if b"energyConsumptionHalfHourly" in one.raw or b"AccountHolder" in one.raw
    ]
    figures = [one for one in both if b"emissionsMonthly" in one.raw or one in readings[:1]]
    for held in (both, both[::-1], readings, figures):
        body = {
            "presentation": show(client, played, "edp", held, by=by),
            "source": SOURCE,
            "month": "2026-08",
        }
        answered = client.post(f"{address(played, 'edp')}/v1/consumption", json=body)
        assert answered.status_code == 403
        assert b"values" not in answered.content


def test_the_accounting_provider_gets_no_month_and_no_meter_beyond_its_consent(
    client: httpx2.Client, played: Played
) -> None:
    held = [one for one in carried(played, "AccountHolder", "Consent") if b"emissionsMonthly" not in one.raw]
    for source, month in ((SOURCE, "2026-07"), (SOURCE, "2025-08"), ("urn:uuid:somebody-else", "2026-08")):
        body = {"presentation": show(client, played, "edp", held, by="cap"), "source": source, "month": month}
        answered = client.post(f"{address(played, 'edp')}/v1/consumption", json=body)
        assert answered.status_code == 403


def test_the_wallet_takes_no_figure_that_another_member_signed_in_the_accounting_providers_name(
    client: httpx2.Client, played: Played
) -> None:
    figure = orjson.loads(carried(played, "Emissions")[0].raw)
    figure["id"] = fresh_urn()
    figure["credentialSubject"]["rows"][0]["kg"] = "1.000"
    figure.pop("proof")
    forged = sign_document(
        figure, by=Did(DID["grid"]), signer=key_of(played, "grid"), purpose="assertionMethod", at=clock.now()
    )
    headers = {"Content-Type": "application/vc"}
    answered = client.post(f"{address(played, 'wallet')}/v1/credentials", content=forged.raw, headers=headers)
    assert 400 <= answered.status_code < 500
    figure["issuer"] = DID["grid"]
    own = sign_document(
        figure, by=Did(DID["grid"]), signer=key_of(played, "grid"), purpose="assertionMethod", at=clock.now()
    )
    answered = client.post(f"{address(played, 'wallet')}/v1/credentials", content=own.raw, headers=headers)
    assert 400 <= answered.status_code < 500


def test_a_stranger_puts_nothing_into_the_banks_database(client: httpx2.Client, played: Played) -> None:
    given = client.post(f"{address(played, 'bank')}/v1/challenge", json={}).json()
    document = file_of(played)["presentation"]
    assert isinstance(document, dict)
    proof = document["proof"]
    assert isinstance(proof, dict)
    shown = {**document, "id": fresh_urn(), "proof": {**proof, "challenge": given["nonce"]}}
    before = played.town.owner("bank").get("/v1/reports")
    body = {"presentation": shown, "resources": {}}
    answered = client.post(f"{address(played, 'bank')}/v1/presentations", json=body)
    assert 400 <= answered.status_code < 500
    assert played.town.owner("bank").get("/v1/reports") == before


def test_readings_pushed_at_the_bank_are_judged_and_not_kept(client: httpx2.Client, played: Played) -> None:
    readings = played.town.owner("cap").get("/local/readings")["resources"]
    resources = file_of(played)["resources"]
    assert isinstance(readings, dict)
    assert isinstance(resources, dict)
    kinds = ("AccountHolder", "Consent", "Consumption", "GridIntensity", "Emissions")
    body = {
        "presentation": show(client, played, "bank", carried(played, *kinds), by="cap"),
        "resources": {**resources, **readings},
    }
    answered = client.post(f"{address(played, 'bank')}/v1/presentations", json=body)
    assert answered.status_code == 201
    report = answered.headers["location"]
    told = played.town.owner("bank").get(report)["verdict"]
    kept = played.town.owner("bank").fetch("GET", f"{report}/evidence")
    assert isinstance(told, dict)
    assert "data.more_than_due" in json.dumps(told["checks"])
    assert readings
    assert b"HalfHourSeries" not in kept


def test_a_presentation_of_the_same_name_is_a_replay_whatever_nonce_it_answers(
    client: httpx2.Client, played: Played
) -> None:
    file = file_of(played)
    before = file["presentation"]
    assert isinstance(before, dict)
    kinds = ("AccountHolder", "Consent", "Consumption", "GridIntensity", "Emissions")
    again = show(client, played, "bank", carried(played, *kinds), by="cap", named=str(before["id"]))
    kept = played.town.owner("bank").get("/v1/reports")
    body = {"presentation": again, "resources": file["resources"]}
    answered = client.post(f"{address(played, 'bank')}/v1/presentations", json=body)
    assert (answered.status_code, answered.json()["code"]) == (409, "presentation.replayed")
    assert played.town.owner("bank").get("/v1/reports") == kept


def test_a_file_that_names_lists_without_end_costs_a_bounded_number_of_questions(
    client: httpx2.Client, played: Played
) -> None:
    document = file_of(played)
    lists = document["statusLists"]
    assert isinstance(lists, dict)
    some = next(iter(lists.values()))
    made_up = {f"https://edp.demo.perseus.example/status/{number}": some for number in range(100, 400)}
    strange = {"https://bank.demo.perseus.example/status/999": some}
    raw = canonicalize({**document, "statusLists": {**lists, **made_up, **strange}})
    before = asked(played)
    answered = client.post(
        f"{address(played, 'bank')}/v1/verifications",
        content=raw,
        headers={"Content-Type": "application/json"},
    )
    assert answered.status_code == 200
    assert asked(played) - before <= 32


def asked(played: Played) -> int:
    """Count the status lists that the energy data provider was asked for."""
    return (played.town.out / "edp" / "log.jsonl").read_text().count('"path": "/status/')


@pytest.mark.parametrize(
    ("party", "path"),
    [
        ("operator", "/log/tile/0/" + "x999/" * 900 + "999"),
        ("operator", "/log/tile/entries/-01"),
        ("operator", "/log/tile/64/000"),
        ("operator", "/status/99999999999999999999999999999"),
        ("edp", "/status/-1"),
        ("operator", "/v1/memberships/not-a-did"),
        ("operator", "/v1/memberships/did:web:nobody.example"),
    ],
)
def test_no_number_and_no_name_makes_a_service_fail(
    client: httpx2.Client, played: Played, party: str, path: str
) -> None:
    assert 400 <= client.get(address(played, party) + path).status_code < 500


def test_one_nonce_lets_nobody_guess_twice(client: httpx2.Client, played: Played) -> None:
    given = client.post(f"{address(played, 'bank')}/v1/challenge", json={}).json()
    document = file_of(played)["customer"]
    assert isinstance(document, dict)
    proof = document["proof"]
    assert isinstance(proof, dict)
    shown = {**document, "proof": {**proof, "challenge": given["nonce"]}}
    answers = [
        client.post(
            f"{address(played, 'bank')}/v1/pairings", json={"code": f"a guess {number}", "pairing": shown}
        )
        for number in range(2)
    ]
    assert answers[0].status_code in {400, 401, 403}
    assert (answers[1].status_code, answers[1].json()["code"]) == (403, "presentation.nonce")


def test_what_a_party_keeps_is_for_its_own_account_alone(played: Played) -> None:
    for home in (played.town.out / party for party in ("edp", "cap", "bank", "wallet")):
        assert home.stat().st_mode & 0o077 == 0
        for database in home.glob("db.sqlite*"):
            assert database.stat().st_mode & 0o777 == 0o600, database


def test_the_bank_takes_no_file_that_was_made_for_another_and_says_so_itself(played: Played) -> None:
    """The provider shows the chain to an accomplice, whose receipt it is; each part of the file fits the others."""
    file, accomplice = file_of(played), Did(DID["grid"])
    kinds = ("AccountHolder", "Consent", "Consumption", "GridIntensity", "Emissions")
    shown = present(
        carried(played, *kinds),
        holder=Did(DID["cap"]),
        signer=key_of(played, "cap"),
        audience=accomplice,
        challenge="between-friends-0001",
        at=clock.now(),
        id=fresh_urn(),
    )
    receipt = orjson.loads(canonicalize(file["receipt"]))
    receipt.pop("proof")
    at = clock.now()
    receipt |= {"issuer": str(accomplice), "validFrom": stamp(at), "id": fresh_urn()}
    receipt["credentialSubject"] |= {
        "presentation": orjson.loads(shown.raw)["id"],
        "digestMultibase": shown.digest.multibase,
        "receivedAt": stamp(at),
        "challenge": "between-friends-0001",
        "audience": str(accomplice),
    }
    signed = sign_document(
        receipt, by=accomplice, signer=key_of(played, "grid"), purpose="assertionMethod", at=at
    )
    forged = {**file, "presentation": orjson.loads(shown.raw), "receipt": orjson.loads(signed.raw)}
    question = Question(played.town.out / "trust.json", "bank", clock.now(), None, offline=True)
    stranger = judge(canonicalize(forged), question)
    bank = played.town.owner("bank").fetch("POST", "/v1/verifications", body=canonicalize(forged))
    assert audience_in(stranger) == ("passed", "presentation.audience")
    assert audience_in(orjson.loads(bank)) == ("failed", "presentation.audience")
    assert (
        audience_in(judge(canonicalize(forged), replace(question, audience=Did(DID["bank"]))))[0] == "failed"
    )
    own = played.town.owner("bank").fetch("POST", "/v1/verifications", body=canonicalize(file))
    assert audience_in(orjson.loads(own)) == ("passed", "presentation.audience")


def audience_in(verdict: Document) -> tuple[str, str]:
    """Give what was found about whom a file was made for."""
    checks = verdict["checks"]
    assert isinstance(checks, list)
    [found] = [one for one in checks if isinstance(one, dict) and one["name"] == "presentation.audience"]
    return str(found["outcome"]), str(found["code"])
