"""Opening a weighted sum: the exact total, and every opening that must not be made or believed."""

import pytest

from trust.commitment import commit
from trust.errors import CommitmentError
from trust.secp256k1 import ORDER
from trust.weighted_sum import (
    Opening,
    Vector,
    check_opening,
    decode,
    open_sum,
    refuse_second_weights,
    refuse_small_correction,
)

K = bytes(range(32))
SLOTS = 1_100
VALUES = tuple([None if slot % 97 == 5 else (slot * 7_919) % 20_000 for slot in range(SLOTS)])
WEIGHTS = tuple([0 if value is None else 1 + (slot * 104_729) % 400 for slot, value in enumerate(VALUES)])
POINTS = commit(VALUES, K)
GOOD = open_sum([(VALUES, WEIGHTS, K)])


def vector() -> Vector:
    return decode(POINTS)


def code_of(parts: list[tuple[Vector, tuple[int, ...]]], opening: Opening) -> str:
    with pytest.raises(CommitmentError) as refusal:
        check_opening(parts, opening)
    return refusal.value.code


def test_the_total_is_the_sum_of_products() -> None:
    assert GOOD.total == sum((v or 0) * w for v, w in zip(VALUES, WEIGHTS, strict=True))
    check_opening([(vector(), WEIGHTS)], GOOD)


def test_two_sources_open_in_one_sum() -> None:
    other_key = bytes(32)
    other = decode(commit(VALUES, other_key))
    both = open_sum([(VALUES, WEIGHTS, K), (VALUES, WEIGHTS, other_key)])
    assert both.total == 2 * GOOD.total
    check_opening([(vector(), WEIGHTS), (other, WEIGHTS)], both)


def test_a_source_left_out_of_the_sum_does_not_open() -> None:
    other = decode(commit(VALUES, bytes(32)))
    assert code_of([(vector(), WEIGHTS), (other, WEIGHTS)], GOOD) == "calculation.opening"


@pytest.mark.parametrize("change", [1, -1, 1 << 62, ORDER])
def test_another_total_does_not_open(change: int) -> None:
    assert (
        code_of([(vector(), WEIGHTS)], Opening(GOOD.total + change, GOOD.blinding)) == "calculation.opening"
    )


@pytest.mark.parametrize("total", [-1, 1 << 63])
def test_a_total_out_of_range_is_refused(total: int) -> None:
    assert code_of([(vector(), WEIGHTS)], Opening(total, GOOD.blinding)) == "calculation.opening"


@pytest.mark.parametrize("blinding", [bytes(32), b"\xff" * 32, ORDER.to_bytes(32, "big"), b"", bytes(31)])
def test_a_blinding_that_is_not_canonical_is_refused(blinding: bytes) -> None:
    assert code_of([(vector(), WEIGHTS)], Opening(GOOD.total, blinding)) == "calculation.opening"


def test_weights_from_elsewhere_do_not_open() -> None:
    elsewhere = (WEIGHTS[0] + 1, *WEIGHTS[1:])
    assert code_of([(vector(), elsewhere)], GOOD) == "calculation.opening"


def test_a_weight_where_nothing_was_committed_is_refused() -> None:
    gap = VALUES.index(None)
    wrong = (*WEIGHTS[:gap], 7, *WEIGHTS[gap + 1 :])
    assert code_of([(vector(), wrong)], GOOD) == "calculation.opening"
    with pytest.raises(CommitmentError, match="no commitment"):
        open_sum([(VALUES, wrong, K)])


def test_a_vector_of_another_length_is_refused() -> None:
    assert code_of([(vector(), WEIGHTS[:-1])], GOOD) == "calculation.opening"


def test_fewer_than_a_thousand_half_hours_are_never_opened() -> None:
    few = tuple([weight if place < 1_000 else 0 for place, weight in enumerate(WEIGHTS)])
    assert sum(map(bool, few)) < 1_000
    assert code_of([(vector(), few)], GOOD) == "calculation.too_few_slots"
    with pytest.raises(CommitmentError) as refusal:
        open_sum([(VALUES, few, K)])
    assert refusal.value.code == "calculation.too_few_slots"


def test_a_total_that_would_wrap_is_not_opened() -> None:
    huge = tuple([1 << 62] * SLOTS)
    with pytest.raises(CommitmentError, match=r"below 2\^63"):
        open_sum([(huge, (1,) * SLOTS, K)])


@pytest.mark.parametrize("bad", [b"\x04" + bytes(32), b"\x02" + b"\xff" * 32, b"\x02" + bytes(31), bytes(33)])
def test_bytes_that_are_no_point_are_refused_by_their_place(bad: bytes) -> None:
    with pytest.raises(CommitmentError, match="commitment 1 "):
        decode((POINTS[0], bad))


def test_a_second_opening_under_other_weights_is_refused() -> None:
    with pytest.raises(CommitmentError) as refusal:
        refuse_second_weights(WEIGHTS, (*WEIGHTS[:-1], WEIGHTS[-1] + 1))
    assert refusal.value.code == "calculation.second_weights"
    refuse_second_weights(WEIGHTS, WEIGHTS)


def test_a_small_correction_is_refused_and_a_large_one_is_not() -> None:
    with pytest.raises(CommitmentError, match="47 half-hours"):
        refuse_small_correction(WEIGHTS, tuple(w + 1 for w in WEIGHTS[:47]) + WEIGHTS[47:])
    refuse_small_correction(WEIGHTS, tuple(w + 1 for w in WEIGHTS[:48]) + WEIGHTS[48:])
    refuse_small_correction(WEIGHTS, WEIGHTS)


def test_the_sum_is_right_for_every_size_of_weight() -> None:
    for largest in (1, 2, 31, 32, 33, 1_023, 1_024, 10_000):
        weights = tuple([0 if v is None else 1 + slot % largest for slot, v in enumerate(VALUES)])
        opening = open_sum([(VALUES, weights, K)])
        assert opening.total == sum((v or 0) * w for v, w in zip(VALUES, weights, strict=True))
        check_opening([(vector(), weights)], opening)
