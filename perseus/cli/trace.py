"""`perseus trace`: where the figures of a file come from, as linked data or as a picture."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from perseus.cli.judging import Trust
from perseus.cli.reading import read_capped
from trust.errors import MalformedError

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def trace(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="An evidence file or a credential; - for standard input."),
    ],
    *,
    form: Annotated[
        Literal["turtle", "json-ld", "dot", "svg"],
        typer.Option("--format", help="Linked data, or a drawing."),
    ] = "turtle",
    narrow: Annotated[bool, typer.Option("--narrow", help="Draw the SVG in one column.")] = False,
    out: Annotated[Path | None, typer.Option(help="Where to write it; else to standard output.")] = None,
    trust: Trust = None,
) -> None:
    """Draw who made what from what, with whose leave; nothing is judged, and the same file gives the same bytes.

    What a signature does not fit is shown as unproven. Without a trust anchor the file's register is its own word.
    """
    from perseus.tracing import traced  # noqa: PLC0415 - rdflib is imported when it is needed
    from perseus.verification import anchor_of  # noqa: PLC0415 - as above

    anchor = anchor_of(trust)
    drawn = traced(
        read_capped(file), form=f"narrow-{form}" if narrow and form == "svg" else form, anchor=anchor
    )
    if anchor is None:
        sys.stderr.write("perseus: no trust anchor: who its members are is the file's own word\n")
    _put(drawn, out)


def _put(drawn: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(drawn)
        return
    try:
        out.write_bytes(drawn)
    except OSError as error:
        expected, found = "a file that can be written", error.strerror or str(error)
        raise MalformedError(str(out), expected=expected, found=found, code="file.missing") from error
