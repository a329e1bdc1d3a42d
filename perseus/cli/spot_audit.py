"""`perseus spot-audit`: an auditor chooses half-hours, their provider opens them, and the auditor checks them."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perseus.cli.judging import Trust
from perseus.cli.reading import read_capped
from perseus.cli.text import plain, wrapped
from perseus.clock import now

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trust.canonical import Json

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Choose single half-hours, open them to an auditor, and check them against what was signed.",
)
CODES = {"verified": 0, "not_verified": 1, "undetermined": 3}
_MARKS = {"passed": "v", "failed": "x", "not_run": "-"}
_MOST = 48
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@app.command()
def choose(
    evidence: Annotated[Path, typer.Argument(metavar="EVIDENCE", help="An evidence file.")],
    *,
    count: Annotated[int, typer.Option(min=1, max=_MOST, help="How many half-hours of each month.")] = 8,
    trust: Trust = None,
    as_json: AsJson = False,
) -> None:
    """Draw half-hours of each meter's month by lot, so that nobody knows beforehand which will be asked for.

    Exit codes: 0 chosen, 2 usage, or no evidence file.
    """
    from perseus.spot_checks import chosen  # noqa: PLC0415 - the help must not wait for it

    lots = chosen(read_capped(evidence), trust=trust, count=count)
    if as_json:
        sys.stdout.write(json.dumps([lot.as_json() for lot in lots]) + "\n")
        return
    for lot in lots:
        sys.stdout.write(plain(f"{lot.month}  {lot.fuel:<11}  {lot.credential}") + "\n")
        sys.stdout.write(f"    --slots {','.join(map(str, lot.slots))}\n")


@app.command(name="open")
def open_(
    credential: Annotated[str, typer.Argument(metavar="CREDENTIAL", help="The consumption credential's id.")],
    *,
    slots: Annotated[str, typer.Option(help="Half-hours of the month, counted from 0, such as 17,903,1204.")],
    auditor: Annotated[str, typer.Option(help="The DID of the auditor, a member with a firm's consent.")],
    home: Annotated[Path, typer.Option(help="The energy data provider's home.")] = Path("perseus-demo/edp"),
) -> None:
    """Let the energy data provider open half-hours to an auditor; the document goes to standard output.

    Exit codes: 0 opened, 2 usage, or refused: no leave, no auditor, a gap, or too many.
    """
    from perseus.client import Owner  # noqa: PLC0415 - the help must not wait for it

    body = {"credential": credential, "auditor": auditor, "slots": _slots(slots)}
    made = Owner(home).fetch("POST", "/local/slot-openings", body=json.dumps(body).encode())
    sys.stdout.buffer.write(made + b"\n")


@app.command()
def check(
    openings: Annotated[Path, typer.Argument(metavar="OPENINGS", help="What the provider opened.")],
    *,
    evidence: Annotated[Path, typer.Option(help="The evidence file that it was opened for.")],
    trust: Trust = None,
    at: Annotated[str | None, typer.Option(help="Judge the chain as at this moment.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check opened half-hours against the signed commitments and the totals of the report.

    Exit codes: 0 verified, 1 not verified, 2 usage, 3 undetermined.
    """
    from perseus.cli.verify import moment_asked  # noqa: PLC0415 - the help must not wait for it
    from perseus.spot_checks import checked  # noqa: PLC0415 - as above

    moment = moment_asked(at, now())
    shown = read_capped(openings).strip()
    verdict = checked(read_capped(evidence), shown, trust=trust, at=moment)
    lines = [json.dumps(verdict, ensure_ascii=False)] if as_json else _lines(verdict)
    sys.stdout.write("\n".join(lines) + "\n")
    raise typer.Exit(CODES[str(verdict["overall"])])


def _slots(text: str) -> list[int]:
    """Read a list of half-hours.

    Raises:
        MalformedError: it is none.
    """
    from trust.errors import MalformedError  # noqa: PLC0415 - as above

    parts = text.split(",")
    if not all(part.strip().isascii() and part.strip().isdigit() for part in parts) or len(parts) > _MOST:
        expected = f"from 1 to {_MOST} numbers from 0, with commas between them"
        raise MalformedError("--slots", expected=expected, found=ascii(text[:80]), code="audit.too_many")
    return [int(part) for part in parts]


def _lines(verdict: "Mapping[str, Json]") -> list[str]:
    """Tell an auditor what was opened, what it was, and whether it fits."""
    unit = verdict["unit"]
    heading = (
        f"{str(verdict['overall']).upper().replace('_', ' ')}  {verdict['month']}  {verdict['credential']}"
    )
    lines = [plain(heading), *_found(verdict["half_hours"], unit), *_found(verdict["sums"], unit)]
    told = "That the other half-hours were measured well is not shown: what was not opened stays unseen."
    return [*lines, *wrapped(told, indent="", hang="  ")]


def _found(told: "Json", unit: "Json") -> list[str]:
    lines = []
    for one in told if isinstance(told, list) else []:
        if isinstance(one, dict):
            read = f"{one['reading']} {unit}. " if one.get("reading") is not None else ""
            code = "" if one["outcome"] == "passed" else f"  {one['code']}"
            text = f"{_MARKS[str(one['outcome'])]} {read}{one['detail']}{code}"
            lines += wrapped(plain(text), indent="  ", hang="      ")
    return lines
