"""The two signature algorithms of the scheme, point by point: weak keys stop here (FIPS 186-5; RFC 8032)."""

from collections.abc import Callable
from enum import Enum
from functools import lru_cache, partial
from typing import TypeAlias

import nacl.bindings
import nacl.exceptions
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from trust.errors import MalformedError, SignatureMismatchError

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_P256_PRIME = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_P256_SIZE = 33
_ED25519_SIZE = 32
_SIGNATURE_SIZE = 64
_HALF = 32
_HELD = 4_096  # parsed keys that a process keeps
P256_SIGNING = ec.ECDSA(hashes.SHA256())
_ZERO, _ORDER = bytes(_HALF), P256_ORDER.to_bytes(_HALF)
# How an integer of 32 bytes begins in DER, by its first byte; one that begins with a zero is shorter.
_DER = (None, *[b"\x02\x20"] * 127, *[b"\x02\x21\0"] * 128)

Verifier: TypeAlias = Callable[[bytes, bytes], None]


class Algorithm(Enum):
    """A signature algorithm, by its name in JOSE (RFC 7518, section 3.1; RFC 8037, section 3.1)."""

    P256 = "ES256"
    ED25519 = "EdDSA"


@lru_cache(maxsize=_HELD)
def verifier(algorithm: Algorithm, point: bytes) -> Verifier:
    """Give what checks (signature, message) under the key at this point, parsed once.

    Raises:
        MalformedError: the point is no key, or a weak one (code key.weak).
    """
    if algorithm is Algorithm.P256:
        return partial(_verify_p256, _parse_p256(point))
    _refuse_weak_ed25519(point)
    return partial(_verify_ed25519, point)


def compress(x: bytes, y: bytes) -> bytes:
    """Give the one short form of a P-256 point (SEC 1, section 2.3.3).

    Raises:
        MalformedError: the point is not on the curve.
    """
    point = bytes([2 + (y[-1] & 1)]) + x
    if len(x) != _HALF or len(y) != _HALF or coordinates(point) != (x, y):
        raise weak("a point on P-256", "another point")
    return point


def coordinates(point: bytes) -> tuple[bytes, bytes]:
    """Give x and y of a compressed P-256 point (SEC 1, section 2.3.4).

    Raises:
        MalformedError: the point is not on the curve.
    """
    full = _parse_p256(point).public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return full[1 : 1 + _HALF], full[1 + _HALF :]


def weak(expected: str, found: str) -> MalformedError:
    """Say that a key must not be used, with the code that all such refusals share."""
    return MalformedError("public key", expected=expected, found=found, code="key.weak")


def _parse_p256(point: bytes) -> ec.EllipticCurvePublicKey:
    if len(point) != _P256_SIZE or point[0] not in {2, 3}:
        raise weak("a compressed P-256 point, 33 bytes", f"{len(point)} bytes that begin {point[:1].hex()}")
    if int.from_bytes(point[1:]) >= _P256_PRIME:
        raise weak("x below the prime of P-256", "x at or above it")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise weak("a point on P-256", "an x that no point has") from error


def _refuse_weak_ed25519(point: bytes) -> None:
    if len(point) != _ED25519_SIZE:
        raise weak("an Ed25519 point, 32 bytes", f"{len(point)} bytes")
    if not nacl.bindings.crypto_core_ed25519_is_valid_point(point):
        raise weak("an Ed25519 point of prime order in its one form", "a point of small order, or none")


def _verify_p256(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> None:
    if len(signature) != _SIGNATURE_SIZE:
        raise SignatureMismatchError(f"it has {len(signature)} bytes instead of 64")
    r, s = signature[:_HALF], signature[_HALF:]
    if not (_ZERO < r < _ORDER and _ZERO < s < _ORDER):
        raise SignatureMismatchError("r or s is not between 1 and the order of P-256")
    try:
        key.verify(_der(r, s), message, P256_SIGNING)
    except InvalidSignature as error:
        raise SignatureMismatchError("the key did not make it over this message (ES256)") from error


def _der(r: bytes, s: bytes) -> bytes:
    """Write r and s as the library takes them (RFC 3279, section 2.2.3)."""
    before_r, before_s = _DER[r[0]], _DER[s[0]]
    if before_r is None or before_s is None:
        return encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
    both = before_r + r + before_s + s
    return bytes((0x30, len(both))) + both


def _verify_ed25519(point: bytes, signature: bytes, message: bytes) -> None:
    if len(signature) != _SIGNATURE_SIZE:
        raise SignatureMismatchError(f"it has {len(signature)} bytes instead of 64")
    try:
        nacl.bindings.crypto_sign_open(signature + message, point)
    except nacl.exceptions.BadSignatureError as error:
        raise SignatureMismatchError("the key did not make it over this message (EdDSA)") from error
