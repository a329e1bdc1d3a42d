"""What `perseus calculate` prints: a line a month, the method, and what was found."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from perseus.cli.text import plain, wrapped
from perseus.formats.finding import Finding
from perseus.statement import EXACT, MonthFigure, Statement
from perseus.statement import plain as digits

_HEADING = (("", "Half-hours", "kWh", "kWh", ""), ("Month", "counted", "counted", "metered", "kg CO2"))
_WATT_HOUR = Decimal("0.001")


def lines(statement: Statement) -> Iterator[str]:
    """Write the figures for a clerk: columns as wide as they need, energy to the watt-hour; findings wrap."""
    totals = [("Total", statement.total)] if len(statement.months) > 1 else []
    rows = [_row(name, figure) for name, figure in [*((m.month, m) for m in statement.months), *totals]]
    yield from _table([*_HEADING, *rows])
    yield from _uncounted(statement.total)
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


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Set the first column to the left and the others to the right, two spaces apart."""
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    for name, *cells in rows:
        figures = (f"  {cell:>{wide}}" for cell, wide in zip(cells, others, strict=True))
        yield f"{name:{first}}{''.join(figures)}".rstrip()


def _row(name: str, figure: MonthFigure) -> Sequence[str]:
    counted = f"{figure.present:,} of {figure.expected:,}"
    return name, counted, _energy(figure.kwh_counted), _energy(figure.kwh), f"{figure.kg:,f}"


def _uncounted(total: MonthFigure) -> Iterator[str]:
    """Say which energy the kilograms leave out."""
    if total.kwh != total.kwh_counted:
        apart = _energy(total.kwh - total.kwh_counted)
        told = f"{apart} kWh were metered in half-hours without an intensity; the kilograms leave them out."
        yield from wrapped(told, indent="", hang="  ")


def _energy(kwh: Decimal) -> str:
    """Write energy to the watt-hour; the exact number is in the JSON."""
    return digits(kwh.quantize(_WATT_HOUR, context=EXACT), grouped=True)


def _noted(code: str, findings: list[Finding]) -> Iterator[str]:
    """Write what was found under one code: the first in full, the others by their number."""
    first = findings[0]
    more = f" And {len(findings) - 1:,} more." if len(findings) > 1 else ""
    yield f"! {plain(code)}"
    yield from wrapped(f"{first.at}: {first.detail}{more}", indent="  ", hang="  ")
