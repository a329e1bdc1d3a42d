"""Events and their signatures, as bytes."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from registry.events import Event, SignedEvent
from registry.log.merkle import leaf_hash
from support.keys import signer
from trust.canonical import Json, canonicalize
from trust.digest import Digest, b64url_decode, b64url_encode
from trust.errors import MalformedError, SignatureMismatchError
from trust.keys import PrivateKey

A, B, EDWARDS = signer("a"), signer("b"), signer("c", ed25519=True)
EVENT = Event(
    type="member.admitted",
    scheme="perseus.example/register",
    subject="did:web:cap.example",
    effective=datetime(2026, 11, 22, 10, tzinfo=UTC),
    prev=None,
    policy=0,
    case="2026-017",
    reason="vetted",
    body={"name": "GreenLedger", "services": []},
    evidence=(Digest.of(b"the signed agreement"),),
)
ENTRY = EVENT.signed(A, B).entry


def reshaped(**changes: object) -> bytes:
    """Give the entry with other members in its payload, whatever the signatures then say."""
    document = json.loads(ENTRY)
    payload = json.loads(b64url_decode(document["payload"])) | changes
    left = {name: value for name, value in payload.items() if value is not ...}
    return canonicalize({**document, "payload": b64url_encode(canonicalize(left))})


def resigned(header: dict[str, Json]) -> bytes:
    """Give the entry with another protected header over its first signature."""
    document = json.loads(ENTRY)
    protected = b64url_encode(canonicalize(header))
    signature = {**document["signatures"][0], "protected": protected}
    return canonicalize({**document, "signatures": [signature]})


def test_an_entry_is_read_as_it_was_written() -> None:
    read = SignedEvent.parse(ENTRY)
    assert (read.event, read.entry, read.leaf) == (EVENT, ENTRY, leaf_hash(ENTRY))


def test_an_entry_is_a_jws_with_three_header_members_in_its_canonical_bytes() -> None:
    document = json.loads(ENTRY)
    header = json.loads(b64url_decode(document["signatures"][0]["protected"]))
    assert canonicalize(document) == ENTRY
    assert header.keys() == {"alg", "kid", "typ"}
    assert header["kid"] in {A.key.thumbprint, B.key.thumbprint}


def test_the_order_of_signing_leaves_no_trace() -> None:
    turned = EVENT.signed(EDWARDS).signed(B)
    assert [item.kid for item in turned.signatures] == sorted((B.key.thumbprint, EDWARDS.key.thumbprint))
    assert SignedEvent.parse(turned.entry) == turned


@pytest.mark.parametrize("key", [A, EDWARDS], ids=["ES256", "EdDSA"])
def test_a_signature_fits_its_key_and_no_other_event(key: PrivateKey) -> None:
    made = EVENT.signed(A, EDWARDS)
    found = next(item for item in made.signatures if item.kid == key.key.thumbprint)
    found.verify(made.payload, key=key.key)
    with pytest.raises(SignatureMismatchError):
        found.verify(replace(EVENT, reason="bribed").signed(A).payload, key=key.key)


def test_a_key_of_another_kind_than_the_header_says_is_refused() -> None:
    made = EVENT.signed(A)
    with pytest.raises(MalformedError, match="an algorithm of ED25519 keys, found ES256"):
        made.signatures[0].verify(made.payload, key=EDWARDS.key)


def test_one_key_cannot_sign_twice() -> None:
    with pytest.raises(
        MalformedError, match=f"different keys, found two by the key {A.key.thumbprint}"
    ) as found:
        EVENT.signed(A).signed(B).signed(A)
    assert found.value.code == "event.quorum"


def test_an_event_without_signature_is_no_entry() -> None:
    with pytest.raises(MalformedError, match="1 to 32 signatures by different keys, found none") as found:
        EVENT.signed()
    assert found.value.code == "event.quorum"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reason": ...}, "an object of body, case"),
        ({"note": "more"}, "an object of body, case"),
        ({"v": "1"}, "event/v: expected an integer"),
        ({"v": True}, "event/v: expected an integer"),
        ({"policy": -1}, "event/policy: expected an integer from 0"),
        ({"prev": "0"}, "event/prev"),
        ({"body": []}, "event/body: expected an object"),
        ({"evidence": "u"}, "event/evidence: expected an array"),
        ({"evidence": [1]}, "event/evidence: expected text"),
        ({"evidence": ["zAbc"]}, "digest"),
        ({"effective": "2026-11-22T10:00:00+00:00"}, "a UTC time"),
        ({"effective": "9999-12-31T00:00:00Z"}, "a year from 2000 to 8999"),
        ({"effective": "0001-01-01T00:00:00Z"}, "a year from 2000 to 8999"),
        ({"reason": "two\nlines"}, "a line of at most 500 characters"),
        ({"case": "x" * 501}, "found 501 characters"),
    ],
)
def test_a_payload_of_another_shape_is_refused(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(MalformedError, match=reason):
        SignedEvent.parse(reshaped(**changes))


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"alg": "none", "kid": "k", "typ": "perseus-event+json"}, "jose.header"),
        ({"alg": "HS256", "kid": "k", "typ": "perseus-event+json"}, "jose.header"),
        ({"alg": "es256", "kid": "k", "typ": "perseus-event+json"}, "jose.header"),
        ({"alg": "ES256", "kid": "k", "typ": "vc+jwt"}, "jose.header"),
        ({"alg": "ES256", "kid": "k"}, "format.schema"),
        ({"alg": "ES256", "kid": "k", "typ": "perseus-event+json", "crit": []}, "format.schema"),
        ({"alg": "ES256", "kid": 7, "typ": "perseus-event+json"}, "format.schema"),
    ],
)
def test_a_header_that_says_more_less_or_otherwise_is_refused(header: dict[str, Json], code: str) -> None:
    with pytest.raises(MalformedError) as refused:
        SignedEvent.parse(resigned(header))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"[]",
        ENTRY[:-1],
        ENTRY + b" ",
        ENTRY.replace(b'{"payload"', b'{ "payload"'),
        ENTRY.replace(b'"payload"', b'"payload":"","payload"', 1),
    ],
    ids=["empty", "array", "truncated", "trailing", "space", "duplicate"],
)
def test_bytes_that_are_not_the_one_form_of_an_entry_are_refused(entry: bytes) -> None:
    with pytest.raises(MalformedError):
        SignedEvent.parse(entry)


def test_signatures_in_another_order_are_not_the_one_form() -> None:
    document = json.loads(ENTRY)
    turned = canonicalize({**document, "signatures": document["signatures"][::-1]})
    with pytest.raises(MalformedError, match="the order of kid") as refused:
        SignedEvent.parse(turned)
    assert refused.value.code == "format.not_canonical"


def test_a_signature_of_another_length_is_refused() -> None:
    document = json.loads(ENTRY)
    signature = {**document["signatures"][0], "signature": b64url_encode(bytes(63))}
    with pytest.raises(MalformedError, match="64 bytes, found 63"):
        SignedEvent.parse(canonicalize({**document, "signatures": [signature]}))


def test_an_entry_larger_than_the_log_can_hold_is_refused() -> None:
    with pytest.raises(MalformedError, match="at most 65,535 bytes") as refused:
        replace(EVENT, body={"name": "x" * 65_000}).signed(A)
    assert refused.value.code == "format.too_large"
