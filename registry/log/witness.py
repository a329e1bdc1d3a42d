"""What a witness decides about a checkpoint that a log submits; it keeps one checkpoint a log (C2SP tlog-witness)."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from registry.log.checkpoint import Checkpoint
from registry.log.merkle import EMPTY_ROOT, verify_consistency
from registry.log.note import Note, VerifierKey
from trust.errors import MalformedError, SignatureMismatchError

_OLD = re.compile("old (0|[1-9][0-9]{0,18})")
_MOST_HASHES = 63
_LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class Submission:
    """The size that the log believes the witness to hold, the consistency proof from there, and the signed note."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    @classmethod
    def parse(cls, body: str) -> Self:
        """Read the body of `add-checkpoint`.

        Raises:
            MalformedError: a line is missing, or not what its place demands.
        """
        if len(body) > _LARGEST:
            raise MalformedError("submission", expected="at most 100 kB", found=f"{len(body)} characters")
        before, found, note = body.partition("\n\n")
        first, *hashes = before.split("\n")
        old = _OLD.fullmatch(first)
        if old is None or not found or len(hashes) > _MOST_HASHES:
            expected = "old SIZE, at most 63 hashes, an empty line, a checkpoint"
            raise MalformedError("submission", expected=expected, found=ascii(first[:60]))
        return cls(int(old[1]), tuple(_hash(line) for line in hashes), note)

    def __str__(self) -> str:
        """Write the body of `add-checkpoint`."""
        hashes = [b64encode(one).decode() for one in self.proof]
        return "\n".join([f"old {self.old}", *hashes]) + "\n\n" + self.note


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a witness does not cosign, as an HTTP status; `size` is what it holds, where that is the answer (409)."""

    status: int
    reason: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """What a witness may cosign, once it has stored it."""

    checkpoint: Checkpoint
    text: str


def origin_of(note: str) -> str:
    """Read which log a note is of, before anything of it is believed."""
    return note.partition("\n")[0]


def consider(
    submitted: Submission, *, logs: Mapping[str, Sequence[VerifierKey]], held: Checkpoint | None
) -> Accepted | Refusal:
    """Decide about a submission, given the checkpoint that was stored last for its log.

    (1) A log that is known, and its signature. (2) The size that is held, and never a smaller one.
    (3) The same size has the same root; a larger one a proof that it only grew.
    """
    # (1) Unknown keys are passed over; of the known ones any may have signed.
    keys = logs.get(origin_of(submitted.note))
    if keys is None:
        return Refusal(404, f"the log {origin_of(submitted.note)[:80]!a} is not one that this witness knows")
    try:
        found = _signed(submitted.note, keys)
    except (MalformedError, SignatureMismatchError) as error:
        return Refusal(403, f"no key of the log signed the checkpoint: {error}")
    # (2) What the log believes to be held must be what is held.
    if submitted.old > found.size:
        return Refusal(400, f"the old size {submitted.old} is beyond the checkpoint's {found.size}")
    size = 0 if held is None else held.size
    if submitted.old != size:
        return Refusal(409, f"this witness holds {size} entries, not {submitted.old}", size)
    # (3) Size 0 has one root, and nothing can contradict it.
    if held is not None and found.size == size and found.root != held.root:
        return Refusal(409, f"this witness holds another root of {size} entries", size)
    return _grown(submitted, found, held)


def _grown(submitted: Submission, found: Checkpoint, held: Checkpoint | None) -> Accepted | Refusal:
    text = Note.parse(submitted.note).text
    if found.size == 0 and found.root != EMPTY_ROOT:
        return Refusal(422, "a log without entries has another root")
    if held is None or held.size == 0:
        if submitted.proof:
            return Refusal(422, "a proof from nothing must be empty")
        return Accepted(found, text)
    try:
        verify_consistency(
            held.size, older_root=held.root, size=found.size, root=found.root, proof=submitted.proof
        )
    except MalformedError as error:
        return Refusal(422, f"the proof does not show that the log only grew: {error}")
    return Accepted(found, text)


def _signed(note: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Open a checkpoint by whichever key of the log signed it; one that does not fit refuses the note."""
    parsed = Note.parse(note)
    signed = [key for key in keys if parsed.lines(key)]
    for key in signed or keys[:1]:
        parsed.verify(key)
    return Checkpoint.parse(parsed.text)


def _hash(line: str) -> bytes:
    try:
        content = b64decode(line, validate=True)
    except ValueError as error:
        raise MalformedError("submission", expected="a hash in base64", found=ascii(line[:60])) from error
    if b64encode(content).decode() != line:
        raise MalformedError("submission", expected="base64 in its one spelling", found=ascii(line[:60]))
    return content
