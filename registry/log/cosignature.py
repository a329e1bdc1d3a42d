"""Cosignatures: a witness's word that it saw a log only grow, up to this root (C2SP tlog-cosignature)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from registry.log.note import Note, NoteSignature, VerifierKey
from trust.errors import MalformedError
from trust.keys import Signer

_HEADER = "cosignature/v1\n"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_SIZE = 8
_SIZE = _TIME_SIZE + 64
_LATEST = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class WitnessKey(VerifierKey):
    """The name and the Ed25519 key of a witness (C2SP tlog-cosignature, format).

    Raises:
        MalformedError: the name has a space or a plus, or the key is not Ed25519.
    """

    type: ClassVar[bytes] = b"\x04"


def cosign(text: str, *, name: str, signer: Signer, at: datetime) -> NoteSignature:
    """Cosign the text of a checkpoint, in whole seconds (C2SP tlog-cosignature, Ed25519 signed message).

    Raises:
        MalformedError: the key is not Ed25519.
    """
    key, seconds = WitnessKey(name, signer.key), (at - _EPOCH) // timedelta(seconds=1)
    value = seconds.to_bytes(_TIME_SIZE) + signer.sign(_message(text, seconds))
    return NoteSignature(name, key.id, value)


def cosigned_at(note: Note, key: WitnessKey) -> datetime | None:
    """Tell when this witness cosigned a note: the earliest of its lines, or None where it has none.

    Raises:
        MalformedError: a line by this key has another size, or a time beyond the year 9999.
        SignatureMismatchError: a line by this key does not fit the text, so that the whole note is refused.
    """
    return min((_checked(note.text, line, key) for line in note.lines(key)), default=None)


def _checked(text: str, line: NoteSignature, key: WitnessKey) -> datetime:
    if len(line.value) != _SIZE:
        found = f"{len(line.value)} bytes"
        raise MalformedError(f"cosignature of {key.name}", expected=f"{_SIZE} bytes", found=found)
    seconds = int.from_bytes(line.value[:_TIME_SIZE])
    if seconds > _LATEST:
        expected, found = "a time before the year 9999", f"second {seconds}"
        raise MalformedError(f"cosignature of {key.name}", expected=expected, found=found)
    key.key.verify(line.value[_TIME_SIZE:], _message(text, seconds))
    return _EPOCH + timedelta(seconds=seconds)


def _message(text: str, seconds: int) -> bytes:
    return f"{_HEADER}time {seconds}\n{text}".encode()
