"""`perseus consent`: what the owner of a wallet allows, sees and ends, through the wallet's local door."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO, cast

import typer

from perseus.cli.text import command_lines, plain, wrapped

if TYPE_CHECKING:
    from perseus.client import Owner
    from trust.canonical import Json

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="List, grant or withdraw a firm's consents."
)
Home = Annotated[Path, typer.Option(help="The wallet's home.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
WALLET = Path("perseus-demo/wallet")
_INDENT = " " * 12


@app.command(name="list")
def listed(*, home: Home = WALLET, as_json: AsJson = False) -> None:
    """List who may use which data until when, who asks to, and who has stopped."""
    owner = _owner(home)
    found = {**owner.get("/local/consents"), **_answered(owner.get("/local/requests"))}
    if as_json:
        _write(found)
        return
    names = cast("dict[str, str]", found["names"])
    for consent in _rows(found["consents"]):
        _say(_given(consent, names), under=str(consent["state"]))
        _say(f"until {_until(consent)}   {consent['id']}")
        _tell_stopped(consent, names)
    for request in (one for one in _rows(found["requests"]) if one["answer"] is None):
        _say(str(request["id"]), under="asked")
        _tell_request(request, found, sys.stdout)
        words = ["perseus", "consent", "grant", str(request["id"]), "--home", str(home)]
        sys.stdout.write("\n".join([_INDENT + "To allow it:", *command_lines(words, indent=_INDENT)]) + "\n")


@app.command()
def grant(
    request: Annotated[str, typer.Argument(help="The request's id, as `perseus consent list` shows it.")],
    *,
    home: Home = WALLET,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask on a terminal whether it is meant.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a request asks for, and allow it; each consent can be ended as easily.

    On a terminal it asks first. Exit codes: 0 allowed, 1 not allowed after all, 2 usage.
    """
    owner = _owner(home)
    found = owner.get("/local/requests")
    for one in (held for held in _rows(found["requests"]) if held["id"] == request):
        _tell_request(one, found, sys.stderr)
    if sys.stdin.isatty() and not (yes or as_json or _agreed("Allow this?")):
        sys.stdout.write("nothing was allowed\n")
        raise typer.Exit(1)
    made = owner.post(f"/local/requests/{request}/grant", {})
    _tell(made, cast("list[Json]", made["consents"]), "allowed", as_json=as_json)


@app.command()
def withdraw(
    consent: Annotated[str, typer.Argument(help="The consent's id, as `perseus consent list` shows it.")],
    *,
    home: Home = WALLET,
    reason: Annotated[str | None, typer.Option(help="Why, if you want to say so.")] = None,
    as_json: AsJson = False,
) -> None:
    """End a consent and all that rest on it, at once; every party named is told until it has answered.

    It says what ended for whom, and who has signed a receipt by now; `perseus consent list` shows the later ones.
    """
    owner = _owner(home)
    ended = owner.post(f"/local/consents/{consent}/withdraw", {"reason": reason})
    if as_json:
        _write(ended)
        return
    names = cast("dict[str, str]", owner.get("/local/requests")["names"])
    found = {str(one["withdrawal"]): one for one in _rows(owner.get("/local/consents")["consents"])}
    for id_ in map(str, cast("list[Json]", ended["withdrawals"])):
        _tell_ended(found[id_], names)


def _owner(home: Path) -> "Owner":
    from perseus.client import Owner  # noqa: PLC0415 - the help must not wait for it

    return Owner(home)


def _tell(answered: "dict[str, Json]", ids: "list[Json]", word: str, *, as_json: bool) -> None:
    if as_json:
        _write(answered)
        return
    for id_ in ids:
        sys.stdout.write(f"{word}  {plain(str(id_))}\n")


def _tell_request(request: "dict[str, Json]", found: "dict[str, Json]", stream: TextIO) -> None:
    from perseus.cli.asked import lines  # noqa: PLC0415 - the help must not wait for it

    names, asked = cast("dict[str, str]", found["names"]), cast("dict[str, Json]", request["request"])
    stream.writelines(plain(line) + "\n" for line in lines(asked, names=names, words=str(found["words"])))


def _given(consent: "dict[str, Json]", names: "dict[str, str]") -> str:
    giver, taker = _ends(consent, names)
    return f"{giver} gives {taker} {_use(consent)}"


def _ends(consent: "dict[str, Json]", names: "dict[str, str]") -> tuple[str, str]:
    """Name who gives, and who takes."""
    return _name(consent["from"], names), _name(consent["to"], names)


def _name(did: "Json", names: "dict[str, str]") -> str:
    return names.get(str(did), str(did))


def _use(consent: "dict[str, Json]") -> str:
    from perseus.cli.asked import DATA, purpose  # noqa: PLC0415 - the help must not wait for it

    what = DATA.get(str(consent["data"]), f"{consent['data']} of")
    why = ", ".join(purpose(url) for url in cast("list[Json]", consent["purposes"]))
    return f"{what} your meters, to {why}"


def _tell_ended(consent: "dict[str, Json]", names: "dict[str, str]") -> None:
    """Tell what a withdrawal ended for whom, by which credential, and who has signed a receipt."""
    giver, taker = _ends(consent, names)
    _say(f"{taker} may no longer have from {giver} {_use(consent)}", under="ended")
    _say(f"since {_until(consent)}   {consent['id']}")
    _say(f"by the withdrawal {consent['withdrawal']}")
    _tell_stopped(consent, names)


def _tell_stopped(consent: "dict[str, Json]", names: "dict[str, str]") -> None:
    """Tell who was told of a withdrawal, and whose receipt the wallet holds."""
    for party in _rows(consent["stopped"]):
        receipt = f": receipt {party['receipt']}" if party["receipt"] else ""
        told = f"has stopped{receipt}" if party["acknowledged"] else "is told, and has not answered yet"
        _say(f"{_name(party['party'], names)} {told}")


def _until(consent: "dict[str, Json]") -> str:
    from perseus.cli.asked import moment  # noqa: PLC0415 - the help must not wait for it

    return moment(consent["ended"] or consent["expires"])


def _agreed(question: str) -> bool:
    """Ask on the terminal; anything but a yes is a no."""
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _rows(value: "Json") -> "list[dict[str, Json]]":
    return cast("list[dict[str, Json]]", value)


def _write(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def _say(told: str, *, under: str = "") -> None:
    """Write a sentence beside the state that it is about, broken into lines that fit."""
    lines = wrapped(told, indent=f"{plain(under):<{len(_INDENT)}}", hang=_INDENT)
    sys.stdout.write("\n".join(lines) + "\n")


def _answered(requests: "dict[str, Json]") -> "dict[str, Json]":
    """Give the answers as what they are, where the service hands out the JSON that it keeps."""
    rows = _rows(requests["requests"])
    return requests | {"requests": [one | {"answer": _parsed(one["answer"])} for one in rows]}


def _parsed(answer: "Json") -> "Json":
    """Read the names of the consents that were given; a plain word, such as declined, stays one."""
    return json.loads(answer) if isinstance(answer, str) and answer.startswith("[") else answer
