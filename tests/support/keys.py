"""Keys from fixed seeds, so that parties have the same names on every day and every machine."""

from hashlib import sha256

from trust.keys import Algorithm, PrivateKey


def signer(seed: str, *, ed25519: bool = False) -> PrivateKey:
    """Make the private key that belongs to a seed, on P-256 unless it is to be Ed25519."""
    algorithm = Algorithm.ED25519 if ed25519 else Algorithm.P256
    return PrivateKey.from_secret(algorithm, sha256(seed.encode()).digest())
