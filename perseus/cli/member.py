"""`perseus member`: who is a member of the scheme, and what its officers decide about one."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perseus.cli.text import plain, wrapped
from trust.claims.halfhour import stamp

if TYPE_CHECKING:
    from datetime import datetime

    from registry.members import Member
    from registry.projections.state import Footing
    from trust.canonical import Json

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="List the scheme's members, or suspend one."
)
Home = Annotated[Path, typer.Option(help="The operator's home.")]
Officers = Annotated[
    Path, typer.Option(help="The folder with the officers' keys, kept away from every service.")
]
Reason = Annotated[str, typer.Option(help="Why, for the register and the member.")]
Why = Annotated[str | None, typer.Option(help="Why, for the register and the member; a preview needs none.")]
Preview = Annotated[bool, typer.Option("--preview", help="Only tell what it would touch; decide nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
USAGE = 2
_HANG = 13  # how far in the lines of a preview begin
OPERATOR, OFFICERS = Path("perseus-demo/operator"), Path("perseus-demo/officers")


@app.command(name="list")
def listed(*, home: Home = OPERATOR, as_json: AsJson = False) -> None:
    """List every member that the register names, with its roles and whether it stands."""
    from perseus.officers import members_now  # noqa: PLC0415 - the help must not wait for it

    members = members_now(home)
    if as_json:
        sys.stdout.write(json.dumps({"members": [_member(*one) for one in members]}) + "\n")
        return
    for one, footing in members:
        roles = ", ".join(role.rsplit("/", 1)[-1].replace("-", " ") for role in one.roles) or "no role"
        state, since = _stands(footing)
        told = wrapped(f"{one.name} ({roles})", indent=f"{state:<12}", hang=" " * 12)
        lines = [f"{'':12}{line}" for line in (since, plain(str(one.did))) if line]
        sys.stdout.write("\n".join([*told, *lines]) + "\n")


@app.command()
def suspend(
    member: str,
    *,
    reason: Why = None,
    preview: Preview = False,
    home: Home = OPERATOR,
    officers: Officers = OFFICERS,
) -> None:
    """Let the officers suspend a member from now on; what it signed before stays as it is."""
    if preview:
        impact(member, home=home)
        return
    if reason is None:
        sys.stderr.write("perseus: --reason says why, to the register and to the member; it is missing\n")
        raise typer.Exit(USAGE)
    from perseus.officers import suspend as decide  # noqa: PLC0415 - the help must not wait for it

    sys.stdout.write(decide(member, reason=reason, home=home, officers=officers) + "\n")


@app.command()
def reinstate(member: str, *, reason: Reason, home: Home = OPERATOR, officers: Officers = OFFICERS) -> None:
    """Let the officers lift a member's suspension; the one who suspended alone may not."""
    from perseus.officers import reinstate as decide  # noqa: PLC0415 - the help must not wait for it

    sys.stdout.write(decide(member, reason=reason, home=home, officers=officers) + "\n")


@app.command()
def impact(
    member: str,
    *,
    event: Annotated[
        str,
        typer.Option(help="member.suspended, member.expelled, member.exited, role.ended or key.compromised."),
    ] = "member.suspended",
    home: Home = OPERATOR,
    as_json: AsJson = False,
) -> None:
    """Tell how many reports, banks and consents a decision about a member would touch."""
    from perseus.governance.previews import preview, told  # noqa: PLC0415 - the help must not wait for it

    found = preview(member, event=event, home=home)
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for line in told(found):
        head = line[:_HANG] if line.startswith(" ") else ""
        rows = wrapped(line[len(head) :], indent=head, hang=" " * (len(head) or 2))
        sys.stdout.write("\n".join(rows) + "\n")


@app.command()
def endings(
    *,
    days: Annotated[int, typer.Option(help="How many days to look ahead.")] = 90,
    home: Home = OPERATOR,
    as_json: AsJson = False,
) -> None:
    """List which certificates, agreements, roles, keys and emergency suspensions end soon."""
    from perseus.governance.previews import ending  # noqa: PLC0415 - the help must not wait for it

    found = ending(days=days, home=home)
    if as_json:
        sys.stdout.write(json.dumps({"endings": found}) + "\n")
        return
    lines = [f"{one['at']}  {one['what']} of {one['name']} (register entry {one['entry']})" for one in found]
    sys.stdout.write("".join(plain(line) + "\n" for line in lines or [f"Nothing ends within {days} days."]))


def _stands(footing: "Footing") -> tuple[str, str]:
    """Say in a word how a member stands, and since when, unless it simply is one."""
    begins, until = footing.state == "admitted", f", until {_moment(footing.until)}" if footing.until else ""
    if footing.state == "member":
        return "active", until.removeprefix(", ")
    word = "begins" if begins else "since"
    return "not yet" if begins else footing.state.value, f"{word} {_moment(footing.since)}{until}"


def _moment(at: "datetime") -> str:
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def _member(member: "Member", footing: "Footing") -> "dict[str, Json]":
    return {
        "did": str(member.did),
        "name": member.name,
        "roles": list(member.roles),
        "keys": [key.thumbprint for key in member.keys],
        "active": member.active,
        "state": footing.state.value,
        "since": stamp(footing.since),
        "until": None if footing.until is None else stamp(footing.until),
    }
