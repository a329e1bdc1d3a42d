"""`perseus audit-ib1`: one of IB1's own provenance records in, what it proves and what it does not out."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perseus.cli.reading import read_capped
from perseus.cli.text import wrapped
from perseus.cli.tree import draw
from perseus.cli.verify import CODES, moment_asked
from perseus.clock import now

if TYPE_CHECKING:
    from trust.ib1.certificates import Pool
    from trust.report import Report
    from verifiers.ib1.proven import Audited

app = typer.Typer(add_completion=False, rich_markup_mode=None)
_LARGEST = 1024 * 1024


@app.command()
def audit_ib1(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A provenance record; - for standard input.")],
    *,
    roots: Annotated[Path, typer.Option(help="The signing roots that you trust, in PEM.")],
    certificates: Annotated[
        list[Path] | None, typer.Option(help="Certificates that the record does not carry, in PEM.")
    ] = None,
    crl: Annotated[list[Path] | None, typer.Option(help="Revocation lists, in PEM or DER.")] = None,
    at: Annotated[
        str | None, typer.Option(help="Judge as at this moment, such as 2026-11-22T10:00:00Z.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The audit as JSON.")] = False,
) -> None:
    """Audit one of IB1's own provenance records; say what it proves, and what it does not.

    Exit codes: 0 verified, 1 not verified, 2 usage, 3 undetermined, 4 internal.
    """
    # The auditor is imported only when there is something to audit, so that --help does not wait for it.
    from verifiers.ib1.audit import audit  # noqa: PLC0415 - see above

    moment = moment_asked(at, now())
    pool = _pool(roots, certificates or [], crl or [])
    # One byte more than a record may have shows that it has too many.
    report = audit(read_capped(file, _LARGEST + 1), pool, at=moment)
    _show(report, moment, roots, as_json=as_json)
    raise typer.Exit(CODES[report.overall.value])


def _pool(roots: Path, certificates: list[Path], crl: list[Path]) -> "Pool":
    """Read what the auditor trusts and brings; a fault in it is one of usage.

    Raises:
        MalformedError: a file is not what its option says.
    """
    from trust.ib1.certificates import Pool, read_certificates, read_revocations  # noqa: PLC0415 - as above

    beside = [one for path in certificates for one in read_certificates(read_capped(path), where=str(path))]
    return Pool(
        roots=read_certificates(read_capped(roots), where=str(roots)),
        others=tuple(beside),
        revocations=tuple(read_revocations(read_capped(path), where=str(path)) for path in crl),
    )


def _show(report: "Report[Audited]", at: datetime, roots: Path, *, as_json: bool) -> None:
    from verifiers.ib1.verdict import audit_verdict  # noqa: PLC0415 - as above

    verdict = audit_verdict(report, at=at)
    if as_json:
        sys.stdout.write(json.dumps(verdict, ensure_ascii=False) + "\n")
        return
    framework = str(verdict["trust_framework"] or "://not proven").partition("://")[2]
    lines = draw({**verdict, "anchor": {"scheme": framework, "environment": f"roots: {roots.name}"}})
    for heading, member in (("It proves", "proves"), ("It does not prove", "does_not_prove")):
        sentences = verdict[member]
        if isinstance(sentences, list) and sentences:
            lines += ["", heading]
            lines += [line for one in sentences for line in wrapped(f"{one}", indent="  - ", hang="    ")]
    sys.stdout.write("\n".join(lines) + "\n")
