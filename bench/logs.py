"""What the logs cost: appending, proving, serving, syncing; and what a register answers from them."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from bench.timing import ROUNDS, Figure, beside, once
from perseus.log.names import LogName
from registry.log.merkle import Tree, leaf_hash, verify_inclusion
from support.keys import signer
from support.logs import LogHome

ENTRIES, BATCH = 70_000, 10_000
READS, CONNECTIONS = 6_000, 8
_TILES = [(level, number) for level in ("0", "entries") for number in range(10)]
_ENTRY = 600  # bytes: an event with two signatures has about 850, a batch of commitments far less


def append() -> Figure:
    """Append batches to the evidence log, durable; the limit is SQLite's own loop over the same rows."""
    numbers = iter(range(1 << 30))

    def batch() -> list[bytes]:
        return [next(numbers).to_bytes(8) * (_ENTRY // 8) for _ in range(BATCH)]

    with tempfile.TemporaryDirectory() as name:
        home = replace(LogHome.made(Path(name)), folder=Path(name) / "files")
        home.folder.mkdir()
        store = home.store()
        keeper = home.keeper(store, length=60, pause=0.001)
        keeper.start()
        bare = _bare(Path(name) / "bare.sqlite")

        def work(entries: list[bytes]) -> None:
            keeper.submit_all(LogName.EVIDENCE, entries)

        pairs = [(_seconds(work, batch()), _seconds(bare, batch())) for _ in range(5)]
        keeper.stop()
        store.close()
    return _rates("log.append", "entries/s", BATCH, pairs)


def inclusion() -> Figure:
    """Verify that an entry stands in a log of 70,000, beside one Ed25519 verification (the aim: a quarter of it)."""
    tree = Tree.of(sha256(number.to_bytes(4)).digest() for number in range(ENTRIES))
    index, root = 54_321, tree.root
    leaf, proof = tree.node(0, index), tree.inclusion(index, size=ENTRIES)
    key = signer("ed25519", ed25519=True)
    message = b"a checkpoint of three lines, as long as they usually are, which a log signs with Ed25519"
    signature = key.sign(message)
    return beside(
        "log.inclusion",
        lambda: verify_inclusion(leaf, index=index, size=ENTRIES, proof=proof, root=root),
        lambda: key.key.verify(signature, message),
        times=500,
    )


def read() -> Figure:
    """Read tiles and bundles over HTTP from one process; the limit is the same server with one fixed answer."""
    paths = ["/evidence/checkpoint", *(f"/evidence/tile/{level}/00{number}" for level, number in _TILES)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        static, fixed = (stack.enter_context(_serving(folder, kind)) for kind in ("static", "fixed"))
        pairs = [(_read_all(static, paths), _read_all(fixed, paths)) for _ in range(5)]
    return _rates("log.read", "reads/s", READS, pairs)


def _rates(name: str, unit: str, number: int, pairs: list[tuple[float, float]]) -> Figure:
    """Give a rate beside its limit: a ratio of 1 is the limit itself, and less is slower."""
    value, limit = (number / sorted(pair[side] for pair in pairs)[len(pairs) // 2] for side in (0, 1))
    return Figure(name, round(value), unit, round(limit), round(value / limit, 3))


def _seconds(work: Callable[[list[bytes]], object], entries: list[bytes]) -> float:
    return once(lambda: work(entries), 1) / 1_000


def _bare(path: Path) -> Callable[[list[bytes]], None]:
    """Insert rows durably, with the settings that a store has, and hash each as a leaf."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute('CREATE TABLE entries ("index" INTEGER PRIMARY KEY, entry BLOB NOT NULL)')
    size = [0]

    def insert(entries: list[bytes]) -> None:
        start = size[0]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO entries VALUES (?, ?)", enumerate(entries, start))
        connection.execute("COMMIT")
        size[0] += len(list(map(leaf_hash, entries)))

    return insert


@contextmanager
def _serving(folder: Path, kind: str) -> Iterator[int]:
    """Run a server in a process of its own, and give its port."""
    command = [sys.executable, "-m", "bench.serving", str(folder), kind]
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=paths) as process:
        if process.stdout is None:
            raise RuntimeError("the server has no output")
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _read_all(port: int, paths: list[str]) -> float:
    """Read so many files over a few connections that stay open, and give the seconds that it took."""
    begun = time.perf_counter()
    asyncio.run(_connections(port, paths))
    return time.perf_counter() - begun


async def _connections(port: int, paths: list[str]) -> None:
    await asyncio.gather(*(_connection(port, paths) for _ in range(CONNECTIONS)))


async def _connection(port: int, paths: list[str]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    for number in range(READS // CONNECTIONS):
        path = paths[number % len(paths)]
        writer.write(f"GET {path} HTTP/1.1\r\nHost: log.example\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
    writer.close()


def hashed(entries: tuple[bytes, ...]) -> None:
    """Hash every entry and every node of its tree, in the barest loop there is: what no sync can do without."""
    row = [sha256(b"\x00" + entry).digest() for entry in entries]
    while len(row) > 1:
        row = [sha256(b"\x01" + left + right).digest() for left, right in list(pairwise(row))[::2]]


__all__ = ["ENTRIES", "ROUNDS", "append", "hashed", "inclusion", "read"]
