"""The commands for entries of the register: show one, keep its receipt, check a receipt."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from perseus.cli.proposals import OPERATOR, AsJson, Copy, Home, Trust
from perseus.cli.text import paragraph, plain
from trust.errors import MalformedError, SignatureMismatchError

NOT_VERIFIED = 1


def show(
    index: Annotated[int | None, typer.Argument(metavar="[INDEX]", help="An entry; none lists all.")] = None,
    *,
    register: Copy = OPERATOR,
    trust: Trust = None,
    as_json: AsJson = False,
) -> None:
    """Show one entry of the register, or list all."""
    from perseus.governance import telling  # noqa: PLC0415 - the help must not wait for any of these
    from perseus.governance.copies import register_at  # noqa: PLC0415 - likewise

    copy = register_at(register, trust=trust)
    if as_json:
        chosen = range(copy.size) if index is None else [index]
        for one in chosen:
            sys.stdout.write(json.dumps(telling.as_json(copy, one)) + "\n")
        return
    lines = telling.listed(copy) if index is None else telling.of_entry(copy, index)
    for line in lines:
        hang = 7 if index is None else 13
        head = line[:hang] if line.startswith(" ") else ""
        sys.stdout.write(paragraph(line[len(head) :], indent=head, hang=" " * (hang if head else 2)))


def receipt(
    index: Annotated[int, typer.Argument(metavar="INDEX", help="An entry of the register.")],
    *,
    home: Home = OPERATOR,
    out: Annotated[Path, typer.Option(help="Where to write the receipt.")] = Path("receipt.json"),
) -> None:
    """Fetch the receipt for an entry."""
    from perseus.governance.proving import fetch  # noqa: PLC0415 - the help must not wait for it

    out.write_bytes(fetch(index, home=home) + b"\n")
    sys.stdout.write(
        plain(f"Written to {out}. To check it: perseus registry check-receipt {out} --trust F") + "\n"
    )


def check_receipt(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A receipt.")],
    *,
    trust: Trust = None,
    register: Annotated[
        Path | None,
        typer.Option(
            help="A copy of the register, a folder or a party's home, which knows whether the entry has effect."
        ),
    ] = None,
) -> None:
    """Check a receipt without asking anybody."""
    from perseus.governance.copies import register_at  # noqa: PLC0415 - the help must not wait for any of these
    from perseus.governance.proving import check  # noqa: PLC0415 - likewise

    copy = None if register is None else register_at(register, trust=trust)
    try:
        lines = list(check(file, trust=trust, register=copy))
    except (MalformedError, SignatureMismatchError) as error:
        sys.stderr.write(plain(f"perseus: {file} proves nothing: {error}") + "\n")
        raise typer.Exit(NOT_VERIFIED) from error
    sys.stdout.write("".join(plain(line) + "\n" for line in lines))
