"""Opening a weighted sum of commitments: the exact total without a single reading.

With public weights w_i, the committer shows T = sum(w_i * v_i) and R = sum(w_i * r_i); the verifier checks that
sum(w_i * C_i) = T*G + R*H. What may not be opened, because a reading would follow from it, is refused here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat
from operator import mul

from trust.commitment import H_COMPRESSED, blindings
from trust.errors import CommitmentError
from trust.secp256k1 import ORDER, Point, add, base, encode, multiply
from trust.secp256k1 import decode as decode_point

LEAST_WEIGHTS = 1_000
LEAST_CORRECTED = 48
LARGEST_TOTAL = 1 << 63
_WIDEST_BASE = 32
_HELD = 256  # months of decoded points that a process keeps, about 0.3 MB each


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a weighted sum: the total T, and the sum R of the weighted blinding scalars in 32 bytes."""

    total: int
    blinding: bytes


@dataclass(frozen=True, slots=True)
class Vector:
    """The commitments of one source and month, decoded; a slot without a commitment is None."""

    points: tuple[Point | None, ...]

    def __repr__(self) -> str:
        """Say how many there are, because points tell a reader nothing."""
        return f"Vector({len(self.points)} slots)"


@lru_cache(maxsize=_HELD)
def decode(encoded: tuple[bytes | None, ...]) -> Vector:
    """Decode a month's commitments, once for as long as they are in use.

    Raises:
        CommitmentError: naming the first that is no point of the curve.
    """
    return Vector(tuple([None if raw is None else _point(raw, slot) for slot, raw in enumerate(encoded)]))


def _point(raw: bytes, slot: int) -> Point:
    try:
        return decode_point(raw)
    except CommitmentError as error:
        raise CommitmentError(f"commitment {slot} is not a compressed point of secp256k1") from error


def open_sum(parts: Sequence[tuple[Sequence[int | None], Sequence[int], bytes]]) -> Opening:
    """Open the weighted sum over all sources; a part is its values, its weights and its commitment key.

    Raises:
        CommitmentError: fewer than 1,000 weights are not 0, a weight stands where no value does, or T is too large.
    """
    for values, weights, _ in parts:
        _refuse_weights(weights, values)
    _refuse_few(weights for _, weights, _ in parts)
    total = sum(sum(map(mul, (v or 0 for v in values), weights)) for values, weights, _ in parts)
    if total >= LARGEST_TOTAL:
        raise CommitmentError("the total to open was expected below 2^63")
    blinding = sum(sum(map(mul, blindings(k, len(weights)), weights)) for _, weights, k in parts) % ORDER
    return Opening(total, blinding.to_bytes(32, "big"))


def check_opening(parts: Sequence[tuple[Vector, Sequence[int]]], opening: Opening) -> None:
    """Check that an opening is the one of these commitments under these weights.

    Raises:
        CommitmentError: it is not, or it may not be opened at all; its code says which.
    """
    for vector, weights in parts:
        _refuse_weights(weights, vector.points)
    _refuse_few(weights for _, weights in parts)
    opened = opened_point(opening)
    if encode(weighted_sum(parts)) != encode(opened):
        raise CommitmentError("the total does not open the sum of the commitments under these weights")


def weighted_sum(parts: Sequence[tuple[Vector, Sequence[int]]]) -> Point:
    """Add up the commitments, each as often as its weight says.

    Every weight is written in digits of one small base. The points that share a digit are added in one call of the
    library; then each digit's sum is added as often as the digit says, and each position as often as the base says.

    Raises:
        CommitmentError: the sum is the point at infinity.
    """
    groups = _by_weight(parts)
    largest = max(groups, default=0)
    radix = _radix(largest)
    total: Point | None = None
    for scale in reversed(_scales(largest, radix)):
        addends = [*([] if total is None else [total] * radix), *_digit_sums(groups, scale, radix)]
        total = add(addends) if addends else None
    return add([] if total is None else [total])


def correction_reach(old: Sequence[int], new: Sequence[int]) -> int:
    """Count the weights that a correction changes.

    Raises:
        CommitmentError: the two have another length.
    """
    if len(old) != len(new):
        raise CommitmentError(
            "a correction was expected to have a weight for every half-hour of the old figure"
        )
    return sum(before != after for before, after in zip(old, new, strict=True))


def refuse_small_correction(old: Sequence[int], new: Sequence[int]) -> None:
    """Refuse to open a correction to a holder of the old figure, when their difference would show a reading.

    Raises:
        CommitmentError: it changes some weights, but fewer than 48.
    """
    reach = correction_reach(old, new)
    if 0 < reach < LEAST_CORRECTED:
        raise CommitmentError(
            f"the correction changes {reach} half-hours; one of fewer than {LEAST_CORRECTED} would show readings "
            "to whoever holds the old figure",
            code="calculation.second_weights",
        )


def refuse_second_weights(old: Sequence[int], new: Sequence[int]) -> None:
    """Refuse to open one vector of commitments under other weights than before.

    Raises:
        CommitmentError: any weight differs.
    """
    reach = correction_reach(old, new)
    if reach:
        raise CommitmentError(
            f"these commitments have been opened already, under weights that differ in {reach} half-hours",
            code="calculation.second_weights",
        )


def opened_point(opening: Opening) -> Point:
    """Make T*G + R*H, from an opening in its one canonical form.

    Raises:
        CommitmentError: the total is not below 2^63, or the blinding is no scalar from 1 to the order less 1.
    """
    blinding = int.from_bytes(opening.blinding, "big")
    if not 0 <= opening.total < LARGEST_TOTAL or len(opening.blinding) != 32 or not 0 < blinding < ORDER:  # noqa: PLR2004 - a scalar
        raise CommitmentError(
            "an opening was expected with a total below 2^63 and a blinding below the order"
        )
    hidden = multiply(decode_point(H_COMPRESSED), blinding)
    return add([base(opening.total), hidden] if opening.total else [hidden])


def _refuse_weights(weights: Sequence[int], held: Sequence[object]) -> None:
    """Refuse weights that are not one for each slot, or that weigh a slot in which nothing is held."""
    if len(weights) != len(held):
        raise CommitmentError(
            f"{len(held)} weights were expected, one a half-hour, and {len(weights)} were found"
        )
    astray = [weight for weight, one in zip(weights, held, strict=True) if weight and one is None]
    if astray or min(weights, default=0) < 0:
        raise CommitmentError("a weight stands at a half-hour that has no commitment, or is negative")


def _refuse_few(vectors: Iterable[Sequence[int]]) -> None:
    used = sum(sum(map(bool, weights)) for weights in vectors)
    if used < LEAST_WEIGHTS:
        raise CommitmentError(
            f"{used} half-hours count; a sum of fewer than {LEAST_WEIGHTS} would show too much of the readings",
            code="calculation.too_few_slots",
        )


def _radix(largest: int) -> int:
    """Choose the base in which the largest weight has the fewest digits, while the digits stay small."""
    places = 1
    while _WIDEST_BASE**places <= largest:
        places += 1
    return next(radix for radix in range(2, _WIDEST_BASE + 1) if radix**places > largest)


def _scales(largest: int, radix: int) -> list[int]:
    """Give the value of each position that the largest weight has in this base, the lowest first."""
    scales = [1]
    while scales[-1] * radix <= largest:
        scales.append(scales[-1] * radix)
    return scales


def _by_weight(parts: Sequence[tuple[Vector, Sequence[int]]]) -> Mapping[int, list[Point]]:
    """Put together the points that have the same weight; those without one count for nothing."""
    groups: dict[int, list[Point]] = defaultdict(list)
    for vector, weights in parts:
        for point, weight in zip(vector.points, weights, strict=True):
            if weight and point is not None:
                groups[weight].append(point)
    return groups


def _digit_sums(groups: Mapping[int, list[Point]], scale: int, radix: int) -> list[Point]:
    """Add the points whose weights share a digit at this position, and give each sum as often as the digit says."""
    buckets: list[list[Point]] = [[] for _ in range(radix)]
    for weight, points in groups.items():
        buckets[weight // scale % radix] += points
    return list(
        chain.from_iterable(
            repeat(add(bucket), digit) for digit, bucket in enumerate(buckets) if digit and bucket
        )
    )
