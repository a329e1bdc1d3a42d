"""Whatever is set: it is read back, nothing else is, and no bytes make a list by accident."""

import gzip

from hypothesis import given
from hypothesis import strategies as st

from trust.digest import b64url_encode
from trust.errors import MalformedError
from trust.status import LEAST_ENTRIES, StatusList

ENTRIES = st.sampled_from([LEAST_ENTRIES, LEAST_ENTRIES + 8, 2 * LEAST_ENTRIES, 8 << 20])
INDICES = st.sets(st.integers(0, LEAST_ENTRIES - 1), max_size=40)


@given(INDICES, ENTRIES)
def test_what_was_set_is_read_back_and_nothing_else(indices: set[int], entries: int) -> None:
    received = StatusList.decode(StatusList.of(indices, entries=entries).encode())
    assert len(received) == entries
    assert int.from_bytes(received.bits).bit_count() == len(indices)
    assert all(received[index] for index in indices)


@given(INDICES, st.integers(0, 60), st.integers(0, 7))
def test_a_damaged_list_is_refused_or_the_same(indices: set[int], place: int, bit: int) -> None:
    packed = bytearray(gzip.compress(StatusList.of(indices).bits, mtime=0))
    packed[place % len(packed)] ^= 1 << bit
    try:
        received = StatusList.decode("u" + b64url_encode(bytes(packed)))
    except MalformedError:
        return
    assert received == StatusList.of(indices)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_list_or_refused(packed: bytes) -> None:
    try:
        received = StatusList.decode("u" + b64url_encode(packed))
    except MalformedError:
        return
    assert len(received) >= LEAST_ENTRIES
