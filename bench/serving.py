"""A server for the figure `log.read`: the static logs before other doors, or the same server with one fixed answer."""

import socket
import sys
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

from perseus.log.names import LogName
from perseus.log.serving import StaticLogs
from support.logs import LogHome
from support.serving import doors

_CONTENT = bytes(8_192)
_HEADERS = [(b"content-type", b"application/octet-stream"), (b"content-length", b"8192")]


async def fixed(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer everything with the same tile."""
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": _CONTENT})


def main(folder: Path, kind: str) -> None:
    """Say on which port, and serve until stopped."""
    listener = socket.create_server(("127.0.0.1", 0))
    app = fixed if kind == "fixed" else _static(folder / "operator")
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", loop="uvloop", http="httptools"
    )
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    uvicorn.Server(config).run(sockets=[listener])


def _static(folder: Path) -> StaticLogs:
    home = LogHome.made(folder)
    keeper = home.keeper(home.store(), length=3_600, pause=0.01)
    keeper.start()
    for answer in [keeper.offer(LogName.EVIDENCE, number.to_bytes(4) * 8) for number in range(2_600)]:
        answer.result(60)
    return StaticLogs(doors, published=keeper.published)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
