"""Where a copy of a log is read from: static files over HTTPS, or a folder on this machine."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from perseus.fetching import Fetcher
from perseus.refreshing import Reach, peers_in
from perseus.settings import DEMO
from registry.anchor import Anchor
from registry.log.tiles import WIDTH, Tile
from trust.errors import MalformedError, UnavailableError

CHECKPOINT = "checkpoint"
_LARGEST_NOTE = 100_000
_LARGEST_TILE = WIDTH * (2 + 0xFFFF)
_MOST = 256 * 1024 * 1024
_OK, _ABSENT = 200, frozenset((404, 410))
_AT_ONCE = 8


class Source(Protocol):
    """The files of one log, each by its path below the log's prefix."""

    def get(self, path: str, *, limit: int) -> bytes | None:
        """Give a file, or None where there is none.

        Raises:
            UnavailableError: the file cannot be had now, or is longer than the limit.
        """

    def close(self) -> None:
        """Give connections back."""


class Folder:
    """A log that lies in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, path: str, *, limit: int) -> bytes | None:
        """Read a file.

        Raises:
            UnavailableError: it cannot be read, or is longer than the limit.
        """
        place = self.folder / path
        try:
            if place.stat().st_size > limit:
                because = f"it is longer than {limit:,} bytes"
                raise UnavailableError(str(place), because=because, code="fetch.too_large")
            return place.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            because = error.strerror or str(error)
            raise UnavailableError(str(place), because=because, code="register.unreachable") from error

    def close(self) -> None:
        """Do nothing: a folder keeps nothing open."""


class Web:
    """A log that is served as static files."""

    def __init__(self, url: str, fetcher: Fetcher) -> None:
        self._base = url.rstrip("/")
        self._fetcher = fetcher

    def get(self, path: str, *, limit: int) -> bytes | None:
        """Fetch a file through the guarded client.

        Raises:
            NotPermittedError: the address may not be asked.
            UnavailableError: there is no answer in time, or too much of one.
        """
        url = f"{self._base}/{path}"
        answered = self._fetcher.get(url, limit=limit)
        if answered.status in _ABSENT:
            return None
        if answered.status != _OK:
            raise UnavailableError(url, because=f"HTTP {answered.status}", code="register.unreachable")
        return answered.body

    def close(self) -> None:
        """Give the connections back."""
        self._fetcher.close()


def open_source(place: str, *, anchor: Anchor, settings: Path) -> Source:
    """Open a log by its URL or its folder; `settings` says whom a verifier of the demo finds on this machine.

    Raises:
        UnavailableError: there is no such folder.
        MalformedError: it is no https URL, or the settings are not TOML.
    """
    if "://" not in place:
        if not Path(place).is_dir():
            because = (
                "there is no such folder; --from takes the https address of a log, or a folder of its files"
            )
            raise UnavailableError(f"the log in {place[:200]}", because=because, code="file.missing")
        return Folder(Path(place))
    parts = urlsplit(place)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise MalformedError("--from", expected="an https URL or a folder", found=ascii(place[:80]))
    peers = peers_in(settings) if anchor.environment == DEMO else {}
    reach = Reach(anchor.environment, (parts.hostname,), peers, settings.parent)
    return Web(place, Fetcher(reach))


def read_note(source: Source) -> str:
    """Read a log's newest checkpoint, believing nothing yet.

    Raises:
        UnavailableError: there is none, or it cannot be had.
        MalformedError: it is not in UTF-8.
    """
    raw = source.get(CHECKPOINT, limit=_LARGEST_NOTE)
    if raw is None:
        raise UnavailableError(
            "the log's checkpoint", because="there is no such file", code="register.unreachable"
        )
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise MalformedError(
            CHECKPOINT, expected="UTF-8", found=str(error), code="format.encoding"
        ) from error


def read_tiles(source: Source, tiles: Iterable[Tile]) -> list[bytes]:
    """Read tiles, several at once; a partial one that has been deleted is the beginning of the full one.

    Raises:
        UnavailableError: one is not there, or they are too large together.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = list(pool.map(lambda tile: _read(source, tile), tiles))
    if sum(map(len, found)) > _MOST:
        raise UnavailableError(
            "the log", because=f"it is longer than {_MOST:,} bytes", code="fetch.too_large"
        )
    return found


def _read(source: Source, tile: Tile) -> bytes:
    raw = source.get(str(tile), limit=_LARGEST_TILE)
    if raw is None and tile.width < WIDTH:
        full = source.get(str(Tile(tile.level, tile.index)), limit=_LARGEST_TILE)
        raw = None if full is None else _beginning(full, tile)
    if raw is None:
        because = "there is no such file, though the checkpoint counts its entries"
        raise UnavailableError(str(tile), because=because, code="register.unreachable")
    return raw


def _beginning(full: bytes, tile: Tile) -> bytes:
    """Cut the first entries, or hashes, out of a full tile."""
    if tile.level is not None:
        return full[: tile.width * 32]
    place = 0
    for _ in range(tile.width):
        place += 2 + int.from_bytes(full[place : place + 2])
    return full[:place]
