"""The directory over HTTP: every representation, every moment, and nothing that a name could break."""

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import jsonschema_rs
import pytest

from perseus.apps.operator import open_operator
from perseus.apps.party import open_party
from perseus.apps.service import own_document
from perseus.homes import Inhabitant, make_home
from registry.projections.names import Names, application_path, member_path
from registry.projections.view import View
from support.directory import BASE, HOSTILE_ROLES, HOSTILE_SERVICES, OperatorHome, every_page, storied
from support.outline import Outline
from support.scheme import ORIGIN, ROLE, START, SchemeSimulator
from trust.did import Did

EDP, BAD, GONE = "did:web:edp.example", "did:web:bad.example", "did:web:gone.example"
STANDARD = "https://registry.ib1.org/scheme/perseus/standard/energy-consumption"
TYPES = {
    "text/turtle": "@prefix",
    "application/ld+json": "{",
    "application/rdf+xml": "<?xml",
    "application/n-triples": "<",
    "text/html": "<!DOCTYPE html>",
}


@pytest.fixture(scope="module")
def scheme() -> SchemeSimulator:
    """Give a scheme in which everything has happened."""
    return storied()


@pytest.fixture(scope="module")
def home(scheme: SchemeSimulator, tmp_path_factory: pytest.TempPathFactory) -> OperatorHome:
    """Give an operator's home over that scheme's log."""
    return OperatorHome(tmp_path_factory.mktemp("town"), scheme)


@pytest.fixture(scope="module")
def client(home: OperatorHome) -> Iterator[httpx2.Client]:
    """Give the operator's service."""
    with home.client() as opened:
        yield opened


def get(client: httpx2.Client, path: str, accept: str = "*/*", **headers: str) -> httpx2.Response:
    return client.get(path, headers={"Accept": accept, **headers})


def problem(answer: httpx2.Response, status: int, code: str) -> str:
    """Hold a refusal against what it must be, and give its sentence."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    if not answer.url.path.startswith("/static/"):
        size, root = answer.headers["perseus-log-size"], answer.headers["perseus-log-root"]
        assert (answer.json()["log_size"], answer.json()["log_root"]) == (int(size), root)
    return str(answer.json()["detail"])


def test_the_operators_service_has_the_directorys_doors(home: OperatorHome) -> None:
    party = open_party(home.path)
    paths = open_operator(party).openapi()["paths"]
    party.stop()
    assert {"/register", "/m/{did}", "/m/{did}/did.json", "/sparql", "/authorization", "/metadata"} <= set(
        paths
    )


def test_a_member_is_told_in_turtle(client: httpx2.Client) -> None:
    answer = get(client, f"/m/{EDP}", "text/turtle")
    assert f"<{BASE}/m/{EDP}>\n    a schema:Organization, perseus:Member" in answer.text
    assert f"ib1:role <{ROLE}energy-data-provider>" in answer.text


@pytest.mark.parametrize(
    "path", [f"/m/{EDP}", f"/m/{BAD}", f"/a/{EDP}/perseus", "/register", "/m/did:web:cap.example%253A8443"]
)
@pytest.mark.parametrize("media_type", TYPES)
def test_every_page_comes_in_every_representation(path: str, media_type: str, client: httpx2.Client) -> None:
    answer = get(client, path, media_type)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == media_type
    assert answer.text.startswith(TYPES[media_type])
    assert answer.headers["vary"] == "Accept"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("text/*", "text/turtle"),
        ("text/*;q=0.5, text/turtle;q=0", "text/html"),
        ("application/rdf+xml;q=0.9, application/ld+json;q=0.95, */*;q=0.1", "application/ld+json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("TEXT/HTML", "text/html"),
        ("text/turtle;q=nonsense, text/html;q=0.1", "text/html"),
        ("image/png, application/*;q=0.2", "application/ld+json"),
    ],
)
def test_the_representation_that_the_caller_likes_most_is_given(
    accept: str, chosen: str, client: httpx2.Client
) -> None:
    assert get(client, f"/m/{EDP}", accept).headers["content-type"].partition(";")[0] == chosen


@pytest.mark.parametrize("accept", ["image/png", "text/turtle;q=0", "*/*;q=0", ",;,"])
def test_what_there_is_is_listed_where_the_caller_takes_none_of_it(
    accept: str, client: httpx2.Client
) -> None:
    told = problem(get(client, f"/m/{EDP}", accept), 406, "http.not_acceptable")
    assert all(media_type in told for media_type in TYPES)


def test_the_address_can_name_the_representation(client: httpx2.Client) -> None:
    assert get(client, f"/m/{EDP}?format=rdf-xml", "text/html").text.startswith("<?xml")
    assert "expected turtle" in problem(get(client, f"/m/{EDP}?format=pdf"), 400, "format.unparseable")


@pytest.mark.parametrize(
    "path",
    [
        f"/m/{EDP}",
        f"/m/{EDP}/did.json",
        f"/a/{EDP}/perseus",
        "/register",
        f"/query/members-with-role?role={ROLE}auditor",
        f"/query/data-catalog/api?conformsTo={STANDARD}",
        "/sparql?query=ASK%20%7B%7D",
        "/metadata",
    ],
)
def test_every_answer_says_what_it_was_read_from_and_is_given_once(
    path: str, client: httpx2.Client, scheme: SchemeSimulator
) -> None:
    answer = get(client, path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["perseus-log-size"] == str(scheme.register.size)
    assert answer.headers["perseus-log-root"] == View.of(scheme.register).root_text
    assert answer.headers["cache-control"] == "no-cache"
    tag = answer.headers["etag"]
    assert scheme.register.root.hex() in tag
    for known in (tag, f'"other", W/{tag}', "*"):
        again = get(client, path, **{"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["perseus-log-size"] == answer.headers["perseus-log-size"]
    assert get(client, path, **{"If-None-Match": '"other"'}).content == answer.content


def test_representations_differ_in_their_tags(client: httpx2.Client) -> None:
    tags = {get(client, f"/m/{EDP}", media_type).headers["etag"] for media_type in TYPES}
    assert len(tags) == len(TYPES)


def test_the_address_in_an_answer_leads_to_the_same_answer(client: httpx2.Client) -> None:
    for path in (
        f"/m/{EDP}",
        "/m/did:web:cap.example%253A8443",
        "/sparql?query=SELECT%20%2A%20%7B%3Fs%20%3Fp%20%3Fo%7D",
    ):
        answer = get(client, path)
        pinned = get(client, answer.headers["content-location"])
        assert (pinned.content, pinned.headers["content-location"]) == (
            answer.content,
            answer.headers["content-location"],
        )


def test_the_past_is_told_as_it_was(client: httpx2.Client, scheme: SchemeSimulator) -> None:
    events = scheme.register.history(Did(BAD)).events
    before, after = (
        get(client, f"/m/{BAD}?as-of={size}", "text/turtle") for size in (events[-1], events[-1] + 1)
    )
    assert 'perseus:state "member"' in before.text
    assert 'perseus:state "expelled"' in after.text
    assert before.headers["perseus-log-size"] == str(events[-1])
    dated = get(client, f"/m/{GONE}?as-of=2026-01-07T12:00:00Z", "text/turtle")
    assert ('perseus:state "member"' in dated.text, "perseus:stateUntil" in dated.text) == (True, False)
    moved = get(client, f"/m/{GONE}?at=2026-01-07T12:00:00Z", "text/turtle")
    assert ('perseus:state "member"' in moved.text, "perseus:stateUntil" in moved.text) == (True, True)


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("as-of=0", (404, "http.beyond", "its first 0 were asked for")),
        ("as-of=999999", (404, "http.beyond", "its first 999999 were asked for")),
        ("as-of=2999-01-01T00:00:00Z", (404, "http.beyond", "lies ahead")),
        ("as-of=2020-01-01T00:00:00Z", (404, "http.beyond", "began on 2026-01-01T00:00Z")),
        ("as-of=-1", (400, "time.malformed", "a log size")),
        ("as-of=yesterday", (400, "time.malformed", "a log size")),
        ("as-of=2026-01-01T00:00:00%2B01:00", (400, "time.malformed", "a UTC time")),
        ("at=nonsense", (400, "time.malformed", "a UTC time")),
        (f"as-of={'9' * 60}", (400, "format.schema", "at most 40")),
    ],
)
@pytest.mark.parametrize(
    "path",
    [f"/m/{EDP}", "/register", "/metadata", "/query/members-with-role?role=x", "/sparql?query=ASK%7B%7D"],
)
def test_what_the_log_does_not_reach_is_refused_in_a_sentence(
    path: str, query: str, refusal: tuple[int, str, str], client: httpx2.Client
) -> None:
    joined = f"{path}{'&' if '?' in path else '?'}{query}"
    status, code, told = refusal
    assert told in problem(get(client, joined), status, code)


def test_a_refusal_names_the_log_as_an_answer_does(client: httpx2.Client) -> None:
    answered, refused = client.get(f"/m/{EDP}"), client.delete(f"/m/{EDP}")
    problem(refused, 405, "http.refused")
    for name in ("perseus-log-size", "perseus-log-root"):
        assert refused.headers[name] == answered.headers[name]
    assert int(refused.headers["content-length"]) == len(refused.content)
    assert "perseus-log-size" not in client.get("/nowhere").headers


def test_a_question_that_no_address_holds_is_refused_with_a_code_and_taken_in_a_body(
    client: httpx2.Client,
) -> None:
    told: dict[str, Any] = {}
    for comment, status, code in ((20_000, 400, "query.too_long"), (66_000, 414, "http.too_long")):
        query = f"ASK {{ ?s ?p ?o }} #{'x' * comment}"
        line = HTTPConnection(client.base_url.host, client.base_url.port, timeout=10)
        line.request("GET", f"/sparql?query={quote(query)}")
        refused = line.getresponse()
        told = json.loads(refused.read())
        line.close()
        assert (refused.status, told["code"]) == (status, code)
    assert "in the body of a POST" in told["detail"]
    whole = f"ASK {{ ?s ?p ?o }} #{'é' * 8_000}"
    assert client.post("/sparql", data={"query": whole}).json()["boolean"] is True


def test_what_is_no_request_is_answered_with_a_problem(client: httpx2.Client) -> None:
    place = client.base_url
    with socket.create_connection((place.host, place.port or 0), timeout=10) as line:
        line.sendall(b"no request at all\r\n\r\n")
        head, _, body = b"".join(iter(lambda: line.recv(65_536), b"")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"\r\ncontent-type: application/problem+json\r\n" in head
    assert json.loads(body)["code"] == "http.unreadable"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/m/did:web:stranger.example", 404, "http.not_found"),
        ("/m/nobody", 400, "format.unparseable"),
        (f"/m/{EDP}?as-of=1", 404, "http.not_found"),
        (f"/a/{EDP}/nothing", 404, "http.not_found"),
        ("/query/members-with-role", 400, "format.schema"),
        ("/query/data-catalog/api", 400, "format.schema"),
        ("/static/nothing.css", 404, "http.not_found"),
        ("/sparql", 400, "query.malformed"),
        ("/sparql?query=ASK%7B%7D&query=ASK%7B%7D", 400, "query.malformed"),
        ("/sparql?query=ASK%7B%7D&default-graph-uri=https://evil.example/", 400, "query.refused"),
        ("/sparql?query=SELECT%20nonsense", 400, "query.malformed"),
    ],
)
def test_what_is_not_there_is_said_to_be_so(path: str, status: int, code: str, client: httpx2.Client) -> None:
    assert problem(get(client, path), status, code)


def test_services_that_meet_a_standard_are_found(client: httpx2.Client) -> None:
    found = get(
        client, f"/query/data-catalog/api?conformsTo=https://x.example/y&conformsTo={STANDARD}"
    ).json()
    assert found["apis"] == [
        {
            "title": "half-hourly readings, by Meterworks",
            "publisher": f"{BASE}/m/{EDP}",
            "conformsTo": STANDARD,
            "endpointURL": "https://edp.example",
            "license": "https://registry.ib1.org/scheme/perseus/license/energy-consumption-edp-cap",
        }
    ]


def test_sparql_is_asked_in_three_ways(client: httpx2.Client) -> None:
    query = (
        'PREFIX p: <https://w3id.org/perseus/v1/vocabulary#> SELECT (COUNT(?m) AS ?n) { ?m p:state "left" }'
    )
    ways = (
        client.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"}),
        client.post("/sparql", data={"query": query}, headers={"Accept": "text/csv"}),
        client.post(
            "/sparql",
            content=query,
            headers={"Accept": "text/csv", "Content-Type": "application/sparql-query"},
        ),
    )
    assert [answer.text for answer in ways] == ["n\r\n1\r\n"] * 3
    then = client.get("/sparql", params={"query": query, "as-of": "5"}, headers={"Accept": "text/csv"})
    assert (then.text, then.headers["perseus-log-size"]) == ("n\r\n0\r\n", "5")


@pytest.mark.parametrize(
    "media_type",
    [
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    ],
)
def test_sparql_answers_in_every_format(media_type: str, client: httpx2.Client) -> None:
    for query in ("ASK { ?s ?p ?o }", "SELECT ?p { ?s ?p ?o } LIMIT 3"):
        answer = client.get("/sparql", params={"query": query}, headers={"Accept": media_type})
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media_type)
    graph = client.get("/sparql", params={"query": "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 1"})
    assert graph.headers["content-type"].startswith("text/turtle")


def test_sparql_takes_no_update_and_no_other_body(client: httpx2.Client) -> None:
    update = client.post("/sparql", data={"update": "CLEAR ALL"})
    assert "update is not answered here" in problem(update, 400, "query.refused")
    problem(client.post("/sparql", json={"query": "ASK {}"}), 415, "http.media_type")
    strange = client.post("/sparql", content=b"\xff", headers={"Content-Type": "application/sparql-query"})
    problem(strange, 400, "format.unparseable")


def ask(client: httpx2.Client, door: str, **changes: Any) -> httpx2.Response:  # noqa: ANN401 - a caller may send anything
    asked = {"entity_id": EDP, "authority_id": ORIGIN, "action": "issue", "resource": "ConsumptionCredential"}
    return client.post(door, json={**asked, **changes})


@pytest.mark.parametrize("door", ["authorization", "recognition"])
def test_trust_registry_queries_fit_the_protocol(door: str, client: httpx2.Client, shared: Path) -> None:
    schemas = shared / "vectors" / "trqp"
    body = {"entity_id": EDP, "authority_id": ORIGIN, "action": "issue", "resource": "ConsumptionCredential"}
    body_in_time = {**body, "context": {"time": "2026-01-05T10:00:00.123Z", "locator": "x"}, "more": 1}
    for asked, moment in ((body, None), (body_in_time, "2026-01-05T10:00:00Z")):
        wanted = json.loads((schemas / f"trqp_{door}_request.schema.json").read_text())
        jsonschema_rs.Draft202012Validator(wanted, validate_formats=True).validate(asked)
        answer = client.post(f"/{door}", json=asked)
        assert answer.status_code == 200, answer.text
        given = json.loads((schemas / f"trqp_{door}_response.schema.json").read_text())
        jsonschema_rs.Draft202012Validator(given, validate_formats=True).validate(answer.json())
        assert answer.json().get("time_requested") == moment
        assert answer.headers["perseus-log-size"] == str(answer.json()["register"]["size"])


def test_an_authorization_carries_its_proofs(client: httpx2.Client) -> None:
    found = ask(client, "/authorization", entity_id=BAD, resource="EmissionsCredential").json()
    assert (found["authorized"], found["decision"]) == (False, "not_authorized")
    assert len(found["proofs"]) == len(found["events"]) > 0
    assert all(text.startswith("c2sp.org/tlog-proof@v1\n") for text in found["proofs"])


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"entity_id": 7}, 400, "format.schema"),
        ({"context": {"time": "2999-01-01T00:00:00Z"}}, 404, "http.beyond"),
        ({"context": {"time": "noon"}}, 400, "time.malformed"),
        ({"context": {"time": {}}}, 400, "format.schema"),
        ({"resource": "x" * 600}, 400, "format.schema"),
    ],
)
def test_a_trust_registry_query_that_is_none_is_refused(
    changes: dict[str, Any], status: int, code: str, client: httpx2.Client
) -> None:
    problem(ask(client, "/authorization", **changes), status, code)


def test_the_members_own_address_and_the_operators_copy_give_one_document(client: httpx2.Client) -> None:
    served = get(client, "/.well-known/did.json")
    copied = get(client, "/m/did:web:operator.example/did.json")
    assert served.content == copied.content
    assert served.headers["content-type"] == "application/did+json"


def test_a_party_that_the_register_does_not_know_shows_its_own_key(tmp_path: Path) -> None:
    who = Inhabitant("wallet", "Baker & Sons", "wallet.example")
    did = make_home(tmp_path, who, town=[who, Inhabitant("operator", "Perseus Scheme", "operator.example")])
    (tmp_path / "trust.json").write_bytes(SchemeSimulator(environment="demo").anchor.to_json())
    party = open_party(tmp_path / "wallet")
    document: Any = own_document(party)
    party.stop()
    assert document["id"] == str(did)
    assert document["verificationMethod"][0]["publicKeyMultibase"] == did.multikey
    assert document["assertionMethod"] == [method["id"] for method in document["verificationMethod"]]


def test_a_page_for_people_holds_nothing_that_a_name_put_there(
    client: httpx2.Client, scheme: SchemeSimulator
) -> None:
    view = View.of(scheme.register)
    paths = ["/register", *(member_path(member.did) for member in view.members())]
    paths += [
        application_path(Did(f"did:web:hostile-{n}.example"), name)
        for n in range(3)
        for name in HOSTILE_SERVICES
    ]
    for path in paths:
        answer = get(client, path, "text/html")
        assert answer.status_code == 200, (path, answer.text)
        page = Outline(answer.text)
        assert page.count("script") == page.count("svg onload") == page.count("form") == 0
        assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
        addresses = [*page.named("href"), *page.named("src")]
        assert all(
            address.startswith(("/register", "/m/did:", "/a/did:", "/static/", "#")) for address in addresses
        )
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_links_of_a_page_lead_somewhere_and_keep_its_moment(client: httpx2.Client) -> None:
    for path in ("/register", "/register?as-of=12"):
        page = Outline(get(client, path, "text/html").text)
        links = [link for link in page.named("href") if link.startswith(("/m/", "/register?", "/static/"))]
        assert len(links) > 6
        for link in links:
            assert client.get(link).status_code == 200, link
            assert ("as-of=12" in link) is (path != "/register" and "/static/" not in link)


def test_the_register_for_people_tells_states_and_broken_rules(
    client: httpx2.Client, scheme: SchemeSimulator
) -> None:
    text = Outline(get(client, "/register", "text/html").text).text
    assert "1 left, 1 expelled" in text
    assert "2 officers must sign, and 1 did" in text
    assert f"{scheme.register.size} entries" in text
    timeline = Outline(get(client, f"/m/{GONE}", "text/html").text).text
    assert "It asked to leave." in timeline
    expelled = Outline(get(client, f"/m/{BAD}", "text/html").text).text
    assert "Nothing that it signed from 6 January 2026, 00:00:00 UTC on counts." in expelled
    assert "Does not sign" in expelled
    assert "It left on 8 January 2026, 00:00:00 UTC. What it signed as a member stays good." in timeline


def test_over_http_every_page_is_the_one_that_the_log_gives(
    client: httpx2.Client, scheme: SchemeSimulator
) -> None:
    size = scheme.register.size
    view = View.of(scheme.register, size=size)
    pages = every_page(view)
    types = {
        "ttl": "text/turtle",
        "jsonld": "application/ld+json",
        "rdf": "application/rdf+xml",
        "nt": "application/n-triples",
    }
    seen = 0
    for path, page in pages.items():
        stem, _, form = path.rpartition(".")
        if form in types:
            assert get(client, f"{stem}?as-of={size}", types[form]).content == page, path
            seen += 1
    assert seen > 40


def test_a_service_that_starts_anew_gives_the_same_bytes(home: OperatorHome, client: httpx2.Client) -> None:
    paths = ["/register?as-of=20", f"/m/{EDP}?as-of=20", f"/m/{EDP}/did.json?as-of=20", "/metadata?as-of=20"]
    before = [get(client, path, "text/html, */*;q=0.1").content for path in paths]
    with home.client() as anew:
        assert [get(anew, path, "text/html, */*;q=0.1").content for path in paths] == before


def test_an_answer_about_a_size_stays_when_the_log_grows(tmp_path: Path) -> None:
    scheme = SchemeSimulator(environment="demo")
    party = scheme.join(EDP, name="Meterworks", roles=("energy-data-provider",))
    home = OperatorHome(tmp_path, scheme)
    with home.client() as client:
        pinned = [get(client, f"/m/{EDP}?as-of=4", media_type).content for media_type in TYPES]
        first = get(client, f"/m/{EDP}", "text/turtle")
        scheme.suspend(party, at=scheme.at(days=3))
        home.take()
        second = get(client, f"/m/{EDP}", "text/turtle", **{"If-None-Match": first.headers["etag"]})
        assert (second.status_code, 'perseus:state "suspended"' in second.text) == (200, True)
        assert [get(client, f"/m/{EDP}?as-of=4", media_type).content for media_type in TYPES] == pinned


def test_the_names_of_the_directory_stand_under_the_operators_address() -> None:
    assert str(Names(BASE).member(Did(EDP))) == f"{BASE}/m/{EDP}"
    assert str(Names(BASE).application(Did(EDP), 'a/b"')) == f"{BASE}/a/{EDP}/a%2Fb%22"
    assert START.year == 2026
    assert len(HOSTILE_ROLES) == 3
