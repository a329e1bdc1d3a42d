"""The way to the evidence log: over HTTP for a member, straight to the keeper for the operator itself."""

from typing import Protocol

from perseus.apps.asking import accepted
from perseus.apps.frame import JSON
from perseus.apps.party import Party
from perseus.copies.source import Web, read_tiles
from perseus.log.names import LogName
from registry.log.tiles import Tile
from trust.canonical import canonicalize, parse, parse_object
from trust.errors import MalformedError, UnavailableError

_OK = 200
_LIMIT = 1 << 20


class Outlet(Protocol):
    """Where statements go, and where proofs and checkpoints come from."""

    def submit(self, entry: bytes) -> int:
        """Give an entry to the log, and get its place.

        Raises:
            NotPermittedError: the operator refuses it.
            UnavailableError: it does not answer.
        """

    def prove(self, place: int) -> str | None:
        """Get the proof of an entry (C2SP tlog-proof), or None while no checkpoint over it is published."""

    def checkpoint(self) -> str | None:
        """Get the newest published checkpoint, or None where nobody answers."""

    def tile(self, tile: Tile) -> bytes:
        """Get a tile of hashes of the published log.

        Raises:
            UnavailableError: it cannot be had.
        """


class Remote:
    """The operator's door, as every other member uses it."""

    def __init__(self, party: Party) -> None:
        self._party = party
        self._base = party.url_of(party.settings.members["operator"])

    def submit(self, entry: bytes) -> int:
        """Post an entry.

        Raises:
            NotPermittedError: the operator refuses it.
            UnavailableError: it does not answer.
            MalformedError: it answers with something else.
        """
        url = f"{self._base}/v1/evidence"
        body = canonicalize({"entry": parse(entry, where="entry")})
        answered = accepted(url, self._party.fetcher.post(url, body, media_type=JSON))
        place = parse_object(answered.body, where=url, limit=_LIMIT).get("index")
        if not isinstance(place, int) or isinstance(place, bool):
            raise MalformedError(url, expected="an index", found=type(place).__name__)
        return place

    def prove(self, place: int) -> str | None:
        """Ask for a proof."""
        return self._text(f"{self._base}/v1/evidence/{place}")

    def checkpoint(self) -> str | None:
        """Ask for the newest checkpoint."""
        return self._text(f"{self._base}/evidence/checkpoint")

    def tile(self, tile: Tile) -> bytes:
        """Ask for a tile.

        Raises:
            UnavailableError: there is no answer, or no such tile.
            NotPermittedError: the address may not be asked.
        """
        [found] = read_tiles(Web(f"{self._base}/{LogName.EVIDENCE.value}", self._party.fetcher), (tile,))
        return found

    def _text(self, url: str) -> str | None:
        try:
            answered = self._party.fetcher.get(url, limit=_LIMIT)
        except UnavailableError:
            return None
        return answered.body.decode(errors="replace") if answered.status == _OK else None
