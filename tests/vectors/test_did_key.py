"""The did:key vectors: from the identifier to the key, and back."""

import json
from pathlib import Path
from typing import Any

import pytest

from trust.base58 import base58_encode
from trust.did import Did
from trust.errors import MalformedError
from trust.keys import Algorithm, PrivateKey, PublicKey

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors" / "did-key" / "keys.json"
NOT_SPOKEN = {"p384": "no key of the scheme is on P-384; one is refused when it is read"}
pytestmark = pytest.mark.skipif(
    not VECTORS.exists(), reason="the published vectors are not beside this repository (../shared/vectors)"
)


def published(kind: str) -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, dict[str, Any]]] = json.loads(VECTORS.read_text())
    return content[kind]


def key_of(did: str) -> PublicKey:
    multikey = Did.parse(did).multikey
    assert multikey is not None
    return PublicKey.from_multikey(multikey)


def test_an_ed25519_identifier_is_its_key() -> None:
    vectors = published("ed25519")
    assert len(vectors) == 5
    for did, expected in vectors.items():
        key = key_of(did)
        assert base58_encode(key.point) == expected["publicKeyBase58"]
        assert str(Did.key(key.multikey)) == did
        assert PrivateKey.from_secret(Algorithm.ED25519, bytes.fromhex(expected["seedHex"])).key == key


def test_a_p256_identifier_is_its_key() -> None:
    vectors = published("p256")
    assert vectors
    for did, expected in vectors.items():
        key = key_of(did)
        assert key.jwk() == {"crv": "P-256", "kty": "EC", "x": expected["x"], "y": expected["y"]}
        assert PublicKey.from_jwk({"crv": "P-256", "kty": "EC", **expected}) == key
        assert str(Did.key(key.multikey)) == did


@pytest.mark.parametrize("kind", NOT_SPOKEN)
def test_an_identifier_of_another_curve_is_refused(kind: str) -> None:
    for did in published(kind):
        with pytest.raises(MalformedError, match="found the prefix 81 24") as refusal:
            key_of(did)
        assert refusal.value.code == "key.weak"


def test_every_published_kind_is_either_passed_or_named_with_a_reason() -> None:
    kinds = {kind for kind in json.loads(VECTORS.read_text()) if not kind.startswith("_")}
    assert kinds == {"ed25519", "p256"} | NOT_SPOKEN.keys()
