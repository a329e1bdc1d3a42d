"""The bank's pages: complete, quiet, the same whatever a document says, and deaf to everybody but this machine."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from starlette.testclient import TestClient

import specs
from perseus.demo.serving import listening
from perseus.pages.app import open_pages
from perseus.pages.exhibit import Broken, Exhibit, Service
from perseus.pages.figures import share_of
from perseus.pages.rendering import visible
from perseus.pages.tree import areas_of
from support.chain import AT, ChainSimulator
from support.outline import Outline
from support.story import CAP
from trust.canonical import Json
from trust.errors import UnavailableError
from verifiers.evidence import write_evidence
from verifiers.file import verify_file
from verifiers.policy import Policy
from verifiers.verdict import verdict

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
PAGES = ("/", "/tampered/01", "/tampered/02", "/checks/data.gap", "/checks/member.had_role", "/nothing")
ORIGIN = "http://127.0.0.1:8420"


def verdict_on(raw: bytes, chain: ChainSimulator) -> dict[str, Json]:
    report = verify_file(raw, policy=Policy.bank(), anchor=chain.anchor, at=AT)
    return verdict(report, at=AT, anchor=chain.anchor, policy=Policy.bank())


@pytest.fixture(scope="module")
def exhibit(tmp_path_factory: pytest.TempPathFactory) -> Exhibit:
    chain, out = ChainSimulator(), tmp_path_factory.mktemp("demo")
    presented = chain.presented()
    held = chain.evidence(receipt=chain.receipt(presented), door=None)
    raw = write_evidence(presented, held, checkpoint=chain.scheme.checkpoint)
    (out / "01.json").write_bytes(raw.replace(b'"kg":"', b'"kg":"9', 1))
    (out / "02.json").write_bytes(b"no evidence")
    (out / "trust.json").write_bytes(chain.anchor.to_json())
    deeds = ("A figure was edited.", "The file was lost.")
    files = (out / "01.json", out / "02.json")
    codes = ("signature.mismatch", "format.unparseable")
    return Exhibit(
        out=out,
        reader="Northern Bank",
        firm="Baker & Sons",
        verdict=verdict_on(raw, chain),
        evidence=raw,
        trust=chain.anchor.to_json(),
        names={str(CAP): "GreenLedger"},
        roles={str(CAP): "carbon accounting provider"},
        made_up=True,
        broken=tuple(
            Broken(number, file, deed, code, code)
            for number, (file, deed, code) in enumerate(zip(files, deeds, codes, strict=True), start=1)
        ),
        services=(Service("cap", "GreenLedger", "Carbon accounting provider"),),
    )


@pytest.fixture(scope="module")
def client(exhibit: Exhibit) -> Iterator[TestClient]:
    with TestClient(open_pages(exhibit, at=AT), base_url=ORIGIN) as found:
        yield found


def shown(exhibit: Exhibit, path: str = "/") -> Outline:
    with TestClient(open_pages(exhibit, at=AT), base_url=ORIGIN) as client:
        return Outline(client.get(path).text)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_one_headline_a_title_and_a_language_and_no_script(
    client: TestClient, path: str
) -> None:
    answered = client.get(path)
    page = Outline(answered.text)
    assert answered.status_code == (404 if path == "/nothing" else 200)
    assert answered.headers["content-type"] == "text/html; charset=utf-8"
    assert (page.count("h1"), page.count("title"), page.count("main")) == (1, 1, 1)
    assert dict(page.tags)["html"] == {"lang": "en-GB"}
    assert (page.count("script"), page.count("form"), page.count("iframe")) == (0, 0, 0)
    assert page.named("style") == []
    assert [name for _, found in page.tags for name in found if name.startswith("on")] == []
    assert len(page.named("id")) == len(set(page.named("id")))


@pytest.mark.parametrize("path", [*PAGES, "/static/style.css", "/trust.json", "/evidence/bank.perseus.json"])
def test_every_answer_forbids_scripts_other_hosts_and_copies(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self';")
    assert "unsafe" not in policy
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")


def test_every_link_leads_somewhere_on_this_machine(client: TestClient) -> None:
    read: dict[str, Outline] = {}
    waiting = ["/"]
    while waiting:
        answered = client.get(path := waiting.pop())
        assert answered.status_code == 200, path
        read[path] = Outline(answered.text if "html" in answered.headers["content-type"] else "")
        targets = {link.partition("#")[0] for link in read[path].named("href")} - {"", *read, *waiting}
        assert all(target.startswith("/") for target in targets), f"{path} leads to {targets}"
        waiting += targets
    for path, page in read.items():
        for link in page.named("href"):
            target, _, place = link.partition("#")
            assert not place or place in read[target or path].named("id"), f"{path} leads to {link}"
    seen = set(read)
    assert {"/tampered/01", "/tampered/02", "/trust.json", "/evidence/bank.perseus.json"} <= seen
    assert "/checks/signature.mismatch" in seen


def test_the_front_page_says_the_verdict_first_and_what_it_rests_on(client: TestClient) -> None:
    page = Outline(client.get("/").text)
    said = page.text
    assert (
        said.index("Verified") < said.index("Northern Bank may rely on these figures") < said.index("Figures")
    )
    assert "Was it genuine when signed? ✓ Yes" in said
    assert "May it be used now? ✓ Yes" in said
    assert "Made up The readings and grid intensities were made up" in said
    assert "0 half-hourly readings stand in its file" in said
    assert "GreenLedger , carbon accounting provider" in said
    assert "Does not answer" in said


def test_a_broken_chain_is_told_apart_in_words_and_its_reason_stands_open(client: TestClient) -> None:
    page = Outline(client.get("/tampered/01").text)
    assert "Not verified Northern Bank may not rely on this chain" in page.text
    assert "No figures are shown, because the chain was not genuine when it was signed." in page.text
    opened = [found["class"] for tag, found in page.tags if tag == "details" and "open" in found]
    assert "area failed" in opened
    assert "area passed" not in opened


def test_a_file_that_is_no_evidence_has_a_verdict_too(client: TestClient) -> None:
    assert "Not verified" in Outline(client.get("/tampered/02").text).text


def test_whatever_a_verdict_says_is_text_and_nothing_else(exhibit: Exhibit) -> None:
    checks = cast("list[dict[str, Json]]", exhibit.verdict["checks"])
    told = {"outcome": "failed", "code": HOSTILE, "name": HOSTILE, "title": HOSTILE, "detail": HOSTILE}
    told |= {"expected": HOSTILE, "found": HOSTILE, "remedy": HOSTILE, "clause": HOSTILE, "area": HOSTILE}
    forged = {
        **exhibit.verdict,
        "checks": [{**checks[0], **told}],
        "policy": {"name": HOSTILE, "digest": HOSTILE},
    }
    names = dict.fromkeys(exhibit.names, HOSTILE)
    page = shown(replace(exhibit, verdict=forged, names=names, firm=HOSTILE, reader=HOSTILE))
    assert (page.count("script"), page.count("img")) == (0, 1)  # the drawing of the chain
    assert page.text.count("<script>alert(1)</script>") > 10


def test_an_address_that_is_no_page_is_answered_in_text(client: TestClient) -> None:
    answered = client.get("/checks/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert answered.status_code == 404
    assert "<script" not in answered.text
    assert "There is no such page" in answered.text


def test_a_character_that_turns_text_round_is_written_out() -> None:
    assert visible("paid \u202ereversed") == "paid \\u202ereversed"
    assert visible("Baker & Sons") == "Baker & Sons"


def test_pages_that_have_nothing_to_show_say_so(exhibit: Exhibit) -> None:
    bare = {**exhibit.verdict, "figures": [], "checks": []}
    page = shown(replace(exhibit, verdict=bare, broken=(), services=(), made_up=False))
    for sentence in (
        "No figures are shown",
        "No check was made",
        "No chain was broken in this run.",
        "No service runs beside these pages.",
        "The readings and grid intensities are from your files.",
    ):
        assert sentence in page.text


def test_a_withdrawn_chain_was_genuine_and_is_no_longer_usable(exhibit: Exhibit) -> None:
    late = {**exhibit.verdict, "overall": "not_verified", "usable_now": "no"}
    assert "Genuine when signed; may no longer be used" in shown(replace(exhibit, verdict=late)).text


def test_a_broken_chain_whose_file_is_gone_is_named(exhibit: Exhibit) -> None:
    gone = replace(exhibit.broken[0], file=Path("gone.json"))
    with TestClient(open_pages(replace(exhibit, broken=(gone,)), at=AT), base_url=ORIGIN) as client:
        answered = client.get("/tampered/01")
    assert answered.status_code == 503
    assert "gone.json" in answered.text
    assert "Start the demonstration again" in answered.text


def test_the_drawing_of_the_chain_is_on_the_front_page_for_wide_and_narrow_ones(client: TestClient) -> None:
    tags = Outline(client.get("/").text).tags
    shown = next(attributes for tag, attributes in tags if tag == "img")
    narrow = next(attributes for tag, attributes in tags if tag == "source")
    assert (shown["src"], narrow["srcset"]) == ("/provenance/wide.svg", "/provenance/narrow.svg")
    assert len(str(shown["alt"])) > 80
    for address in (str(shown["src"]), str(narrow["srcset"])):
        drawn = client.get(address)
        assert drawn.headers["content-type"] == "image/svg+xml"
        assert "by GreenLedger" in drawn.text
        assert "<script" not in drawn.text
    assert client.get("/provenance/graph.ttl").text.startswith("@prefix")
    assert client.get("/provenance/graph.jsonld").headers["content-type"] == "application/ld+json"
    assert client.get("/provenance/else.svg").status_code == 404


def test_the_downloads_are_the_banks_own_files_and_hold_no_reading(
    client: TestClient, exhibit: Exhibit
) -> None:
    evidence, trust = client.get("/evidence/bank.perseus.json"), client.get("/trust.json")
    assert (evidence.content, trust.content) == (exhibit.evidence, exhibit.trust)
    assert evidence.headers["content-disposition"] == 'attachment; filename="bank.perseus.json"'
    assert b"HalfHourSeries" not in evidence.content
    assert client.get("/evidence/auditor.perseus.json").status_code == 404


def test_pages_answer_to_the_names_of_this_machine_alone(client: TestClient) -> None:
    assert client.get("/", headers={"Host": "rebound.example"}).status_code == 400
    assert client.get("/", headers={"Host": "localhost:8420"}).status_code == 200


def test_pages_can_only_be_read(client: TestClient) -> None:
    assert client.head("/").status_code == 200
    assert client.post("/").status_code == 405


def test_every_check_and_code_of_the_catalogue_is_explained(client: TestClient) -> None:
    catalogue = specs.document("checks/catalogue.json")
    listed = [
        str(entry[name])
        for member, name in (("checks", "name"), ("codes", "code"))
        for entry in cast("list[dict[str, str]]", catalogue[member])
    ]
    assert len(listed) > 100
    assert [code for code in listed if code not in client.get(f"/checks/{code}").text] == []


def test_a_share_with_a_gap_is_never_the_whole() -> None:
    assert (share_of(1488, 1488), share_of(17519, 17520), share_of(744, 1488)) == ("100%", "99.9%", "50.0%")


def test_what_is_so_for_many_documents_is_said_once(exhibit: Exhibit) -> None:
    [check, *_] = cast("list[dict[str, Json]]", exhibit.verdict["checks"])
    failed = [{**check, "outcome": "failed", "subject": {"id": f"urn:{number}"}} for number in range(13)]
    [area] = areas_of([check, *failed])
    [finding] = area.findings
    assert finding.documents == tuple(f"urn:{number}" for number in range(13))
    assert (area.open, area.told) == (True, "1 of 14 passed, 13 failed")


def test_a_taken_port_gives_way_to_the_next_free_one() -> None:
    with listening(0) as first:
        taken = first.getsockname()[1]
        with listening(taken) as second:
            assert second.getsockname()[0] == "127.0.0.1"
            assert second.getsockname()[1] > taken


def test_no_port_at_all_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_listener: socket.socket, _address: object) -> None:
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(UnavailableError, match="100 ports from there are taken"), listening(8420):
        pytest.fail("it listens all the same")
