"""Status lists: one bit a credential, and every packing that must not be unpacked."""

import gzip
import zlib

import pytest

from trust.digest import b64url_encode
from trust.errors import MalformedError
from trust.status import LEAST_ENTRIES, StatusEntry, StatusList

BITS = bytes(LEAST_ENTRIES // 8)


def packed(content: bytes) -> str:
    return "u" + b64url_encode(content)


def code_of(encoded: str) -> str:
    with pytest.raises(MalformedError) as refusal:
        StatusList.decode(encoded)
    return refusal.value.code


def test_entry_0_is_the_leftmost_bit() -> None:
    revoked = StatusList(b"\x80" + BITS[1:])
    assert revoked[0]
    assert not any(revoked[index] for index in range(1, 64))


def test_a_list_read_from_the_reversed_order_says_otherwise() -> None:
    assert StatusList(b"\x01" + BITS[1:])[7]


def test_what_is_set_survives_the_wire() -> None:
    one = StatusList.of([0, 7, 8, LEAST_ENTRIES - 1])
    assert StatusList.decode(one.encode()) == one
    assert [index for index in range(16) if one[index]] == [0, 7, 8]


def test_the_same_bits_are_always_written_alike() -> None:
    assert StatusList.of([3]).encode() == StatusList.of([3]).encode()


def test_setting_an_entry_never_clears_another() -> None:
    assert StatusList.of([3]).with_set([4])[3]


def test_a_list_too_short_to_hide_in_is_refused() -> None:
    assert code_of(packed(gzip.compress(BITS[1:]))) == "status.too_short"


@pytest.mark.parametrize("index", [-1, LEAST_ENTRIES])
def test_an_entry_outside_the_list_is_refused(index: int) -> None:
    with pytest.raises(MalformedError) as refusal:
        StatusList(BITS)[index]
    assert refusal.value.code == "status.out_of_range"


def test_a_bomb_is_not_unpacked() -> None:
    assert code_of(packed(gzip.compress(bytes(64 << 20)))) == "status.malformed"


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(BITS)[:-1],
        gzip.compress(BITS) + b"\0",
        gzip.compress(BITS) * 2,
        gzip.compress(BITS)[:-8] + bytes(8),
        zlib.compress(BITS),
        BITS,
        b"",
    ],
    ids=["truncated", "trailing", "second member", "bad checksum", "zlib", "not packed", "empty"],
)
def test_what_is_not_one_gzip_member_is_refused(content: bytes) -> None:
    assert code_of(packed(content)) == "status.malformed"


def test_a_packed_packing_is_too_short() -> None:
    assert code_of(packed(gzip.compress(gzip.compress(BITS)))) == "status.too_short"


@pytest.mark.parametrize("encoded", ["", "H4sIAAAA", "zH4sI", "uH4sI=", "u\n", "u!!"])
def test_another_encoding_is_refused(encoded: str) -> None:
    assert code_of(encoded) == "status.malformed"


def test_an_entry_for_a_purpose_of_nobody_is_refused() -> None:
    with pytest.raises(MalformedError) as refusal:
        StatusEntry(purpose="message", index=1, list_url="https://operator.example/status/1")
    assert refusal.value.code == "status.other_purpose"


def test_a_list_shows_how_much_is_set_and_not_what() -> None:
    assert repr(StatusList.of([5])) == "StatusList(131072 entries, 1 set)"
