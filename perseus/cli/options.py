"""The options that say which meter and grid files to read and how: the same for `calculate` and for `demo`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Meter = Annotated[list[Path], typer.Option(help="A meter file; - for standard input. May be repeated.")]
Intensity = Annotated[list[Path], typer.Option(help="A grid intensity file. May be repeated.")]
SeveralMeters = Annotated[
    list[Path],
    typer.Option(
        metavar="[NAME=]FILE",
        help="A meter file; - for standard input. May be repeated; files of one NAME are one meter.",
    ),
]
Gas = Annotated[
    list[Path], typer.Option(metavar="[NAME=]FILE", help="A gas meter's file, in kWh or m3. As --meter.")
]
MeterFormat = Annotated[
    str | None, typer.Option(metavar="csv|perseus|n3rgy|octopus", help="What the meter file is; .csv is csv.")
]
MeterZone = Annotated[Literal["UTC", "Europe/London"], typer.Option(help="The zone of times that name none.")]
IntensityKind = Annotated[
    Literal["forecast", "actual"] | None,
    typer.Option(help="Which values to use; actual where there are any."),
]
Fill = Annotated[
    Literal["forecast"] | None, typer.Option(help="Fill missing actual intensities from forecasts.")
]
Outcode = Annotated[str | None, typer.Option(help="The first half of the meter's postcode, such as LS1.")]
Region = Annotated[
    int | None,
    typer.Option(help="The meter's region by the Carbon Intensity API, 1 to 14; 15 to 18 are nations."),
]
SplitHours = Annotated[
    bool, typer.Option("--split-hours", help="Take each hour of hourly data as two equal halves.")
]
Start = Annotated[str | None, typer.Option("--from", help="The first month, such as 2023-01.")]
End = Annotated[str | None, typer.Option("--to", help="The month after the last.")]
