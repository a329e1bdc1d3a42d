"""Commitments to readings: what they bind, what they hide, and what they refuse."""

import hashlib
import hmac

import pytest

from trust.commitment import G_COMPRESSED, H_COMPRESSED, blindings, commit
from trust.errors import CommitmentError
from trust.secp256k1 import ORDER

K = bytes(range(32))
P = 2**256 - 2**32 - 977
Affine = tuple[int, int] | None


def lift(encoded: bytes) -> Affine:
    """Decompress a point with Python's own integers: the second implementation."""
    x = int.from_bytes(encoded[1:], "big")
    y = pow(x**3 + 7, (P + 1) // 4, P)
    return (x, y if y % 2 == encoded[0] % 2 else P - y)


def plus(one: Affine, other: Affine) -> Affine:
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    slope = (3 * x1 * x1 * pow(2 * y1, -1, P) if one == other else (y2 - y1) * pow(x2 - x1, -1, P)) % P
    x3 = (slope * slope - x1 - x2) % P
    return (x3, (slope * (x1 - x3) - y1) % P)


def times(scalar: int, point: Affine) -> Affine:
    total: Affine = None
    while scalar:
        total, point, scalar = plus(total, point) if scalar & 1 else total, plus(point, point), scalar >> 1
    return total


def compressed(point: Affine) -> bytes:
    assert point is not None
    return bytes([2 + point[1] % 2]) + point[0].to_bytes(32, "big")


def hkdf(k: bytes, slot: int) -> int:
    """Derive one blinding scalar by the text of RFC 5869, section 2.3."""
    key = hmac.new(bytes(32), k, hashlib.sha256).digest()
    info, block, stream = b"perseus/commit/v1" + slot.to_bytes(4, "big"), b"", b""
    for count in (1, 2):
        block = hmac.new(key, block + info + bytes([count]), hashlib.sha256).digest()
        stream += block
    return int.from_bytes(stream[:48], "big") % ORDER


def test_h_is_the_point_that_the_digest_of_g_names() -> None:
    g = lift(G_COMPRESSED)
    assert g is not None
    uncompressed = b"\x04" + g[0].to_bytes(32, "big") + g[1].to_bytes(32, "big")
    assert H_COMPRESSED[1:] == hashlib.sha256(uncompressed).digest()


@pytest.mark.parametrize("value", [1, 2, 255, 256, 1_420, 123_456_789, 2**63 - 1])
def test_a_second_implementation_makes_the_same_commitment(value: int) -> None:
    [point] = commit([value], K)
    expected = plus(times(value, lift(G_COMPRESSED)), times(hkdf(K, 0), lift(H_COMPRESSED)))
    assert point == compressed(expected)


def test_a_reading_of_nothing_is_hidden_like_any_other() -> None:
    [point] = commit([0], K)
    assert point == compressed(times(hkdf(K, 0), lift(H_COMPRESSED)))


def test_a_missing_half_hour_has_no_commitment_and_moves_no_other() -> None:
    whole, gapped = commit([5, 6, 7], K), commit([5, None, 7], K)
    assert gapped == (whole[0], None, whole[2])


def test_equal_readings_have_unlike_commitments() -> None:
    assert len(set(commit([7] * 48, K))) == 48


def test_another_key_hides_the_same_readings_otherwise() -> None:
    assert set(commit([7, 8], K)).isdisjoint(commit([7, 8], bytes(32)))


def test_blindings_are_those_of_rfc_5869() -> None:
    assert list(blindings(K, 3)) == [hkdf(K, slot) for slot in range(3)]


@pytest.mark.parametrize("k", [b"", bytes(31), bytes(33)])
def test_a_key_of_another_length_is_refused(k: bytes) -> None:
    with pytest.raises(CommitmentError, match="32 bytes"):
        commit([1], k)


@pytest.mark.parametrize("value", [-1, 2**63])
def test_a_reading_out_of_range_is_refused(value: int) -> None:
    with pytest.raises(CommitmentError) as refusal:
        commit([value], K)
    assert refusal.value.code == "data.range"
