"""The signatures over an entry: JSON Web Signatures with exactly three header members (RFC 7515, section 7.2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Self

from registry.shape import exactly, text
from trust.canonical import Json, canonicalize, parse
from trust.digest import b64url_decode, b64url_encode
from trust.errors import MalformedError
from trust.keys import Algorithm, PublicKey, Signer

TYPE = "perseus-event+json"
ALGORITHMS: Mapping[str, Algorithm] = MappingProxyType({"ES256": Algorithm.P256, "EdDSA": Algorithm.ED25519})
_NAMES = {algorithm: name for name, algorithm in ALGORITHMS.items()}
_LARGEST_HEADER = 1_024
_HEADERS = 4_096
_SIZE = 64
_WHERE = "entry/signatures"


@dataclass(frozen=True, slots=True)
class EventSignature:
    """One signature over an entry: the protected header as it stood, its key id, its algorithm, 64 bytes."""

    kid: str
    algorithm: Algorithm
    protected: str
    value: bytes

    @classmethod
    def make(cls, payload: str, *, signer: Signer, typ: str = TYPE) -> Self:
        """Sign a payload; the algorithm follows from the key, and the key id is its thumbprint."""
        algorithm, kid = signer.key.algorithm, signer.key.thumbprint
        protected = b64url_encode(canonicalize({"alg": _NAMES[algorithm], "kid": kid, "typ": typ}))
        return cls(kid, algorithm, protected, signer.sign(_signed_bytes(protected, payload)))

    @classmethod
    def read(cls, item: Json, *, typ: str = TYPE) -> Self:
        """Read a signature of an entry; one that was made for another type of entry is refused.

        Raises:
            MalformedError: the header is not exactly alg, kid and typ, or the signature has not 64 bytes.
        """
        members = exactly(item, {"protected", "signature"}, where=_WHERE)
        protected = text(members["protected"], where=f"{_WHERE}/protected")
        kid, algorithm = _header(protected, typ)
        encoded = text(members["signature"], where=f"{_WHERE}/signature")
        value = b64url_decode(encoded, where=f"{_WHERE}/signature")
        if len(value) != _SIZE:
            raise MalformedError(_WHERE, expected="64 bytes", found=f"{len(value)}", code="jose.encoding")
        return cls(kid, algorithm, protected, value)

    def write(self) -> Json:
        """Write the signature as it stands in an entry."""
        return {"protected": self.protected, "signature": b64url_encode(self.value)}

    def verify(self, payload: str, *, key: PublicKey) -> None:
        """Check the signature against the key that its id names (RFC 7515, section 5.2).

        Raises:
            MalformedError: the header names an algorithm of another kind of key.
            SignatureMismatchError: the signature does not fit.
        """
        if self.algorithm is not key.algorithm:
            expected = f"an algorithm of {key.algorithm.name} keys"
            raise MalformedError(_WHERE, expected=expected, found=_NAMES[self.algorithm], code="jose.header")
        key.verify(self.value, _signed_bytes(self.protected, payload))


@lru_cache(maxsize=_HEADERS)
def _header(protected: str, typ: str) -> tuple[str, Algorithm]:
    """Read a header once: a key writes the same one over everything that it signs."""
    raw = b64url_decode(protected, where=f"{_WHERE}/protected")
    parsed = parse(raw, where=_WHERE, limit=_LARGEST_HEADER, canonical=True)
    header = exactly(parsed, {"alg", "kid", "typ"}, where=f"{_WHERE}/protected")
    algorithm = ALGORITHMS.get(text(header["alg"], where=f"{_WHERE}/alg"))
    if algorithm is None or header["typ"] != typ:
        found = ascii(f"{header['alg']}, {header['typ']}")
        raise MalformedError(_WHERE, expected=f"ES256 or EdDSA, {typ}", found=found, code="jose.header")
    return text(header["kid"], where=f"{_WHERE}/kid"), algorithm


def _signed_bytes(protected: str, payload: str) -> bytes:
    return f"{protected}.{payload}".encode("ascii")
