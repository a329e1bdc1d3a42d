"""The table of members for people: what ends for whom, from when a later membership counts, where a DID may break."""

from datetime import timedelta

import pytest

from perseus.pages.register_pages import Sheet, register_page
from perseus.pages.rendering import breakable, spoken
from registry import bodies, proposal
from registry.endings import endings
from registry.projections.view import View
from support.outline import Outline
from support.scheme import ROLE, START, SchemeSimulator
from trust.did import Did
from trust.digest import Digest
from trust.keys import Signer


@pytest.fixture
def scheme() -> SchemeSimulator:
    """Found a scheme with one member whose papers and role end, and one that only begins in a week."""
    found = SchemeSimulator()
    cap = found.join("did:web:cap.example", name="GreenLedger")

    def take(kind: str, body: object, *signers: Signer, by: str) -> None:
        found.take(proposal.propose(found.register, kind, cap.did, body=body, at=START), *signers, by=by)

    take("certificate.recorded", bodies.CertificateDates(Digest.of(b"c"), START, found.at(days=50)), by="a")
    take("agreement.executed", bodies.Agreement("2", Digest.of(b"a"), found.at(days=40)), cap.signer, by="")
    ends = found.at(days=30)
    found.take(proposal.grant_role(found.register, cap.did, role=f"{ROLE}auditor", at=START, until=ends))
    comer = Did.parse("did:web:later.example")
    begins = found.at(days=7) + timedelta(hours=13, minutes=30)
    found.take(proposal.admit(found.register, comer, name="Comer", at=begins))
    return found


def table(scheme: SchemeSimulator, *, days: float) -> str:
    view = View.of(scheme.register, at=scheme.at(days=days))
    text = Outline(register_page(Sheet(view, "/register")).decode()).text
    return text.partition("Everybody who was ever admitted")[2].partition("The scheme itself")[0]


def test_everything_that_the_list_of_endings_knows_stands_in_the_table(scheme: SchemeSimulator) -> None:
    known = endings(scheme.register, at=scheme.at(days=1), days=365)
    assert [one.what.split()[0] for one in known] == ["role", "agreement", "certificate"]
    ends = "role auditor 31 January 2026, agreement 2 10 February 2026, certificate 20 February 2026"
    assert ends in table(scheme, days=1)


def test_what_has_ended_is_said_to_end_no_more(scheme: SchemeSimulator) -> None:
    assert "31 January" not in table(scheme, days=35)
    late = table(scheme, days=60)
    assert "certificate 20 February" not in late
    assert late.count("no end set") == 2


def test_a_membership_that_begins_later_says_at_which_hour(scheme: SchemeSimulator) -> None:
    assert "Begins later from 8 January 2026, 13:30:00 UTC" in table(scheme, days=1)


def test_a_did_breaks_between_its_words_alone() -> None:
    assert breakable("did:web:cap.example") == "did:<wbr>web:<wbr>cap.<wbr>example"
    assert breakable("https://a.example/b") == "https://<wbr>a.<wbr>example/<wbr>b"


def test_a_stamp_in_a_sentence_is_written_as_people_read_it() -> None:
    told = spoken("Murk was suspended at 2026-11-24T18:00:05Z, from 2026-11-03T09:00Z on.")
    assert told == "Murk was suspended at 24 November 2026, 18:00:05 UTC, from 3 November 2026, 09:00 UTC on."
