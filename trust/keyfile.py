"""Private keys in files, always encrypted: PKCS #8 in PEM, scrypt and AES-256-CBC (RFC 5958; RFC 7914, section 7)."""

from base64 import encodebytes
from typing import TypeAlias

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from trust.errors import MalformedError

Handle: TypeAlias = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

_COST = 1 << 14  # scrypt N, the largest that OpenSSL opens unasked: 16 MiB a guess
_SALT_SIZE = 32
_BLOCK = 16
_PBES2 = bytes.fromhex("06092a864886f70d01050d")
_SCRYPT = bytes.fromhex("06092b06010401da47040b")
_AES_256_CBC = bytes.fromhex("060960864801650304012a")
_BEGIN, _END = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n", b"-----END ENCRYPTED PRIVATE KEY-----\n"


def read_pem(pem: bytes, passphrase: bytes) -> Handle:
    """Open a key file.

    Raises:
        MalformedError: the file is not an encrypted P-256 or Ed25519 key, or the passphrase does not open it.
    """
    _refuse_empty(passphrase)
    try:
        handle = load_pem_private_key(pem, passphrase)
    except TypeError as error:
        raise _malformed("an encrypted key", "a key that is not encrypted") from error
    except ValueError as error:
        raise _malformed("a PEM key that the passphrase opens", "another file or passphrase") from error
    is_p256 = isinstance(handle, ec.EllipticCurvePrivateKey) and handle.curve.name == "secp256r1"
    if not isinstance(handle, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) or (
        isinstance(handle, ec.EllipticCurvePrivateKey) and not is_p256
    ):
        raise _malformed("a P-256 or Ed25519 key", "a key of another kind")
    return handle


def write_pem(handle: Handle, passphrase: bytes, *, salt: bytes) -> bytes:
    """Lock a key with a passphrase and 32 fresh random bytes.

    Raises:
        MalformedError: the passphrase is empty or the salt is not 32 bytes.
    """
    _refuse_empty(passphrase)
    if len(salt) != _SALT_SIZE:
        raise MalformedError("salt", expected="32 bytes", found=f"{len(salt)}")
    kdf_salt, iv = salt[:_BLOCK], salt[_BLOCK:]
    content = handle.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    secret = Scrypt(salt=kdf_salt, length=32, n=_COST, r=8, p=1).derive(passphrase)
    padder = padding.PKCS7(_BLOCK * 8).padder()
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(iv)).encryptor()
    locked = encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()
    return _BEGIN + encodebytes(_sequence(_parameters(kdf_salt, iv), _der(4, locked))) + _END


def _parameters(salt: bytes, iv: bytes) -> bytes:
    costs = _der(2, _COST.to_bytes(2)) + _der(2, b"\x08") + _der(2, b"\x01") + _der(2, b"\x20")
    derivation = _sequence(_SCRYPT, _sequence(_der(4, salt), costs))
    return _sequence(_PBES2, _sequence(derivation, _sequence(_AES_256_CBC, _der(4, iv))))


def _sequence(*parts: bytes) -> bytes:
    return _der(0x30, b"".join(parts))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)  # at most 255: a locked P-256 key file has 228
    return bytes([tag, size] if size < 128 else [tag, 0x81, size]) + content  # noqa: PLR2004 # X.690, 8.1.3


def _refuse_empty(passphrase: bytes) -> None:
    if not passphrase:
        raise _malformed("a passphrase", "an empty one")


def _malformed(expected: str, found: str) -> MalformedError:
    return MalformedError("key file", expected=expected, found=found, code="key.unreadable")
