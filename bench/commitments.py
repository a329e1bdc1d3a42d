"""What committing to a month and opening its weighted sum cost, beside the same work by the library's own calls."""

from collections.abc import Callable

from coincurve import PublicKey

from bench.timing import Figure, beside
from trust.commitment import H_COMPRESSED, blindings, commit
from trust.secp256k1 import add, base, decode, encode, multiply
from trust.weighted_sum import check_opening, open_sum
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
    commitments = commit(VALUES, K)
    vector = decode_vector(commitments)
    opening = open_sum([(VALUES, WEIGHTS, K)])
    return beside(
        "open.month",
        lambda: check_opening([(vector, WEIGHTS)], opening),
        sum_alone(commitments, WEIGHTS),
        times=5,
    )


def sum_alone(commitments: tuple[bytes | None, ...], weights: tuple[int, ...]) -> Callable[[], object]:
    """Prepare one weighted sum as the library offers it: a call a distinct weight, then running sums downwards.

    The points are decoded beforehand, by the library's own class.
    """
    groups: dict[int, list[PublicKey]] = {}
    for encoded, weight in zip(commitments, weights, strict=True):
        if encoded is not None and weight:
            groups.setdefault(weight, []).append(PublicKey(encoded))

    def summed() -> PublicKey:
        running = total = PublicKey.combine_keys(groups[max(groups)])
        for weight in range(max(groups) - 1, 0, -1):
            running = PublicKey.combine_keys([running, *groups.get(weight, ())])
            total = PublicKey.combine_keys([total, running])
        return total

    return summed
