"""A log in a folder as static files; its checkpoint is put there last, so that it never counts what is not whole."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from perseus.copies.source import CHECKPOINT, Folder, Source, read_note, read_tiles
from registry.anchor import Anchor
from registry.log.checkpoint import Checkpoint
from registry.log.merkle import Tree
from registry.log.note import Note
from registry.log.quorum import Witnessed
from registry.log.tiles import WIDTH, Tile, bundle, hashes, read_bundle, tiles_of
from registry.register import Register
from trust.claims.halfhour import instant, stamp
from trust.errors import MalformedError

_ASKED = "asked"
_NOTES = "notes"
_MOST_ENTRIES = 1_000_000


@dataclass(frozen=True, slots=True)
class Copy:
    """A whole copy of the register, the note over it, who witnessed it, and when it was known to be all there was."""

    register: Register
    note: str
    witnessed: Witnessed | None
    as_of: datetime | None


def open_copy(folder: Path, anchor: Anchor) -> Copy:
    """Read a copy, and check all of it against the trust anchor.

    Raises:
        UnavailableError: a file is not there.
        MalformedError: a file is not what it must be.
        RegisterError: the copy is not the anchor's, not whole, or lacks the quorum.
    """
    source = Folder(folder)
    note = read_note(source)
    entries = read_entries(source, size_of(note), since=0)
    register = Register.replay(entries, anchor=anchor, checkpoint=note, seen=(*notes_in(folder), note))
    return copy_of(register, note, asked=_asked(folder))


def has_copy(folder: Path) -> bool:
    """Tell whether a folder holds a copy that was completed."""
    return (folder / CHECKPOINT).is_file()


def copy_of(register: Register, note: str, *, asked: datetime | None) -> Copy:
    """Give a checked register as a copy; witnesses say best when it was whole, else whoever served it."""
    witnessed = register.anchor.policy.witnessed(Note.parse(note))
    return Copy(register, note, witnessed, asked if witnessed is None else witnessed.since)


def size_of(note: str) -> int:
    """Read how many entries a checkpoint counts, before it is believed.

    Raises:
        MalformedError: it is no checkpoint, or counts more than any scheme has.
    """
    size = Checkpoint.parse(Note.parse(note).text).size
    if size > _MOST_ENTRIES:
        expected = f"at most {_MOST_ENTRIES:,} entries"
        raise MalformedError(CHECKPOINT, expected=expected, found=f"{size:,}", code="format.too_large")
    return size


def read_entries(source: Source, size: int, *, since: int) -> tuple[bytes, ...]:
    """Read the entries of a log from `since` on, from their bundles.

    Raises:
        UnavailableError: a bundle is not there.
        MalformedError: a bundle is cut short, or holds another number of entries than its name says.
    """
    bundles = [tile for tile in tiles_of(size, since=since) if tile.level is None]
    found = zip(read_tiles(source, bundles), bundles, strict=True)
    entries = [entry for raw, tile in found for entry in read_bundle(raw, tile)]
    return tuple(entries[since % WIDTH if bundles else 0 :])


def write_log(folder: Path, tree: Tree, entries: Sequence[bytes], note: str, *, since: int = 0) -> None:
    """Write a log as static files (C2SP tlog-tiles): what is new since a size, and the checkpoint last.

    What the checkpoint counts is on the disk before it is; tiles of hashes follow from the entries, and need not be.
    """
    fresh = tuple(tiles_of(tree.size, since=since))
    for tile in fresh:
        _write(folder / str(tile), content_of(tile, tree, entries), durable=tile.level is None)
    for place in sorted({(folder / str(tile)).parent for tile in fresh}):
        _settle(place)
    _write(folder / CHECKPOINT, note.encode())
    _settle(folder)
    for tile in fresh:
        if tile.width == WIDTH:  # whoever still looks for its beginning finds it in the full one
            shutil.rmtree(folder / f"{tile}.p", ignore_errors=True)


def content_of(tile: Tile, tree: Tree, entries: Sequence[bytes]) -> bytes:
    """Give what a tile of this log holds."""
    if tile.level is not None:
        return hashes(tree, tile)
    return bundle(entries[tile.start : tile.start + tile.width])


def note_asked(folder: Path, at: datetime) -> None:
    """Keep when whoever serves the log said that this copy is all there is."""
    _write(folder / _ASKED, stamp(at).encode())


def keep_note(folder: Path, name: str, note: str) -> Path:
    """Keep a checkpoint that was seen, as evidence."""
    path = folder / name
    _write(path, note.encode())
    return path


def keep_seen(folder: Path, size: int, note: str) -> None:
    """Keep an accepted checkpoint: the first of its size for good, beside it the last until there is a newer one.

    The first bounds the newest entry's time of recording from above, the last the next entry's from below.
    """
    first = f"{_NOTES}/{size}"
    keep_note(folder, f"{first}.last" if (folder / first).is_file() else first, note)


def notes_in(folder: Path) -> tuple[str, ...]:
    """Give the checkpoints that this copy has accepted, which tell when its entries were recorded."""
    found = sorted(path for path in (folder / _NOTES).glob("[0-9]*") if path.is_file())
    return tuple([path.read_bytes().decode("utf-8", "replace") for path in found])


def _asked(folder: Path) -> datetime | None:
    raw = Folder(folder).get(_ASKED, limit=100)
    return None if raw is None else instant(raw.decode("ascii", "replace"))


def _write(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    draft.replace(path)


def _settle(folder: Path) -> None:
    """Let the names in a folder, and its own in the folder above, reach the disk."""
    for place in (folder, folder.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
