"""`perseus consent`: what the owner of a wallet allows, sees and ends, through the wallet's local door."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from perseus.cli.text import plain

if TYPE_CHECKING:
    from perseus.client import Owner
    from trust.canonical import Json

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="List, grant or withdraw a firm's consents."
)
Home = Annotated[Path, typer.Option(help="The wallet's home.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
WALLET = Path("perseus-demo/wallet")


@app.command(name="list")
def listed(*, home: Home = WALLET, as_json: AsJson = False) -> None:
    """List who may use which data until when, who asks to, and who has stopped."""
    owner = _owner(home)
    found = {**owner.get("/local/consents"), **owner.get("/local/requests")}
    if as_json:
        _write(found)
        return
    for consent in _rows(found["consents"]):
        _say(f"{consent['state']:<10}  {consent['to']} may have {consent['data']} from {consent['from']}")
        _say(f"            until {consent['ended'] or consent['expires']}   {consent['id']}")
        for party in _rows(consent["stopped"]):
            told = "has stopped" if party["acknowledged"] else "has not answered yet"
            _say(f"            {party['party']} {told}")
    for request in (one for one in _rows(found["requests"]) if one["answer"] is None):
        asked = cast("dict[str, Json]", request["request"])
        _say(f"asked       by {asked['requester']}   {request['id']}")
        _say(f"            To allow it: perseus consent grant {plain(str(request['id']))} --home {home}")


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
        _say(f"{word}  {id_}")


def _rows(value: "Json") -> "list[dict[str, Json]]":
    return cast("list[dict[str, Json]]", value)


def _write(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def _say(line: str) -> None:
    sys.stdout.write(plain(line) + "\n")
