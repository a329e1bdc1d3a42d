"""Good chains of every kind pass, for the bank and for the auditor: a wrong refusal is as much a defect."""

from collections import Counter

import pytest

from support.chain import AT
from support.good_chains import Kind, file_of
from trust.report import Overall
from verifiers.dossier import Dossier
from verifiers.file import verify_file
from verifiers.policy import Policy

SAMPLE, ALL = 16, 1_000


def assert_passes(number: int) -> None:
    kind = Kind.draw(number)
    chain = kind.chain()
    for policy in (Policy.bank(), Policy.auditor()):
        raw = file_of(chain, readings=policy.name == "auditor")
        report = verify_file(raw, policy=policy, anchor=chain.anchor, at=AT)
        found = [f"{check.code}: {check.detail}" for check in report.obstacles]
        assert report.overall is Overall.VERIFIED, (kind, policy.name, found)
        dossier = report.require().claim
        assert isinstance(dossier, Dossier)
        assert dossier.sme == chain.story.firm
        assert [figure.month for figure in dossier.figures] == [kind.month]


@pytest.mark.parametrize("number", range(SAMPLE))
def test_a_good_chain_of_any_kind_passes(number: int) -> None:
    assert_passes(number)


@pytest.mark.soak
def test_a_thousand_good_chains_of_every_kind_pass() -> None:
    for number in range(ALL):
        assert_passes(number)


def test_every_kind_of_chain_is_drawn() -> None:
    kinds = [Kind.draw(number) for number in range(ALL)]
    few = Counter(kind.rotated for kind in kinds) + Counter(kind.reinstated for kind in kinds)
    assert min(few.values()) > ALL / 20
    assert {kind.month.month for kind in kinds} == set(range(1, 11))
    assert {len(kind.missing) for kind in kinds} == {0, 1, 2, 40, 48}
    for name in ("ed25519", "gas", "national"):
        assert {getattr(kind, name) for kind in kinds} == {True, False}
    sample = [Kind.draw(number) for number in range(SAMPLE)]
    assert any(kind.gas for kind in sample)
    assert any(kind.rotated for kind in sample)
    assert any(kind.reinstated for kind in sample)
