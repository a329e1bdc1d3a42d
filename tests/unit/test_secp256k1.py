"""Points of secp256k1: what has no form is refused, and sums are those of the group."""

import pytest

from trust.commitment import G_COMPRESSED, H_COMPRESSED
from trust.errors import CommitmentError
from trust.secp256k1 import ORDER, add, base, decode, encode, multiply

G, H = decode(G_COMPRESSED), decode(H_COMPRESSED)


def test_a_point_is_written_as_it_was_read() -> None:
    assert encode(G) == G_COMPRESSED
    assert encode(H) == H_COMPRESSED


def test_the_generator_times_one_is_the_generator() -> None:
    assert encode(base(1)) == encode(multiply(G, 1)) == G_COMPRESSED
    assert encode(base(7)) == encode(multiply(G, 7)) == encode(add([G] * 7))


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        bytes(33),
        b"\x02" + b"\xff" * 32,
        b"\x04" + bytes(64),
        b"\x05" + G_COMPRESSED[1:],
        G_COMPRESSED[:-1],
    ],
)
def test_bytes_that_are_no_point_are_refused(encoded: bytes) -> None:
    with pytest.raises(CommitmentError, match="compressed point"):
        decode(encoded)


def test_a_sum_that_vanishes_is_refused() -> None:
    for points in ([], [H, multiply(H, ORDER - 1)]):
        with pytest.raises(CommitmentError, match="infinity"):
            add(points)


@pytest.mark.parametrize("scalar", [0, -1, ORDER, 2**256, 2**300])
def test_a_scalar_out_of_range_is_refused(scalar: int) -> None:
    with pytest.raises(CommitmentError, match="a scalar"):
        multiply(H, scalar)
    with pytest.raises(CommitmentError, match="a scalar"):
        base(scalar)


def test_multiplying_a_point_leaves_it_as_it_was() -> None:
    assert encode(multiply(H, 2)) != H_COMPRESSED
    assert encode(H) == H_COMPRESSED
