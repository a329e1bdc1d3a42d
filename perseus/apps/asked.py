"""Which register a question is about: its newest entries now, its first N, or those that were known at a time.

`as-of` is a size or a time; `at` moves the moment alone. Every answer says in its headers what it was read from.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Query, Request, Response

from perseus.apps.party import Party
from registry.errors import BeyondError
from registry.history import moment
from registry.kept import Kept
from registry.projections.view import View
from trust.claims.halfhour import instant, stamp
from trust.errors import MalformedError

_SIZE = re.compile(r"[0-9]{1,15}")
_MOST, _LARGEST = 256, 128 * 1024  # pages that are kept, and bytes of one; deleting them changes no answer
_FRESH = "no-cache"  # keep it, and ask each time whether it still holds

AsOf = Annotated[str | None, Query(alias="as-of", max_length=40)]
At = Annotated[str | None, Query(max_length=40)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's view of the register, the request that it came with, and the pages that were made before."""

    request: Request
    view: View
    held: Kept[str, bytes]

    def answer(
        self,
        make: Callable[[], bytes],
        *,
        media_type: str,
        extra: Mapping[str, str] | None = None,
        about: str = "",
    ) -> Response:
        """Answer in one representation, or say that the caller has it already (RFC 9110, section 13.1.2).

        `about` names what was asked where the address does not.
        """
        tag = self._tag(media_type, about)
        headers = {**log_headers(self.view), "ETag": tag, "Cache-Control": _FRESH, "Vary": "Accept"}
        headers |= {"Content-Location": self.location, **(extra or {})}
        if self.request.method == "GET" and _has(self.request.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers=headers)
        name = f"{self.location} {tag}"
        body = self.held.get(name) or make()
        if len(body) <= _LARGEST:
            self.held.put(name, body)
        return Response(body, media_type=media_type, headers=headers)

    @property
    def path(self) -> str:
        """Give the path that was asked for, as an address has it."""
        raw: bytes = self.request.scope["raw_path"]
        return quote(raw.decode("latin-1"), safe="/:%~")

    @property
    def pinned(self) -> str:
        """Give the query that holds a page to this size and moment, where the caller asked for that."""
        asked = self.request.query_params
        return f"?{self._at}" if "as-of" in asked or "at" in asked else ""

    @property
    def location(self) -> str:
        """Give the address at which this answer stays what it is, whatever the log comes to hold."""
        asked = self.request.query_params.multi_items()
        others = urlencode([(name, value) for name, value in asked if name not in {"as-of", "at"}])
        return f"{self.path}?{others}{'&' if others else ''}{self._at}"

    @property
    def _at(self) -> str:
        return f"as-of={self.view.size}&at={stamp(self.view.at)}"

    def _tag(self, media_type: str, about: str) -> str:
        kind = media_type.partition("/")[2] + ("-pinned" if self.pinned else "") + (about and f".{about}")
        return f'"{self.view.size}.{self.view.root.hex()}.{self.view.at:%Y%m%dT%H%M%SZ}.{kind}"'


def asking(party: Party) -> Callable[..., Asked]:
    """Make the look at the register that a party's questions begin with; the pages made last are kept."""
    held: Kept[str, bytes] = Kept(_MOST)

    def look(request: Request, as_of: AsOf = None, at: At = None) -> Asked:
        return Asked(request, view_of(party, as_of, at), held)

    return look


def log_headers(view: View) -> dict[str, str]:
    """Say which entries an answer was read from, and the last moment at which anything in them changed."""
    return {
        "Perseus-Log-Size": str(view.size),
        "Perseus-Log-Root": view.root_text,
        "Perseus-Judged-At": stamp(view.at),
    }


def view_of(party: Party, as_of: str | None, at: str | None = None) -> View:
    """Look at the register as a question asks.

    Raises:
        MalformedError: `as-of` is neither a size nor a time, or `at` is no time.
        BeyondError: the register does not reach so far.
    """
    register, present = party.register.current(), party.now()
    judged = None if at is None else _time(at, where="at")
    if as_of is None:
        return View.of(register, at=judged or present)
    if _SIZE.fullmatch(as_of):
        return View.of(register, size=int(as_of), at=judged)
    known = _time(as_of, where="as-of")
    if known > present:
        raise BeyondError(
            f"{moment(known)} lies ahead, and the register is known up to {moment(present)}. "
            "Ask for a moment that has passed."
        )
    view = View.known_at(register, known)
    return view if judged is None else View.of(register, size=view.size, at=judged)


def _time(text: str, *, where: str) -> datetime:
    try:
        return instant(text)
    except MalformedError as error:
        expected = "a UTC time like 2026-11-22T10:00:00Z" + (" or a log size" if where == "as-of" else "")
        raise MalformedError(where, expected=expected, found=ascii(text), code=error.code) from error


def _has(header: str | None, tag: str) -> bool:
    if header is None:
        return False
    held = {item.strip().removeprefix("W/") for item in header.split(",")}
    return "*" in held or tag in held
