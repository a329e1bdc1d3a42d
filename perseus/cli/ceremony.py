"""The commands for keys: draw one, and name a set of officers before it takes over."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from perseus.cli.text import plain


def draw_key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the key is called: a file NAME.pem.")],
    *,
    home: Annotated[Path, typer.Option(help="The folder in which keys/NAME.pem is written.")],
) -> None:
    """Draw a key pair, encrypted on disk."""
    from perseus.keystore import KeyStore  # noqa: PLC0415 - the help must not wait for it

    made = KeyStore.founded(home).create(name)
    for line in (f"key {made.key.multikey}", f"thumbprint {made.key.thumbprint}"):
        sys.stdout.write(plain(line) + "\n")


def officer_set(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Officers' pseudonyms.")],
    *,
    officers: Annotated[Path, typer.Option(help="The folder with the officers' keys.")],
) -> None:
    """Name a set of officers, and its digest."""
    from perseus.governance.signing import officer_set as named  # noqa: PLC0415 - the help must not wait for it

    sys.stdout.write(json.dumps(named(officers, names)) + "\n")
