"""JSON Web Keys, the JSON form of a public key (RFC 7517; RFC 7518, section 6.2; RFC 8037, section 2)."""

from collections.abc import Mapping

from trust.curves import Algorithm, compress, coordinates, weak
from trust.digest import b64url_decode, b64url_encode

_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_NAMES = {
    Algorithm.P256: ("ES256",),
    Algorithm.ED25519: ("EdDSA", "Ed25519"),
}


def read_jwk(jwk: Mapping[str, object]) -> tuple[Algorithm, bytes]:
    """Read a JWK as an algorithm and a point, if it is public and meant for verifying.

    Raises:
        MalformedError: a private or symmetric key, another kind of key, or a key meant for something else.
    """
    if private := sorted(_PRIVATE & jwk.keys()):
        raise weak("a public key", f"the private member {private[0]}")
    algorithm, point = _read_point(jwk)
    _refuse_purpose(jwk, algorithm)
    return algorithm, point


def write_jwk(algorithm: Algorithm, point: bytes) -> dict[str, str]:
    """Write a public key as a JWK with its required members only, as its thumbprint needs (RFC 7638)."""
    if algorithm is Algorithm.ED25519:
        return {"crv": "Ed25519", "kty": "OKP", "x": b64url_encode(point)}
    x, y = coordinates(point)
    return {"crv": "P-256", "kty": "EC", "x": b64url_encode(x), "y": b64url_encode(y)}


def _read_point(jwk: Mapping[str, object]) -> tuple[Algorithm, bytes]:
    match jwk.get("kty"), jwk.get("crv"):
        case "EC", "P-256":
            return Algorithm.P256, compress(_coordinate(jwk, "x"), _coordinate(jwk, "y"))
        case "OKP", "Ed25519":
            return Algorithm.ED25519, _coordinate(jwk, "x")
        case kty, crv:
            raise weak("EC P-256 or OKP Ed25519", f"{kty!a} {crv!a}"[:60])


def _coordinate(jwk: Mapping[str, object], name: str) -> bytes:
    text = jwk.get(name)
    if not isinstance(text, str):
        raise weak(f"the coordinate {name}", "nothing" if text is None else f"a {type(text).__name__}")
    coordinate = b64url_decode(text, where=f"public key/{name}")
    if len(coordinate) != 32:  # noqa: PLR2004 # both curves have coordinates of 32 bytes
        raise weak(f"32 bytes in {name}", f"{len(coordinate)}")
    return coordinate


def _refuse_purpose(jwk: Mapping[str, object], algorithm: Algorithm) -> None:
    if jwk.get("use", "sig") != "sig":
        raise weak("use sig", f"use {jwk['use']!a}"[:60])
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list | tuple) or "verify" not in operations:
        raise weak("verify among key_ops", f"{operations!a}"[:60])
    if "alg" in jwk and jwk["alg"] not in _NAMES[algorithm]:
        raise weak(f"alg {algorithm.value}", f"alg {jwk['alg']!a}"[:60])
