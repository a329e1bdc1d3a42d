"""What the doors refuse, and how: a problem document with a code, never a traceback, and never a leak."""

import json
from collections.abc import Iterator

import httpx2
import orjson
import pytest

from perseus.log import following
from support.town import DID, SOURCE

from .conftest import Played

JSON = {"Content-Type": "application/json"}
Caller = httpx2.Client


@pytest.fixture
def client() -> Iterator[Caller]:
    with httpx2.Client(trust_env=False, timeout=30) as found:
        yield found


def address(played: Played, party: str) -> str:
    return (played.town.out / party / "address").read_text()


def challenge(client: Caller, played: Played, party: str) -> dict[str, str]:
    found: dict[str, str] = client.post(f"{address(played, party)}/v1/challenge", json={}).json()
    return found


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/status/99", 404),
        ("GET", "/v1/challenge", 405),
        ("POST", "/healthz", 405),
    ],
)
def test_what_is_not_there_is_a_problem(
    client: Caller, played: Played, method: str, path: str, status: int
) -> None:
    answered = client.request(method, address(played, "edp") + path)
    assert answered.status_code == status
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.json()["status"] == status


@pytest.mark.parametrize(
    ("party", "path"),
    [
        ("wallet", "/local/consents"),
        ("wallet", "/local/requests"),
        ("cap", "/local/readings"),
        ("bank", "/v1/reports"),
        ("bank", "/v1/reports/00000000-0000-4000-8000-000000000000/evidence"),
    ],
)
@pytest.mark.parametrize("shown", [None, "Bearer", "Bearer wrong", "Basic d3Jvbmc="])
def test_a_local_door_opens_to_its_owner_alone(
    client: Caller, played: Played, party: str, path: str, shown: str | None
) -> None:
    headers = {} if shown is None else {"Authorization": shown}
    answered = client.get(address(played, party) + path, headers=headers)
    assert (answered.status_code, answered.json()["code"]) == (401, "http.unauthenticated")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "format."),
        (b"{", "format."),
        (b'{"a":1,"a":2}', "format.duplicate_key"),
        (b'{"a":NaN}', "format."),
        (b"[]", "format."),
        (b"null", "format."),
        (b"\xff\xfe{\x00}\x00", "format."),
        (b'{"presentation":7,"source":"s","month":"m"}', "format.schema"),
        (b'{"presentation":{},"source":"s","month":"m","more":1}', "format.schema"),
        (b'{"presentation":{},"source":"s","month":"m"}', "format."),
        (b"{" * 100_000, "format."),
    ],
)
def test_a_body_that_is_not_what_it_must_be_is_400_with_a_format_code(
    client: Caller, played: Played, body: bytes, code: str
) -> None:
    answered = client.post(f"{address(played, 'edp')}/v1/consumption", content=body, headers=JSON)
    assert answered.status_code == 400
    assert answered.json()["code"].startswith(code)


def test_a_body_of_another_kind_is_415(client: Caller, played: Played) -> None:
    headers = {"Content-Type": "text/plain"}
    answered = client.post(f"{address(played, 'edp')}/v1/challenge", content=b"{}", headers=headers)
    assert answered.status_code == 415


def test_a_body_beyond_its_cap_is_413_and_not_read_to_its_end(client: Caller, played: Played) -> None:
    answered = client.post(
        f"{address(played, 'edp')}/v1/consents", content=b"x" * (1 << 20) + b"x", headers=JSON
    )
    assert (answered.status_code, answered.json()["code"]) == (413, "format.too_large")


def test_a_nonce_that_was_never_given_out_lets_nobody_in(client: Caller, played: Played) -> None:
    shown = evidence(played)["presentation"]
    shown["proof"]["challenge"] = "never-given-out"
    body = {"presentation": shown, "resources": {}}
    answered = client.post(f"{address(played, 'bank')}/v1/presentations", json=body)
    assert (answered.status_code, answered.json()["code"]) == (403, "presentation.nonce")


def test_a_presentation_shown_twice_is_refused_the_second_time(client: Caller, played: Played) -> None:
    body = {"presentation": evidence(played)["presentation"], "resources": {}}
    answered = client.post(f"{address(played, 'bank')}/v1/presentations", json=body)
    assert (answered.status_code, answered.json()["code"]) == (403, "presentation.nonce")


def test_a_presentation_made_for_the_bank_opens_no_other_door(client: Caller, played: Played) -> None:
    shown = evidence(played)["presentation"]
    shown["proof"]["challenge"] = challenge(client, played, "edp")["nonce"]
    body = {"presentation": shown, "source": SOURCE, "month": "2026-08"}
    answered = client.post(f"{address(played, 'edp')}/v1/consumption", json=body)
    assert answered.status_code == 403
    assert "readings" not in answered.text


def test_an_account_code_alone_gets_nothing(client: Caller, played: Played) -> None:
    nonce = challenge(client, played, "edp")["nonce"]
    proof = {"challenge": nonce, "domain": DID["edp"]}
    body = {"code": "pre-agreed-code", "answer": {"proof": proof}}
    answered = client.post(f"{address(played, 'edp')}/v1/account-holders", json=body)
    assert answered.status_code == 400


def test_a_key_sent_with_another_body_is_a_conflict(client: Caller, played: Played) -> None:
    wallet = played.town.owner("wallet")
    headers = {
        **JSON,
        "Idempotency-Key": "same-key",
        "Authorization": f"Bearer {(wallet.home / 'door').read_text()}",
    }
    found = wallet.get("/local/requests")["requests"]
    assert isinstance(found, list)
    assert isinstance(found[0], dict)
    first = orjson.dumps({"request": found[0]["request"]})
    url = f"{address(played, 'wallet')}/v1/consent-requests"
    answers = [client.post(url, content=first, headers=headers) for _ in range(2)]
    assert [one.status_code for one in answers] == [202, 202]
    assert answers[0].content == answers[1].content
    other = client.post(url, content=first + b" ", headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "http.key_reused")


def test_an_event_without_officers_does_not_enter_the_register(client: Caller, played: Played) -> None:
    url = address(played, "operator")
    before = client.get(f"{url}/log/checkpoint").text
    entries = following.entries(lambda path: client.get(path).content, f"{url}/log", start=1, size=3)
    entry = json.loads(entries[0])
    again = client.post(f"{url}/v1/events", json={"entry": entry})
    assert (again.status_code, again.json()["index"]) == (201, 1)  # it stands there already, and once
    for refused in ({**entry, "signatures": entry["signatures"][:1]}, {}):
        answered = client.post(f"{url}/v1/events", json={"entry": refused})
        assert 400 <= answered.status_code < 500
    assert client.get(f"{url}/log/checkpoint").text == before


def test_a_request_for_consent_signed_by_nobody_in_the_scheme_is_not_shown(
    client: Caller, played: Played
) -> None:
    found = played.town.owner("wallet").get("/local/requests")["requests"]
    assert isinstance(found, list)
    assert isinstance(found[0], dict)
    request = json.loads(json.dumps(found[0]["request"]))
    request["requester"] = DID["bank"]
    answered = client.post(f"{address(played, 'wallet')}/v1/consent-requests", json={"request": request})
    assert 400 <= answered.status_code < 500
    assert len(found) == len(played.town.owner("wallet").get("/local/requests")["requests"])  # type: ignore[arg-type]  # a JSON list


@pytest.mark.parametrize("party", ["operator", "edp", "grid", "cap", "bank", "wallet"])
def test_every_service_says_that_it_is_well_and_describes_itself(
    client: Caller, played: Played, party: str
) -> None:
    told = client.get(f"{address(played, party)}/healthz").json()
    assert told["party"] == party
    assert client.get(f"{address(played, party)}/openapi.json").json()["openapi"].startswith("3.")


def evidence(played: Played) -> dict[str, dict[str, dict[str, str]]]:
    raw = played.town.owner("bank").fetch("GET", f"/v1/reports/{played.result['report']}/evidence")
    found: dict[str, dict[str, dict[str, str]]] = orjson.loads(raw)
    return found
