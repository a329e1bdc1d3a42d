"""The Wycheproof vectors of P-256 with SHA-256 (r and s as raw bytes) and of Ed25519, all of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from trust.digest import b64url_encode
from trust.errors import MalformedError, SignatureMismatchError
from trust.keys import Algorithm, PublicKey

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors" / "wycheproof"
FILES = {
    "ecdsa_secp256r1_sha256_p1363_test.json": Algorithm.P256,
    "ed25519_test.json": Algorithm.ED25519,
}
NOT_SPOKEN = {
    "ecdsa_secp384r1_sha384_p1363_test.json": "no key of the scheme is on P-384; one is refused when it is read",
}
EACH_FILE = pytest.mark.parametrize("name", FILES)
pytestmark = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the published vectors are not beside this repository (../shared/vectors)"
)


def groups(name: str) -> list[dict[str, Any]]:
    content: dict[str, list[dict[str, Any]]] = json.loads((VECTORS / name).read_text())
    return content["testGroups"]


def public_key(group: dict[str, Any], algorithm: Algorithm) -> PublicKey:
    if algorithm is Algorithm.ED25519:
        return PublicKey(algorithm, bytes.fromhex(group["publicKey"]["pk"]))
    point = bytes.fromhex(group["publicKey"]["uncompressed"])
    return PublicKey(algorithm, bytes([2 + (point[-1] & 1)]) + point[1:33])


def fits(key: PublicKey, case: dict[str, Any]) -> bool:
    try:
        key.verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
    except SignatureMismatchError:
        return False
    return True


@EACH_FILE
def test_every_signature_is_judged_as_published(name: str) -> None:
    judged = [
        (case["tcId"], fits(public_key(group, FILES[name]), case), case["result"])
        for group in groups(name)
        for case in group["tests"]
    ]
    assert len(judged) >= 150
    assert [case for case, fit, result in judged if fit != (result == "valid")] == []
    assert {result for _, _, result in judged} == {"valid", "invalid"}


@EACH_FILE
def test_every_published_jwk_is_the_key_beside_it(name: str) -> None:
    with_jwk = [(group, group["publicKeyJwk"]) for group in groups(name) if "publicKeyJwk" in group]
    assert with_jwk
    for group, jwk in with_jwk:
        assert PublicKey.from_jwk(jwk) == public_key(group, FILES[name])


@pytest.mark.parametrize("name", NOT_SPOKEN)
def test_a_key_of_another_curve_is_refused_when_it_is_read(name: str) -> None:
    points = [bytes.fromhex(group["publicKey"]["uncompressed"]) for group in groups(name)]
    assert points
    for point in points:
        jwk = {"kty": "EC", "crv": "P-384", "x": b64url_encode(point[1:49]), "y": b64url_encode(point[49:])}
        with pytest.raises(MalformedError, match="expected EC P-256 or OKP Ed25519"):
            PublicKey.from_jwk(jwk)


def test_every_published_file_is_either_passed_or_named_with_a_reason() -> None:
    published = {path.name for path in VECTORS.glob("*.json")}
    assert published == FILES.keys() | NOT_SPOKEN.keys()
