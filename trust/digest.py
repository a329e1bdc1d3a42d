"""SHA-256 digests as values, and the base64url they are written in (Multibase and Multihash)."""

import hashlib
import re
from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass
from typing import Self

from trust.errors import MalformedError

_SIZE = 32
_MULTIHASH = b"\x12\x20"  # the code of sha2-256, and 32 bytes
_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_TO_URL = bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """The SHA-256 digest of some bytes.

    Raises:
        MalformedError: the value is not 32 bytes.
    """

    value: bytes

    def __post_init__(self) -> None:
        """Refuse a value of another length."""
        if len(self.value) != _SIZE:
            raise MalformedError("digest", expected="32 bytes", found=f"{len(self.value)} bytes")

    @classmethod
    def of(cls, content: bytes) -> Self:
        """Digest some bytes."""
        return cls(hashlib.sha256(content).digest())

    @classmethod
    def parse(cls, multibase: str) -> Self:
        """Read a `digestMultibase` in base64url (Controlled Identifiers 1.0, section 2.4).

        Raises:
            MalformedError: the text is not `u` and the base64url of a SHA-256 multihash.
        """
        if not multibase.startswith("u"):
            raise MalformedError("digest", expected="multibase base64url, u...", found=ascii(multibase[:20]))
        multihash = b64url_decode(multibase[1:], where="digest")
        if not multihash.startswith(_MULTIHASH) or len(multihash) != _SIZE + 2:
            found = f"{len(multihash)} bytes that begin {multihash[:2].hex(' ')}"
            raise MalformedError("digest", expected="12 20 (SHA-256) and 32 bytes", found=found)
        return cls(multihash[2:])

    @property
    def multibase(self) -> str:
        """The digest as `digestMultibase` writes it: `u`, then base64url of a multihash."""
        return "u" + b64url_encode(_MULTIHASH + self.value)

    def __str__(self) -> str:
        """Give the digest as it is written on the wire."""
        return self.multibase


def b64url_encode(content: bytes) -> str:
    """Write bytes as base64url without padding (RFC 4648, section 5)."""
    return b2a_base64(content, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def b64url_decode(text: str, *, where: str = "base64url") -> bytes:
    """Read base64url in its one spelling: no padding, no space, zero tail bits (RFC 4648, section 3.5).

    Raises:
        MalformedError: the text is not the one spelling of some bytes.
    """
    if _ALPHABET.fullmatch(text) is None:
        raise MalformedError(where, expected="base64url without padding", found=ascii(text[:60]))
    padding = "=" * (-len(text) % 4)
    complete = len(text) % 4 != 1
    content = a2b_base64((text + padding).encode("ascii").translate(_TO_STANDARD)) if complete else b""
    if b64url_encode(content) != text:
        raise MalformedError(where, expected="base64url with zero tail bits", found=ascii(text[-4:]))
    return content
