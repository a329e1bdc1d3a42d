"""What `perseus calculate` prints: a line a month, the method, and what was found."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import cast

from perseus.cli.text import plain, wrapped
from perseus.formats.finding import Finding
from perseus.statement import EXACT, MonthFigure, Statement
from perseus.statement import plain as digits
from trust.claims.consumption import Fuel
from trust.claims.emissions import SCOPE_1, SCOPE_2

_HEADING = (("", "Half-hours", "kWh", "kWh", ""), ("Month", "counted", "counted", "metered", "kg CO2"))
_OF_FUELS = (("", "Half-hours", "Energy", "Energy", ""), ("Month", "counted", "counted", "metered", "kg"))
_WATT_HOUR = Decimal("0.001")


def lines(statement: Statement) -> Iterator[str]:
    """Write the figures for a clerk: columns as wide as they need, energy to the watt-hour; findings wrap."""
    electric = statement.total.fuel == Fuel.ELECTRICITY
    rows = [_row(figure.month, figure, electric=electric) for figure in statement.months]
    if len(statement.months) > len(statement.fuels):
        rows += [_row("Total", figure, electric=electric) for figure in statement.fuels]
    yield from _table([*(_HEADING if electric else _OF_FUELS), *rows])
    for figure in statement.fuels:
        yield from _uncounted(figure)
    if len(statement.fuels) > 1:
        told = f"Together {statement.total.kg:,f} kg: CO2 of the electricity, and CO2e of the gas."
        yield from wrapped(told, indent="", hang="  ")
    yield ""
    yield from _method(statement)
    if statement.findings:
        yield ""
    for code, group in groupby(
        sorted(statement.findings, key=lambda found: found.code), lambda found: found.code
    ):
        yield from _noted(code, list(group))


def _method(statement: Statement) -> Iterator[str]:
    """Say by what each fuel was weighed, and whose the weights are."""
    method = statement.method
    if method["intensity_kind"] is not None:
        region = method["region"]
        where = f"{region['name']}, region {region['id']}" if isinstance(region, dict) else "no region named"
        told = f"Method: {method['intensity_kind']} intensity, {where}; {SCOPE_2}."
        yield from wrapped(told, indent="", hang="  ")
        yield from wrapped(f"Intensity: {method['attribution']}.", indent="", hang="  ")
    for factors in cast("list[dict[str, str]]", method["gas_factors"]):
        told = (
            f"Gas: {factors['kg_per_unit']} kg CO2e a {factors['unit']}, published {factors['published']}, "
            f"for {', '.join(factors['months'])}; {SCOPE_1}."
        )
        yield from wrapped(told, indent="", hang="  ")


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Set the first column to the left and the others to the right, two spaces apart."""
    first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
    for name, *cells in rows:
        figures = (f"  {cell:>{wide}}" for cell, wide in zip(cells, others, strict=True))
        yield f"{name:{first}}{''.join(figures)}".rstrip()


def _row(name: str, figure: MonthFigure, *, electric: bool) -> Sequence[str]:
    counted = f"{figure.present:,} of {figure.expected:,}"
    if electric and figure.kwh is not None and figure.kwh_counted is not None:
        return name, counted, _energy(figure.kwh_counted), _energy(figure.kwh), f"{figure.kg:,f}"
    used, metered = _both(figure.kwh_counted, figure.m3_counted), _both(figure.kwh, figure.m3)
    return f"{name} {figure.fuel}", counted, used, metered, f"{figure.kg:,f} {figure.gases:<4}"


def _both(kwh: Decimal | None, m3: Decimal | None) -> str:
    """Write what was metered in each unit."""
    units = ((kwh, "kWh"), (m3, "m3"))
    return " + ".join(f"{_energy(amount)} {unit:<3}" for amount, unit in units if amount is not None)


def _uncounted(total: MonthFigure) -> Iterator[str]:
    """Say which energy the kilograms leave out."""
    if total.kwh is not None and total.kwh_counted is not None and total.kwh != total.kwh_counted:
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
