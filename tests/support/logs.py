"""An operator's two logs in a folder, for tests that start, stop, pause and kill whoever keeps them.

`LogHome.made(folder)` seeds the members' log with a genesis and leaves further events beside it, signed and in order;
`LogHome.at(folder)` opens the same in another process.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from perseus.log.keeper import Keeper
from perseus.log.lease import Lease
from perseus.log.names import LogName
from perseus.log.sequencer import Means
from perseus.log.witnesses import Post, Witnesses
from perseus.logs import open_log
from perseus.storage.log import Head, Seen
from perseus.storage.store import Store
from registry.anchor import Anchor
from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import WitnessKey
from registry.log.merkle import Tree, leaf_hash
from registry.log.note import Note
from registry.log.tiles import WIDTH, Tile, bundle, hashes, read_bundle, tiles_of
from registry.register import Register
from support.keys import signer
from support.scheme import ORIGIN, START, SchemeSimulator
from trust.errors import UnavailableError
from trust.keys import Signer

LOG_SIGNER = signer("scheme/log", ed25519=True)


def nobody(url: str, _body: bytes) -> object:
    """Answer for a witness that is away."""
    raise UnavailableError(url, because="it does not answer", code="fetch.timeout")


@dataclass
class LogHome:
    """A folder with a database, the trust anchor, events to append, and the static files."""

    folder: Path
    url: str
    anchor: Anchor
    events: tuple[bytes, ...]
    now: Callable[[], datetime] = field(default=lambda: START)

    @classmethod
    def made(cls, folder: Path, *, url: str = "", members: int = 4, **demands: object) -> "LogHome":
        """Seed a log; `demands` are the quorum and the witnesses of its trust anchor."""
        folder.mkdir(parents=True, exist_ok=True)
        scheme = SchemeSimulator(environment="demo")
        for number in range(members):
            scheme.join(f"did:web:member-{number}.example", name=f"Member {number}", roles=("auditor",))
        anchor = Anchor(
            scheme.anchor.scheme,
            scheme.anchor.genesis,
            scheme.anchor.log_key,
            environment=scheme.anchor.environment,
            **demands,  # type: ignore[arg-type]  # a test's own
        )
        (folder / "trust.json").write_bytes(anchor.to_json())
        (folder / "events").write_bytes(bundle(scheme.entries))
        (folder / "url").write_text(url or f"sqlite:///{folder / 'db.sqlite'}")
        found = cls.at(folder)
        store = found.store()
        store.upgrade()
        first, tables = scheme.entries[:1], LogName.MEMBERS.tables
        note = Checkpoint(ORIGIN, 1, leaf_hash(first[0])).sign(LOG_SIGNER)
        with store.write() as connection:
            tables.append(connection, first, at_size=0)
            tables.sign(connection, Head(1, note, START))
            if not anchor.quorum:
                tables.see(connection, Seen(1, note, START))
        store.close()
        return found

    @classmethod
    def at(cls, folder: Path) -> "LogHome":
        """Open what was made before."""
        raw = (folder / "events").read_bytes()
        count, place = 0, 0
        while place < len(raw):
            count, place = count + 1, place + 2 + int.from_bytes(raw[place : place + 2])
        events = read_bundle(raw, Tile(None, 0, count))
        return cls(
            folder,
            (folder / "url").read_text(),
            Anchor.from_json((folder / "trust.json").read_bytes()),
            events,
        )

    @property
    def static(self) -> Path:
        """The folder of static files."""
        return self.folder / "registry"

    def store(self) -> Store:
        """Open the database."""
        return Store(self.url, party="operator")

    def keeper(
        self,
        store: Store,
        *,
        holder: str = "one",
        length: float = 5.0,
        pause: float = 0.0,
        post: Post | None = None,
        urls: Mapping[str, str] | None = None,
    ) -> Keeper:
        """Put a keeper together, not started yet."""
        means = Means(
            store, lambda: self.anchor, open_key, self.now, open_log(self.folder / "log.jsonl", party=holder)
        )
        witnesses = Witnesses(lambda: self.anchor.witnesses, urls or {}, post=post or nobody)  # type: ignore[arg-type]  # it raises
        lease = Lease(store, holder=holder, length=length)
        return Keeper(means, lease, pause=pause, witnesses=witnesses, folder=self.static)

    def read(self, log: LogName) -> tuple[bytes, ...]:
        """Read every entry in the database."""
        store = self.store()
        with store.read() as connection:
            found = log.tables.read(connection)
        store.close()
        return found

    def sound(self) -> dict[LogName, int]:
        """Demand that entries, signed and published checkpoints and files fit together; give the sizes."""
        store = self.store()
        sizes = {log: self._sound(store, log) for log in LogName}
        store.close()
        register = Register.replay(self.read(LogName.MEMBERS), anchor=self.anchor)
        assert register.ignored == ()
        return sizes

    def _sound(self, store: Store, log: LogName) -> int:
        with store.read() as connection:
            entries = log.tables.read(connection)
            assert log.tables.size(connection) == len(entries)
            signed = connection.exec_driver_sql(
                f"SELECT size, note FROM log_heads WHERE log = '{log.tables.name}' ORDER BY size"  # noqa: S608 - a name of ours
            ).all()
            seen = connection.exec_driver_sql(f"SELECT size, note FROM {log.tables.checkpoints.name}").all()  # noqa: S608 - the same
        tree = Tree.of(map(leaf_hash, entries))
        for size, note in (*signed, *seen):
            self.fits(log, note, tree, size=size)
        assert not signed or signed[-1][0] == tree.size, "entries without a checkpoint"
        self.files_sound(log, tree, entries)
        return tree.size

    def fits(self, log: LogName, note: str, tree: Tree, *, size: int | None = None) -> Checkpoint:
        """Demand that a note is the log's word about this tree, and give it."""
        found = Checkpoint.open(note, key=log.key(self.anchor.log_key))
        assert found.origin == log.origin(ORIGIN)
        assert size is None or found.size == size
        assert tree.root_at(found.size) == found.root
        return found

    def files_sound(self, log: LogName, tree: Tree, entries: tuple[bytes, ...]) -> None:
        """Demand that the files are those of a published prefix, every tile of it there."""
        folder = self.static / log.value
        if not (folder / "checkpoint").exists():
            return
        found = self.fits(log, (folder / "checkpoint").read_text(), tree)
        for tile in tiles_of(found.size):
            if tile.level is None:
                start = tile.index * WIDTH
                wanted = bundle(entries[start : start + tile.width])
            else:
                wanted = hashes(tree, tile)
            assert (folder / str(tile)).read_bytes() == wanted, f"{log.name} {tile}"

    def file_size(self, log: LogName) -> int:
        """Give the size that the files tell, -1 where there are none."""
        path = self.static / log.value / "checkpoint"
        return Checkpoint.parse(Note.parse(path.read_text()).text).size if path.exists() else -1


def open_key(_key: object) -> Signer:
    """Open the log's one key."""
    return LOG_SIGNER


def witness_key(name: str) -> WitnessKey:
    """Give the key of a witness of a test."""
    return WitnessKey(f"{name}.example", signer(name, ed25519=True).key)
