"""Base58btc: one spelling a value, and a bound on what is read."""

import pytest

from trust.base58 import base58_decode, base58_encode
from trust.errors import MalformedError


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        (b"\0", "1"),
        (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
        (bytes.fromhex("0000287fb4cd"), "11233QC4"),
        (b"\xff" * 8, "jpXCZedGfVQ"),
    ],
)
def test_bytes_are_written_and_read_as_published(content: bytes, text: str) -> None:
    assert base58_encode(content) == text
    assert base58_decode(text) == content


@pytest.mark.parametrize("size", range(69))
def test_bytes_of_every_length_survive(size: int) -> None:
    content = bytes(size % 3) + bytes((7 * place + size) % 256 for place in range(size))
    assert base58_decode(base58_encode(content)) == content


@pytest.mark.parametrize("text", ["0", "O", "I", "l", "a b", "a\n", "é", "\ud800", "+", "="])
def test_a_character_outside_the_alphabet_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="base58btc characters"):
        base58_decode(text)


def test_a_text_longer_than_any_signature_is_refused() -> None:
    assert len(base58_decode("1" * 96)) == 96
    with pytest.raises(MalformedError, match="97 characters"):
        base58_decode("1" * 97)
