"""The log as static files: tiles of 256 hashes, and bundles of the entries under them (C2SP tlog-tiles)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from registry.log.merkle import HASH_SIZE, Tree
from trust.errors import MalformedError

WIDTH = 256
"""Hashes in a full tile."""
HEIGHT = 8
_LENGTH_SIZE = 2
_LARGEST_ENTRY = 0xFFFF
_PLACE = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_TOP = 63


@dataclass(frozen=True, slots=True)
class Tile:
    """Which tile: its level (None for a bundle of entries), its index there, and how many it holds."""

    level: int | None
    index: int
    width: int = WIDTH

    @classmethod
    def parse(cls, path: str) -> Self:
        """Read the path of a tile, `tile/0/x001/234` or `tile/entries/000.p/7`.

        Raises:
            MalformedError: the path names no tile in its one spelling.
        """
        found = _PLACE.fullmatch(path)
        level = None if found is None or found[1] == "entries" else int(found[1])
        width = WIDTH if found is None or found[3] is None else int(found[3])
        if found is None or (level is not None and level > _TOP) or width > WIDTH:
            raise MalformedError("tile", expected="tile/LEVEL/INDEX[.p/WIDTH]", found=ascii(path[:80]))
        tile = cls(level, int(found[2].replace("x", "").replace("/", "")), width)
        if str(tile) != path:
            raise MalformedError("tile", expected="a tile in its one spelling", found=ascii(path[:80]))
        return tile

    def __str__(self) -> str:
        """Give the path below the log's prefix."""
        digits, rest = f"{self.index % 1000:03}", self.index // 1000
        while rest:
            digits, rest = f"x{rest % 1000:03}/{digits}", rest // 1000
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{'entries' if self.level is None else self.level}/{digits}{partial}"

    @property
    def start(self) -> int:
        """Give the index of the first entry that the tile covers."""
        return self.index * WIDTH << HEIGHT * (self.level or 0)


def tiles_of(size: int, *, since: int = 0) -> Iterator[Tile]:
    """Name every tile that a tree of this size has and one of `since` had not, the bundles of entries first.

    Raises:
        MalformedError: a size is negative, or the older one is the larger.
    """
    if not 0 <= since <= size:
        raise MalformedError("log position", expected=f"0 to {size}", found=str(since))
    yield from _row(None, size, since)
    level = 0
    while size:
        yield from _row(level, size, since)
        level, size, since = level + 1, size // WIDTH, since // WIDTH


def tile_at(level: int | None, index: int, *, size: int) -> Tile | None:
    """Name the tile of this place in a tree of this size, or None where the tree does not reach there."""
    width = min(WIDTH, (size >> HEIGHT * (level or 0)) - index * WIDTH)
    return Tile(level, index, width) if width > 0 else None


def hashes(tree: Tree, tile: Tile) -> bytes:
    """Give the content of a tile of hashes.

    Raises:
        MalformedError: the tile is one of entries, or the tree does not reach so far.
    """
    height = HEIGHT * (_TOP + 1 if tile.level is None else tile.level)
    row = tree.levels[height] if height < len(tree.levels) else ()
    start = tile.index * WIDTH
    if start + tile.width > len(row):
        raise MalformedError(str(tile), expected=f"a tile of {tree.size} entries", found="one beyond")
    return b"".join(row[start : start + tile.width])


def read_hashes(raw: bytes, tile: Tile) -> tuple[bytes, ...]:
    """Read a tile of hashes.

    Raises:
        MalformedError: it does not hold as many hashes as its name says.
    """
    if len(raw) != tile.width * HASH_SIZE:
        expected, found = f"{tile.width} hashes of 32 bytes", f"{len(raw)} bytes"
        raise MalformedError(str(tile), expected=expected, found=found)
    return tuple(raw[place : place + HASH_SIZE] for place in range(0, len(raw), HASH_SIZE))


def bundle(entries: Sequence[bytes]) -> bytes:
    """Write entries one after the other, each behind its length in two bytes.

    Raises:
        MalformedError: an entry is longer than 65,535 bytes.
    """
    longest = max(map(len, entries), default=0)
    if longest > _LARGEST_ENTRY:
        raise MalformedError(
            "entry", expected="at most 65,535 bytes", found=str(longest), code="format.too_large"
        )
    return b"".join(len(entry).to_bytes(_LENGTH_SIZE) + entry for entry in entries)


def read_bundle(raw: bytes, tile: Tile) -> tuple[bytes, ...]:
    """Read the entries of a bundle.

    Raises:
        MalformedError: it is cut off, or does not hold as many entries as its name says.
    """
    entries: list[bytes] = []
    place = 0
    while place < len(raw):
        begin = place + _LENGTH_SIZE
        place = begin + int.from_bytes(raw[place:begin])
        entries.append(raw[begin:place])
    if place != len(raw) or len(entries) != tile.width:
        found = f"{len(entries)}, the last one cut short" if place > len(raw) else f"{len(entries)}"
        raise MalformedError(str(tile), expected=f"{tile.width} whole entries", found=found)
    return tuple(entries)


def _row(level: int | None, size: int, since: int) -> Iterator[Tile]:
    for index in range(since // WIDTH, -(-size // WIDTH)):
        width = min(WIDTH, size - index * WIDTH)
        if index * WIDTH + width > since:
            yield Tile(level, index, width)
