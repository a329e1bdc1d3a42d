"""`perseus member`: who is a member of the scheme, and what its officers decide about one."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perseus.cli.text import plain, wrapped

if TYPE_CHECKING:
    from registry.members import Member
    from trust.canonical import Json

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
    from perseus.officers import register_of  # noqa: PLC0415 - the help must not wait for it

    members = register_of(home).members
    if as_json:
        sys.stdout.write(json.dumps({"members": [_member(one) for one in members]}) + "\n")
        return
    for one in members:
        roles = ", ".join(role.rsplit("/", 1)[-1].replace("-", " ") for role in one.roles) or "no role"
        state = "active" if one.active else "not active"
        told = wrapped(f"{one.name} ({roles})", indent=f"{state:<12}", hang=" " * 12)
        sys.stdout.write("\n".join([*told, f"{'':12}{plain(str(one.did))}"]) + "\n")


@app.command()
def suspend(member: str, *, reason: Reason, home: Home = OPERATOR, officers: Officers = OFFICERS) -> None:
    """Let the officers suspend a member from now on; what it signed before stays as it is."""
    from perseus.officers import suspend as decide  # noqa: PLC0415 - the help must not wait for it

    sys.stdout.write(decide(member, reason=reason, home=home, officers=officers) + "\n")


@app.command()
def reinstate(member: str, *, reason: Reason, home: Home = OPERATOR, officers: Officers = OFFICERS) -> None:
    """Let the officers lift a member's suspension; the one who suspended alone may not."""
    from perseus.officers import reinstate as decide  # noqa: PLC0415 - the help must not wait for it

    sys.stdout.write(decide(member, reason=reason, home=home, officers=officers) + "\n")


def _member(member: "Member") -> "dict[str, Json]":
    return {
        "did": str(member.did),
        "name": member.name,
        "roles": list(member.roles),
        "keys": [key.thumbprint for key in member.keys],
        "active": member.active,
    }
