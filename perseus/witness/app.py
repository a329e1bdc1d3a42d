"""A witness over HTTP: `add-checkpoint`, with the status codes and bodies of the protocol (C2SP tlog-witness)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from perseus.apps.frame import Bodies
from perseus.logs import Log
from perseus.witness import memory
from perseus.witness.cosigning import Cosigned, CosigningDesk
from registry.log.witness import Refusal
from trust.errors import UnavailableError

LIMIT = 100_000
_SIZE = "text/x.tlog.size"
_CONFLICT, _AWAY = 409, 503


def open_witness(desk: CosigningDesk, log: Log) -> Starlette:
    """Put a witness's one door together, and the one by which its owner sees that it runs."""

    async def add_checkpoint(request: Request) -> Response:
        """Cosign a checkpoint of a known log, if the log only grew since the last one."""
        body = await request.body()
        try:
            answered = await run_in_threadpool(desk.add, body)
        except UnavailableError as error:
            log.warning("unavailable", why=str(error))
            return PlainTextResponse(f"{error}\n", _AWAY, {"Retry-After": "1"})
        return _answer(answered, log)

    def healthz(_request: Request) -> Response:
        """Tell that the process runs, and what it holds of each log."""
        with desk.store.read() as connection:
            held = {one.origin: one.size for one in memory.everything(connection)}
        return JSONResponse({"witness": desk.name, "held": held})

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        log.info("started", witness=desk.name)
        yield
        desk.store.close()

    app = Starlette(
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/healthz", healthz, methods=["GET"]),
        ],
        lifespan=life,
    )
    app.add_middleware(Bodies, limit=lambda _path: LIMIT)
    return app


def _answer(answered: Cosigned | Refusal, log: Log) -> Response:
    if isinstance(answered, Cosigned):
        log.info("cosigned", size=answered.size)
        return PlainTextResponse(answered.line)
    log.warning("refused", status=answered.status, why=answered.reason)
    if answered.status == _CONFLICT:
        return Response(f"{answered.size}\n", _CONFLICT, {"Content-Type": _SIZE})
    return PlainTextResponse(f"{answered.reason}\n", answered.status)
