"""Proofs that need no network: an entry's place under a signed and witnessed checkpoint (C2SP tlog-proof)."""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import NamedTuple, Self

from registry.log.checkpoint import Checkpoint
from registry.log.merkle import HASH_SIZE, verify_inclusion
from registry.log.note import Note, VerifierKey
from registry.log.quorum import NONE, Witnessed, WitnessPolicy
from trust.errors import MalformedError

_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile("index (0|[1-9][0-9]{0,18})")
_MOST_HASHES = 63
_LARGEST = 1_000_000


class Proven(NamedTuple):
    """What a proof shows: the checkpoint, and between which moments it was witnessed, where witnesses are demanded."""

    checkpoint: Checkpoint
    witnessed: Witnessed | None


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """The index of an entry, the hashes from it to the root, and the signed checkpoint; `extra` proves nothing."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a `.tlog-proof`.

        Raises:
            MalformedError: a line is missing, or not what its place demands.
        """
        if len(text) > _LARGEST:
            raise MalformedError("proof", expected="at most 1 MB", found=f"{len(text)} characters")
        before, found, checkpoint = text.partition("\n\n")
        header, *lines = before.split("\n")
        if header != _HEADER or not found or not lines:
            raise MalformedError("proof", expected=_HEADER, found=ascii(header[:60]))
        extra = _base64(lines.pop(0).removeprefix("extra ")) if lines[0].startswith("extra ") else None
        index = _INDEX.fullmatch(lines[0]) if lines else None
        if index is None:
            raise MalformedError(
                "proof", expected="a line index NUMBER", found=ascii((lines or [""])[0][:60])
            )
        return cls(
            int(index[1]), tuple(_hash(line) for line in lines[1 : _MOST_HASHES + 2]), checkpoint, extra
        )

    def __str__(self) -> str:
        """Write the proof as a `.tlog-proof`."""
        lines = [_HEADER, f"index {self.index}", *(b64encode(one).decode() for one in self.hashes)]
        if self.extra is not None:
            lines.insert(1, f"extra {b64encode(self.extra).decode()}")
        return "\n".join(lines) + "\n\n" + self.checkpoint

    def verify(self, leaf: bytes, *, key: VerifierKey, policy: WitnessPolicy) -> Proven:
        """Check that a leaf stands in the log, under a checkpoint that the log and a quorum of witnesses signed.

        Raises:
            MalformedError: the proof leads elsewhere, is of another log, or lacks the quorum (register.unwitnessed).
            SignatureMismatchError: a signature of the log or of a known witness does not fit.
        """
        checkpoint = Checkpoint.open(self.checkpoint, key=key)
        if checkpoint.origin != key.name:
            raise MalformedError("proof", expected=f"the log {key.name}", found=ascii(checkpoint.origin))
        witnessed = policy.witnessed(Note.parse(self.checkpoint))
        if witnessed is None and policy.quorum != NONE:
            expected, found = f"a checkpoint cosigned by {policy.quorum}", "too few cosignatures"
            raise MalformedError("proof", expected=expected, found=found, code="register.unwitnessed")
        verify_inclusion(
            leaf, index=self.index, size=checkpoint.size, proof=self.hashes, root=checkpoint.root
        )
        return Proven(checkpoint, witnessed)


def _hash(line: str) -> bytes:
    content = _base64(line)
    if len(content) != HASH_SIZE:
        raise MalformedError("proof", expected="hashes of 32 bytes", found=f"{len(content)} bytes")
    return content


def _base64(line: str) -> bytes:
    try:
        content = b64decode(line, validate=True)
    except ValueError as error:
        raise MalformedError("proof", expected="base64", found=ascii(line[:60])) from error
    if b64encode(content).decode() != line:
        raise MalformedError("proof", expected="base64 in its one spelling", found=ascii(line[:60]))
    return content
