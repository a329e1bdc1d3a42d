"""`perseus calculate`: meter and intensity files in, kilograms of CO2 a month out."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from perseus.cli.text import plain
from perseus.clock import now
from trust.claims.halfhour import instant
from trust.errors import MalformedError

if TYPE_CHECKING:
    from perseus.calculation import Source

app = typer.Typer(add_completion=False, rich_markup_mode=None)
USAGE = 2


@app.command()
def calculate(
    *,
    meter: Annotated[list[Path], typer.Option(help="A meter file; - for standard input. May be repeated.")],
    intensity: Annotated[list[Path], typer.Option(help="A grid intensity file. May be repeated.")],
    meter_format: Annotated[
        str | None,
        typer.Option(metavar="csv|perseus|n3rgy|octopus", help="What the meter file is; .csv is csv."),
    ] = None,
    meter_zone: Annotated[
        Literal["UTC", "Europe/London"], typer.Option(help="The zone of times that name none.")
    ] = "UTC",
    intensity_kind: Annotated[
        Literal["forecast", "actual"] | None,
        typer.Option(help="Which values to use; actual where there are any."),
    ] = None,
    fill: Annotated[
        Literal["forecast"] | None, typer.Option(help="Fill missing actual intensities from forecasts.")
    ] = None,
    outcode: Annotated[
        str | None, typer.Option(help="The first half of the meter's postcode, such as LS1.")
    ] = None,
    region: Annotated[
        int | None, typer.Option(help="The Carbon Intensity region, where a file has several.")
    ] = None,
    split_hours: Annotated[
        bool, typer.Option("--split-hours", help="Take each hour of hourly data as two equal halves.")
    ] = False,
    start: Annotated[str | None, typer.Option("--from", help="The first month, such as 2023-01.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="The month after the last.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Calculate kilograms of CO2 a month from meter readings and grid intensities.

    Exit codes: 0 calculated, 2 a file or an option is not what it must be.
    """
    # The readers are imported only when there is something to read, so that --help does not wait for them.
    from perseus.calculation import Inputs  # noqa: PLC0415 - see above
    from perseus.calculation import calculate as work_out  # noqa: PLC0415 - see above
    from perseus.cli.figures import lines  # noqa: PLC0415 - see above
    from perseus.formats.stamps import Zone  # noqa: PLC0415 - see above
    from trust.claims.intensity import IntensityKind  # noqa: PLC0415 - see above

    inputs = Inputs(
        meter=tuple(_source(path) for path in meter),
        intensity=tuple(_source(path) for path in intensity),
        meter_format=meter_format,
        zone=Zone(meter_zone),
        kind=IntensityKind(intensity_kind) if intensity_kind else None,
        fill=fill is not None,
        outcode=outcode,
        region=region,
        split_hours=split_hours,
        start=_moment(start, "--from"),
        end=_moment(end, "--to"),
    )
    statement = work_out(inputs, at=now())
    shown = [json.dumps(statement.as_json())] if as_json else lines(statement)
    sys.stdout.write("\n".join(shown) + "\n")


def _source(path: Path) -> "Source":
    """Read a file, and never more of it than any format allows."""
    from perseus.calculation import Source  # noqa: PLC0415 - as above
    from perseus.formats.content import LIMIT  # noqa: PLC0415 - as above

    try:
        if str(path) == "-":
            return Source("standard input", sys.stdin.buffer.read(LIMIT + 1))
        with path.open("rb") as file:
            return Source(str(path), file.read(LIMIT + 1))
    except OSError as error:
        reason = error.strerror or str(error)
        sys.stderr.write(f"perseus: {plain(str(path))} cannot be read: {plain(reason)}\n")
        raise typer.Exit(USAGE) from error


def _moment(text: str | None, option: str) -> datetime | None:
    """Read the first of a month as `2023-01`, `2023-01-01` or `2023-01-01T00:00:00Z`."""
    if text is None:
        return None
    shapes = {7: "-01T00:00:00Z", 10: "T00:00:00Z"}
    try:
        return instant(text + shapes.get(len(text), ""))
    except MalformedError as error:
        expected, found = "a month like 2023-01", ascii(text[:40])
        raise MalformedError(option, expected=expected, found=found, code=error.code) from error
