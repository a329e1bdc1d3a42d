"""Certificates on both sides: a town whose parties serve and ask over TLS 1.3, and what is refused at their doors."""

import json
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import orjson
import pytest

from holders.present import present
from perseus import clock, settings, tls
from perseus.apps.party import open_party
from perseus.keystore import KeyStore, fresh_urn
from perseus.process import serve
from perseus.verification import Question, judge
from registry.errors import RegisterError
from support.certificates import Authority
from support.town import DID, TOWN, Town
from trust.canonical import Json, canonicalize
from trust.did import Did
from trust.errors import MalformedError, UnavailableError
from trust.secured import Secured

SUCCESS, UNAUTHENTICATED, CREATED = 200, 401, 201


@dataclass(frozen=True, slots=True)
class Secure:
    """A town on TLS in which the bank has received a month, and the authority that certified its parties."""

    town: Town
    authority: Authority
    result: dict[str, Json]

    def address(self, party: str) -> tuple[str, int]:
        """Give where a party listens."""
        host, _, port = (
            (self.town.out / party / "address").read_text().removeprefix("https://").partition(":")
        )
        return host, int(port)

    def context(self, certificate: str | None) -> ssl.SSLContext:
        """Make the context of a caller who trusts the town, with a party's certificate or none."""
        folder = self.authority.folder
        made = ssl.create_default_context(cafile=self.authority.file)
        if certificate is not None:
            made.load_cert_chain(folder / f"{certificate}.pem", folder / f"{certificate}.key")
        return made

    def ask(
        self, method: str, party: str, path: str, *, by: str | None, body: object = None, headers: object = ()
    ) -> httpx2.Response:
        """Call a party's door over a connection of another's."""
        name = f"{party}.demo.perseus.example"
        with httpx2.Client(verify=self.context(by), trust_env=False, timeout=30) as client:
            host, port = self.address(party)
            return client.request(
                method,
                f"https://{host}:{port}{path}",
                content=b"" if body is None else orjson.dumps(body),
                headers={"Content-Type": "application/json", **dict(headers)},  # type: ignore[call-overload]  # pairs
                extensions={"sni_hostname": name},
            )


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    """Certify every party of a town by its name, and play the story over TLS."""
    town = Town(tmp_path_factory.mktemp("town"))
    authority = Authority(tmp_path_factory.mktemp("certificates"))
    for who in TOWN:
        uris = (DID[who.party],) if who.party in {"cap", "edp"} else ()
        certificate, key = authority.certify(who.party, dns=(who.authority,), uris=uris)
        written = town.out / who.party / "settings.toml"
        lines = {
            "tls_certificate": certificate,
            "tls_key": key,
            "tls_client_ca": authority.file,
            "tls_server_ca": authority.file,
        }
        added = "".join(f"{name} = {json.dumps(str(path))}\n" for name, path in lines.items())
        written.write_text(added + written.read_text())
    try:
        town.start()
        yield Secure(town, authority, dict(town.story()))
    finally:
        town.stop()


def evidence(secure: Secure) -> bytes:
    return secure.town.owner("bank").fetch("GET", f"/v1/reports/{secure.result['report']}/evidence")


def channel(checks: Json) -> tuple[str, str]:
    """Find what a verdict says about the connection."""
    assert isinstance(checks, list)
    [found] = [one for one in checks if isinstance(one, dict) and one["name"] == "presentation.channel"]
    return str(found["outcome"]), str(found["detail"])


def report_at(secure: Secure, location: str) -> dict[str, Json]:
    verdict = secure.town.owner("bank").get(location)["verdict"]
    assert isinstance(verdict, dict)
    return verdict


def test_the_whole_story_is_told_over_certified_connections(secure: Secure) -> None:
    verdict = report_at(secure, f"/v1/reports/{secure.result['report']}")
    assert verdict["overall"] == "verified"
    assert channel(verdict["checks"]) == ("passed", "It came over the connection of GreenLedger.")


def test_the_file_says_the_same_of_the_connection_as_the_banks_own_report(secure: Secure) -> None:
    question = Question(secure.town.out / "trust.json", "bank", clock.now(), None, offline=True)
    file = evidence(secure)
    assert json.loads(file)["receipt"]["credentialSubject"]["channel"] == DID["cap"]
    assert channel(judge(file, question)["checks"]) == (
        "passed",
        "It came over the connection of GreenLedger.",
    )


@pytest.mark.parametrize(("by", "outcome"), [("cap", "passed"), ("edp", "failed"), ("grid", "failed")])
def test_a_chain_that_comes_over_another_members_connection_is_found_out(
    secure: Secure, by: str, outcome: str
) -> None:
    file = json.loads(evidence(secure))
    given = secure.ask("POST", "bank", "/v1/challenge", by=by, body={}).json()
    shown = present(
        [Secured(canonicalize(one)) for one in file["presentation"]["verifiableCredential"]],
        holder=Did(DID["cap"]),
        signer=KeyStore.at(secure.town.out / "cap").open("signing"),
        audience=Did(given["audience"]),
        challenge=given["nonce"],
        at=clock.now(),
        id=fresh_urn(),
    )
    body = {"presentation": orjson.loads(shown.raw), "resources": file["resources"]}
    answered = secure.ask("POST", "bank", "/v1/presentations", by=by, body=body)
    assert answered.status_code == CREATED
    assert answered.json()["credentialSubject"]["channel"] == DID[by]
    verdict = report_at(secure, answered.headers["location"])
    assert channel(verdict["checks"])[0] == outcome
    assert verdict["overall"] == ("verified" if outcome == "passed" else "not_verified")


@pytest.mark.parametrize(
    ("method", "party", "path"),
    [
        ("POST", "bank", "/v1/challenge"),
        ("POST", "bank", "/v1/presentations"),
        ("POST", "edp", "/v1/consumption"),
        ("POST", "operator", "/v1/events"),
        ("GET", "operator", "/v1/memberships/did:web:cap.demo.perseus.example"),
        ("GET", "bank", "/healthz"),
        ("GET", "bank", "/v1/reports"),
        ("GET", "bank", "/openapi.json"),
        ("POST", "bank", "/status/1"),
        ("GET", "bank", "/statuses"),
    ],
)
def test_without_a_certificate_nobody_comes_further_than_what_is_public(
    secure: Secure, method: str, party: str, path: str
) -> None:
    answered = secure.ask(method, party, path, by=None, body={})
    assert (answered.status_code, answered.json()["code"]) == (UNAUTHENTICATED, "http.unauthenticated")
    assert "certificate" in answered.json()["detail"]


def test_the_secret_of_the_door_does_not_stand_for_a_certificate(secure: Secure) -> None:
    secret = (secure.town.out / "bank" / "door").read_text().strip()
    shown = [("Authorization", f"Bearer {secret}")]
    assert secure.ask("GET", "bank", "/v1/reports", by=None, headers=shown).status_code == UNAUTHENTICATED
    assert secure.ask("GET", "bank", "/v1/reports", by="bank", headers=shown).status_code == SUCCESS


@pytest.mark.parametrize(
    ("party", "path"),
    [
        ("operator", "/log/checkpoint"),
        ("operator", "/evidence/checkpoint"),
        ("cap", "/status/1"),
        ("edp", "/.well-known/did.json"),
        ("operator", "/register"),
        ("operator", "/m/did:web:edp.demo.perseus.example"),
        ("operator", "/m/did:web:edp.demo.perseus.example/did.json"),
        ("operator", "/a/did:web:edp.demo.perseus.example/perseus"),
        ("operator", "/query/members-with-role?role=x"),
        ("operator", "/sparql?query=ASK%7B%7D"),
        ("operator", "/metadata"),
        ("operator", "/static/style.css"),
    ],
)
def test_what_a_verifier_anywhere_needs_is_read_without_a_certificate(
    secure: Secure, party: str, path: str
) -> None:
    assert secure.ask("GET", party, path, by=None).status_code == SUCCESS


def test_a_trust_registry_query_needs_no_certificate(secure: Secure) -> None:
    query = {
        "entity_id": "did:web:edp.demo.perseus.example",
        "authority_id": "demo.perseus.example/register",
        "action": "issue",
        "resource": "ConsumptionCredential",
    }
    answered = secure.ask("POST", "operator", "/authorization", by=None, body=query)
    assert (answered.status_code, answered.json()["authorized"]) == (SUCCESS, True)


def first_byte(secure: Secure, context: ssl.SSLContext) -> bytes:
    """Open a connection to the bank and read what comes first; nothing, where it is refused."""
    try:
        with (
            socket.create_connection(secure.address("bank"), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname="bank.demo.perseus.example") as found,
        ):
            found.sendall(b"GET /healthz HTTP/1.1\r\nHost: bank\r\n\r\n")
            return found.recv(1)
    except (ssl.SSLError, ConnectionError):
        return b""


def test_a_certificate_of_another_authority_opens_no_connection(secure: Secure, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, name="Another authority")
    certificate, key = stranger.certify("cap", dns=("cap.demo.perseus.example",))
    context = secure.context(None)
    context.load_cert_chain(certificate, key)
    assert first_byte(secure, context) == b""
    assert first_byte(secure, secure.context("cap")) == b"H"


def test_an_older_tls_is_refused(secure: Secure) -> None:
    context = secure.context("cap")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert first_byte(secure, context) == b""
    assert first_byte(secure, secure.context("cap")) == b"H"


def test_whoever_asks_refuses_an_older_tls_and_another_name(secure: Secure) -> None:
    found = settings.load(secure.town.out / "cap")
    context = tls.asking(found)
    assert context.minimum_version is ssl.TLSVersion.TLSv1_3
    with (
        socket.create_connection(secure.address("bank")) as plain,
        pytest.raises(ssl.SSLCertVerificationError, match=r"(?i)hostname"),
    ):
        context.wrap_socket(plain, server_hostname="edp.demo.perseus.example")


def test_plain_http_is_not_spoken_where_there_are_certificates(secure: Secure) -> None:
    host, port = secure.address("bank")
    with httpx2.Client(trust_env=False) as client, pytest.raises(httpx2.HTTPError):
        client.get(f"http://{host}:{port}/log/checkpoint")


def named(tmp_path: Path, *, dns: tuple[str, ...] = (), uris: tuple[str, ...] = ()) -> Did | None:
    certificate, _ = Authority(tmp_path).certify("party", dns=dns, uris=uris)
    return tls.party_in(ssl.PEM_cert_to_DER_cert(certificate.read_text()))


def test_a_certificate_names_one_party_or_none(tmp_path: Path) -> None:
    assert named(tmp_path, dns=("Cap.example",)) == Did("did:web:cap.example")
    assert named(tmp_path, dns=("www.cap.example",), uris=("did:web:cap.example",)) == Did(
        "did:web:cap.example"
    )
    assert named(tmp_path, dns=("cap.example",), uris=("https://cap.example/",)) == Did("did:web:cap.example")
    assert named(tmp_path, dns=("cap.example", "edp.example")) is None
    assert named(tmp_path, uris=("did:web:cap.example", "did:web:edp.example")) is None
    assert named(tmp_path, dns=("*.example",)) is None
    assert named(tmp_path) is None
    assert tls.party_in(b"no certificate") is None


def live(home: Path, **changes: str) -> settings.Settings:
    """Write the settings of a service outside the demo."""
    content = (home / "settings.toml").read_text().splitlines()
    tables = content.index("[peers]") if "[peers]" in content else len(content)
    kept = [line for line in content[:tables] if line.partition(" = ")[0] not in changes]
    added = [f"{name} = {json.dumps(value)}" for name, value in changes.items()]
    (home / "settings.toml").write_text("\n".join([*added, *kept]) + "\n")
    return settings.load(home)


CERTIFIED = {"tls_certificate": "own.pem", "tls_key": "own.key", "tls_client_ca": "members.pem"}


@pytest.mark.parametrize("left_out", sorted(CERTIFIED))
def test_outside_the_demo_every_certificate_is_demanded(tmp_path: Path, left_out: str) -> None:
    town = Town(tmp_path, months=())
    given = {name: path for name, path in CERTIFIED.items() if name != left_out}
    with pytest.raises(MalformedError, match=left_out):
        live(town.out / "bank", environment="production", **given)


def test_an_environment_that_no_scheme_has_is_refused(tmp_path: Path) -> None:
    town = Town(tmp_path, months=())
    with pytest.raises(MalformedError, match="one of demo, test, production, found 'live'"):
        live(town.out / "bank", environment="live", **CERTIFIED)


def test_a_service_does_not_begin_with_the_anchor_of_another_environment(tmp_path: Path) -> None:
    town = Town(tmp_path / "town", months=())
    authority = Authority(tmp_path / "certificates")
    certificate, key = authority.certify("bank", dns=("bank.demo.perseus.example",))
    files = {"tls_certificate": certificate, "tls_key": key, "tls_client_ca": authority.file}
    home = town.out / "bank"
    live(home, environment="production", **{name: str(path) for name, path in files.items()})
    with pytest.raises(RegisterError, match="for demo, and this service is for production") as refused:
        serve(home, party="bank")
    assert refused.value.code == "environment.mismatch"
    assert not (home / "address").exists()


def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    town = Town(tmp_path, months=())
    live(town.out / "bank", environment="production", **CERTIFIED)
    with pytest.raises(UnavailableError, match=r"own\.pem"):
        open_party(town.out / "bank")
