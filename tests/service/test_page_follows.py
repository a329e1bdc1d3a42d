"""The front page judges anew: what the firm takes back while the services run is on it at the next load."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from perseus import clock
from perseus.demo.parties import PROCESSES
from perseus.pages.app import open_pages
from perseus.pages.exhibit import Exhibit
from perseus.pages.judging import Bench
from perseus.refreshing import Refresher
from perseus.verification import Question, judge
from support.outline import Outline
from support.town import listed, until

from .conftest import Played

ORIGIN = "http://127.0.0.1:8420"
HEADLINE, LATE = "Northern Bank may rely on these figures", "Genuine when signed; may no longer be used"
ANEW, ONCE = "Load the page anew to judge again.", "What has changed since then is not followed here."


@pytest.fixture(scope="module")
def exhibit(played: Played) -> Exhibit:
    out = played.town.out
    lines = [f'"{party.authority}" = "{party.key}/address"' for party in PROCESSES]
    (out / "settings.toml").write_text("[peers]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    evidence = played.town.owner("bank").fetch("GET", f"/v1/reports/{played.result['report']}/evidence")
    return Exhibit(
        out=out,
        reader="Northern Bank",
        firm="The firm",
        verdict=judge(evidence, Question(out / "trust.json", "bank", clock.now(), None, offline=True)),
        evidence=evidence,
        trust=(out / "trust.json").read_bytes(),
        names={},
        roles={},
        made_up=True,
    )


def bench(exhibit: Exhibit, *, fresh: float) -> Bench:
    return Bench(exhibit, Refresher(exhibit.out / "settings.toml"), clock.now, fresh)


@pytest.fixture
def client(exhibit: Exhibit) -> Iterator[TestClient]:
    pages = open_pages(exhibit, at=clock.now(), judging=bench(exhibit, fresh=0))
    with TestClient(pages, base_url=ORIGIN) as found:
        yield found


def test_the_page_follows_a_withdrawal_as_the_command_line_does(
    played: Played, exhibit: Exhibit, client: TestClient
) -> None:
    before, kept = Outline(client.get("/").text).text, bench(exhibit, fresh=3_600)
    assert HEADLINE in before
    assert ANEW in before
    assert kept()["overall"] == "verified"
    wallet = played.town.owner("wallet")
    for one in listed(wallet.get("/local/consents")["consents"]):
        assert isinstance(one, dict)
        wallet.post(f"/local/consents/{one['id']}/withdraw", {})
    # The notice travels to the keeper of the list, which signs it anew a moment later.
    until(lambda: LATE in Outline(client.get("/").text).text, patience=30)
    answered = client.get("/").text
    after = Outline(answered).text
    assert LATE in after
    assert HEADLINE not in after
    assert "/checks/consent.withdrawn" in answered
    assert kept()["overall"] == "verified"  # shown again, for as long as it was asked to
    assert bench(exhibit, fresh=0)()["overall"] == "not_verified"


def test_a_page_that_does_not_judge_anew_says_so(exhibit: Exhibit) -> None:
    with TestClient(open_pages(exhibit, at=clock.now()), base_url=ORIGIN) as fixed:
        shown = Outline(fixed.get("/").text).text
    assert ONCE in shown
    assert ANEW not in shown
