"""Checkpoints: the log's word that it had this root at this size (C2SP tlog-checkpoint)."""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Self

from registry.log.merkle import HASH_SIZE
from registry.log.note import Note, VerifierKey
from trust.errors import MalformedError
from trust.keys import Signer

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_FEWEST_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Which log, how many entries, which root; further lines are kept as they came.

    Raises:
        MalformedError: the origin is empty or has several lines, the size is negative, or the root has not 32 bytes.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what the three lines cannot say."""
        if not self.origin or "\n" in self.origin:
            raise MalformedError("checkpoint", expected="an origin of one line", found=ascii(self.origin))
        if self.size < 0 or len(self.root) != HASH_SIZE:
            found = f"size {self.size} and {len(self.root)} bytes"
            raise MalformedError("checkpoint", expected="a size and a root of 32 bytes", found=found)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text of a checkpoint note (C2SP tlog-checkpoint, note text).

        Raises:
            MalformedError: a line is missing, empty, or not what its place demands.
        """
        lines = text.removesuffix("\n").split("\n")
        if len(lines) < _FEWEST_LINES or not all(lines):
            raise MalformedError("checkpoint", expected="origin, size, root", found=f"{len(lines)} lines")
        if _SIZE.fullmatch(lines[1]) is None:
            raise MalformedError("checkpoint", expected="a decimal size", found=ascii(lines[1][:40]))
        return cls(lines[0], int(lines[1]), _root(lines[2]), tuple(lines[3:]))

    @classmethod
    def open(cls, raw: str, *, key: VerifierKey) -> Self:
        """Read a checkpoint that this log key signed.

        Raises:
            MalformedError: the note or the checkpoint has another shape, or no line is by this key.
            SignatureMismatchError: the signature does not fit.
        """
        note = Note.parse(raw)
        note.verify(key)
        return cls.parse(note.text)

    @property
    def text(self) -> str:
        """The lines that are signed."""
        root = b64encode(self.root).decode("ascii")
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), root, *self.extensions))

    def sign(self, signer: Signer) -> str:
        """Publish the checkpoint as a note that the log signs under its origin.

        Raises:
            MalformedError: the signer's key is not Ed25519.
        """
        return str(Note(self.text).signed(name=self.origin, signer=signer))


def _root(line: str) -> bytes:
    try:
        root = b64decode(line, validate=True)
    except ValueError as error:
        raise MalformedError("checkpoint", expected="the root in base64", found=ascii(line[:60])) from error
    if b64encode(root).decode("ascii") != line:
        raise MalformedError("checkpoint", expected="base64 in its one spelling", found=ascii(line[:60]))
    return root
