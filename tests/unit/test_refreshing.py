"""Asking for newer evidence: whom, how many, and never without an anchor."""

from dataclasses import replace
from pathlib import Path

import pytest

from perseus import refreshing
from perseus.fetching import Fetched
from perseus.refreshing import MOST_LISTS, Refresher
from perseus.verification import Question, judge
from registry.log.checkpoint import Checkpoint
from support.chain import AT, ChainSimulator
from support.story import LIST_URL
from trust.canonical import canonicalize
from trust.errors import UnavailableError
from trust.secured import Secured
from verifiers.evidence import Evidence, write_evidence

CHAIN = ChainSimulator()
PRESENTED = CHAIN.presented()


class Web:
    """What the fetcher would have been answered, and what it was asked."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        self.pages, self.asked = pages, list[str]()

    def get(self, url: str) -> Fetched:
        """Answer as the page says, or not at all."""
        self.asked.append(url)
        if url not in self.pages:
            raise UnavailableError(url, because="it does not answer", code="fetch.timeout")
        return Fetched(200, "application/vc", self.pages[url], {})

    def close(self) -> None:
        """Give nothing back: there is no connection."""


def asked_of(
    web: Web, monkeypatch: pytest.MonkeyPatch, evidence: Evidence, secured: Secured = PRESENTED
) -> Evidence:
    monkeypatch.setattr(refreshing, "Fetcher", lambda _reach, **_options: web)
    return Refresher(Path("settings.toml"))(secured, evidence)


def test_a_newer_list_takes_the_place_of_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = CHAIN.status_list(at=AT, revoked=(1,))
    found = asked_of(Web({LIST_URL: newer.raw}), monkeypatch, CHAIN.evidence())
    assert found.status_lists[LIST_URL] == newer


def test_an_older_list_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = CHAIN.evidence(status_lists={LIST_URL: CHAIN.status_list(at=AT)})
    older = CHAIN.status_list()
    found = asked_of(Web({LIST_URL: older.raw}), monkeypatch, evidence)
    assert found.status_lists == evidence.status_lists


def test_when_nobody_answers_the_copies_in_the_file_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = CHAIN.evidence()
    found = asked_of(Web({}), monkeypatch, evidence)
    assert (found.status_lists, found.register) == (evidence.status_lists, evidence.register)


def test_only_so_many_lists_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = [
        {"credentialStatus": [{"statusListCredential": f"https://operator.example/{number}"}]}
        for number in range(500)
    ]
    web = Web({})
    asked_of(web, monkeypatch, CHAIN.evidence(), Secured(canonicalize({"verifiableCredential": crowd})))
    assert sum("operator.example" in url for url in web.asked) == MOST_LISTS


def test_lists_that_no_credential_names_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    stray = "https://operator.demo.perseus.example/status/999"
    web = Web({})
    asked_of(web, monkeypatch, CHAIN.evidence(status_lists={stray: CHAIN.status_list()}))
    assert stray not in web.asked


def test_without_an_anchor_nobody_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    register = CHAIN.register
    note = Checkpoint(register.scheme.origin, register.size, register.root).sign(CHAIN.scheme.log)
    evidence = replace(CHAIN.evidence(), receipt=CHAIN.receipt(PRESENTED), door=None)
    raw = write_evidence(PRESENTED, evidence, checkpoint=note)

    def ask(_secured: Secured, _evidence: Evidence) -> Evidence:
        raise AssertionError("somebody was asked")

    verdict = judge(raw, Question(None, "bank", AT, None, offline=False), refresh=ask)
    assert verdict["overall"] == "undetermined"
