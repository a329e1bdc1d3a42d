"""The regions of the Carbon Intensity API, and the postcode districts that lie in them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from trust.errors import MalformedError

NAMES: Mapping[int, str] = MappingProxyType(
    {
        1: "North Scotland",
        2: "South Scotland",
        3: "North West England",
        4: "North East England",
        5: "Yorkshire",
        6: "North Wales and Merseyside",
        7: "South Wales",
        8: "West Midlands",
        9: "East Midlands",
        10: "East England",
        11: "South West England",
        12: "South England",
        13: "London",
        14: "South East England",
        15: "England",
        16: "Scotland",
        17: "Wales",
        18: "GB",
    }
)
_DISTRIBUTORS = 14  # regions 1 to 14 are a network operator's each, 15 to 18 are nations
_OUTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?")


@dataclass(frozen=True, slots=True, order=True)
class Region:
    """One region of the grid, by its number in the Carbon Intensity API and its name.

    Raises:
        MalformedError: there is no such number, or it is another region's.
    """

    id: int
    name: str

    def __post_init__(self) -> None:
        """Refuse a number and a name that do not belong together."""
        if self.id not in NAMES:
            raise _malformed("region", "a region from 1 to 18", str(self.id))
        if self.name != NAMES[self.id]:
            raise _malformed("region", f"the name {NAMES[self.id]} for region {self.id}", self.name)

    @classmethod
    def of(cls, number: int) -> Self:
        """Name the region of a number.

        Raises:
            MalformedError: there is no such number.
        """
        return cls(number, NAMES.get(number, ""))

    @property
    def national(self) -> bool:
        """Whether it is England, Scotland, Wales or GB, too wide for one meter."""
        return self.id > _DISTRIBUTORS

    def __str__(self) -> str:
        """Give its name and number."""
        return f"{self.name} (region {self.id})"


GB = Region.of(18)


def outcode(text: str) -> str:
    """Check the first half of a postcode, such as `LS1`, for a place that the grid's regions cover.

    Raises:
        MalformedError: it is no outcode, or lies in Northern Ireland, which is on another grid.
    """
    if _OUTCODE.fullmatch(text) is None:
        raise _malformed("outcode", "the first half of a postcode, like LS1", text)
    if text.startswith("BT"):
        expected = "a place in Great Britain, because the Carbon Intensity regions leave out Northern Ireland"
        raise _malformed("outcode", expected, text)
    return text


def _malformed(where: str, expected: str, found: str) -> MalformedError:
    return MalformedError(where, expected=expected, found=ascii(found[:60]), code="data.region")
