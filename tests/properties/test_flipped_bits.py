"""No bit of an evidence file can be flipped so that something else is verified than what was signed."""

import random
from functools import cache

import pytest

from support.attacks import Attempt, good
from support.chain import AT, ChainSimulator, scheme
from support.good_chains import Kind, file_of
from trust.canonical import Json
from trust.report import Overall
from verifiers.file import verify_file
from verifiers.policy import Policy
from verifiers.verdict import verdict

SAMPLE, ALL = 300, 20_000
MEANING = ("subject", "period", "figures", "known_at", "anchor", "authentic_at_signing", "usable_now")


@cache
def kept(kind: str) -> tuple[ChainSimulator, bytes]:
    """Give one file of a kind with its scheme."""
    if kind == "gas":
        drawn = next(one for one in map(Kind.draw, range(50)) if one.gas).chain()
        return drawn, file_of(drawn)
    chain = good() if kind == "plain" else ChainSimulator(scheme=scheme(witnesses=3))
    return chain, Attempt(chain).file


def meaning(raw: bytes, chain: ChainSimulator) -> tuple[object, dict[str, Json]] | None:
    """Give what is verified: the dossier with its parties, times, figures and coverage, and the verdict's heading."""
    policy = Policy.bank()
    report = verify_file(raw, policy=policy, anchor=chain.anchor, at=AT)
    if report.overall is not Overall.VERIFIED:
        assert report.obstacles
        return None
    told = verdict(report, at=AT, anchor=chain.anchor, policy=policy)
    return report.require().claim, {name: told[name] for name in MEANING}


def flipped(raw: bytes, place: int, bit: int) -> bytes:
    """Flip one bit."""
    return raw[:place] + bytes([raw[place] ^ (1 << bit)]) + raw[place + 1 :]


def assert_flips_change_no_meaning(kind: str, times: int) -> None:
    chain, raw = kept(kind)
    before = meaning(raw, chain)
    assert before is not None
    draw = random.Random(f"flips {kind} {times}")  # noqa: S311 - a test's draws are no secret
    for _ in range(times):
        place, bit = draw.randrange(len(raw)), draw.randrange(8)
        after = meaning(flipped(raw, place, bit), chain)
        around = raw[max(0, place - 20) : place + 20]
        assert after is None or after == before, (place, bit, around)


@pytest.mark.parametrize("kind", ["plain", "gas", "witnessed"])
def test_a_flipped_bit_never_verifies_with_another_meaning(kind: str) -> None:
    assert_flips_change_no_meaning(kind, SAMPLE // 3)


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["plain", "gas", "witnessed"])
def test_twenty_thousand_flipped_bits_never_verify_with_another_meaning(kind: str) -> None:
    assert_flips_change_no_meaning(kind, ALL // 3 + 1)
