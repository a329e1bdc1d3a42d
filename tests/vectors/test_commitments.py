"""Our code says of every vector of commitments what the file expects, and writes the file byte for byte."""

from dataclasses import replace
from typing import Any

import pytest

import specs
from support.commitment_vectors import FILE, example, written
from trust.canonical import canonicalize, parse
from trust.claims.commitments import Commitments
from trust.commitment import H_COMPRESSED, blindings, commit
from trust.digest import Digest, b64url_decode
from trust.errors import CommitmentError
from trust.resource import read_resource
from trust.slot_opening import SlotOpening, check_slot
from trust.weighted_sum import (
    Opening,
    check_opening,
    decode,
    refuse_second_weights,
    refuse_small_correction,
)

FOUND: Any = specs.document("commitments/vectors.json")


def points(name: str) -> tuple[bytes | None, ...]:
    raw = canonicalize(FOUND["months"][name]["commitments"])
    held = read_resource(raw, where="vectors")
    assert isinstance(held, Commitments)
    assert Digest.of(raw).multibase == FOUND["months"][name]["digest"]
    return held.points


def outcome(check: Any) -> str:  # noqa: ANN401 - any call without arguments
    try:
        check()
    except CommitmentError as error:
        return error.code
    return "opens"


def titles(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("one", FOUND[kind], ids=lambda one: one["title"])


def test_the_file_is_what_its_script_writes() -> None:
    assert FILE.read_bytes() == written()
    assert canonicalize(parse(specs.read("examples/slot-openings.json"))) == example()


def test_the_second_generator_is_that_of_the_file() -> None:
    assert FOUND["h"] == H_COMPRESSED.hex()


def test_single_commitments_and_their_blindings_are_those_of_the_file() -> None:
    for one in FOUND["single"]:
        k = b64url_decode(one["k"])
        [point], [scalar] = commit([int(one["value"])], k), blindings(k, 1)
        assert point is not None
        assert (point.hex(), f"{scalar:064x}") == (one["point"], one["r"])


@pytest.mark.parametrize("name", ["electricity", "gas"])
def test_a_month_is_committed_to_as_the_file_has_it(name: str) -> None:
    month = FOUND["months"][name]
    assert commit(month["values"], b64url_decode(month["k"])) == points(name)


@titles("sums")
def test_a_sum_opens_or_is_refused_as_expected(one: dict[str, Any]) -> None:
    parts = [
        (decode(points(name)), one.get("weights", FOUND["months"][name]["weights"])) for name in one["months"]
    ]
    opening = Opening(int(one["total"]), b64url_decode(one["blinding"]))
    assert outcome(lambda: check_opening(parts, opening)) == one["expect"]


@titles("slots")
def test_a_half_hour_opens_or_is_refused_as_expected(one: dict[str, Any]) -> None:
    opening = SlotOpening(one["slot"], int(one["value"]), b64url_decode(one["blinding"]))
    assert outcome(lambda: check_slot(points(one["month"]), opening)) == one["expect"]
    assert outcome(lambda: check_slot((), replace(opening, slot=-1))) == "audit.gap"


@titles("weights")
def test_a_second_weighting_is_refused_as_expected(one: dict[str, Any]) -> None:
    old = FOUND["months"][one["month"]]["weights"]
    more = set(one["more"])
    new = [weight + (slot in more) for slot, weight in enumerate(old)]
    refuse = refuse_small_correction if one["correcting"] else refuse_second_weights
    assert outcome(lambda: refuse(old, new)) == one["expect"]
