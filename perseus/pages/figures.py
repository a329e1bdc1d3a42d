"""The figures as a table: a month a row, its kilograms, and how much of the month they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import cast

from perseus.pages.exhibit import Verdict
from trust.claims.halfhour import instant

_LONGEST_BAR = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One month of one fuel."""

    month: str
    fuel: str
    kg: Decimal
    counted: int
    expected: int
    missing_readings: int
    missing_intensity: int
    bar: int

    @property
    def whole(self) -> bool:
        """Tell whether every half-hour of the month counts."""
        return self.counted == self.expected

    @property
    def share(self) -> str:
        """Give the share of the half-hours that count."""
        return share_of(self.counted, self.expected)


@dataclass(frozen=True, slots=True)
class Figures:
    """All rows, and what they add up to."""

    rows: tuple[Row, ...]
    gases: str
    scope: str

    @property
    def total(self) -> Decimal:
        """Add up the kilograms."""
        return sum((row.kg for row in self.rows), Decimal(0))

    @property
    def counted(self) -> int:
        """Count the half-hours that the sum rests on."""
        return sum(row.counted for row in self.rows)

    @property
    def expected(self) -> int:
        """Count the half-hours that there were."""
        return sum(row.expected for row in self.rows)

    @property
    def share(self) -> str:
        """Give the share of the half-hours that count."""
        return share_of(self.counted, self.expected)


def share_of(counted: int, expected: int) -> str:
    """Give a share in percent; one with a gap is never rounded up to the whole."""
    exact = Decimal(100 * counted) / max(expected, 1)
    return "100%" if counted == expected else f"{min(exact, Decimal('99.9')):.1f}%"


def figures_of(verdict: Verdict) -> Figures:
    """Read the figures of a verdict; one on a chain that was not genuine has none."""
    found = cast("list[Mapping[str, str]]", verdict["figures"])
    greatest = max((Decimal(figure["kg"]) for figure in found), default=Decimal(0))
    gases = dict.fromkeys(figure["gases"] for figure in found)
    scopes = dict.fromkeys(figure["scope"] for figure in found)
    return Figures(tuple(_row(figure, greatest) for figure in found), ", ".join(gases), "; ".join(scopes))


def span_of(verdict: Verdict) -> str:
    """Name the months that a verdict is about: `November 2025 to October 2026`."""
    period = verdict.get("period")
    if not isinstance(period, Mapping):
        return ""
    first, last = instant(str(period["from"])), instant(str(period["to"])) - timedelta(seconds=1)
    begins, ends = f"{first:%B %Y}", f"{last:%B %Y}"
    return begins if begins == ends else f"{begins} to {ends}"


def _row(figure: Mapping[str, str], greatest: Decimal) -> Row:
    kg = Decimal(figure["kg"])
    coverage = cast("Mapping[str, int]", figure["coverage"])
    return Row(
        month=figure["from"][:7],
        fuel=figure["fuel"],
        kg=kg,
        counted=coverage["counted"],
        expected=coverage["expected"],
        missing_readings=coverage["missing_readings"],
        missing_intensity=coverage["missing_intensity"],
        bar=int(_LONGEST_BAR * kg / greatest) if greatest > 0 else 0,
    )
