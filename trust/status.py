"""Status lists as values: one bit a credential, the leftmost first (Bitstring Status List 1.0)."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from gzip import compress
from typing import Self

from trust.digest import b64url_decode, b64url_encode
from trust.errors import MalformedError

LEAST_ENTRIES = 131_072
LARGEST_BYTES = 1 << 20
PURPOSES = ("revocation", "suspension", "refresh")
_GZIP = 31  # a gzip member with the largest window
_MULTIBASE = "u"


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """Where a credential's bit stands: which list, which place, for which purpose (section 2.1).

    Raises:
        MalformedError: the purpose is not one of the scheme's, or the index is negative.
    """

    purpose: str
    index: int
    list_url: str

    def __post_init__(self) -> None:
        """Refuse a place that no list has."""
        if self.purpose not in PURPOSES:
            raise _malformed("statusPurpose", " or ".join(PURPOSES), self.purpose, "status.other_purpose")
        if self.index < 0:
            raise _malformed("statusListIndex", "0 or more", str(self.index), "status.out_of_range")


@dataclass(frozen=True, slots=True, repr=False)
class StatusList:
    """The bits of one list; entry 0 is the leftmost bit of the first byte.

    Raises:
        MalformedError: there are fewer than 131,072 entries, too few to hide a credential among others.
    """

    bits: bytes

    def __post_init__(self) -> None:
        """Refuse a list in which an entry would stand out."""
        if len(self) < LEAST_ENTRIES:
            found = f"{len(self)} entries"
            raise _malformed("encodedList", f"at least {LEAST_ENTRIES} entries", found, "status.too_short")

    @classmethod
    def of(cls, indices: Iterable[int] = (), *, entries: int = LEAST_ENTRIES) -> Self:
        """Make a list in which these entries are set.

        Raises:
            MalformedError: an index lies outside the list, or the list is too short.
        """
        return cls(bytes(-(-entries // 8))).with_set(indices)

    @classmethod
    def decode(cls, encoded: str) -> Self:
        """Read an `encodedList`: `u`, then base64url of one gzip member (section 2.3).

        Raises:
            MalformedError: the text is no such thing, or unpacks to more than a mebibyte.
        """
        if not encoded.startswith(_MULTIBASE):
            found = ascii(encoded[:1])
            raise _malformed("encodedList", "multibase base64url, u...", found, "status.malformed")
        try:
            packed = b64url_decode(encoded[1:], where="encodedList")
        except MalformedError as error:
            raise _malformed("encodedList", error.expected, error.found, "status.malformed") from error
        return cls(_unpack(packed))

    def encode(self) -> str:
        """Write the list as `encodedList`; the same bits always give the same text."""
        return _MULTIBASE + b64url_encode(compress(self.bits, mtime=0))

    def with_set(self, indices: Iterable[int]) -> Self:
        """Give the list with these entries set as well; nothing that is set is ever cleared.

        Raises:
            MalformedError: an index lies outside the list.
        """
        bits = bytearray(self.bits)
        for index in indices:
            self._check(index)
            bits[index >> 3] |= 0x80 >> (index & 7)
        return type(self)(bytes(bits))

    def __getitem__(self, index: int) -> bool:
        """Tell whether an entry is set.

        Raises:
            MalformedError: the index lies outside the list.
        """
        self._check(index)
        return bool(self.bits[index >> 3] & (0x80 >> (index & 7)))

    def __len__(self) -> int:
        """Count the entries."""
        return len(self.bits) * 8

    def __repr__(self) -> str:
        """Say how many entries there are and how many are set."""
        return f"StatusList({len(self)} entries, {int.from_bytes(self.bits, 'big').bit_count()} set)"

    def _check(self, index: int) -> None:
        if not 0 <= index < len(self):
            raise _malformed("statusListIndex", f"0 to {len(self) - 1}", str(index), "status.out_of_range")


def _unpack(packed: bytes) -> bytes:
    """Unpack exactly one gzip member, and never more than a list may have (RFC 1952, section 2.2)."""
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        bits = unpacker.decompress(packed, LARGEST_BYTES)
    except zlib.error as error:
        raise _malformed("encodedList", "a gzip member", str(error), "status.malformed") from error
    if unpacker.unconsumed_tail:
        found = f"more than {LARGEST_BYTES} bytes"
        raise _malformed("encodedList", f"at most {LARGEST_BYTES} bytes unpacked", found, "status.malformed")
    if not unpacker.eof or unpacker.unused_data:
        found = f"{len(unpacker.unused_data)} bytes after it" if unpacker.eof else "a part of it"
        raise _malformed("encodedList", "one whole gzip member and nothing else", found, "status.malformed")
    return bits


def _malformed(where: str, expected: str, found: str, code: str) -> MalformedError:
    return MalformedError(where, expected=expected, found=found, code=code)
