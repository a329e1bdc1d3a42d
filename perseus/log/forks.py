"""Proof that a log told two histories: both signed notes, kept as files that anybody can be shown."""

from pathlib import Path

from perseus.keystore import write_secret
from trust.digest import Digest

HELD, OFFERED = "held.note", "offered.note"
_FOLDER = "forks"


def keep_fork(home: Path, *, held: str, offered: str) -> Path:
    """Keep two notes that contradict each other, under a name that follows from them."""
    folder = home / _FOLDER / Digest.of(f"{held}\n{offered}".encode()).value.hex()[:16]
    write_secret(folder / HELD, held.encode())
    write_secret(folder / OFFERED, offered.encode())
    return folder


def forks_of(home: Path) -> tuple[Path, ...]:
    """Find the proofs that were kept before."""
    return tuple(sorted(path.parent for path in (home / _FOLDER).glob(f"*/{OFFERED}")))
