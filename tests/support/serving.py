"""The static logs behind a real HTTP server on loopback, before other doors, as the operator's service has them."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from perseus.log.keeper import Keeper
from perseus.log.serving import StaticLogs
from perseus.process import serve


def serve_operator(home: str) -> None:
    """Run an operator's process in a home."""
    serve(Path(home), party="operator")


async def doors(scope: Scope, receive: Receive, send: Send) -> None:
    """Stand for everything else that the service answers."""
    await PlainTextResponse("another door", 404)(scope, receive, send)


@contextmanager
def served(keeper: Keeper) -> Iterator[str]:
    """Serve what a keeper has published, and give the address."""
    app = StaticLogs(doors, published=keeper.published)
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off", http="httptools")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
