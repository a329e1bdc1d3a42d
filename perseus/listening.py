"""Listening: one application on one address, which it writes into its own home while it can be reached there."""

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Protocol

import uvicorn

from perseus.served import refuse_served
from perseus.settings import ADDRESS, PID
from trust.errors import UnavailableError


class Place(Protocol):
    """Where a process listens, as its settings say it."""

    @property
    def home(self) -> Path:
        """The folder that the address is written into."""

    @property
    def host(self) -> str:
        """The address to listen on."""

    @property
    def port(self) -> int:
        """The port; 0 takes any that is free."""

    @property
    def tls_key(self) -> Path | None:
        """The private key of the certificate, where connections are encrypted."""


def run(config: uvicorn.Config, place: Place, *, told: Callable[[str], None] | None = None) -> None:
    """Answer requests until the process is told to stop; `told` hears the address once it listens.

    Raises:
        UnavailableError: the port is taken, or the home is served already.
    """
    refuse_served(place.home)
    with _listening(place) as listener:
        host, port = listener.getsockname()[:2]
        scheme = "http" if place.tls_key is None else "https"
        _write(place.home / PID, str(os.getpid()))
        _write(place.home / ADDRESS, f"{scheme}://{host}:{port}")
        # The server hands the signal on that stopped it; without a way to end well that would be the process's end.
        signal.signal(signal.SIGTERM, _end_well)
        try:
            if told is not None:
                told(f"{scheme}://{host}:{port}")
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            # A home without an address is one whose service was stopped, not one whose service died.
            for name in (ADDRESS, PID):
                (place.home / name).unlink(missing_ok=True)


def _end_well(_number: int, _frame: FrameType | None) -> None:
    """Leave by the way on which everything is given back."""
    sys.exit(0)


@contextlib.contextmanager
def _listening(place: Place) -> Iterator[socket.socket]:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((place.host, place.port))
    except OSError as error:
        listener.close()
        taken = f"{place.host}:{place.port}"
        raise UnavailableError(taken, because=str(error.strerror), code="port.taken") from error
    listener.listen(128)
    with contextlib.closing(listener):
        yield listener


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all: another process may be reading it."""
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
