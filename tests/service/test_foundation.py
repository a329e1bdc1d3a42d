"""Settings, secrets, logs and the guarded way out: what a process may be told, and what it may not do."""

import json
import os
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx2
import pytest

from perseus import settings
from perseus.fetching import Fetcher
from perseus.keystore import KeyStore, draw_secret, read_secret, write_secret
from perseus.logs import open_log
from perseus.settings import Settings
from support.keys import signer
from trust.errors import MalformedError, NotPermittedError, UnavailableError
from trust.keys import Algorithm

EDP = "edp.demo.perseus.example"


def told(home: Path, **changes: object) -> Settings:
    plain = {"party": "cap", "did": "did:web:cap.demo.perseus.example", "name": "GreenLedger"}
    known = {**plain, "authority": "cap.demo.perseus.example", **changes}
    settings.write(home, known)  # type: ignore[arg-type]  # a test may write nonsense
    return settings.load(home)


def test_settings_come_back_as_they_were_written(tmp_path: Path) -> None:
    found = told(tmp_path, peers={EDP: "../edp/address"}, port=8431)
    assert (found.party, found.port, dict(found.peers)) == ("cap", 8431, {EDP: "../edp/address"})
    assert found.url == "https://cap.demo.perseus.example"
    assert found.database_url == f"sqlite:///{tmp_path / 'db.sqlite'}"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"party": "broker"}, "party"),
        ({"host": "0.0.0.0"}, "loopback"),  # noqa: S104 - the very thing that is refused
        ({"environment": "production"}, "tls_certificate"),
        ({"port": "many"}, "port"),
    ],
)
def test_a_setting_that_would_be_unsafe_is_refused(
    changes: dict[str, object], place: str, tmp_path: Path
) -> None:
    with pytest.raises(MalformedError, match=place):
        told(tmp_path, **changes)


def test_a_name_may_not_be_mapped_to_another_machine(tmp_path: Path) -> None:
    found = told(tmp_path, peers={EDP: "http://192.0.2.1:80"})
    with pytest.raises(MalformedError, match="loopback"):
        found.address_of(EDP)


def test_the_environment_outranks_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSEUS_PORT", "9000")
    assert told(tmp_path, port=8431).port == 9000


def test_a_key_file_is_encrypted_and_its_owners_alone(tmp_path: Path) -> None:
    keys = KeyStore.founded(tmp_path)
    made = keys.create("signing")
    path = tmp_path / "keys" / "signing.pem"
    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert path.stat().st_mode & 0o777 == 0o600
    assert KeyStore.at(tmp_path).open("signing").key == made.key
    assert keys.passphrase not in repr(keys)


def test_both_kinds_of_key_sign(tmp_path: Path) -> None:
    keys = KeyStore.founded(tmp_path)
    for algorithm in (Algorithm.P256, Algorithm.ED25519):
        made = keys.create(algorithm.name.lower(), algorithm=algorithm)
        made.key.verify(made.sign(b"message"), b"message")
        assert made.key.algorithm is algorithm
    assert keys.names() == ("ed25519", "p256")


def test_a_key_is_never_drawn_over_another(tmp_path: Path) -> None:
    keys = KeyStore.founded(tmp_path)
    keys.create("signing")
    with pytest.raises(MalformedError, match="a name without a key"):
        keys.create("signing")


def test_a_passphrase_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    write_secret(path, b"correct horse")
    assert read_secret(path) == "correct horse"
    path.chmod(0o640)
    with pytest.raises(MalformedError, match="0640"):
        read_secret(path)


def test_the_environment_may_name_the_passphrase_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = KeyStore.founded(tmp_path).create("signing")
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "keys" / "passphrase").rename(elsewhere)
    monkeypatch.setenv("PERSEUS_KEY_PASSPHRASE_FILE", str(elsewhere))
    assert KeyStore.at(tmp_path).open("signing").key == made.key


def test_a_missing_passphrase_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="passphrase"):
        KeyStore.at(tmp_path)


def test_a_secret_is_drawn_once(tmp_path: Path) -> None:
    assert draw_secret(tmp_path / "door") == draw_secret(tmp_path / "door")


def test_a_log_stays_one_line_an_event_whatever_a_stranger_writes(tmp_path: Path) -> None:
    log = open_log(tmp_path / "log.jsonl", party="cap")
    log.info("refused", why='x\r\n{"event":"admin"}\x1b[31m\u2028', k=b"k", long="y" * 9000)
    (line,) = (tmp_path / "log.jsonl").read_text().splitlines()
    found = json.loads(line)
    assert found["event"] == "refused"
    assert "\x1b" not in line
    assert "k" not in found
    assert len(found["long"]) == 400


def test_a_log_says_of_no_firm_which_it_was(tmp_path: Path) -> None:
    key = signer("a bakery").key.multikey, signer("a butcher", ed25519=True).key.multikey
    log = open_log(tmp_path / "log.jsonl", party="cap")
    for one in key:
        log.info("refused", why=f"did:key:{one}#{one} let nobody", path=f"/a/did%3Akey%3A{one}/b", name=one)
        log.info("cut", why="y" * (400 - len(one) // 2) + one)
    written = (tmp_path / "log.jsonl").read_text()
    assert not any(one[:30] in written for one in key)
    assert "(a firm's key)#(a firm's key) let nobody" in written
    assert "/a/(a firm's key)/b" in written


class Plain(BaseHTTPRequestHandler):
    """A server on loopback that echoes, redirects, or answers without end."""

    def do_GET(self) -> None:
        """Answer by the path."""
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        body = b"x" * 100_000 if self.path == "/long" else self.headers["Host"].encode()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def loopback() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Plain)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def fetcher(tmp_path: Path, loopback: str) -> Iterator[Fetcher]:
    (tmp_path / "address").write_text(loopback)
    found = Fetcher(told(tmp_path, peers={EDP: "address"}), resolver=lambda _name: ("127.0.0.1",))
    yield found
    found.close()


def test_a_name_of_the_scheme_is_asked_on_loopback_under_its_own_name(fetcher: Fetcher) -> None:
    assert fetcher.get(f"https://{EDP}/").body == EDP.encode()


def test_a_redirect_is_not_followed(fetcher: Fetcher) -> None:
    assert fetcher.get(f"https://{EDP}/away").status == 302


def test_an_answer_is_cut_at_its_cap(fetcher: Fetcher) -> None:
    with pytest.raises(UnavailableError, match="longer than 1,000 bytes") as refused:
        fetcher.get(f"https://{EDP}/long", limit=1000)
    assert refused.value.code == "fetch.too_large"


@pytest.mark.parametrize(
    "url",
    [
        f"http://{EDP}/",
        f"https://{EDP}:8443/",
        f"https://someone@{EDP}/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/",
        "https://elsewhere.example/",
        "ftp://elsewhere.example/",
        "file:///etc/passwd",
    ],
)
def test_no_other_address_is_asked(url: str, fetcher: Fetcher) -> None:
    with pytest.raises((NotPermittedError, UnavailableError)) as refusal:
        fetcher.get(url)
    assert refusal.value.code in {"fetch.blocked", "fetch.timeout"}


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "192.168.1.1"]
)
def test_a_public_name_with_an_address_that_is_not_public_is_not_asked(address: str, tmp_path: Path) -> None:
    home = told(
        tmp_path,
        environment="production",
        tls_certificate="c",
        tls_key="k",
        tls_client_ca="a",
        authority="cap.example",
    ).model_copy(update={"hosts": ("edp.example",)})
    fetcher = Fetcher(home, resolver=lambda _name: (address,))
    with pytest.raises(NotPermittedError, match="not public"):
        fetcher.get("https://edp.example/")
    fetcher.close()


def test_the_environments_proxy_is_not_used(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://192.0.2.1:3128")
    assert fetcher.get(f"https://{EDP}/").status == 200
    assert os.environ["HTTPS_PROXY"]
    assert httpx2.__version__
