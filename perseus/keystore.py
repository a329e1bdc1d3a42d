"""Keys on disk, encrypted, and every draw of randomness: the two secrets of a running party.

A key file is encrypted PKCS #8 in PEM, readable by its owner alone; the passphrase stands in a file of its own
(or where PERSEUS_KEY_PASSPHRASE_FILE says) and never on a command line, where every process can read it.
"""

import os
import secrets
import stat
import uuid
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from trust.errors import MalformedError, UnavailableError
from trust.keys import Algorithm, PrivateKey

PASSPHRASE_FILE = "PERSEUS_KEY_PASSPHRASE_FILE"  # noqa: S105 - the name of a variable, not a secret
_SECRET_SIZE = 32
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def fresh_bytes() -> bytes:
    """Draw 32 random bytes: a salt, or the k of one set of commitments."""
    return secrets.token_bytes(_SECRET_SIZE)


def fresh_nonce() -> str:
    """Draw a nonce that nobody can guess, in URL characters."""
    return secrets.token_urlsafe(24)


def fresh_urn() -> str:
    """Draw the identifier of a new credential, presentation or source (RFC 9562, version 4)."""
    return f"urn:uuid:{uuid.uuid4()}"


def fresh_number(below: int) -> int:
    """Draw a number from 0 up to, and not including, `below`."""
    return secrets.randbelow(below)


def same(one: str, other: str) -> bool:
    """Compare two secrets in a time that says nothing about where they differ."""
    return secrets.compare_digest(one.encode(), other.encode())


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that nobody but its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.replace(path)


def read_secret(path: Path) -> str:
    """Read a one-line secret, if its owner alone can.

    Raises:
        UnavailableError: there is no such file, or it is empty.
        MalformedError: others may read the file.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        secret = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise UnavailableError(f"the secret in {path}", because=str(error), code="key.unknown") from error
    if mode & _OTHERS:
        raise MalformedError(
            str(path), expected="mode 0600, as `chmod 600` sets it", found=f"{mode:04o}", code="key.exposed"
        )
    if not secret:
        raise UnavailableError(f"the secret in {path}", because="the file is empty", code="key.unknown")
    return secret


def draw_secret(path: Path) -> str:
    """Read the secret in this file, after drawing one if the file does not exist.

    Raises:
        MalformedError: others may read the file.
    """
    if not path.exists():
        write_secret(path, fresh_nonce().encode())
    return read_secret(path)


@dataclass(frozen=True, slots=True)
class KeyStore:
    """The key files of one party, and the passphrase that opens them."""

    folder: Path
    passphrase: str

    def __repr__(self) -> str:
        """Name the folder, and not the passphrase."""
        return f"KeyStore({self.folder})"

    @classmethod
    def at(cls, home: Path) -> "KeyStore":
        """Open the keys of a party's home; the environment may name another passphrase file.

        Raises:
            UnavailableError: there is no passphrase file.
            MalformedError: others may read the passphrase file.
        """
        return cls.of(home / "keys")

    @classmethod
    def of(cls, folder: Path) -> "KeyStore":
        """Open the keys of one folder, with the passphrase that stands there or where the environment says.

        Raises:
            UnavailableError: there is no passphrase file.
            MalformedError: others may read the passphrase file.
        """
        named = os.environ.get(PASSPHRASE_FILE)
        return cls(folder, read_secret(Path(named) if named else folder / "passphrase"))

    @classmethod
    def founded(cls, home: Path) -> "KeyStore":
        """Open the keys of a new home, drawing its passphrase.

        Raises:
            MalformedError: others may read the passphrase file.
        """
        return cls(home / "keys", draw_secret(home / "keys" / "passphrase"))

    def create(self, name: str, *, algorithm: Algorithm = Algorithm.P256) -> PrivateKey:
        """Draw a key and keep it under a name.

        Raises:
            MalformedError: there is a key of that name.
        """
        path = self._path(name)
        if path.exists():
            raise MalformedError(
                str(path), expected="a name without a key", found="a key", code="key.unknown"
            )
        drawn = (
            ed25519.Ed25519PrivateKey.generate()
            if algorithm is Algorithm.ED25519
            else ec.generate_private_key(ec.SECP256R1())
        )
        made = PrivateKey(drawn)
        write_secret(path, made.to_pem(self.passphrase.encode(), salt=fresh_bytes()))
        return made

    def open(self, name: str) -> PrivateKey:
        """Open the key of this name.

        Raises:
            UnavailableError: there is none.
            MalformedError: the passphrase does not open it.
        """
        path = self._path(name)
        if not path.exists():
            raise UnavailableError(f"the key {name}", because=f"{path} does not exist", code="key.unknown")
        return PrivateKey.from_pem(path.read_bytes(), self.passphrase.encode())

    def names(self) -> tuple[str, ...]:
        """Name every key of this party."""
        return tuple(sorted(path.stem for path in self.folder.glob("*.pem")))

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.pem"
