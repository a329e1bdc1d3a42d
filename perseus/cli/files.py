"""Reading the files and choices that the options name."""

import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import typer

from perseus.cli.text import plain
from perseus.formats.content import LIMIT
from perseus.formats.stamps import Zone
from perseus.inputs import Inputs, Source
from trust.claims.consumption import Fuel
from trust.claims.halfhour import instant
from trust.claims.intensity import IntensityKind
from trust.claims.region import NAMES
from trust.errors import MalformedError

USAGE = 2
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,39}")


def read_inputs(
    *,
    meter: Sequence[Path],
    gas: Sequence[Path] = (),
    intensity: Sequence[Path],
    meter_format: str | None,
    meter_zone: str,
    intensity_kind: str | None,
    fill: str | None,
    outcode: str | None,
    region: int | None,
    split_hours: bool,
    start: str | None,
    end: str | None,
) -> Inputs:
    """Read every file that is named, with the choices that go with them.

    Raises:
        MalformedError: a month is not written as one, or there is no such region.
        typer.Exit: a file cannot be read, and the sentence that says so has been written.
    """
    return Inputs(
        meter=(
            *(_metered(path, None) for path in meter),
            *(_metered(path, Fuel.GAS) for path in gas),
        ),
        intensity=tuple(_source(path) for path in intensity),
        meter_format=meter_format,
        zone=Zone(meter_zone),
        kind=IntensityKind(intensity_kind) if intensity_kind else None,
        fill=fill is not None,
        outcode=outcode,
        region=_region(region),
        split_hours=split_hours,
        start=_moment(start, "--from"),
        end=_moment(end, "--to"),
    )


def _metered(named: Path, fuel: Fuel | None) -> Source:
    """Read a meter's file, and take the name before `=` as the meter's; a file of that whole name comes first."""
    name, equals, rest = str(named).partition("=")
    if not equals or not _NAME.fullmatch(name) or named.exists():
        return replace(_source(named), fuel=fuel)
    return replace(_source(Path(rest)), meter=name, fuel=fuel)


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


def _region(number: int | None) -> int | None:
    """Take the number of a region that there is."""
    if number is not None and number not in NAMES:
        expected = f"a region from 1 to {max(NAMES)}"
        raise MalformedError("--region", expected=expected, found=str(number), code="data.region")
    return number


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
