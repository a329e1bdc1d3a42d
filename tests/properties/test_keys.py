"""Whatever the key and the message: forms come back alike, good signatures fit, changed ones do not."""

from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trust.base58 import base58_decode, base58_encode
from trust.digest import b64url_decode, b64url_encode
from trust.errors import MalformedError, PerseusError, SignatureMismatchError
from trust.keys import Algorithm, PrivateKey, PublicKey

Value = TypeVar("Value")
SECRETS = st.binary(min_size=32, max_size=32).filter(lambda secret: 0 < int.from_bytes(secret) < 2**255)
KEYS = st.builds(PrivateKey.from_secret, st.sampled_from(Algorithm), SECRETS)


def read(reader: Callable[[str], Value], text: str) -> Value | None:
    """Give what is read, or None for a refusal; anything else that is raised is a bug."""
    try:
        return reader(text)
    except MalformedError:
        return None


@given(st.binary(max_size=68))
def test_base58_comes_back_alike(content: bytes) -> None:
    assert base58_decode(base58_encode(content)) == content


@given(st.binary(max_size=200))
def test_base64url_comes_back_alike(content: bytes) -> None:
    assert b64url_decode(b64url_encode(content)) == content


@given(st.text(st.sampled_from("AQgw_-+/= \n123xyz"), max_size=12))
def test_base64url_has_one_spelling(text: str) -> None:
    content = read(b64url_decode, text)
    assert content is None or b64url_encode(content) == text


@given(KEYS)
def test_every_form_of_a_key_is_the_key(key: PrivateKey) -> None:
    assert PublicKey.from_multikey(key.key.multikey) == PublicKey.from_jwk(key.key.jwk()) == key.key
    assert len(b64url_decode(key.key.thumbprint)) == 32


@given(KEYS, st.binary(max_size=100), st.integers(0, 511))
def test_a_signature_fits_until_any_bit_of_it_changes(key: PrivateKey, message: bytes, bit: int) -> None:
    signature = key.sign(message)
    key.key.verify(signature, message)
    changed = (int.from_bytes(signature) ^ (1 << bit)).to_bytes(64)
    with pytest.raises(SignatureMismatchError):
        key.key.verify(changed, message)


@given(st.sampled_from(Algorithm), st.binary(max_size=40), st.binary(max_size=70), st.binary(max_size=20))
def test_any_bytes_are_a_key_or_refused(
    algorithm: Algorithm, point: bytes, signature: bytes, message: bytes
) -> None:
    with pytest.raises(PerseusError):
        PublicKey(algorithm, point).verify(signature, message)


@given(st.text(max_size=60) | st.text(st.sampled_from("z6MkDn123456789ABC"), max_size=60))
def test_any_text_is_a_multikey_or_refused(text: str) -> None:
    key = read(PublicKey.from_multikey, text)
    assert key is None or key.multikey == text
