"""Digests and base64url: one value, one spelling."""

import hashlib

import pytest

from trust.digest import Digest, b64url_decode, b64url_encode
from trust.errors import MalformedError


def test_a_digest_is_the_sha_256_of_the_bytes() -> None:
    assert Digest.of(b"half-hour").value == hashlib.sha256(b"half-hour").digest()


def test_a_digest_is_written_as_a_multihash_in_base64url() -> None:
    assert Digest.of(b"").multibase == "uEiDjsMRCmPwcFJr79MiZb7kkJ65B5GSbk0yklZkbeFK4VQ"
    assert str(Digest.of(b"")) == Digest.of(b"").multibase


def test_a_digest_is_read_back() -> None:
    assert Digest.parse(Digest.of(b"half-hour").multibase) == Digest.of(b"half-hour")


@pytest.mark.parametrize(
    "multibase",
    [
        "",
        "u",
        "zQmYtUc4iTCbbfVSDNKvtQqrfyezPPnFvE33wFmutw9PBBk",
        "EiDjsMRCmPwcFJr79MiZb7kkJ65B5GSbk0yklZkbeFK4VQ",
        "u" + b64url_encode(b"\x13\x20" + bytes(32)),
        "u" + b64url_encode(b"\x12\x20" + bytes(31)),
        "u" + b64url_encode(b"\x12\x20" + bytes(33)),
        "uEiDjsMRCmPwcFJr79MiZb7kkJ65B5GSbk0yklZkbeFK4VQ==",
    ],
)
def test_another_hash_length_or_base_is_refused(multibase: str) -> None:
    with pytest.raises(MalformedError):
        Digest.parse(multibase)


def test_a_digest_has_32_bytes() -> None:
    with pytest.raises(MalformedError, match="found 31 bytes"):
        Digest(bytes(31))


@pytest.mark.parametrize("size", range(70))
def test_bytes_of_every_length_survive_base64url(size: int) -> None:
    content = bytes(range(size, 2 * size))
    assert b64url_decode(b64url_encode(content)) == content


@pytest.mark.parametrize(
    "text", ["A", "AB", "AAB", "QQ==", "QQ=", "Q Q", "QQ\n", "+/+/", "QUI\u200d", "AAAAA", "é"]
)
def test_a_second_spelling_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="base64url"):
        b64url_decode(text)
