"""Whatever the readings and the weights: the true opening is believed, and any other is not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trust.commitment import commit
from trust.errors import CommitmentError
from trust.secp256k1 import ORDER
from trust.weighted_sum import (
    Opening,
    check_opening,
    correction_reach,
    decode,
    open_sum,
    refuse_second_weights,
    refuse_small_correction,
)

SLOTS = 1_056
KEYS = (bytes(range(32)), bytes(range(1, 33)))
VALUES = tuple([None if slot % 41 == 7 else (slot * 7_919) % 20_000 for slot in range(SLOTS)])
VECTORS = tuple(decode(commit(VALUES, k)) for k in KEYS)
PLACES = st.sampled_from([slot for slot, value in enumerate(VALUES) if value is not None])
Weights = tuple[int, ...]


@st.composite
def weights(draw: st.DrawFn) -> Weights:
    """Draw a weight for every half-hour that has a reading, most of them the same few numbers."""
    largest, step, start = draw(st.integers(1, 2_000)), draw(st.integers(0, 999)), draw(st.integers(0, 999))
    one = [0 if value is None else 1 + (start + slot * step) % largest for slot, value in enumerate(VALUES)]
    for place in draw(st.lists(PLACES, max_size=20)):
        one[place] = draw(st.integers(0, 10**6))
    return tuple(one)


def believed(parts: list[Weights], opening: Opening) -> bool:
    try:
        check_opening(list(zip(VECTORS, parts, strict=False)), opening)
    except CommitmentError as refusal:
        return refusal.code != "calculation.opening"
    return True


def opened(parts: list[Weights]) -> Opening:
    return open_sum([(VALUES, one, k) for one, k in zip(parts, KEYS, strict=False)])


@given(st.lists(weights(), min_size=1, max_size=2))
def test_the_true_opening_is_believed(parts: list[Weights]) -> None:
    opening = opened(parts)
    assert opening.total == sum((v or 0) * w for one in parts for v, w in zip(VALUES, one, strict=True))
    assert believed(parts, opening)


@given(weights(), st.integers(1, 2**62), st.integers(1, ORDER - 1))
def test_any_other_total_or_blinding_is_not_believed(one: Weights, more: int, shift: int) -> None:
    opening = opened([one])
    other = (int.from_bytes(opening.blinding) + shift) % ORDER
    assert not believed([one], replace(opening, total=opening.total + more))
    assert not believed([one], replace(opening, total=opening.total - more))
    assert not believed([one], replace(opening, blinding=other.to_bytes(32)))


@given(weights(), PLACES, st.integers(1, 1_000))
def test_any_other_weight_is_not_believed(one: Weights, place: int, more: int) -> None:
    changed = (*one[:place], one[place] + more, *one[place + 1 :])
    assert not believed([changed], opened([one]))


@given(weights(), PLACES, PLACES)
def test_commitments_that_changed_places_are_not_believed(one: Weights, here: int, there: int) -> None:
    changed = list(one)
    changed[here], changed[there] = one[there], one[here]
    assert believed([tuple(changed)], opened([one])) == (one[here] == one[there])


@given(weights(), weights())
def test_two_sources_are_opened_together_or_not_at_all(one: Weights, other: Weights) -> None:
    both = opened([one, other])
    assert believed([one, other], both)
    assert not believed([one], both)


@given(weights(), st.sets(PLACES, max_size=60))
def test_a_correction_is_opened_only_where_it_reaches_far(one: Weights, places: set[int]) -> None:
    new = tuple([weight + (slot in places) for slot, weight in enumerate(one)])
    assert correction_reach(one, new) == len(places)
    for refuse, refused in (
        (refuse_small_correction, 0 < len(places) < 48),
        (refuse_second_weights, bool(places)),
    ):
        if refused:
            with pytest.raises(CommitmentError) as refusal:
                refuse(one, new)
            assert refusal.value.code == "calculation.second_weights"
        else:
            refuse(one, new)
