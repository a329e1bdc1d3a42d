"""`perseus member`: who is a member of the scheme, and what its officers decide about one."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from perseus.apps.scheme import RegisterCopy
from perseus.cli.text import plain
from perseus.client import Owner
from perseus.clock import now
from perseus.fetching import Fetcher
from perseus.keystore import KeyStore
from perseus.settings import load
from perseus.storage.store import Store
from registry import proposal
from registry.events import Event
from registry.members import Member
from registry.register import Register
from trust.canonical import Json, parse
from trust.did import Did
from trust.errors import NotPermittedError
from trust.keys import Signer

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="List the scheme's members, or suspend one."
)
Home = Annotated[Path, typer.Option(help="The operator's home.")]
Officers = Annotated[
    Path, typer.Option(help="The folder with the officers' keys, kept away from every service.")
]
Reason = Annotated[str, typer.Option(help="Why, for the register and the member.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
OPERATOR, OFFICERS = Path("perseus-demo/operator"), Path("perseus-demo/officers")


@app.command(name="list")
def listed(*, home: Home = OPERATOR, as_json: AsJson = False) -> None:
    """List every member that the register names, with its roles and whether it stands."""
    members = _register(home).members
    if as_json:
        sys.stdout.write(json.dumps({"members": [_member(one) for one in members]}) + "\n")
        return
    for one in members:
        roles = ", ".join(role.rsplit("/", 1)[-1] for role in one.roles) or "no role"
        state = "active" if one.active else "not active"
        sys.stdout.write(plain(f"{state:<10}  {one.name} ({roles})  {one.did}") + "\n")


@app.command()
def suspend(member: str, *, reason: Reason, home: Home = OPERATOR, officers: Officers = OFFICERS) -> None:
    """Let the officers suspend a member from now on; what it signed before stays as it is."""
    _decide(home, officers, lambda register: proposal.suspend(register, Did(member), at=now(), reason=reason))


@app.command()
def reinstate(member: str, *, reason: Reason, home: Home = OPERATOR, officers: Officers = OFFICERS) -> None:
    """Let the officers lift a member's suspension; the one who suspended alone may not."""
    _decide(
        home, officers, lambda register: proposal.reinstate(register, Did(member), at=now(), reason=reason)
    )


def _decide(home: Path, officers: Path, propose: Callable[[Register], Event]) -> None:
    """Propose an event, have every officer at hand sign it, and let the operator's log decide."""
    register = _register(home)
    signers = _present_officers(register, officers)
    if not signers:
        reason = f"no key of a present officer stands in {officers}"
        raise NotPermittedError("deciding about a member", because=reason, code="key.unknown")
    entry = propose(register).signed(*signers).entry
    answered = Owner(home).post("/v1/events", {"entry": parse(entry, where="entry")})
    sys.stdout.write(f"register entry {answered['index']}, signed by {len(signers)} officers\n")


def _present_officers(register: Register, folder: Path) -> tuple[Signer, ...]:
    keys = KeyStore.at(folder)
    held = [keys.open(name) for name in keys.names()]
    return tuple(one for one in held if one.key.thumbprint in register.scheme.officers)


def _register(home: Path) -> Register:
    settings = load(home)
    store, fetcher = Store(settings.database_url, party=settings.party), Fetcher(settings)
    try:
        return RegisterCopy(settings, store, fetcher).current()
    finally:
        store.close()
        fetcher.close()


def _member(member: Member) -> dict[str, Json]:
    return {
        "did": str(member.did),
        "name": member.name,
        "roles": list(member.roles),
        "keys": [key.thumbprint for key in member.keys],
        "active": member.active,
    }
