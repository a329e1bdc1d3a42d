"""`perseus calculate`: files of meters and intensities in, kilograms a month and fuel out."""

import json
import sys
from typing import Annotated

import typer

from perseus.cli import options
from perseus.clock import now

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def calculate(
    *,
    meter: options.SeveralMeters = [],  # noqa: B006 - typer copies it
    gas: options.Gas = [],  # noqa: B006 - typer copies it
    intensity: options.Intensity = [],  # noqa: B006 - typer copies it
    meter_format: options.MeterFormat = None,
    meter_zone: options.MeterZone = "UTC",
    intensity_kind: options.IntensityKind = None,
    fill: options.Fill = None,
    outcode: options.Outcode = None,
    region: options.Region = None,
    split_hours: options.SplitHours = False,
    start: options.Start = None,
    end: options.End = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Calculate kilograms of CO2 a month from meter readings and grid intensities, and of CO2e from gas.

    Exit codes: 0 calculated, 2 a file or an option is not what it must be.
    """
    # The readers are imported only when there is something to read, so that --help does not wait for them.
    from perseus.calculation import calculate as work_out  # noqa: PLC0415 - see above
    from perseus.cli.figures import lines  # noqa: PLC0415 - see above
    from perseus.cli.files import read_inputs  # noqa: PLC0415 - see above

    inputs = read_inputs(
        meter=meter,
        gas=gas,
        intensity=intensity,
        meter_format=meter_format,
        meter_zone=meter_zone,
        intensity_kind=intensity_kind,
        fill=fill,
        outcode=outcode,
        region=region,
        split_hours=split_hours,
        start=start,
        end=end,
    )
    statement = work_out(inputs, at=now())
    shown = [json.dumps(statement.as_json())] if as_json else lines(statement)
    sys.stdout.write("\n".join(shown) + "\n")
