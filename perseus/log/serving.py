"""The published logs over HTTP as static files: `/log/` and `/evidence/`, before any other work is done on a request.

A tile never changes, so that its answer is put together once; the checkpoint's is when another one is published.
"""

import asyncio
import gzip
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from perseus import problems
from perseus.log.names import LogName
from perseus.log.published import Published
from registry.kept import Kept
from registry.log.tiles import Tile
from trust.digest import Digest
from trust.errors import MalformedError, PerseusError

_MOST = 4_096  # answers kept; those of a log of 260,000 entries are half of them
_TEXT, _BYTES = b"text/plain; charset=utf-8", b"application/octet-stream"
_BRIEFLY, _FOR_EVER = b"public, max-age=1", b"public, max-age=31536000, immutable"
_READS = frozenset({"GET", "HEAD"})
_PREFIXES = tuple(f"/{log.value}/" for log in LogName)


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer as it is sent: its head, its body, and the name of its content."""

    start: Message
    body: Message
    etag: bytes
    unchanged: Message

    @classmethod
    def of(cls, content: bytes, *, media_type: bytes, cache: bytes, encoding: bytes = b"") -> "Ready":
        """Put an answer together."""
        etag = f'"{Digest.of(content + encoding).multibase}"'.encode()
        shared = [(b"etag", etag), (b"cache-control", cache), (b"x-content-type-options", b"nosniff")]
        shared += [(b"vary", b"accept-encoding")] if media_type == _BYTES else []
        coded = [(b"content-encoding", encoding)] if encoding else []
        length = [(b"content-type", media_type), (b"content-length", str(len(content)).encode())]
        start = {"type": "http.response.start", "status": 200, "headers": [*length, *coded, *shared]}
        unchanged = {"type": "http.response.start", "status": 304, "headers": shared}
        return cls(start, {"type": "http.response.body", "body": content}, etag, unchanged)


_NOTHING: Message = {"type": "http.response.body", "body": b""}


class StaticLogs:
    """Answers what stands under the two prefixes, and hands everything else on."""

    def __init__(self, app: ASGIApp, *, published: Mapping[LogName, Published]) -> None:
        """Serve these logs; `published` is followed by somebody else."""
        self._app = app
        self._published = {f"/{log.value}/": found for log, found in published.items()}
        self._ready: Kept[tuple[str, bool], Ready] = Kept(_MOST)
        self._notes: dict[str, tuple[str, Ready]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a read of a log at once."""
        if (
            scope["type"] != "http"
            or not scope["path"].startswith(_PREFIXES)
            or scope["method"] not in _READS
        ):
            await self._app(scope, receive, send)
            return
        try:
            ready = await self._found(scope)
        except PerseusError as error:
            await problems.problem(error)(scope, receive, send)
            return
        if (b"if-none-match", ready.etag) in scope["headers"]:
            await send(ready.unchanged)
            await send(_NOTHING)
            return
        await send(ready.start)
        await send(ready.body)

    async def _found(self, scope: Scope) -> Ready:
        path = scope["path"]
        prefix = path[: path.index("/", 1) + 1]
        if path == f"{prefix}checkpoint":
            return self._checkpoint(prefix)
        name = (path, _takes_gzip(scope))
        known = self._ready.get(name)
        return await asyncio.to_thread(self._made, prefix, *name) if known is None else known

    def _checkpoint(self, prefix: str) -> Ready:
        snapshot = self._published[prefix].newest
        if snapshot is None:
            raise problems.NotFoundError(f"{prefix}checkpoint")
        note, known = snapshot.seen.note, self._notes.get(prefix)
        if known is None or known[0] != note:
            known = (note, Ready.of(note.encode(), media_type=_TEXT, cache=_BRIEFLY))
            self._notes[prefix] = known
        return known[1]

    def _made(self, prefix: str, path: str, zipped: bool) -> Ready:  # noqa: FBT001 - half of the name it is kept under
        try:
            tile = Tile.parse(path.removeprefix(prefix))
        except MalformedError as error:
            raise problems.NotFoundError(path) from error
        content, coding = self._published[prefix].content(tile), b""
        if tile.level is None and zipped:
            content, coding = gzip.compress(content, mtime=0), b"gzip"
        ready = Ready.of(content, media_type=_BYTES, cache=_FOR_EVER, encoding=coding)
        return self._ready.put((path, zipped), ready)


def _takes_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
