"""Running a party's service, or all six under one supervisor; each writes where it listens into its own home."""

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType, MappingProxyType

import uvicorn
from fastapi import FastAPI

from perseus.apps.bank import open_bank
from perseus.apps.cap import open_cap
from perseus.apps.channel import Connection
from perseus.apps.edp import open_edp
from perseus.apps.grid import open_grid
from perseus.apps.operator import open_operator
from perseus.apps.party import Party, open_party
from perseus.apps.wallet import open_wallet
from perseus.settings import ADDRESS, PID, Settings
from perseus.tls import serving
from trust.errors import MalformedError, UnavailableError

APPS: Mapping[str, Callable[[Party], FastAPI]] = MappingProxyType(
    {
        "operator": open_operator,
        "edp": open_edp,
        "grid": open_grid,
        "cap": open_cap,
        "bank": open_bank,
        "wallet": open_wallet,
    }
)
_PATIENCE = 20.0  # seconds that a process has to start, and to stop
_STEP = 0.02
_LONGEST_PAUSE = 5.0


def serve(home: Path, *, party: str, told: Callable[[str], None] | None = None) -> None:
    """Run one party's service until it is told to stop; `told` hears the address once it listens.

    Raises:
        MalformedError: the home is another party's, or a setting is not what it must be.
        UnavailableError: the port is taken, or the database, a key, a certificate or the trust anchor is not there.
        RegisterError: the trust anchor is for another environment.
    """
    os.umask(0o077)  # what a party keeps is for its own account alone
    opened = open_party(home)
    found = opened.settings
    if found.party != party:
        raise MalformedError(str(home), expected=f"the home of {party}", found=f"that of {found.party}")
    # A service of one environment does not begin with a register of another.
    _ = opened.register.anchor
    app = APPS[party](opened)
    config = _config(app, found)
    with _listening(found) as listener:
        host, port = listener.getsockname()[:2]
        scheme = "http" if found.tls_key is None else "https"
        _write(home / PID, str(os.getpid()))
        _write(home / ADDRESS, f"{scheme}://{host}:{port}")
        # The server hands the signal on that stopped it; without a way to end well that would be the process's end.
        signal.signal(signal.SIGTERM, _end_well)
        try:
            if told is not None:
                told(f"{scheme}://{host}:{port}")
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            # A home without an address is one whose service was stopped, not one whose service died.
            for name in (ADDRESS, PID):
                (home / name).unlink(missing_ok=True)


def _end_well(_number: int, _frame: FrameType | None) -> None:
    """Leave by the way on which everything is given back."""
    sys.exit(0)


def _config(app: FastAPI, found: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=Connection,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=30,
        limit_concurrency=200,
        ssl_context_factory=None if found.tls_key is None else lambda _config, _default: serving(found),
    )


@contextlib.contextmanager
def _listening(found: Settings) -> Iterator[socket.socket]:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((found.host, found.port))
    except OSError as error:
        listener.close()
        place = f"{found.host}:{found.port}"
        raise UnavailableError(place, because=str(error.strerror), code="port.taken") from error
    listener.listen(128)
    with contextlib.closing(listener):
        yield listener


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all: another process may be reading it."""
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
