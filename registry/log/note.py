"""Signed notes: a text, a blank line, and a line a signature (C2SP signed-note).

A verifier key is `name+hash+base64`; its hash binds the name to the key, so that a line names its signer exactly.
Signatures by unknown keys are passed over; a known key whose signature does not fit rejects the note.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import ClassVar, Self

from trust.errors import MalformedError
from trust.keys import Algorithm, PublicKey, Signer

_ED25519_SIZE = 32
_ID_SIZE = 4
_LARGEST = 1_000_000
_MOST_SIGNATURES = 100
_NAME = re.compile(r"[^\s+\x00-\x20\x7f]+")
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The name and the Ed25519 key of somebody who signs notes (C2SP signed-note, verifier keys).

    Raises:
        MalformedError: the name has a space or a plus, or the key is not Ed25519.
    """

    type: ClassVar[bytes] = b"\x01"

    name: str
    key: PublicKey

    def __post_init__(self) -> None:
        """Refuse a name that no signature line can hold."""
        if _NAME.fullmatch(self.name) is None:
            raise MalformedError("verifier key", expected="a name without space or +", found=ascii(self.name))
        if self.key.algorithm is not Algorithm.ED25519:
            raise MalformedError("verifier key", expected="an Ed25519 key", found=self.key.algorithm.name)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `name+hash+base64`.

        Raises:
            MalformedError: the text has another shape, another key type, or a hash of another name and key.
        """
        parts = text.split("+", 2)
        shape = "name+hash+base64 of an Ed25519 key"
        if len(parts) != 3:  # noqa: PLR2004  # the three parts that the line above names
            raise MalformedError("verifier key", expected=shape, found=ascii(text[:80]))
        content = _base64(parts[2], "verifier key")
        if content[:1] != cls.type or len(content) != 1 + _ED25519_SIZE:
            raise MalformedError("verifier key", expected=shape, found=f"type {content[:1].hex()}")
        found = cls(parts[0], PublicKey(Algorithm.ED25519, content[1:]))
        if parts[1] != found.id.hex():
            raise MalformedError("verifier key", expected=f"the hash {found.id.hex()}", found=ascii(parts[1]))
        return found

    @property
    def id(self) -> bytes:
        """The four bytes that a signature line begins with."""
        return sha256(self.name.encode() + b"\n" + self.type + self.key.point).digest()[:_ID_SIZE]

    def __str__(self) -> str:
        """Give the key as `name+hash+base64`."""
        encoded = b64encode(self.type + self.key.point).decode("ascii")
        return f"{self.name}+{self.id.hex()}+{encoded}"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One line under a note: who signed, the first bytes of its key's hash, and the signature."""

    name: str
    id: bytes
    value: bytes

    def __str__(self) -> str:
        """Give the signature as its line."""
        return f"— {self.name} {b64encode(self.id + self.value).decode('ascii')}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures under it (C2SP signed-note).

    Raises:
        MalformedError: the text does not end in a newline, or has control characters.
    """

    text: str
    signatures: tuple[NoteSignature, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a text that cannot be signed."""
        if not self.text.endswith("\n") or any(c < " " and c != "\n" for c in self.text):
            raise MalformedError(
                "note", expected="plain lines, each ended by a newline", found="another text"
            )

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Read a signed note.

        Raises:
            MalformedError: there is no blank line before the signatures, or a signature line has another shape.
        """
        if len(raw) > _LARGEST:
            raise MalformedError("note", expected="at most 1 MB", found=f"{len(raw)} characters")
        text, found, lines = raw.rpartition("\n\n")
        if not found or not lines.endswith("\n"):
            raise MalformedError("note", expected="a blank line, then signature lines", found="none")
        signatures = [read_signature(line) for line in lines[:-1].split("\n")]
        if len(signatures) > _MOST_SIGNATURES:
            raise MalformedError("note", expected="at most 100 signatures", found=str(len(signatures)))
        return cls(text + "\n", tuple(signatures))

    def signed(self, *, name: str, signer: Signer) -> Self:
        """Give the note with one more signature.

        Raises:
            MalformedError: the name or the key cannot sign notes.
        """
        key = VerifierKey(name, signer.key)
        line = NoteSignature(name, key.id, signer.sign(self.text.encode()))
        return replace(self, signatures=(*self.signatures, line))

    def lines(self, key: VerifierKey) -> tuple[NoteSignature, ...]:
        """Give the signature lines that name this key, checked or not."""
        return tuple(line for line in self.signatures if line.name == key.name and line.id == key.id)

    def verify(self, key: VerifierKey) -> None:
        """Check that this key signed the note.

        Raises:
            MalformedError: no signature line is by this key.
            SignatureMismatchError: a line by this key does not fit the text.
        """
        lines = self.lines(key)
        if not lines:
            found = ", ".join(sorted({f"{line.name}+{line.id.hex()}" for line in self.signatures}))
            expected = f"a signature by {key.name}+{key.id.hex()}"
            raise MalformedError("note", expected=expected, found=f"only {found}")
        for line in lines:
            key.key.verify(line.value, self.text.encode())

    def __str__(self) -> str:
        """Give the note as it is published."""
        return self.text + "\n" + "".join(f"{line}\n" for line in self.signatures)


def read_signature(line: str) -> NoteSignature:
    """Read one signature line, without its newline.

    Raises:
        MalformedError: the line has another shape.
    """
    shape = _LINE.fullmatch(line)
    content = _base64(shape[2], "note signature") if shape else b""
    if shape is None or len(content) <= _ID_SIZE:
        raise MalformedError("note signature", expected="— name base64", found=ascii(line[:80]))
    return NoteSignature(shape[1], content[:_ID_SIZE], content[_ID_SIZE:])


def _base64(text: str, where: str) -> bytes:
    try:
        content = b64decode(text, validate=True)
    except ValueError as error:
        raise MalformedError(where, expected="base64", found=ascii(text[:80])) from error
    if b64encode(content).decode("ascii") != text:
        raise MalformedError(where, expected="base64 in its one spelling", found=ascii(text[:80]))
    return content
