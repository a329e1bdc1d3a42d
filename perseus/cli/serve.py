"""`perseus serve`: one party's service, or all of them."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from trust.errors import MalformedError

PARTIES = ("operator", "edp", "grid", "cap", "bank", "wallet")
app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def serve(
    party: Annotated[str, typer.Argument(help=f"One of {', '.join(PARTIES)}, or all.")],
    *,
    home: Annotated[
        Path, typer.Option(help="The party's home; for all, the folder that holds the homes.")
    ] = Path("perseus-demo"),
) -> None:
    """Run one party's service, or all of them, until stopped; say what listens where.

    The address is also written into the home, in the file `address`.
    """
    if party == "all":
        from perseus.serve import serve_all  # noqa: PLC0415 - the help must not wait for it

        serve_all(home, told=_say)
        return
    if party not in PARTIES:
        expected = f"one of {', '.join(PARTIES)}, or all"
        raise MalformedError("serve", expected=expected, found=ascii(party[:40]))
    from perseus.process import serve as serve_one  # noqa: PLC0415 - the help must not wait for it

    serve_one(home, party=party, told=lambda address: _say(party, address))


def _say(party: str, address: str) -> None:
    """Tell on standard error that a party can be asked; a program reads the file instead."""
    sys.stderr.write(f"{party} listens on {address}\n")
    sys.stderr.flush()
