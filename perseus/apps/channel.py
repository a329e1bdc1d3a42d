"""Whose connection it is: the party in the caller's certificate, and what may be read without one (RFC 8446, 4.4.2)."""

import asyncio
import ssl
from typing import cast

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from perseus import problems
from perseus.tls import party_in
from trust.did import Did

PUBLIC = (
    *("/.well-known/did.json", "/log/", "/evidence/", "/status/", "/words/"),
    *(
        "/register",
        "/m/",
        "/a/",
        "/query/",
        "/sparql",
        "/metadata",
        "/static/",
    ),  # IB1 Directory 1.0, Access control
)
ASKED = ("/sparql", "/authorization", "/recognition")  # read as well, by a question that a body carries
_PEER = "peer"
_READS = frozenset({"GET", "HEAD"})


class Connection(HttpToolsProtocol):
    """One connection, which knows for all of its requests whose certificate opened it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its parent has it
        """Read the caller's certificate, which the handshake has verified."""
        super().connection_made(transport)
        secured = cast("ssl.SSLObject | None", transport.get_extra_info("ssl_object"))
        shown = None if secured is None else secured.getpeercert(binary_form=True)
        self.app_state = {**self.app_state, _PEER: None if shown is None else party_in(shown)}


class Certified:
    """Lets nobody without a certificate further than to what is public."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, or answer 401."""
        if scope["type"] == "http" and scope.get("state", {}).get(_PEER) is None and not _is_public(scope):
            because = "it shows no certificate that names one party"
            await problems.problem(problems.UnauthenticatedError(because))(scope, receive, send)
            return
        await self._app(scope, receive, send)


def peer_of(request: Request) -> Did | None:
    """Give the party whose certificate opened the connection, where there was one."""
    found: Did | None = getattr(request.state, _PEER, None)
    return found


def _is_public(scope: Scope) -> bool:
    path = str(scope["path"])
    if scope["method"] == "POST":
        return path in ASKED
    public = any(path == one or (one.endswith("/") and path.startswith(one)) for one in PUBLIC)
    return public and scope["method"] in _READS
