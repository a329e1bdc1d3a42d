"""Asking for newer evidence: whom, how many, and never without an anchor."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from perseus import refreshing
from perseus.fetching import Fetched
from perseus.refreshing import MOST_LISTS, Refresher
from perseus.verification import Question, judge
from registry import proposal
from registry.bodies import Update
from registry.history import Service
from registry.log.checkpoint import Checkpoint
from registry.log.tiles import Tile, bundle
from registry.recording import Recorded
from registry.register import Register
from support.chain import AT, ChainSimulator, party, scheme
from support.keys import signer
from support.scheme import SchemeSimulator
from support.story import CAP, LIST_URL, OPERATOR
from trust.canonical import canonicalize
from trust.errors import UnavailableError
from trust.secured import Secured
from verifiers.evidence import Evidence, write_evidence
from verifiers.policy import Policy
from verifiers.verify import verify

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


def published(found: SchemeSimulator) -> Web:
    """Have the operator serve its log as it is."""
    base, tile = "https://operator.demo.perseus.example/log", Tile(None, 0, found.register.size)
    return Web({f"{base}/checkpoint": found.checkpoint.encode(), f"{base}/{tile}": bundle(found.entries)})


def served(witnesses: int) -> SchemeSimulator:
    """Found a scheme whose operator names the address of its log."""
    found = scheme(witnesses=witnesses)
    there = Update(services=(Service("perseus", "https://operator.demo.perseus.example"),))
    event = proposal.propose(found.register, "member.updated", OPERATOR, body=there, at=found.now)
    found.take(event, signer(f"scheme/{OPERATOR}"), by="a")
    return found


def carried(chain: ChainSimulator) -> Evidence:
    """Give what a file carries: the register as witnesses saw it three days ago, and no list that vouches for it."""
    found = chain.scheme
    found.witnessed_at = AT - timedelta(days=3)
    register = Register.replay(found.entries, anchor=found.anchor, checkpoint=found.checkpoint)
    witnessed_at = found.witnessed_at if found.witnesses else None
    door = None if found.witnesses else chain.evidence().door
    return replace(
        chain.evidence(
            register=register,
            door=door,
            receipt=chain.receipt(chain.presented()),
            status_lists={LIST_URL: chain.status_list(seen="")},
        ),
        register_at=witnessed_at,
        register_carried=True,
    )


def is_stale(chain: ChainSimulator, evidence: Evidence) -> bool:
    report = verify(chain.presented(), evidence, policy=Policy.bank(), anchor=chain.anchor, at=AT)
    return "register.stale" in {check.code for check in report}


def test_a_register_that_was_fetched_is_as_young_as_witnesses_show_it_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chain = ChainSimulator(scheme=served(3))
    old = carried(chain)
    chain.scheme.witnessed_at = AT - timedelta(minutes=5)
    unanswered = asked_of(Web({}), monkeypatch, old, chain.presented())
    assert (unanswered.register, unanswered.register_at) == (old.register, old.register_at)
    assert is_stale(chain, unanswered)
    fetched = asked_of(published(chain.scheme), monkeypatch, old, chain.presented())
    assert fetched.register_at == AT - timedelta(minutes=5)
    assert not is_stale(chain, fetched)


def test_what_witnesses_saw_long_ago_is_not_made_young_by_fetching_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chain = ChainSimulator(scheme=served(3))
    old = carried(chain)
    fetched = asked_of(published(chain.scheme), monkeypatch, old, chain.presented())
    assert fetched.register_at == old.register_at
    assert is_stale(chain, fetched)


def test_a_register_without_witnesses_is_as_young_as_its_fetching(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = ChainSimulator(scheme=served(0))
    monkeypatch.setattr(refreshing, "now", lambda: AT)
    fetched = asked_of(published(chain.scheme), monkeypatch, carried(chain), chain.presented())
    assert (fetched.register_at, fetched.register_carried) == (AT, False)


def test_what_was_fetched_is_held_to_the_times_that_witnesses_saw(monkeypatch: pytest.MonkeyPatch) -> None:
    """A role is dated to a moment at which the file's checkpoint, cosigned a day later, did not have it."""
    chain = ChainSimulator(scheme=served(3))
    old = carried(chain)
    cap = party(CAP)
    backdated = chain.scheme.grant(cap, "auditor", at=AT - timedelta(days=4))
    chain.scheme.witnessed_at = AT
    found = asked_of(published(chain.scheme), monkeypatch, old, chain.presented()).register
    assert found is not None
    assert found.checkpoint is not None
    assert found.recorded[backdated] == Recorded(AT - timedelta(days=3), AT)
    assert [(one.index, one.code) for one in found.ignored] == [(backdated, "event.backdated")]
