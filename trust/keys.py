"""Keys as values: public ones that can be written down and compared, private ones that can only sign."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Never, Protocol, Self

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from trust.canonical import canonicalize
from trust.curves import P256_ORDER, P256_SIGNING, Algorithm, Verifier, verifier
from trust.digest import Digest, b64url_encode
from trust.errors import MalformedError
from trust.jwk import read_jwk, write_jwk
from trust.keyfile import Handle, read_pem, write_pem
from trust.multikey import read_multikey, write_multikey

__all__ = ["Algorithm", "PrivateKey", "PublicKey", "Signer"]

_HELD = 4_096  # keys that a process keeps by their text
_SECRET_SIZE = 32


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key, strong by construction: an algorithm and a point in its one short form.

    Raises:
        MalformedError: the point is no key, or a weak one (code key.weak).
    """

    algorithm: Algorithm
    point: bytes
    _verifier: Verifier = field(init=False, repr=False, compare=False)
    _name: str = field(init=False, repr=False, compare=False, default="")

    def __post_init__(self) -> None:
        """Refuse a point that is no strong key."""
        object.__setattr__(self, "_verifier", verifier(self.algorithm, self.point))

    @classmethod
    def from_multikey(cls, text: str) -> "PublicKey":
        """Read a Multikey (Controlled Identifiers 1.0, section 2.2.2).

        Raises:
            MalformedError: the text is no Multikey, or its key is weak.
        """
        return _from_multikey(text)

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, object]) -> Self:
        """Read a public JWK (RFC 7517).

        Raises:
            MalformedError: the key is private, weak, of another kind, or meant for something else.
        """
        return cls(*read_jwk(jwk))

    @property
    def multikey(self) -> str:
        """The key in base58btc, as did:key and DID documents write it."""
        return _multikey(self.algorithm, self.point)

    @property
    def thumbprint(self) -> str:
        """The name of the key: the base64url SHA-256 of its required JWK members (RFC 7638)."""
        if not self._name:
            object.__setattr__(self, "_name", _thumbprint(self.algorithm, self.point))
        return self._name

    def jwk(self) -> dict[str, str]:
        """Write the key as a JWK with its required members only."""
        return write_jwk(self.algorithm, self.point)

    def verify(self, signature: bytes, message: bytes) -> None:
        """Check that this key signed the message: r and s, or R and S, in 64 raw bytes.

        Raises:
            SignatureMismatchError: it did not, or the signature is not in its one form.
        """
        self._verifier(signature, message)

    def __reduce__(self) -> tuple[type[Self], tuple[Algorithm, bytes]]:
        """Travel between processes as plain bytes, to be checked again on arrival."""
        return type(self), (self.algorithm, self.point)


class Signer(Protocol):
    """Whatever can sign: a key file, a hardware module, a key service."""

    @property
    def key(self) -> PublicKey:
        """The public key that others verify with."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Sign a message, in 64 raw bytes with s <= n/2 on P-256."""
        ...


class PrivateKey:
    """A private key in memory, which never shows itself: it signs, or goes into an encrypted file."""

    __slots__ = ("_handle", "_key")

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._key = _public(handle)

    @classmethod
    def from_pem(cls, pem: bytes, passphrase: bytes) -> Self:
        """Open an encrypted key file.

        Raises:
            MalformedError: the file is not an encrypted key of ours, or the passphrase does not open it.
        """
        return cls(read_pem(pem, passphrase))

    @classmethod
    def from_secret(cls, algorithm: Algorithm, secret: bytes) -> Self:
        """Make the key of 32 secret bytes: a scalar on P-256, a seed on Ed25519.

        Raises:
            MalformedError: not 32 bytes, or no scalar between 1 and the order of P-256.
        """
        is_scalar = algorithm is Algorithm.ED25519 or 0 < int.from_bytes(secret) < P256_ORDER
        if len(secret) != _SECRET_SIZE or not is_scalar:
            raise MalformedError("secret", expected="32 bytes in range", found="others", code="key.weak")
        if algorithm is Algorithm.ED25519:
            return cls(ed25519.Ed25519PrivateKey.from_private_bytes(secret))
        return cls(ec.derive_private_key(int.from_bytes(secret), ec.SECP256R1()))

    @property
    def key(self) -> PublicKey:
        """The public key that others verify with."""
        return self._key

    def sign(self, message: bytes) -> bytes:
        """Sign a message, in 64 raw bytes with s <= n/2 on P-256."""
        if isinstance(self._handle, ed25519.Ed25519PrivateKey):
            return self._handle.sign(message)
        r, s = decode_dss_signature(self._handle.sign(message, P256_SIGNING))
        return r.to_bytes(32) + min(s, P256_ORDER - s).to_bytes(32)

    def to_pem(self, passphrase: bytes, *, salt: bytes) -> bytes:
        """Lock the key with a passphrase and 32 fresh random bytes (PKCS #8 with scrypt).

        Raises:
            MalformedError: the passphrase is empty or the salt is not 32 bytes.
        """
        return write_pem(self._handle, passphrase, salt=salt)

    def __repr__(self) -> str:
        """Name the key by its public part."""
        return f"PrivateKey({self._key.multikey})"

    def __reduce__(self) -> Never:
        """Refuse to be copied or pickled."""
        raise TypeError("a private key is neither copied nor pickled")


def _public(handle: Handle) -> PublicKey:
    public = handle.public_key()
    if isinstance(public, ed25519.Ed25519PublicKey):
        return PublicKey(Algorithm.ED25519, public.public_bytes_raw())
    return PublicKey(Algorithm.P256, public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint))


@lru_cache(maxsize=_HELD)
def _from_multikey(text: str) -> PublicKey:
    return PublicKey(*read_multikey(text))


@lru_cache(maxsize=_HELD)
def _multikey(algorithm: Algorithm, point: bytes) -> str:
    return write_multikey(algorithm, point)


@lru_cache(maxsize=_HELD)
def _thumbprint(algorithm: Algorithm, point: bytes) -> str:
    return b64url_encode(Digest.of(canonicalize(write_jwk(algorithm, point))).value)
