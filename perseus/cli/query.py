"""`perseus query`: a question in SPARQL to a folder of evidence files."""

import csv
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from perseus.cli.judging import Trust
from perseus.cli.reading import read_capped
from perseus.cli.text import plain
from trust.errors import MalformedError

app = typer.Typer(add_completion=False, rich_markup_mode=None)
_LONGEST = (
    64 * 1024
)  # bytes of a query file that are read; what is longer than a query may be is refused there


@app.command()
def query(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where *.perseus.json files are.")],
    text: Annotated[
        str | None, typer.Argument(metavar="[QUERY]", help="SELECT, ASK or CONSTRUCT, in SPARQL 1.1.")
    ] = None,
    *,
    sparql: Annotated[Path | None, typer.Option(help="A file with the query; - for standard input.")] = None,
    form: Annotated[
        Literal["table", "json", "csv", "turtle"] | None,
        typer.Option("--format", help="How the answer is written; turtle for CONSTRUCT."),
    ] = None,
    trust: Trust = None,
) -> None:
    """Ask all evidence files of a folder one question; nothing is judged, and nothing is fetched.

    Exit codes: 0 answered, 2 usage, a query that is refused, or a file that cannot be read.
    """
    from perseus.apps.sparql import form_of  # noqa: PLC0415 - rdflib is imported when it is needed
    from perseus.querying import ask, gather  # noqa: PLC0415 - as above
    from perseus.verification import anchor_of  # noqa: PLC0415 - as above

    asked = _query(text, sparql)
    wanted = form or ("turtle" if form_of(asked) == "CONSTRUCT" else "table")
    gathered = gather(folder, anchor=anchor_of(trust))
    answer = ask(
        gathered, asked, answer="csv" if wanted == "table" and form_of(asked) == "SELECT" else _typed(wanted)
    )
    sys.stdout.write(_shown(answer.decode(), wanted))
    for error in gathered.unread:
        sys.stderr.write(f"perseus: left out: {plain(str(error))}\n")
    raise typer.Exit(2 if gathered.unread else 0)


def _query(text: str | None, file: Path | None) -> str:
    """Take the query from the one place where it stands.

    Raises:
        MalformedError: it stands in none or in both, or is no text.
    """
    if (text is None) is (file is None):
        found = "neither" if text is None else "both"
        raise MalformedError(
            "the query", expected="QUERY, or --sparql FILE", found=found, code="query.malformed"
        )
    if text is not None:
        return text
    try:
        return read_capped(file or Path(), _LONGEST).decode()
    except UnicodeDecodeError as error:
        found = f"byte {error.start} is none of UTF-8"
        raise MalformedError(
            str(file), expected="text in UTF-8", found=found, code="query.malformed"
        ) from error


def _typed(wanted: str) -> str:
    return "json" if wanted == "table" else wanted


def _shown(answer: str, wanted: str) -> str:
    """Write an answer as it was asked for; a table escapes what came from outside."""
    if wanted != "table":
        return answer if answer.endswith("\n") else answer + "\n"
    if answer.startswith("{"):
        return "yes\n" if json.loads(answer)["boolean"] else "no\n"
    return _table(list(csv.reader(io.StringIO(answer))))


def _table(rows: Sequence[Sequence[str]]) -> str:
    shown = [[plain(cell).replace("\n", " ") for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*shown, strict=True)]
    rule = ["-" * width for width in widths]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [shown[0], rule, *shown[1:]]
    ]
    count = len(rows) - 1
    return "\n".join([*lines, f"{count} {'row' if count == 1 else 'rows'}"]) + "\n"
