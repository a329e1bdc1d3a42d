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
from registry.errors import RegisterError
from registry.history import moment
from registry.projections.view import View
from trust.claims.halfhour import instant, stamp
from trust.errors import MalformedError

_SIZE = re.compile(r"[0-9]{1,15}")
_FRESH = "no-cache"  # keep it, and ask each time whether it still holds

AsOf = Annotated[str | None, Query(alias="as-of", max_length=40)]
At = Annotated[str | None, Query(max_length=40)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's view of the register, and the request that it came with."""

    request: Request
    view: View

    def answer(
        self, make: Callable[[], bytes], *, media_type: str, form: str, extra: Mapping[str, str] | None = None
    ) -> Response:
        """Answer in one representation, or say that the caller has it already (RFC 9110, section 13.1.2)."""
        tag = f'"{self.view.size}.{self.view.root.hex()}.{self.view.at:%Y%m%dT%H%M%SZ}.{form}"'
        headers = {**log_headers(self.view), "ETag": tag, "Cache-Control": _FRESH, "Vary": "Accept"}
        headers |= {"Content-Location": self.location, **(extra or {})}
        if _has(self.request.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers=headers)
        return Response(make(), media_type=media_type, headers=headers)

    @property
    def location(self) -> str:
        """Give the address at which this answer stays what it is, whatever the log comes to hold."""
        names = [(key, value) for key, value in self.request.query_params.multi_items() if key not in {"as-of", "at"}]
        query = urlencode([*names, ("as-of", str(self.view.size)), ("at", stamp(self.view.at))], safe=":")
        return f"{quote(self.request.url.path, safe='/:%')}?{query}"


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
        RegisterError: the register does not reach so far.
    """
    register, present = party.register.current(), party.now()
    judged = None if at is None else _time(at, where="at")
    if as_of is None:
        return View.of(register, at=judged or present)
    if _SIZE.fullmatch(as_of):
        return View.of(register, size=int(as_of), at=judged)
    known = _time(as_of, where="as-of")
    if known > present:
        raise RegisterError(
            f"{moment(known)} lies ahead, and the register is known up to {moment(present)}. "
            "Ask for a moment that has passed.",
            code="register.beyond",
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
