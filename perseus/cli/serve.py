"""`perseus serve`: one party's service, or all of them."""

from pathlib import Path
from typing import Annotated

import typer

from perseus.process import serve as serve_one
from perseus.serve import serve_all
from perseus.settings import PARTIES
from trust.errors import MalformedError

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def serve(
    party: Annotated[str, typer.Argument(help=f"One of {', '.join(PARTIES)}, or all.")],
    *,
    home: Annotated[
        Path, typer.Option(help="The party's home; for all, the folder that holds the homes.")
    ] = Path("perseus-demo"),
) -> None:
    """Run one party's service, or all of them, until stopped.

    The address is written into the home, in the file `address`.
    """
    if party == "all":
        serve_all(home)
        return
    if party not in PARTIES:
        expected = f"one of {', '.join(PARTIES)}, or all"
        raise MalformedError("serve", expected=expected, found=ascii(party[:40]))
    serve_one(home, party=party)
