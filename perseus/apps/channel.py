"""Whose connection it is: the party in the caller's certificate, and what may be read without one (RFC 8446, 4.4.2)."""

import asyncio
import ssl
from http import HTTPStatus
from typing import cast

from starlette.requests import Request
from starlette.responses import Response
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
LONGEST_ADDRESS = 65_535
"""Bytes of a request's address: what the parser of requests counts with 16 bits."""
_PEER = "peer"
_LAST = ((b"connection", b"close"), (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
_KIND = "https://w3id.org/perseus/v1/problems/http"
_READS = frozenset({"GET", "HEAD"})


class Connection(HttpToolsProtocol):
    """One connection, which knows for all of its requests whose certificate opened it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its parent has it
        """Read the caller's certificate, which the handshake has verified."""
        super().connection_made(transport)
        secured = cast("ssl.SSLObject | None", transport.get_extra_info("ssl_object"))
        shown = None if secured is None else secured.getpeercert(binary_form=True)
        self.app_state = {**self.app_state, _PEER: None if shown is None else party_in(shown)}

    def send_400_response(self, msg: str) -> None:
        """Answer what no request can be read from as every other refusal: with a problem document, and its code."""
        long = len(getattr(self, "url", b"")) > LONGEST_ADDRESS
        refusal = _too_long() if long else _no_request(msg)
        head = f"HTTP/1.1 {refusal.status_code} {HTTPStatus(refusal.status_code).phrase}\r\n".encode()
        lines = [name + b": " + value + b"\r\n" for name, value in (*refusal.raw_headers, *_LAST)]
        self.transport.write(b"".join((head, *lines, b"\r\n", bytes(refusal.body))))
        self.transport.close()


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


def _too_long() -> Response:
    detail = (
        f"the address is longer than {LONGEST_ADDRESS:,} bytes; send a long question in the body of a POST, "
        "where a door takes one"
    )
    return problems.document(414, kind=_KIND, title="Address too long", detail=detail, code="http.too_long")


def _no_request(found: str) -> Response:
    detail = f"what was sent cannot be read as an HTTP/1.1 request: {found}"
    return problems.document(400, kind=_KIND, title="No request", detail=detail, code="http.unreadable")


def _is_public(scope: Scope) -> bool:
    path = str(scope["path"])
    if scope["method"] == "POST":
        return path in ASKED
    public = any(path == one or (one.endswith("/") and path.startswith(one)) for one in PUBLIC)
    return public and scope["method"] in _READS
