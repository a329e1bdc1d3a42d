"""`perseus export-ib1`: a genuine chain in, one member's part of it out as an IB1 provenance record."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perseus.cli.judging import Trust
from perseus.cli.reading import read_capped
from perseus.cli.verify import moment_asked
from perseus.clock import now
from trust.errors import MalformedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trust.did import Did

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def export_ib1(
    evidence: Annotated[
        Path, typer.Argument(metavar="EVIDENCE", help="An evidence file; - for standard input.")
    ],
    *,
    certificate: Annotated[
        Path, typer.Option(help="Your signing certificate, then those that issued it, in PEM.")
    ],
    key_file: Annotated[Path, typer.Option(help="Its key: an encrypted P-256 key in PEM.")],
    passphrase_file: Annotated[
        Path, typer.Option(envvar="PERSEUS_KEY_PASSPHRASE_FILE", help="What opens the key; of mode 0600.")
    ],
    member: Annotated[list[str], typer.Option(help="DID=URL: how the directory names a party. Repeat it.")],
    upon: Annotated[
        Path | None, typer.Option(help="The record that you received, which yours is signed upon.")
    ] = None,
    trust: Trust = None,
    at: Annotated[str | None, typer.Option(help="Judge the chain as at this moment.")] = None,
) -> None:
    """Write the steps of a genuine chain that you did yourself as an IB1 provenance record, and sign them.

    Exit codes: 0 done, 2 usage, a chain that is not genuine, or a record received that does not fit.
    """
    from perseus.exporting import export, signing_key  # noqa: PLC0415 - the verifier is imported when it is needed

    moment = now()
    record = export(
        read_capped(evidence),
        certificates=read_capped(certificate),
        signer=signing_key(key_file, passphrase_file),
        members=_members(member),
        trust=trust,
        at=moment_asked(at, moment),
        signed_at=moment,
        upon=None if upon is None else read_capped(upon),
    )
    sys.stdout.buffer.write(record + b"\n")


def _members(pairs: list[str]) -> "Mapping[Did, str]":
    """Read who is who: the DID of each party, and its URL in IB1's directory.

    Raises:
        MalformedError: a pair is not DID=URL.
    """
    from trust.did import Did  # noqa: PLC0415 - as above

    found: dict[Did, str] = {}
    for pair in pairs:
        did, equals, url = pair.partition("=")
        if not equals or not url.startswith("https://"):
            raise MalformedError("--member", expected="DID=https://...", found=ascii(pair[:80]))
        found[Did.parse(did)] = url
    return found
