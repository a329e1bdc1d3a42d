"""Running a party's service, or all six under one supervisor; each writes where it listens into its own home."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

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
from perseus.listening import run
from perseus.settings import Settings
from perseus.tls import serving
from trust.errors import MalformedError

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
    run(_config(app, found), found, told=told)


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
