"""Commitments: one hiding point a half-hour, which bind the readings without showing them."""

from dataclasses import dataclass

from trust.claims.consumption import Fuel, UnitCode
from trust.claims.halfhour import Period
from trust.errors import MalformedError

MISSING = "-"
POINT_SIZE = 33


@dataclass(frozen=True, slots=True)
class Commitments:
    """A month's commitments: 33 bytes a slot, None exactly where the quality letter says missing.

    Quantities are `value x 10^exponent` of the unit; the points are compressed points of secp256k1.
    """

    period: Period
    fuel: Fuel
    unit_code: UnitCode
    exponent: int
    quality: str
    points: tuple[bytes | None, ...]

    def __post_init__(self) -> None:
        """Refuse a vector whose length or gaps are not those of its period and its quality letters.

        Raises:
            MalformedError: naming the first slot that differs.
        """
        if not len(self.points) == len(self.quality) == len(self.period):
            raise MalformedError(
                "commitments",
                expected=f"{len(self.period)} points and letters",
                found=f"{len(self.points)} points and {len(self.quality)} letters",
                code="data.coverage_misstated",
            )
        for slot, (point, letter) in enumerate(zip(self.points, self.quality, strict=True)):
            if (point is None) != (letter == MISSING):
                raise MalformedError(
                    f"commitments/points/{slot}",
                    expected="a point exactly where the quality is not missing",
                    found=f"quality {letter}",
                    code="data.coverage_misstated",
                )
