"""Multikey, the text of a public key in did:key and DID documents (Controlled Identifiers 1.0, section 2.2.2)."""

from trust.base58 import base58_decode, base58_encode
from trust.curves import Algorithm, weak

_PREFIXES = {Algorithm.P256: b"\x80\x24", Algorithm.ED25519: b"\xed\x01"}
_PREFIX_SIZE = 2


def read_multikey(text: str) -> tuple[Algorithm, bytes]:
    """Read a Multikey as an algorithm and a point that is still to be checked.

    Raises:
        MalformedError: the text is no base58btc, or the key is of a kind that the scheme does not use.
    """
    if not text.startswith("z"):
        raise weak("a Multikey in base58btc, z...", ascii(text[:8]))
    content = base58_decode(text[1:], where="public key")
    for algorithm, prefix in _PREFIXES.items():
        if content.startswith(prefix):
            return algorithm, content[_PREFIX_SIZE:]
    raise weak("a P-256 (80 24) or Ed25519 (ed 01) key", f"the prefix {content[:_PREFIX_SIZE].hex(' ')}")


def write_multikey(algorithm: Algorithm, point: bytes) -> str:
    """Write a public key as a Multikey."""
    return "z" + base58_encode(_PREFIXES[algorithm] + point)
