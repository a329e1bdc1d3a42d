"""`perseus verify-verdict`: a signed verdict in, whether it is its signer's and whether it holds out."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from perseus.cli.judging import Trust
from perseus.cli.reading import read_capped
from perseus.cli.tree import draw
from perseus.cli.verify import CODES, moment_asked
from perseus.clock import now

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def verify_verdict(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A signed verdict; - for standard input.")],
    *,
    evidence: Annotated[
        Path | None, typer.Option(help="The evidence file that it is about; it is judged again.")
    ] = None,
    trust: Trust = None,
    policy: Annotated[
        list[str] | None, typer.Option(help="A policy file that the verdict may name. May be repeated.")
    ] = None,
    at: Annotated[str | None, typer.Option(help="Judge the signature as at this moment.")] = None,
    register: Annotated[
        Path | None,
        typer.Option(envvar="PERSEUS_REGISTER", help="Your own copy of the register, to know the signer by."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as JSON.")] = False,
) -> None:
    """Verify a signed verdict: its signature, its signer's membership, and, with the evidence file, the judgement.

    Exit codes: 0 verified, 1 not verified, 2 usage, 3 undetermined, 4 internal.
    """
    # The verifier is imported only when there is something to verify, so that --help does not wait for it.
    from perseus.reporting.verdicts import verify_signed  # noqa: PLC0415 - see above

    answer = verify_signed(
        read_capped(file),
        file=None if evidence is None else read_capped(evidence),
        trust=trust,
        policies=policy or [],
        at=moment_asked(at, now()),
        register=register,
    )
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("\n".join(draw(answer)) + "\n")
    raise typer.Exit(CODES[str(answer["overall"])])
