"""`perseus consent`: what the owner of a wallet allows, sees and ends, through the wallet's local door."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from perseus.cli.text import command_lines, plain, wrapped
from trust.errors import PerseusError

if TYPE_CHECKING:
    from collections.abc import Callable

    from perseus.client import Owner
    from trust.canonical import Json

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="List, grant or withdraw a firm's consents."
)
Home = Annotated[Path, typer.Option(help="The wallet's home.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
WALLET = Path("perseus-demo/wallet")
DATA = {
    "energyConsumptionHalfHourly": "half-hourly readings",
    "emissionsMonthly": "monthly kilograms",
}
_INDENT = " " * 12


@app.command(name="list")
def listed(*, home: Home = WALLET, as_json: AsJson = False) -> None:
    """List who may use which data until when, who asks to, and who has stopped."""
    owner = _owner(home)
    found = {**owner.get("/local/consents"), **_answered(owner.get("/local/requests"))}
    if as_json:
        _write(found)
        return
    named = _names(home)
    for consent in _rows(found["consents"]):
        data = DATA.get(str(consent["data"]), str(consent["data"]))
        who, whom = named(consent["to"]), named(consent["from"])
        _say(f"{who} may have {data} from {whom}", under=str(consent["state"]))
        _say(f"until {_day(consent['ended'] or consent['expires'])}   {consent['id']}")
        for party in _rows(consent["stopped"]):
            _say(
                f"{named(party['party'])} {'has stopped' if party['acknowledged'] else 'has not answered yet'}"
            )
    for request in (one for one in _rows(found["requests"]) if one["answer"] is None):
        asked = cast("dict[str, Json]", request["request"])
        _say(f"by {named(asked['requester'])}   {request['id']}", under="asked")
        words = ["perseus", "consent", "grant", str(request["id"]), "--home", str(home)]
        sys.stdout.write("\n".join([_INDENT + "To allow it:", *command_lines(words, indent=_INDENT)]) + "\n")


@app.command()
def grant(
    request: Annotated[str, typer.Argument(help="The request's id, as `perseus consent list` shows it.")],
    *,
    home: Home = WALLET,
    as_json: AsJson = False,
) -> None:
    """Allow what a request asks for; each consent can be ended as easily."""
    made = _owner(home).post(f"/local/requests/{request}/grant", {})
    _tell(made, cast("list[Json]", made["consents"]), "allowed", as_json=as_json)


@app.command()
def withdraw(
    consent: Annotated[str, typer.Argument(help="The consent's id, as `perseus consent list` shows it.")],
    *,
    home: Home = WALLET,
    reason: Annotated[str | None, typer.Option(help="Why, if you want to say so.")] = None,
    as_json: AsJson = False,
) -> None:
    """End a consent and all that rest on it, at once; every party named is told until it has answered."""
    ended = _owner(home).post(f"/local/consents/{consent}/withdraw", {"reason": reason})
    _tell(ended, cast("list[Json]", ended["withdrawals"]), "ended by", as_json=as_json)


def _owner(home: Path) -> "Owner":
    from perseus.client import Owner  # noqa: PLC0415 - the help must not wait for it

    return Owner(home)


def _tell(answered: "dict[str, Json]", ids: "list[Json]", word: str, *, as_json: bool) -> None:
    if as_json:
        _write(answered)
        return
    for id_ in ids:
        sys.stdout.write(f"{word}  {plain(str(id_))}\n")


def _rows(value: "Json") -> "list[dict[str, Json]]":
    return cast("list[dict[str, Json]]", value)


def _write(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def _say(told: str, *, under: str = "") -> None:
    """Write a sentence beside the state that it is about, broken into lines that fit."""
    lines = wrapped(told, indent=f"{plain(under):<{len(_INDENT)}}", hang=_INDENT)
    sys.stdout.write("\n".join(lines) + "\n")


def _names(home: Path) -> "Callable[[Json], str]":
    """Name parties as the wallet's copy of the register does; without one, as the consent does."""
    from perseus.officers import register_of  # noqa: PLC0415 - the help must not wait for it

    try:
        known = {str(one.did): one.name for one in register_of(home).members}
    except PerseusError:
        known = {}
    return lambda did: known.get(str(did), str(did))


def _answered(requests: "dict[str, Json]") -> "dict[str, Json]":
    """Give the answers as what they are, where the service hands out the JSON that it keeps."""
    rows = _rows(requests["requests"])
    told = [
        one | {"answer": json.loads(one["answer"])} if isinstance(one["answer"], str) else one for one in rows
    ]
    return requests | {"requests": told}


def _day(moment: "Json") -> str:
    """Write a moment to the minute, as a firm reads it."""
    return f"{datetime.fromisoformat(str(moment)):%d %b %Y, %H:%M} UTC".lstrip("0")
