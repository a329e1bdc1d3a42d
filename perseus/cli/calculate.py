"""`perseus calculate`: meter and intensity files in, kilograms of CO2 a month out."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from perseus.calculation import METER_FORMATS, Inputs, Source
from perseus.calculation import calculate as work_out
from perseus.cli.text import plain, wrapped
from perseus.clock import now
from perseus.formats.content import LIMIT
from perseus.formats.finding import Finding
from perseus.formats.stamps import Zone
from perseus.statement import MonthFigure, Statement
from perseus.statement import plain as digits
from trust.claims.halfhour import instant
from trust.claims.intensity import IntensityKind
from trust.errors import MalformedError

app = typer.Typer(add_completion=False, rich_markup_mode=None)
USAGE = 2


class Fill(StrEnum):
    """What may stand in for a missing actual intensity."""

    FORECAST = "forecast"


@app.command()
def calculate(
    *,
    meter: Annotated[list[Path], typer.Option(help="A meter file; - for standard input. May be repeated.")],
    intensity: Annotated[list[Path], typer.Option(help="A grid intensity file. May be repeated.")],
    meter_format: Annotated[
        str | None, typer.Option(metavar="|".join(METER_FORMATS), help="What the meter file is; .csv is csv.")
    ] = None,
    meter_zone: Annotated[Zone, typer.Option(help="The zone of times that name none.")] = Zone.UTC,
    intensity_kind: Annotated[
        IntensityKind | None, typer.Option(help="Which values to use; actual where there are any.")
    ] = None,
    fill: Annotated[Fill | None, typer.Option(help="Fill missing actual intensities from forecasts.")] = None,
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
    inputs = Inputs(
        meter=tuple(_source(path) for path in meter),
        intensity=tuple(_source(path) for path in intensity),
        meter_format=meter_format,
        zone=meter_zone,
        kind=intensity_kind,
        fill=fill is not None,
        outcode=outcode,
        region=region,
        split_hours=split_hours,
        start=_moment(start, "--from"),
        end=_moment(end, "--to"),
    )
    statement = work_out(inputs, at=now())
    lines = [json.dumps(statement.as_json())] if as_json else list(_lines(statement))
    sys.stdout.write("\n".join(lines) + "\n")


def _source(path: Path) -> Source:
    """Read a file, and never more of it than any format allows."""
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


def _lines(statement: Statement) -> Iterator[str]:
    yield f"{'Month':8}{'Half-hours counted':>18}{'kWh':>15}{'kg CO2':>15}"
    for month in statement.months:
        yield _line(month.month, month)
    if len(statement.months) > 1:
        yield _line("Total", statement.total)
    method = statement.method
    region = method["region"]
    where = f"{region['name']}, region {region['id']}" if isinstance(region, dict) else "no region named"
    yield ""
    yield from wrapped(
        f"Method: {method['intensity_kind']} intensity, {where}; {method['scope']}.", indent="", hang="  "
    )
    yield from wrapped(f"Intensity: {method['attribution']}.", indent="", hang="  ")
    if statement.findings:
        yield ""
    for code, group in groupby(
        sorted(statement.findings, key=lambda found: found.code), lambda found: found.code
    ):
        yield from _noted(code, list(group))


def _line(name: str, figure: MonthFigure) -> str:
    counted = f"{figure.present:,} of {figure.expected:,}"
    return f"{name:8}{counted:>18}{_grouped(digits(figure.kwh)):>15}{_grouped(f'{figure.kg:f}'):>15}"


def _noted(code: str, findings: list[Finding]) -> Iterator[str]:
    """Write what was found under one code: the first in full, the others by their number."""
    first = findings[0]
    more = f" And {len(findings) - 1:,} more." if len(findings) > 1 else ""
    yield f"! {plain(code)}"
    yield from wrapped(f"{first.at}: {first.detail}{more}", indent="  ", hang="  ")


def _grouped(number: str) -> str:
    whole, point, rest = number.partition(".")
    return f"{int(whole):,}{point}{rest}"
