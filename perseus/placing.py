"""Where a meter stands: what is stated, what its files say, and what its postcode does not allow.

(1) Everybody who names an outcode names the same one. (2) The meter's region is the one stated, else that of a
regional intensity, else the only one that the outcode can lie in. (3) Where the outcode cannot lie in it, somebody is
wrong, and nothing is calculated. (4) What nobody could check is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from perseus.formats.finding import Finding
from perseus.formats.grid import Grid
from perseus.postcode import possible_regions
from trust.claims.region import Region
from trust.errors import MalformedError

_NATIONS = {15: (3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14), 16: (1, 2), 17: (6, 7)}


@dataclass(frozen=True, slots=True)
class Place:
    """The outcode and the region of a meter, as far as anybody knows them, and what could not be checked."""

    outcode: str | None
    region: Region | None
    findings: tuple[Finding, ...]


def place(*, stated: Region | None, outcodes: Sequence[str | None], grid: Grid) -> Place:
    """Place the meter; a `stated` nation chooses intensities and places nobody.

    Raises:
        MalformedError: two outcodes, two regions, or an outcode that cannot lie in the region.
    """
    # (1) One outcode.
    outcode = _one_outcode(outcodes)
    # (2) The region.
    possible = possible_regions(outcode) if outcode is not None else ()
    own = stated if stated is not None and not stated.national else None
    of_grid = grid.region if grid.region is not None and not grid.region.national else None
    if own is not None and of_grid is not None and own != of_grid:
        raise _contradicted("intensity", f"that of {own}, as stated", f"that of {of_grid}")
    region = own or of_grid or (possible[0] if len(possible) == 1 else None)
    # (3) No contradiction; the grid's own answer for an outcode is authoritative, and nothing is held against it.
    answered = outcode is not None and grid.outcode == outcode and of_grid is not None
    if outcode is not None and possible and not answered:
        _require_possible(outcode, possible, region, grid)
    # (4) What is left to belief.
    checked = answered or len(possible) == 1
    return Place(outcode, region, () if checked else (_unchecked(outcode, region, grid),))


def _one_outcode(outcodes: Sequence[str | None]) -> str | None:
    named = {each for each in outcodes if each}
    if len(named) > 1:
        raise _contradicted("outcode", "one place in all files", ", ".join(sorted(named)))
    return next(iter(named), None)


def _require_possible(outcode: str, possible: Sequence[Region], region: Region | None, grid: Grid) -> None:
    expected = f"the region of {outcode}: {either(possible)}"
    if region is not None and region not in possible:
        raise _contradicted("region", expected, str(region))
    nation = grid.region
    within = _NATIONS.get(nation.id) if nation is not None else None
    if nation is not None and within is not None and not {each.id for each in possible} & set(within):
        raise _contradicted("intensity", expected, f"that of {nation}")


def _unchecked(outcode: str | None, region: Region | None, grid: Grid) -> Finding:
    at = str(grid.period.first)
    if outcode is None and region is None:
        detail = "Nobody says where the meter is; name its outcode with --outcode, so that the region can be checked."
        return Finding("data.location_unstated", at, detail)
    if outcode is None:
        detail = f"The meter is taken to be in {region}; name its outcode with --outcode, so that this can be checked."
        return Finding("data.location_unstated", at, detail)
    if region is None:
        detail = f"Nobody says which region {outcode} lies in; name it with --region."
        return Finding("data.location_unstated", at, detail)
    detail = f"Nobody could check that {outcode} lies in {region}; it is taken as stated."
    return Finding("data.region_unchecked", at, detail)


def either(regions: Sequence[Region]) -> str:
    """Name several regions, one of which it is."""
    return " or ".join(map(str, regions))


def _contradicted(where: str, expected: str, found: str) -> MalformedError:
    return MalformedError(where, expected=expected, found=found, code="data.region")
