"""What every service has in common: caps on bodies, problems instead of tracebacks, a log line a request."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from perseus import problems
from perseus.apps.channel import Certified
from perseus.apps.party import Party
from trust.errors import PerseusError

PATIENCE = 30.0  # seconds that a caller has to send its body
JSON = "application/json"
CREDENTIAL = "application/vc"
_KINDS = "https://w3id.org/perseus/v1/problems/"
_HEADERS = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")]


class Bodies:
    """Takes a body in whole before anybody looks at it, up to the cap of its kind and of our patience."""

    def __init__(self, app: ASGIApp, *, limit: Callable[[str], int], patience: float = PATIENCE) -> None:
        self._app = app
        self._limit = limit
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on with its body, or answer 413 or 408 at once."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = None
        body = b""
        try:
            async with asyncio.timeout(self._patience):
                body = await _whole(receive, self._limit(scope["path"]))
        except problems.TooLargeError as error:
            refusal = problems.problem(error)
        except TimeoutError:
            late = f"the body did not arrive within {self._patience:.0f} s"
            kind = f"{_KINDS}slow"
            refusal = problems.document(408, kind=kind, title="Too slow", detail=late, code="http.slow")
        if refusal is None:
            await self._app(scope, _replayed(body, receive), send)
        else:
            await refusal(scope, receive, send)


async def _whole(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > limit:
            raise problems.TooLargeError(limit)
        more = message["type"] == "http.request" and message.get("more_body", False)
    return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


class Lines:
    """Writes one line a request: what, how it was answered, how long it took; never what it carried."""

    def __init__(self, app: ASGIApp, *, party: Party) -> None:
        self._app = app
        self._party = party

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, and write its line when it is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = message.get("headers", [])
                names = {name.lower() for name, _ in given}
                message["headers"] = [*given, *(one for one in _HEADERS if one[0] not in names)]
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            took = round((time.perf_counter() - started) * 1000)
            line = {"method": scope["method"], "path": scope["path"], "status": status, "ms": took}
            self._party.log.info("request", **line)


def open_app(party: Party) -> FastAPI:
    """Make the application that a party's own endpoints are added to."""
    app = FastAPI(
        title=f"Perseus: {party.settings.name}",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        lifespan=_lifespan(party),
    )
    app.add_middleware(Bodies, limit=_limits(party))
    if party.settings.tls_client_ca is not None:
        app.add_middleware(Certified)
    app.add_middleware(Lines, party=party)
    app.add_exception_handler(PerseusError, _known(party))
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _misshapen)
    app.add_exception_handler(Exception, _unexpected(party))

    @app.get("/healthz")
    def healthz() -> dict[str, str | int]:
        """Tell that the process runs and its database answers."""
        return {"party": party.settings.party, "did": str(party.did), "register_size": party.register.size()}

    return app


def answer(content: object, *, status: int = 200, media_type: str = JSON) -> Response:
    """Write an answer of our own, in JSON."""
    return Response(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), status, media_type=media_type)


def _limits(party: Party) -> Callable[[str], int]:
    settings = party.settings
    large = {"/v1/verifications": settings.evidence_limit, "/v1/presentations": settings.evidence_limit}
    return lambda path: large.get(path, settings.resource_limit)


def _lifespan(party: Party) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(party.start)
        yield
        await asyncio.to_thread(party.stop)

    return running


Handled = Callable[[Request, Exception], Response]


def _known(party: Party) -> Handled:
    def answered(request: Request, error: Exception) -> Response:
        if not isinstance(error, PerseusError):
            raise error
        party.log.info("refused", path=request.url.path, code=error.code, why=str(error))
        return problems.problem(error)

    return answered


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    detail = f"{request.method} {request.url.path}: {error.detail}"
    code = "http.not_found" if error.status_code == 404 else "http.refused"  # noqa: PLR2004 - the status itself
    kind = f"{_KINDS}http"
    return problems.document(error.status_code, kind=kind, title=str(error.detail), detail=detail, code=code)


def _misshapen(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    place = "/".join(str(part) for part in first["loc"])
    detail = f"{request.url.path}: {place}: {first['msg']}"
    kind = f"{_KINDS}malformed"
    return problems.document(400, kind=kind, title="Malformed request", detail=detail, code="format.schema")


def _unexpected(party: Party) -> Handled:
    def answered(request: Request, error: Exception) -> Response:
        party.log.error("defect", path=request.url.path, error=repr(error), where=_last_place(error))
        return problems.unexpected(request, error)

    return answered


def _last_place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
