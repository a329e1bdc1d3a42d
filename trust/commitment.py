"""Hiding commitments to readings: C_i = v_i*G + r_i*H on secp256k1 (Pedersen 1991; H as in BIP 341).

Whoever holds k can open them; nobody else learns a reading, and nobody can open one to another value. The blinding
scalars follow from k by HKDF-SHA256 (RFC 5869), so that 32 bytes are all that must be kept, and deleted.
"""

import hmac
from collections.abc import Iterator, Sequence
from functools import cache

from trust.errors import CommitmentError
from trust.secp256k1 import ORDER, Point, add, decode, encode

H_COMPRESSED = bytes.fromhex("0250929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0")
G_COMPRESSED = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
INFO = b"perseus/commit/v1"
KEY_SIZE = 32
LARGEST_VALUE = 1 << 63
_WINDOW = 256  # a table holds 255 multiples of a point for each byte of a scalar


def commit(values: Sequence[int | None], k: bytes) -> tuple[bytes | None, ...]:
    """Commit to a value for every half-hour, 33 bytes each; None where the value is None.

    Raises:
        CommitmentError: k is not 32 bytes, or a value is negative or not below 2^63.
    """
    g, h = _table(G_COMPRESSED), _table(H_COMPRESSED)
    return tuple(
        [
            None if value is None else encode(add([*_multiples(g, _checked(value)), *_multiples(h, r)]))
            for value, r in zip(values, blindings(k, len(values)), strict=True)
        ]
    )


def blindings(k: bytes, slots: int) -> Iterator[int]:
    """Derive the blinding scalar of each slot: 48 bytes of HKDF-SHA256 modulo the order, never 0.

    Raises:
        CommitmentError: k is not 32 bytes, or a scalar would be 0.
    """
    if len(k) != KEY_SIZE:
        raise CommitmentError(f"the commitment key was expected to have {KEY_SIZE} bytes, and has {len(k)}")
    keyed = hmac.new(hmac.digest(bytes(32), k, "sha256"), digestmod="sha256")
    for slot in range(slots):
        yield _blinding(keyed, slot)


def _blinding(keyed: hmac.HMAC, slot: int) -> int:
    info = INFO + slot.to_bytes(4, "big")
    first = _expand(keyed, info + b"\x01")
    second = _expand(keyed, first + info + b"\x02")
    scalar = int.from_bytes(first + second[:16], "big") % ORDER
    if scalar == 0:
        raise CommitmentError(f"the commitment key gives half-hour {slot} no blinding; draw another key")
    return scalar


def _expand(keyed: hmac.HMAC, message: bytes) -> bytes:
    copy = keyed.copy()
    copy.update(message)
    return copy.digest()


def _checked(value: int) -> int:
    if not 0 <= value < LARGEST_VALUE:
        raise CommitmentError("a reading to commit to was expected from 0 to 2^63 - 1", code="data.range")
    return value


def _multiples(table: tuple[tuple[Point, ...], ...], scalar: int) -> Iterator[Point]:
    """Pick the multiples of a point whose sum is the product with the scalar, one for each byte that is not 0."""
    for row, digit in zip(table, scalar.to_bytes(32, "little"), strict=True):
        if digit:
            yield row[digit - 1]


@cache
def _table(point: bytes) -> tuple[tuple[Point, ...], ...]:
    """Precompute 255 multiples of a point for every byte of a scalar, once in a process's life."""
    rows: list[tuple[Point, ...]] = []
    step = decode(point)
    for _ in range(KEY_SIZE):
        row = [add([step])]
        while len(row) < _WINDOW - 1:
            row.append(add([row[-1], step]))
        rows.append(tuple(row))
        step = add([row[-1], step])
    return tuple(rows)
