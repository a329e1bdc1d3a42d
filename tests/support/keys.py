"""Keys from fixed seeds, so that parties have the same names on every day and every machine."""

from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from trust.keys import Algorithm, PrivateKey, PublicKey

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def signer(seed: str, *, ed25519: bool = False) -> PrivateKey:
    """Make the private key that belongs to a seed, on P-256 unless it is to be Ed25519."""
    algorithm = Algorithm.ED25519 if ed25519 else Algorithm.P256
    return PrivateKey.from_secret(algorithm, sha256(seed.encode()).digest())


@dataclass(frozen=True, slots=True)
class Repeating:
    """The P-256 key of a seed, which signs a message alike every time (RFC 6979), so that files can be made again."""

    seed: str

    @property
    def key(self) -> PublicKey:
        """The public key."""
        return signer(self.seed).key

    def sign(self, message: bytes) -> bytes:
        """Sign a message, in 64 raw bytes with s <= n/2."""
        secret = int.from_bytes(sha256(self.seed.encode()).digest())
        how = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = decode_dss_signature(ec.derive_private_key(secret, ec.SECP256R1()).sign(message, how))
        return r.to_bytes(32) + min(s, _ORDER - s).to_bytes(32)
