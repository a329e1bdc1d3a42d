"""The answers of the Carbon Intensity API: national, all regions, or one region (api.carbonintensity.org.uk, v2).

National half-hours have a forecast and an actual; regional ones a forecast alone. `data` is a list of half-hours, a
list of half-hours with `regions` in each, a list of one region, or that region itself. An answer begins with the
half-hour that ends at the `from` it was asked for, so that the answers of a longer period overlap.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from perseus.formats.content import Value, value
from perseus.formats.grid import GridFile, Point, chosen, grams
from perseus.formats.members import items, kind, malformed, member, string
from trust.claims.halfhour import EPOCH
from trust.claims.intensity import IntensityKind
from trust.claims.region import GB, NAMES, Region
from trust.errors import MalformedError

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([03]0)Z", re.ASCII)
_A_DAY = 48
_BOTH = frozenset(IntensityKind)
_FORECAST = frozenset({IntensityKind.FORECAST})


def read(content: bytes, *, region: int | None = None) -> GridFile:
    """Read one answer in any of its shapes; `region` chooses from an answer that has several, and must be that of one.

    The national answer may stand in for any region; whoever uses it says so.

    Raises:
        MalformedError: a member is not what the API writes, or a region's number and name contradict each other.
    """
    data = member(value(content), "data", where="/")
    if isinstance(data, dict):
        return _regional(data, "/data", region)
    halves = items(data, where="/data")
    if not halves:
        raise MalformedError("/data", expected="at least one half-hour", found="none", code="data.gap")
    first = halves[0]
    if isinstance(first, dict) and "regions" in first:
        return _all_regions(halves, region)
    if isinstance(first, dict) and "data" in first:
        return _regional(halves[_index(halves, region)], "/data/0", region)
    points = tuple([_point(half, f"/data/{index}") for index, half in enumerate(halves)])
    return GridFile(GB, None, _BOTH, points)


def slot(text: str, *, where: str) -> int:
    """Read a stamp of the API, `2023-01-01T00:30Z`, as the number of a half-hour.

    Raises:
        MalformedError: it is spelled otherwise, is no moment, or is not on minute 00 or 30.
    """
    shape = _STAMP.fullmatch(text)
    day = _day(shape[1]) if shape else None
    if shape is None or day is None:
        expected = "a UTC time on minute 00 or 30, like 2023-01-01T00:30Z"
        raise MalformedError(where, expected=expected, found=ascii(text[:40]), code="time.malformed")
    return day * _A_DAY + int(shape[2]) * 2 + (shape[3] == "30")


@lru_cache(maxsize=4_096)
def _day(date: str) -> int | None:
    try:
        day = (datetime.fromisoformat(date).replace(tzinfo=UTC) - EPOCH) // timedelta(days=1)
    except ValueError:
        return None
    return day if day >= 0 else None


def _regional(block: Value, where: str, region: int | None) -> GridFile:
    named = _region(block, where)
    chosen(region, [named.id], where=f"{where}/regionid")
    place = block.get("postcode") if isinstance(block, dict) else None
    halves = items(member(block, "data", where=where), where=f"{where}/data")
    points = tuple([_point(half, f"{where}/data/{index}") for index, half in enumerate(halves)])
    outcode = string(place, where=f"{where}/postcode") if place is not None else None
    return GridFile(named, outcode, _FORECAST, points)


def _all_regions(halves: list[Value], region: int | None) -> GridFile:
    points = []
    number = None
    for index, half in enumerate(halves):
        where = f"/data/{index}"
        blocks = items(member(half, "regions", where=where), where=f"{where}/regions")
        ids = [_region(block, f"{where}/regions/{i}").id for i, block in enumerate(blocks)]
        number = chosen(region if number is None else number, ids, where=f"{where}/regions")
        place = f"{where}/regions/{ids.index(number)}"
        points.append(_point(half, where, intensity=(blocks[ids.index(number)], place)))
    return GridFile(Region.of(number or 0), None, _FORECAST, tuple(points))


def _index(blocks: list[Value], region: int | None) -> int:
    ids = [_region(block, f"/data/{index}").id for index, block in enumerate(blocks)]
    return ids.index(chosen(region, ids, where="/data"))


def _region(block: Value, where: str) -> Region:
    """Read a region, and refuse a number and a name that belong to two."""
    number = member(block, "regionid", where=where)
    if not isinstance(number, int) or isinstance(number, bool):
        raise malformed(f"{where}/regionid", "a region from 1 to 18", kind(number))
    region = Region.of(number)
    name = string(member(block, "shortname", where=where), where=f"{where}/shortname")
    if _folded(name) != _folded(region.name):
        other = next((i for i, known in NAMES.items() if _folded(known) == _folded(name)), None)
        found = f"{name[:40]!a}" + (f", which is region {other}" if other else "")
        expected = f"{region.name}, the name of region {number}"
        raise MalformedError(f"{where}/shortname", expected=expected, found=found, code="data.region")
    return region


def _folded(name: str) -> str:
    return name.replace("&", "and").casefold()


def _point(half: Value, where: str, *, intensity: tuple[Value, str] | None = None) -> Point:
    start = slot(string(member(half, "from", where=where), where=f"{where}/from"), where=f"{where}/from")
    end = slot(string(member(half, "to", where=where), where=f"{where}/to"), where=f"{where}/to")
    if end != start + 1:
        found = f"{(end - start) * 30} minutes"
        raise MalformedError(f"{where}/to", expected="30 minutes after from", found=found, code="data.range")
    block, place = intensity or (half, where)
    figures = member(block, "intensity", where=place)
    at = f"{place}/intensity"
    if not isinstance(figures, dict) or "forecast" not in figures:
        raise malformed(at, "an object with a forecast", kind(figures))
    return Point(
        start,
        grams(figures["forecast"], where=f"{at}/forecast"),
        grams(figures.get("actual"), where=f"{at}/actual"),
    )
