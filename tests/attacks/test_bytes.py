"""Bytes that are no evidence file, or one with two meanings, are refused alike at all three doors, and at once."""

import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from support.attacks import Attempt, good, shared
from support.doors import at_the_door, bank_of, by_the_command, in_the_library, obstacles

SECOND = 1.0


@cache
def whole() -> bytes:
    """Give the file that nobody broke."""
    return Attempt(good()).file


def instead(old: bytes, new: bytes) -> Callable[[], bytes]:
    """Write other bytes in the place of the first that are alike."""

    def make() -> bytes:
        assert old in whole()
        return whole().replace(old, new, 1)

    return make


def version(value: bytes) -> Callable[[], bytes]:
    """Write something else where the file says its version."""
    return instead(b'"version":1}', b'"version":' + value + b"}")


HOLDER = b'"holder":"did:web:c'
UNREADABLE: Mapping[str, tuple[tuple[int, ...], str, Callable[[], bytes]]] = {
    "a name twice": ((1,), "format.duplicate_key", instead(b'"holder":', b'"holder":"x","holder":')),
    "a name twice in a proof": (
        (2, 3),
        "format.duplicate_key",
        instead(b'"cryptosuite":', b'"cryptosuite":"x","cryptosuite":'),
    ),
    "a name spelt with an escape": (
        (4,),
        "format.duplicate_key",
        instead(b'"holder":', b'"holder":"x","\\u0068older":'),
    ),
    "NaN": ((5,), "format.unparseable", version(b"NaN")),
    "Infinity": ((6,), "format.unparseable", version(b"Infinity")),
    "1e400": ((7,), "format.unparseable", version(b"1e400")),
    "five thousand digits": ((8,), "format.unparseable", version(b"1" * 5_000)),
    "beyond 2^53": ((9,), "format.unparseable", version(b"9007199254740993")),
    "1.0": ((10,), "format.unparseable", version(b"1.0")),
    "-0": ((10,), "format.unparseable", version(b"-0")),
    "a hundred thousand levels": ((11,), "format.too_deep", lambda: b"[" * 100_000 + b"]" * 100_000),
    "two million names": (
        (12,),
        "format.too_large",
        lambda: b"{" + b",".join(b'"%d":0' % number for number in range(2_000_000)) + b"}",
    ),
    "a byte order mark": ((14,), "format.encoding", lambda: b"\xef\xbb\xbf" + whole()),
    "UTF-16": ((15,), "format.encoding", lambda: whole().decode().encode("utf-16")),
    "an overlong form": ((16,), "format.encoding", instead(HOLDER, b'"holder":"did\xc0\xafweb:c')),
    "half a pair": ((17,), "format.character", version(b'"\\ud800"')),
    "a NUL": ((18,), "format.character", instead(HOLDER, b'"holder":"\\u0000did:web:c')),
    "a turn of direction": ((19,), "format.character", instead(HOLDER, b'"holder":"\xe2\x80\xaedid:web:c')),
    "not composed": ((20,), "format.character", instead(HOLDER, b'"holder":"did:web:e\xcc\x81c')),
    "a letter of another script": ((21,), "format.schema", instead(HOLDER, b'"holder":"did:web:\xd1\x81')),
    "something behind": ((22,), "format.unparseable", lambda: whole() + b"x"),
    "a remark": ((23,), "format.unparseable", version(b"1/**/")),
    "a comma behind": ((23,), "format.unparseable", version(b"1,")),
    "a list": ((24,), "format.unparseable", lambda: b"[" + whole() + b"]"),
    "a number": ((24,), "format.unparseable", lambda: b"7"),
    "nothing at all": ((24,), "format.unparseable", lambda: b"null"),
    "true for one": ((25,), "format.schema", version(b"true")),
    "a text for a number": ((26,), "format.schema", version(b'"1"')),
    "no bytes": ((27,), "format.unparseable", lambda: b""),
    "cut short": ((28,), "format.unparseable", lambda: whole()[:-1]),
}


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("name", UNREADABLE)
def test_bytes_with_no_one_meaning_are_refused_alike_at_all_three_doors(
    name: str, home: Path, tmp_path: Path
) -> None:
    _, code, make = UNREADABLE[name]
    raw, scheme = make(), shared()
    began = time.process_time()
    library = in_the_library(raw, scheme)
    assert time.process_time() - began < SECOND
    assert (obstacles(library), library["overall"]) == ({code}, "not_verified")
    assert by_the_command(raw, scheme, tmp_path) == (library, 1)
    with bank_of(home, scheme, tmp_path / "town") as party:
        answered = at_the_door(raw, party)
    assert answered.status_code == 200
    assert obstacles(answered.json()) == {code}


@pytest.mark.usefixtures("today")
def test_a_file_beyond_every_limit_is_refused_before_it_is_read(home: Path, tmp_path: Path) -> None:
    raw, scheme = b'{"a":"' + b"x" * (33 << 20) + b'"}', shared()
    library = in_the_library(raw, scheme)
    assert obstacles(library) == {"format.too_large"}
    assert by_the_command(raw, scheme, tmp_path) == (library, 1)
    with bank_of(home, scheme, tmp_path / "town") as party:
        answered = at_the_door(raw, party)
    assert (answered.status_code, answered.json()["code"]) == (413, "format.too_large")
