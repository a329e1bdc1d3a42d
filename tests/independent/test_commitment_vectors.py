"""The vectors of commitments, worked out again with Python's integers alone: no line of ours, no library of curves.

Points are Jacobian; the blinding scalars follow RFC 5869 to the letter; the digests are those of the PyPI package
rfc8785 and of hashlib.
"""

import base64
import hashlib
import hmac
import json
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import rfc8785

FOUND: Any = json.loads((Path(__file__).parents[2] / "specs" / "commitments" / "vectors.json").read_bytes())
P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
GX = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798
GY = 0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8
Jacobian: TypeAlias = tuple[int, int, int]
NOTHING: Jacobian = (1, 1, 0)
G: Jacobian = (GX, GY, 1)


def doubled(point: Jacobian) -> Jacobian:
    x, y, z = point
    if not z:
        return NOTHING
    s, m = 4 * x * y * y % P, 3 * x * x % P
    x3 = (m * m - 2 * s) % P
    return x3, (m * (s - x3) - 8 * y**4) % P, 2 * y * z % P


def plus(one: Jacobian, other: Jacobian) -> Jacobian:
    (x1, y1, z1), (x2, y2, z2) = one, other
    if not z1 or not z2:
        return other if not z1 else one
    u1, u2 = x1 * z2 * z2 % P, x2 * z1 * z1 % P
    s1, s2 = y1 * z2**3 % P, y2 * z1**3 % P
    if u1 == u2:
        return doubled(one) if s1 == s2 else NOTHING
    h, r = u2 - u1, s2 - s1
    x3 = (r * r - h**3 - 2 * u1 * h * h) % P
    return x3, (r * (u1 * h * h - x3) - s1 * h**3) % P, h * z1 * z2 % P


def times(scalar: int, point: Jacobian) -> Jacobian:
    total = NOTHING
    while scalar:
        total = plus(total, point) if scalar & 1 else total
        point, scalar = doubled(point), scalar >> 1
    return total


def same(one: Jacobian, other: Jacobian) -> bool:
    (x1, y1, z1), (x2, y2, z2) = one, other
    if not z1 or not z2:
        return not z1 and not z2
    return (x1 * z2 * z2 - x2 * z1 * z1) % P == 0 and (y1 * z2**3 - y2 * z1**3) % P == 0


def lift(encoded: bytes) -> Jacobian:
    x = int.from_bytes(encoded[1:])
    y = pow(x**3 + 7, (P + 1) // 4, P)
    assert (y * y - x**3 - 7) % P == 0
    return x, y if y % 2 == encoded[0] % 2 else P - y, 1


def encoded(point: Jacobian) -> bytes:
    x, y, z = point
    inverse = pow(z, -1, P)
    return bytes([2 + y * inverse**3 % P % 2]) + (x * inverse * inverse % P).to_bytes(32)


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


H = lift(bytes.fromhex(FOUND["h"]))


@cache
def table(point: Jacobian) -> tuple[tuple[Jacobian, ...], ...]:
    """Give sixteen multiples for each half-byte of a scalar."""
    rows = []
    for _ in range(64):
        row = [NOTHING]
        for _ in range(15):
            row.append(plus(row[-1], point))
        rows.append(tuple(row))
        point = plus(row[-1], point)
    return tuple(rows)


def quickly(scalar: int, point: Jacobian) -> Jacobian:
    total = NOTHING
    for row in table(point):
        total, scalar = plus(total, row[scalar & 15]), scalar >> 4
    return total


def blinding(k: bytes, slot: int) -> int:
    key = hmac.new(bytes(32), k, hashlib.sha256).digest()
    info, block, stream = b"perseus/commit/v1" + slot.to_bytes(4), b"", b""
    for count in (1, 2):
        block = hmac.new(key, block + info + bytes([count]), hashlib.sha256).digest()
        stream += block
    return int.from_bytes(stream[:48]) % N


def committed(value: int, scalar: int) -> Jacobian:
    return plus(quickly(value, G), quickly(scalar, H))


@cache
def vector(name: str) -> tuple[Jacobian | None, ...]:
    texts = FOUND["months"][name]["commitments"]["points"]
    return tuple(None if text is None else lift(decoded(text)) for text in texts)


def test_h_is_named_by_the_digest_of_g() -> None:
    uncompressed = b"\x04" + GX.to_bytes(32) + GY.to_bytes(32)
    assert bytes.fromhex(FOUND["h"])[1:] == hashlib.sha256(uncompressed).digest()
    assert (GY * GY - GX**3 - 7) % P == 0
    assert same(times(N, G), NOTHING)


def test_single_commitments_are_v_times_g_and_r_times_h() -> None:
    for one in FOUND["single"]:
        scalar = blinding(decoded(one["k"]), one["slot"])
        assert f"{scalar:064x}" == one["r"]
        made = plus(times(int(one["value"]), G), times(scalar, H))
        assert encoded(made).hex() == one["point"]


@pytest.mark.parametrize("name", ["electricity", "gas"])
def test_every_half_hour_of_a_month_is_committed_to(name: str) -> None:
    month = FOUND["months"][name]
    k = decoded(month["k"])
    raw = rfc8785.dumps(month["commitments"])
    multihash = b"\x12\x20" + hashlib.sha256(raw).digest()
    assert "u" + base64.urlsafe_b64encode(multihash).decode().rstrip("=") == month["digest"]
    for slot, (value, point) in enumerate(zip(month["values"], vector(name), strict=True)):
        assert (value is None) == (point is None) == (month["commitments"]["quality"][slot] == "-")
        if value is not None and point is not None:
            assert same(committed(value, blinding(k, slot)), point), slot


@pytest.mark.parametrize("one", FOUND["sums"], ids=lambda one: one["title"])
def test_a_sum_opens_exactly_where_the_file_says_so(one: dict[str, Any]) -> None:
    total, scalar = int(one["total"]), int.from_bytes(decoded(one["blinding"]))
    summed, used, astray = NOTHING, 0, False
    for name in one["months"]:
        weights = one.get("weights", FOUND["months"][name]["weights"])
        for weight, point in zip(weights, vector(name), strict=True):
            astray = astray or bool(weight and point is None)
            used += bool(weight)
            if weight and point is not None:
                summed = plus(summed, times(weight, point))
    canonical = 0 <= total < 2**63 and 0 < scalar < N and len(decoded(one["blinding"])) == 32
    opens = canonical and not astray and same(summed, committed(total, scalar))
    told = "calculation.too_few_slots" if used < 1_000 else "opens" if opens else "calculation.opening"
    assert told == one["expect"]


@pytest.mark.parametrize("one", FOUND["slots"], ids=lambda one: one["title"])
def test_a_half_hour_opens_exactly_where_the_file_says_so(one: dict[str, Any]) -> None:
    points = vector(one["month"])
    value, scalar = int(one["value"]), int.from_bytes(decoded(one["blinding"]))
    point = points[one["slot"]] if one["slot"] < len(points) else None
    canonical = 0 <= value < 2**63 and 0 < scalar < N
    made = committed(value, scalar) if canonical else NOTHING
    others = any(canonical and other is not None and same(made, other) for other in points)
    opens = point is not None and canonical and same(made, point)
    refusal = "audit.gap" if point is None else "audit.other_slot" if others else "audit.forged"
    assert ("opens" if opens else refusal) == one["expect"]


@pytest.mark.parametrize("one", FOUND["weights"], ids=lambda one: one["title"])
def test_what_a_second_sum_would_show_is_refused(one: dict[str, Any]) -> None:
    reach = len(set(one["more"]))
    leaks = 0 < reach < 48 if one["correcting"] else reach > 0
    assert one["expect"] == ("calculation.second_weights" if leaks else "opens")


def test_the_difference_of_two_sums_is_a_reading() -> None:
    """This is what a second opening would give away: one weight more, and the difference of the totals is v."""
    month = FOUND["months"]["electricity"]
    weights, values = month["weights"], month["values"]
    more = [weight + (slot == 17) for slot, weight in enumerate(weights)]
    first, second = (
        sum(weight * (value or 0) for weight, value in zip(each, values, strict=True))
        for each in (weights, more)
    )
    assert second - first == values[17]


def test_two_months_under_one_k_show_how_they_differ() -> None:
    """This is what a k used twice would give away: the blinding cancels, and a small difference is soon guessed."""
    k = decoded(FOUND["months"]["electricity"]["k"])
    x, y, z = committed(700, blinding(k, 3))
    apart = plus(committed(742, blinding(k, 3)), (x, -y % P, z))
    assert [guess for guess in range(100) if same(times(guess, G), apart)] == [42]
