"""Following a published log from outside: its newest checkpoint, and the entries that one's own copy lacks.

Nothing here is believed: what comes back is checked by whoever keeps the copy.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from registry.log.checkpoint import Checkpoint
from registry.log.note import Note
from registry.log.tiles import WIDTH, Tile, read_bundle, tile_at
from trust.errors import UnavailableError

Get = Callable[[str], bytes]
LARGEST_BUNDLE = WIDTH * (2 + 0xFFFF)
MOST = 1 << 20  # entries of one copy: a hundred times a large scheme's


@dataclass(frozen=True, slots=True)
class Offered:
    """What a log gives out: the note as it came, what it says, and the entries from `start` to its size."""

    note: str
    checkpoint: Checkpoint
    start: int
    entries: tuple[bytes, ...]


def follow(get: Get, prefix: str, *, held: int) -> Offered:
    """Fetch the newest checkpoint under a prefix, and the entries after the first `held`.

    Raises:
        UnavailableError: nobody answers, or the log claims more entries than a copy may have.
        MalformedError: what is answered is no checkpoint, or no bundle of it.
    """
    note = get(f"{prefix}/checkpoint").decode(errors="replace")
    found = Checkpoint.parse(Note.parse(note).text)
    if found.size - held > MOST:
        because = f"it claims {found.size:,} entries"
        raise UnavailableError(f"{prefix}/checkpoint", because=because, code="fetch.too_large")
    return Offered(note, found, held, entries(get, prefix, start=held, size=found.size))


def entries(get: Get, prefix: str, *, start: int, size: int) -> tuple[bytes, ...]:
    """Fetch the entries from `start` of a log of this size, by whole bundles where they are whole.

    Raises:
        UnavailableError: a bundle cannot be had.
        MalformedError: a bundle is cut off, or holds another number of entries.
    """
    found: list[bytes] = []
    for index in range(start // WIDTH, -(-size // WIDTH) if start < size else 0):
        tile = tile_at(None, index, size=size)
        if tile is not None:
            found.extend(_bundle(get, prefix, tile)[max(0, start - index * WIDTH) :])
    return tuple(found)


def _bundle(get: Get, prefix: str, tile: Tile) -> Sequence[bytes]:
    """Fetch a bundle; a partial one may have given way to the full one meanwhile (C2SP tlog-tiles, partial tiles)."""
    try:
        return read_bundle(get(f"{prefix}/{tile}"), tile)
    except UnavailableError:
        if tile.width == WIDTH:
            raise
    full = Tile(None, tile.index)
    return read_bundle(get(f"{prefix}/{full}"), full)[: tile.width]
