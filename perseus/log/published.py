"""One log as it was last published: its note, the tree under it, and every static file that follows from the two."""

import threading
from dataclasses import dataclass

from perseus.log.names import LogName
from perseus.problems import NotFoundError
from perseus.storage.log import Seen
from perseus.storage.store import Store
from registry.kept import Kept
from registry.log.merkle import Tree, leaf_hash
from registry.log.proof import InclusionProof
from registry.log.tiles import WIDTH, Tile, bundle, hashes, tile_at
from trust.errors import MalformedError, UnavailableError

_MOST = 2_048  # tiles kept in memory: a log of 260,000 entries whole


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was published at one moment; the tree may reach further than what was published."""

    seen: Seen
    tree: Tree

    @property
    def size(self) -> int:
        """The size that was published."""
        return self.seen.size

    def holds(self, tile: Tile) -> bool:
        """Tell whether a tile is one of the published log."""
        found = tile_at(tile.level, tile.index, size=self.size)
        return found is not None and tile.width <= found.width


class Published:
    """Follows the database from one published checkpoint to the next; what it gave out before stays good."""

    def __init__(self, store: Store, log: LogName) -> None:
        self.log = log
        self._store = store
        self._lock = threading.Lock()
        self._tree = Tree()
        self._tiles: Kept[Tile, bytes] = Kept(_MOST)
        self.newest: Snapshot | None = None

    def refresh(self) -> Snapshot | None:
        """Look for a newer checkpoint, and give the newest.

        Raises:
            UnavailableError: the database is away.
        """
        tables = self.log.tables
        with self._lock, self._store.read() as connection:
            seen = tables.newest(connection)
            held = self.newest
            if seen is None or (held is not None and held.seen == seen):
                return held
            if seen.size > self._tree.size:
                added = tables.read(connection, start=self._tree.size, end=seen.size)
                self._tree = self._tree.extended(map(leaf_hash, added))
            self.newest = Snapshot(seen, self._tree)
            return self.newest

    def content(self, tile: Tile) -> bytes:
        """Give the bytes of a tile of the published log.

        Raises:
            NotFoundError: it reaches beyond what was published.
            UnavailableError: the database is away.
        """
        snapshot = self.newest
        if snapshot is None or not snapshot.holds(tile):
            raise NotFoundError(str(tile))
        if tile.level is not None:
            return hashes(snapshot.tree, tile)
        return self._tiles.get(tile) or self._keep(tile, self._bundle(tile))

    def prove(self, index: int) -> InclusionProof:
        """Prove that an entry stands under the newest published checkpoint (C2SP tlog-proof).

        Raises:
            UnavailableError: no checkpoint over it is published yet.
        """
        snapshot = self.refresh()
        if snapshot is None or not 0 <= index < snapshot.size:
            size = 0 if snapshot is None else snapshot.size
            because = f"the published {self.log.name.lower()} log has {size} entries so far"
            raise UnavailableError(f"a proof of entry {index}", because=because, code="register.unwitnessed")
        return InclusionProof(index, snapshot.tree.inclusion(index, size=snapshot.size), snapshot.seen.note)

    def _bundle(self, tile: Tile) -> bytes:
        with self._store.read() as connection:
            start = tile.index * WIDTH
            entries = self.log.tables.read(connection, start=start, end=start + tile.width)
        if len(entries) != tile.width:
            raise MalformedError(str(tile), expected=f"{tile.width} entries", found=str(len(entries)))
        return bundle(entries)

    def _keep(self, tile: Tile, content: bytes) -> bytes:
        """Keep full bundles; a partial one is soon another."""
        return self._tiles.put(tile, content) if tile.width == WIDTH else content
