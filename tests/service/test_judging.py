"""What a party's own records say of when it had a document: since it was kept, else since now, and never earlier."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from perseus import clock
from perseus.apps.issuing import StatusLists
from perseus.apps.judging import Judge
from perseus.apps.party import Party, open_party
from perseus.homes import Inhabitant, make_home
from perseus.storage import credentials, presentations
from support.chain import ChainSimulator, party, scheme
from support.story import CAP, EDP
from trust.secured import Secured
from verifiers.evidence import Evidence

BANK = Inhabitant("bank", "Northern Bank", "bank.demo.perseus.example")
OPERATOR = Inhabitant("operator", "Scheme", "operator.demo.perseus.example")


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Party]:
    make_home(tmp_path, BANK, town=(BANK, OPERATOR))
    found = open_party(tmp_path / "bank")
    yield found
    found.fetcher.close()
    found.store.close()


def judge(bank: Party) -> Judge:
    return Judge(bank, StatusLists(bank))


def test_a_document_is_seen_since_it_was_kept_and_a_new_one_since_now(bank: Party) -> None:
    chain, before = ChainSimulator(), clock.now()
    kept, new = chain.credentials["consumption"], chain.credentials["intensity"]
    earlier = before - timedelta(days=9)
    with bank.store.write() as connection:
        credentials.keep(
            connection,
            kept,
            id_="urn:uuid:1",
            issuer=str(EDP),
            kind="ConsumptionCredential",
            about="",
            at=earlier,
        )
    seen = judge(bank).evidence(new, beside=(kept,)).seen
    assert seen[kept.digest] == earlier
    assert before <= seen[new.digest] <= clock.now()
    assert len(seen) == 2


def test_a_presentation_is_seen_since_exactly_these_bytes_were_first_received(bank: Party) -> None:
    chain, before = ChainSimulator(), clock.now()
    shown, other = chain.presented(), Secured(b"{}")
    earlier = before - timedelta(days=9)
    with bank.store.write() as connection:
        for number, (one, at) in enumerate(((shown, earlier), (shown, before), (other, before))):
            row = presentations.Shown(
                f"urn:{number}", str(CAP), one.digest.multibase, f"nonce-{number}", at, one.raw
            )
            presentations.keep(connection, row)
    found = judge(bank).refresh(shown, Evidence(None))
    assert found.seen == {shown.digest: earlier}
    assert found.own == bank.did
    strange = judge(bank).refresh(Secured(b"[]"), Evidence(None)).seen
    assert all(at >= before for at in strange.values())


def test_what_was_kept_before_a_suspension_is_relied_on_after_it_is_lifted() -> None:
    """The accounting provider calculates weeks later from data that it took while everything was in order."""
    found = scheme()
    ended = clock.now() - timedelta(days=2)
    found.suspend(party(EDP), at=ended)
    found.reinstate(party(EDP), at=ended + timedelta(days=1))
    chain = ChainSimulator(scheme=found)
    lone = chain.credentials["account_holder"]
    judged = [
        chain.report(lone, door=None, at=ended + timedelta(days=2), seen=seen).authentic_at_signing
        for seen in ({}, {lone.digest: ended + timedelta(days=1)}, {lone.digest: ended - timedelta(days=1)})
    ]
    assert judged == ["unknown", "unknown", "yes"]
