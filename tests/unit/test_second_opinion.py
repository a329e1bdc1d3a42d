"""Two other JOSE libraries read what we sign: register events as JWS, and keys as JWK."""

import base64
import json

import jwt
import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS, InvalidJWSSignature

from registry.events import SignedEvent
from support.keys import signer
from support.scheme import SchemeSimulator
from trust.keys import Signer

SCHEME = SchemeSimulator()
EVENT = SignedEvent.parse(SCHEME.register.entries[0])
OFFICERS = list(SCHEME.officers.values())


def header_of(signature: dict[str, str]) -> str:
    return base64.urlsafe_b64decode(signature["protected"] + "==").decode()


def key_of(one: Signer) -> JWK:
    return JWK(**one.key.jwk())


@pytest.mark.parametrize("officer", OFFICERS, ids=list(SCHEME.officers))
def test_jwcrypto_verifies_every_officers_signature_of_an_event(officer: Signer) -> None:
    document = json.loads(EVENT.entry)
    mine = [
        s
        for s in document["signatures"]
        if officer.key.thumbprint in base64.urlsafe_b64decode(s["protected"] + "==").decode()
    ]
    token = JWS()
    token.deserialize(json.dumps({"payload": document["payload"], "signatures": mine}))
    token.verify(key_of(officer))
    assert json.loads(token.payload)["type"] == "scheme.genesis"


def test_jwcrypto_refuses_an_event_whose_payload_was_changed() -> None:
    document = json.loads(EVENT.entry)
    padded = document["payload"] + "=" * (-len(document["payload"]) % 4)
    payload = base64.urlsafe_b64decode(padded).replace(b"genesis", b"genesiS")
    document["payload"] = base64.urlsafe_b64encode(payload).decode().rstrip("=")
    token = JWS()
    token.deserialize(json.dumps({"payload": document["payload"], "signatures": document["signatures"][:1]}))
    with pytest.raises(InvalidJWSSignature):
        token.verify(key_of(OFFICERS[0]))


KEYS = {"ES256": signer("opinion"), "EdDSA": signer("opinion", ed25519=True)}


@pytest.mark.parametrize("algorithm", KEYS)
def test_thumbprints_are_those_of_jwcrypto(algorithm: str) -> None:
    one = KEYS[algorithm]
    assert key_of(one).thumbprint() == one.key.thumbprint


@pytest.mark.parametrize("algorithm", KEYS)
def test_pyjwt_verifies_what_our_keys_sign(algorithm: str) -> None:
    one = KEYS[algorithm]
    head = {"alg": algorithm, "typ": "JWT"}
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, {"sub": "meter"})
    ]
    message = b".".join(parts)
    token = message + b"." + base64.urlsafe_b64encode(one.sign(message)).rstrip(b"=")
    assert jwt.decode(token, jwt.PyJWK(one.key.jwk()).key, algorithms=[algorithm]) == {"sub": "meter"}
