"""What committing to a month and opening its weighted sum cost, beside the same work by the library's own calls."""

from collections.abc import Callable
from itertools import chain, repeat

from bench.timing import Figure, beside
from trust.commitment import H_COMPRESSED, blindings, commit
from trust.secp256k1 import Point, add, base, decode, encode, multiply
from trust.weighted_sum import Vector, check_opening, open_sum
from trust.weighted_sum import decode as decode_vector

SLOTS = 1_488
K = bytes(range(32))
VALUES = tuple((slot * 7_919) % 20_000 for slot in range(SLOTS))
WEIGHTS = tuple((slot * 104_729) % 400 for slot in range(SLOTS))


def commit_month() -> Figure:
    """Commit to 1,488 readings; the limit multiplies and adds by the library's own calls, one reading at a time."""
    h = decode(H_COMPRESSED)
    scalars = list(blindings(K, SLOTS))

    def by_the_library() -> list[bytes]:
        return [
            encode(add([base(value), multiply(h, r)] if value else [multiply(h, r)]))
            for value, r in zip(VALUES, scalars, strict=True)
        ]

    return beside("commit.month", lambda: commit(VALUES, K), by_the_library, rounds=5)


def open_month() -> Figure:
    """Check the opening of a month's weighted sum; the limit is the sum by the library alone."""
    vector = decode_vector(commit(VALUES, K))
    opening = open_sum([(VALUES, WEIGHTS, K)])
    return beside(
        "open.month", lambda: check_opening([(vector, WEIGHTS)], opening), sum_alone(vector, WEIGHTS), times=5
    )


def sum_alone(vector: Vector, weights: tuple[int, ...]) -> Callable[[], object]:
    """Prepare one weighted sum, so that nothing but the library's additions is left to do."""
    present = [
        (point, weight)
        for point, weight in zip(vector.points, weights, strict=True)
        if point is not None and weight
    ]
    radix = next(radix for radix in range(2, 33) if radix**2 > max(weights))
    low = _buckets([(point, weight % radix) for point, weight in present])
    high = _buckets([(point, weight // radix) for point, weight in present])

    def summed() -> Point:
        upper = add(_repeated(high))
        return add([*repeat(upper, radix), *_repeated(low)])

    return summed


def _buckets(pairs: list[tuple[Point, int]]) -> dict[int, list[Point]]:
    digits = sorted({digit for _, digit in pairs if digit})
    return {digit: [point for point, own in pairs if own == digit] for digit in digits}


def _repeated(buckets: dict[int, list[Point]]) -> list[Point]:
    return list(chain.from_iterable(repeat(add(points), digit) for digit, points in buckets.items()))
