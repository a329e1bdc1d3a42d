"""One witness's process."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from perseus import clock, settings
from perseus.listening import run
from perseus.logs import open_log
from perseus.tls import serving
from perseus.witness import memory
from perseus.witness.app import open_witness
from perseus.witness.cosigning import CosigningDesk
from perseus.witness.memory import Held, open_memory
from perseus.witness.settings import WitnessSettings, known_logs, signer_of
from registry.log.cosignature import WitnessKey


def serve(home: Path, *, told: Callable[[str], None] | None = None) -> None:
    """Run a witness until it is told to stop; `told` hears the address once it listens.

    Raises:
        MalformedError: a setting or the key is not what it must be.
        UnavailableError: the port is taken, or the database or the key is not there.
    """
    os.umask(0o077)  # what a witness keeps is for its own account alone
    found = settings.read(home, WitnessSettings)
    desk = CosigningDesk(
        found.name,
        signer_of(found.home),
        known_logs(found.logs),
        open_memory(found.database_url),
        clock.now,
    )
    app = open_witness(desk, open_log(home / "log.jsonl", party=found.name))
    run(_config(app, found), found, told=told)


def _config(app: ASGIApp, found: WitnessSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        timeout_keep_alive=30,
        limit_concurrency=200,
        ssl_context_factory=None if found.tls_key is None else lambda _config, _default: serving(found),
    )


@dataclass(frozen=True, slots=True)
class View:
    """What the owner of a witness sees of it: its key, what it holds, and the contradictions that it was shown."""

    key: str
    held: tuple[Held, ...]
    forks: tuple[tuple[str, str], ...]


def view(home: Path) -> View:
    """Look into a witness's home, whether it runs or not.

    Raises:
        MalformedError: a setting or the key is not what it must be.
        UnavailableError: the database or the key is not there.
    """
    found = settings.read(home, WitnessSettings)
    store = open_memory(found.database_url)
    with store.read() as connection:
        held, forks = memory.everything(connection), memory.forked(connection)
    store.close()
    return View(str(WitnessKey(found.name, signer_of(home).key)), held, forks)
