"""What `perseus calculate` prints: a line a month, the method, and what was found."""

from collections.abc import Iterator
from itertools import groupby

from perseus.cli.text import plain, wrapped
from perseus.formats.finding import Finding
from perseus.statement import MonthFigure, Statement
from perseus.statement import plain as digits


def lines(statement: Statement) -> Iterator[str]:
    """Write the figures for a clerk, sixty columns wide; findings wrap to the terminal."""
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
