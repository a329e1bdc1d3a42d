"""Points of secp256k1 by libsecp256k1, as far as commitments need them (SEC 2, section 2.4.1).

The one module that touches the library's own interface, because adding thousands of points through Python objects
would cost more than the additions. A point at infinity has no form here: a sum that vanishes is refused.
"""

from collections.abc import Sequence
from typing import NewType, Protocol, cast

from coincurve import GLOBAL_CONTEXT
from coincurve._libsecp256k1 import ffi as _ffi  # pyright: ignore[reportUnknownVariableType] - it has no types
from coincurve._libsecp256k1 import lib as _lib  # pyright: ignore[reportUnknownVariableType] - it has no types

from trust.errors import CommitmentError

Point = NewType("Point", object)  # a parsed point, opaque, in memory that lives as long as it is held
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
SIZE = 33
_COMPRESSED = 258  # the flag by which the library writes 33 bytes


class _Memory(Protocol):
    """What cffi gives to make C values and to read them."""

    def typeof(self, declaration: str, /) -> object: ...
    def new(self, kind: object, value: object = None, /) -> object: ...
    def buffer(self, value: object, size: int, /) -> bytes: ...


class _Functions(Protocol):
    """The functions of libsecp256k1 that are called here; each gives 1, or 0 where it refuses."""

    def secp256k1_ec_pubkey_parse(self, context: object, point: object, raw: bytes, size: int, /) -> int: ...
    def secp256k1_ec_pubkey_combine(
        self, context: object, total: object, points: Sequence[Point], count: int, /
    ) -> int: ...
    def secp256k1_ec_pubkey_tweak_mul(self, context: object, point: object, scalar: bytes, /) -> int: ...
    def secp256k1_ec_pubkey_create(self, context: object, point: object, scalar: bytes, /) -> int: ...
    def secp256k1_ec_pubkey_serialize(
        self, context: object, written: object, length: object, point: Point, form: int, /
    ) -> int: ...


ffi = cast("_Memory", _ffi)
lib = cast("_Functions", _lib)
_CONTEXT = cast("object", GLOBAL_CONTEXT.ctx)
_POINT = ffi.typeof(
    "secp256k1_pubkey *"
)  # looked up once: every point owns its own memory, so none can outlive it
_new = ffi.new


def decode(encoded: bytes) -> Point:
    """Decode one compressed point, which lives as long as it is held (SEC 1, section 2.3.4).

    Raises:
        CommitmentError: the bytes are no point.
    """
    point = _new(_POINT)
    if len(encoded) != SIZE or not lib.secp256k1_ec_pubkey_parse(_CONTEXT, point, encoded, SIZE):
        raise CommitmentError("a compressed point of secp256k1 was expected, and is not there")
    return cast("Point", point)


def add(points: Sequence[Point]) -> Point:
    """Add points, each as often as it stands in the list.

    Raises:
        CommitmentError: the list is empty, or its sum is the point at infinity.
    """
    total = _new(_POINT)
    if not points or not lib.secp256k1_ec_pubkey_combine(_CONTEXT, total, points, len(points)):
        raise CommitmentError("a sum of commitments is the point at infinity, which commits to nothing")
    return cast("Point", total)


def multiply(point: Point, scalar: int) -> Point:
    """Multiply a point by a scalar from 1 to the order less 1.

    Raises:
        CommitmentError: the scalar is outside that range.
    """
    product = _new(_POINT, cast("list[object]", point)[0])
    if not lib.secp256k1_ec_pubkey_tweak_mul(_CONTEXT, product, _scalar(scalar)):
        raise CommitmentError("a scalar of secp256k1 was expected, from 1 to the order less 1")
    return cast("Point", product)


def base(scalar: int) -> Point:
    """Multiply the generator G by a scalar from 1 to the order less 1.

    Raises:
        CommitmentError: the scalar is outside that range.
    """
    product = _new(_POINT)
    if not lib.secp256k1_ec_pubkey_create(_CONTEXT, product, _scalar(scalar)):
        raise CommitmentError("a scalar of secp256k1 was expected, from 1 to the order less 1")
    return cast("Point", product)


def encode(point: Point) -> bytes:
    """Write a point in its 33 compressed bytes (SEC 1, section 2.3.3)."""
    written, length = ffi.new(f"unsigned char[{SIZE}]"), ffi.new("size_t *", SIZE)
    lib.secp256k1_ec_pubkey_serialize(_CONTEXT, written, length, point, _COMPRESSED)
    return bytes(ffi.buffer(written, SIZE))


def _scalar(scalar: int) -> bytes:
    """Write a scalar in 32 bytes; 0 and the order and beyond are left for the library to refuse."""
    return (scalar if 0 <= scalar < 1 << 256 else 0).to_bytes(32, "big")
