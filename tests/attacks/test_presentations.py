"""A presentation is no envelope that is looked through: its own proof counts, and so does each thing it carries."""

import json

import pytest

from support.attacks import Attempt, good
from support.chain import edited
from support.outcomes import asked
from trust.canonical import Json, canonicalize
from trust.report import Answer, Overall, Report
from trust.secured import Secured


def found(report: Report[object]) -> set[str]:
    assert report.overall is Overall.NOT_VERIFIED
    return {check.code for check in report.obstacles}


def test_a_presentation_without_a_proof_is_refused() -> None:
    chain = good()
    bare = edited(chain.presented(), lambda document: document.pop("proof"))
    assert found(asked(Attempt(chain, bare))) == {"signature.missing"}


def test_a_false_proof_over_good_credentials_is_refused() -> None:
    chain = good()
    other = json.loads(chain.presented(credentials=chain.chain[:1]).raw)["proof"]
    forged = edited(chain.presented(), lambda document: document.update(proof=other))
    report = asked(Attempt(chain, forged))
    assert "signature.mismatch" in found(report)
    assert {check.subject.kind for check in report.obstacles} == {"VerifiablePresentation"}


def test_an_empty_presentation_is_refused() -> None:
    chain = good()
    empty = edited(chain.presented(), lambda document: document.update(verifiableCredential=[]))
    assert {code.partition(".")[0] for code in found(asked(Attempt(chain, empty)))} <= {
        "format",
        "link",
        "signature",
    }


@pytest.mark.parametrize("place", range(len(good().chain)))
def test_one_bad_credential_is_found_at_each_place(place: int) -> None:
    chain = good()
    document: dict[str, Json] = json.loads(chain.chain[place].raw)
    other = json.loads(chain.chain[place - 1].raw)["proof"]
    document["proof"] = {**json.loads(chain.chain[place].raw)["proof"], "proofValue": other["proofValue"]}
    held = tuple(
        Secured(canonicalize(document)) if number == place else one for number, one in enumerate(chain.chain)
    )
    report = asked(Attempt(chain, chain.presented(credentials=held)))
    assert "signature.mismatch" in found(report)
    assert report.authentic_at_signing is Answer.NO
    bad = [check.subject.id for check in report.obstacles if check.code == "signature.mismatch"]
    assert bad == [document["id"]]
