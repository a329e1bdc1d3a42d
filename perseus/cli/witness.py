"""`perseus witness`: make and run a witness of a log, and see what it holds."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from perseus.cli.text import plain

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Make and run a witness, which never lets a log go back.",
)
Home = Annotated[Path, typer.Option(help="The witness's home: its key, its settings, its database.")]
Logs = Annotated[
    list[str], typer.Option(metavar="VKEY", help="A log's verifier key, name+hash+base64; may be repeated.")
]


@app.command()
def init(
    *,
    home: Home,
    name: Annotated[str, typer.Option(help="Its name, such as witness.example.org: no spaces, no plus.")],
    log: Logs,
    environment: Annotated[str, typer.Option(help="demo, test or production.")] = "demo",
    port: Annotated[int, typer.Option(help="Where to listen; 0 takes any port that is free.")] = 0,
) -> None:
    """Make a witness's home, and print the key that verifiers put into their trust files.

    Exit codes: 0 made, 2 the home holds a witness, or a name or a key is not what it must be.
    """
    from perseus.witness.settings import found_witness  # noqa: PLC0415 - the help must not wait for it

    sys.stdout.write(f"{found_witness(home, name, log, environment=environment, port=port)}\n")


@app.command()
def serve(*, home: Home) -> None:
    """Run a witness until stopped; it says where it listens, and writes that into its home, in `address`."""
    from perseus.witness.running import serve as serve_one  # noqa: PLC0415 - the help must not wait for it

    serve_one(home, told=_tell)


def _tell(address: str) -> None:
    sys.stderr.write(plain(f"The witness listens on {address}") + "\n")


@app.command()
def show(
    *, home: Home, as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False
) -> None:
    """Show a witness's key, what it holds of each log, and every contradiction that it was shown.

    Exit codes: 0 shown, 1 a log contradicted itself; both of its checkpoints are printed.
    """
    from perseus.witness.running import view  # noqa: PLC0415 - the help must not wait for it

    seen = view(home)
    if as_json:
        found = {
            "key": seen.key,
            "held": [one.as_json() for one in seen.held],
            "forks": [*map(list, seen.forks)],
        }
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
        raise typer.Exit(1 if seen.forks else 0)
    sys.stdout.write(plain(seen.key) + "\n")
    for one in seen.held:
        told = f"{one.origin}: {one.size} entries, cosigned {one.cosigned_at:%Y-%m-%dT%H:%M:%SZ}"
        sys.stdout.write(plain(f"{told}\n  root {one.checkpoint.root.hex()}") + "\n")
    for note, other in seen.forks:
        sys.stdout.write(plain(f"The log contradicted itself:\n\n{note}\n{other}") + "\n")
    raise typer.Exit(1 if seen.forks else 0)
