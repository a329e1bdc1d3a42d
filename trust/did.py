"""Decentralized identifiers as values: plain strings with a checked shape, no cryptography (DID Core 1.0)."""

import re
from dataclasses import dataclass
from typing import Self

from trust.errors import MalformedError

_LONGEST = 1_024
_SHOWN = 80
_UNIT = r"(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})"
_DID = re.compile(rf"did:([a-z0-9]+):((?:{_UNIT}*:)*{_UNIT}+)")
_FRAGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})+")
_MULTIKEY = re.compile(r"z[1-9A-HJ-NP-Za-km-z]+")


@dataclass(frozen=True, slots=True, order=True)
class Did:
    """The identifier of a party, such as `did:web:edp.example` (DID Core 1.0, section 3.1).

    Raises:
        MalformedError: the text is not a DID, or is a did:key without a base58btc multikey.
    """

    text: str

    def __post_init__(self) -> None:
        """Refuse a text that is no DID."""
        shape = _DID.fullmatch(self.text) if len(self.text) <= _LONGEST else None
        if shape is None:
            raise _malformed("DID", "did:method:identifier in ASCII", self.text)
        if shape[1] == "key" and _MULTIKEY.fullmatch(shape[2]) is None:
            raise _malformed("DID", "did:key: and a base58btc multikey", self.text)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a DID.

        Raises:
            MalformedError: the text is not a DID.
        """
        return cls(text)

    @classmethod
    def key(cls, multikey: str) -> Self:
        """Name the holder of a key by the key itself (did:key 0.7).

        Raises:
            MalformedError: the multikey is not base58btc.
        """
        return cls(f"did:key:{multikey}")

    @property
    def method(self) -> str:
        """The part that says how the identifier is resolved, such as `web` or `key`."""
        return self.text.split(":", 2)[1]

    @property
    def multikey(self) -> str | None:
        """The key that a did:key is made of, or None for every other method."""
        return self.text[8:] if self.text.startswith("did:key:") else None

    def url(self, fragment: str) -> "DidUrl":
        """Name one verification method of this party.

        Raises:
            MalformedError: the fragment is empty or has a character that a URL does not allow.
        """
        return DidUrl(self, fragment)

    def __str__(self) -> str:
        """Give the identifier as it is written."""
        return self.text


@dataclass(frozen=True, slots=True, order=True)
class DidUrl:
    """One verification method of a party: a DID and a fragment, no path or query (DID Core 1.0, section 3.2).

    Raises:
        MalformedError: the fragment is empty or has a character that a URL does not allow.
    """

    did: Did
    fragment: str

    def __post_init__(self) -> None:
        """Refuse a fragment that no URL can have."""
        if len(self.fragment) > _LONGEST or _FRAGMENT.fullmatch(self.fragment) is None:
            raise _malformed("DID URL", "a fragment of URL characters", self.fragment)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a DID URL.

        Raises:
            MalformedError: the text is not a DID, one `#` and a fragment.
        """
        did, _, fragment = text.partition("#")
        if not fragment:
            raise _malformed("DID URL", "did:method:identifier#fragment", text)
        return cls(Did(did), fragment)

    def __str__(self) -> str:
        """Give the DID URL as it is written."""
        return f"{self.did.text}#{self.fragment}"


def _malformed(where: str, expected: str, found: str) -> MalformedError:
    shown = ascii(found[:_SHOWN]) + ("..." if len(found) > _SHOWN else "")
    code = "format.unparseable" if found.isascii() and found.isprintable() else "format.character"
    return MalformedError(where, expected=expected, found=shown, code=code)
