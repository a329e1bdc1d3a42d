"""A copy of the register on this machine, which is all that somebody needs who proposes or signs."""

from pathlib import Path

from perseus.officers import register_of
from perseus.verification import anchor_of
from registry.register import Register
from trust.errors import MalformedError, UnavailableError

_ENTRIES, _CHECKPOINT = "entries.jsonl", "checkpoint"


def register_at(place: Path, *, trust: Path | None) -> Register:
    """Replay the copy in a party's home, or in a folder with the log's public files, against the trust anchor.

    Raises:
        MalformedError: the folder holds no copy, or no anchor is named for public files.
        UnavailableError: a file cannot be read.
        RegisterError: what is there is not the register of the anchor.
    """
    if not (place / _ENTRIES).exists():
        return register_of(place)
    anchor = anchor_of(trust)
    if anchor is None:
        raise MalformedError(
            "--trust", expected="the scheme's trust.json", found="none", code="register.no_anchor"
        )
    entries = tuple(line for line in _bytes(place / _ENTRIES).split(b"\n") if line)
    return Register.replay(entries, anchor=anchor, checkpoint=_bytes(place / _CHECKPOINT).decode())


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        because = error.strerror or str(error)
        raise UnavailableError(str(path), because=because, code="register.unreachable") from error
