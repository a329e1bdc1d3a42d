"""A log known by its tiles alone: any root and any proof, from the few tiles that it takes (C2SP tlog-tiles)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from registry.log.merkle import Proving, node_hash
from registry.log.tiles import HEIGHT, WIDTH, Tile, read_hashes, tile_at
from trust.errors import MalformedError

Read = Callable[[Tile], bytes]


@dataclass(frozen=True, slots=True)
class TiledTree(Proving):
    """The tree of a size, whose tiles are read when they are needed, each once.

    What the tiles say is only as true as the root that they lead to: compare it with a checkpoint's.
    """

    count: int
    read: Read = field(repr=False)
    _tiles: dict[Tile, tuple[bytes, ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self.count

    def node(self, height: int, index: int) -> bytes:
        """Give the hash over the 2^height leaves from index * 2^height, out of the tile below it.

        Raises:
            MalformedError: a tile does not hold as many hashes as its name says.
        """
        level, above = divmod(height, HEIGHT)
        first = index << above
        hashes = list(self._tile(level, first // WIDTH)[first % WIDTH : first % WIDTH + (1 << above)])
        while len(hashes) > 1:
            hashes = list(map(node_hash, hashes[::2], hashes[1::2]))
        return hashes[0]

    def _tile(self, level: int, index: int) -> tuple[bytes, ...]:
        tile = tile_at(level, index, size=self.size)
        if tile is None:
            raise MalformedError(
                "tile", expected=f"one of {self.size} entries", found=f"level {level}, {index}"
            )
        known = self._tiles.get(tile)
        if known is None:
            known = self._tiles[tile] = read_hashes(self.read(tile), tile)
        return known
