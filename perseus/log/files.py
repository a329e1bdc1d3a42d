"""A published log as files in a folder, for any server of static files (C2SP tlog-tiles).

Every file is written whole under another name and then moved; the checkpoint comes last, after what it covers.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from perseus.log.published import Published, Snapshot
from registry.log.checkpoint import Checkpoint
from registry.log.note import Note
from registry.log.tiles import WIDTH, tiles_of
from trust.errors import MalformedError, UnavailableError

CHECKPOINT = "checkpoint"
_LOCK = ".lock"


def write_files(folder: Path, published: Published) -> None:
    """Bring a folder to the newest published checkpoint.

    Raises:
        UnavailableError: the folder cannot be written to, or another process is writing.
        MalformedError: it holds another log, or this one at a later time; nothing of it is touched.
    """
    try:
        _make(folder)
        with _alone(folder):
            snapshot = published.refresh()  # read under the lock, so that the folder never goes back
            if snapshot is not None:
                _write(folder, published, snapshot)
    except OSError as error:
        raise UnavailableError(
            str(folder), because=error.strerror or str(error), code="fetch.blocked"
        ) from error


def _write(folder: Path, published: Published, snapshot: Snapshot) -> None:
    path = folder / CHECKPOINT
    before = path.read_text(encoding="utf-8") if path.exists() else None
    if before == snapshot.seen.note:
        return
    written = 0 if before is None else _require_earlier(path, before, snapshot)
    for tile in tiles_of(snapshot.size, since=written):
        place = folder / str(tile)
        _place(place, published.content(tile))
        if tile.width == WIDTH:
            shutil.rmtree(place.with_name(f"{place.name}.p"), ignore_errors=True)
    _place(path, snapshot.seen.note.encode())


def _require_earlier(path: Path, before: str, snapshot: Snapshot) -> int:
    """Demand that what stands in the folder is an earlier state of this log, and give its size."""
    found = Checkpoint.parse(Note.parse(before).text)
    same = found.origin == snapshot.seen.note.partition("\n")[0] and found.size <= snapshot.size
    if not same or snapshot.tree.root_at(found.size) != found.root:
        expected = f"an earlier state of this log, of {snapshot.size} entries at most"
        raise MalformedError(
            str(path),
            expected=expected,
            found=f"{found.origin!a} with {found.size} entries, root {found.root.hex()}",
        )
    return found.size


def _place(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and on the disk before it has its name."""
    _make(path.parent)
    draft = path.with_name(f".{path.name}.new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), 0o644)
        os.fsync(file.fileno())
    draft.replace(path)


def _make(folder: Path) -> None:
    """Make a folder that everybody may read, whatever this process keeps to itself otherwise."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        one.chmod(0o755)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other writers out; one that was stopped in the middle keeps the folder as it is."""
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
