"""Where the cards stand: in layers, each above what it rests on, in an order that crosses few arrows.

After Sugiyama, Tagawa and Toda (1981): layers by the longest way down, a place for an arrow in every layer that it
passes, and a few sweeps by the mean place of the neighbours. All of it in integers and in one order, so that a graph
has one picture.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from perseus.drawing.column import in_column
from perseus.drawing.place import GAP, LANE, ROOM, Layout, Point, Size, Way

_SWEEPS = 8


@dataclass(frozen=True, slots=True)
class _Rows:
    """The layers, each a row of slots; a slot is a card's number, or an arrow's that passes, below zero."""

    rows: tuple[tuple[int, ...], ...]
    chains: tuple[tuple[tuple[int, int], ...], ...]


def lay_out(sizes: Sequence[Size], arrows: Sequence[Way], *, abreast: int) -> Layout:
    """Place cards of these sizes, at most so many abreast; one abreast is a column with the arrows beside it."""
    if abreast == 1:
        return in_column(sizes, arrows, order=_spread(_depths(len(sizes), arrows), 1))
    layers = _spread(_depths(len(sizes), arrows), abreast)
    rows = _ordered(_with_lanes(layers, arrows))
    return _placed(rows, sizes)


def _depths(count: int, arrows: Sequence[Way]) -> list[int]:
    """Give each card the length of the longest way to it from above; a circle is cut at its first card."""
    below: dict[int, set[int]] = {number: set() for number in range(count)}
    for start, end, _ in arrows:
        below[start].add(end)
    above = [sum(number in ends for ends in below.values()) for number in range(count)]
    depths, waiting = [0] * count, set(range(count))
    while waiting:
        number = min(waiting, key=lambda one: (above[one], one))
        waiting.remove(number)
        for end in below[number] & waiting:
            above[end] -= 1
            depths[end] = max(depths[end], depths[number] + 1)
    return depths


def _spread(depths: Sequence[int], abreast: int) -> list[int]:
    """Part layers that are too wide, and give each card the number of its row."""
    rows: list[int] = [0] * len(depths)
    row = -1
    for layer in range(max(depths, default=0) + 1):
        held = [number for number, depth in enumerate(depths) if depth == layer]
        for place, number in enumerate(held):
            row += place % abreast == 0
            rows[number] = row
    return rows


def _with_lanes(rows: Sequence[int], arrows: Sequence[Way]) -> _Rows:
    """Give an arrow that passes rows a lane in each of them."""
    slots: list[list[int]] = [[] for _ in range(max(rows, default=-1) + 1)]
    for number, row in enumerate(rows):
        slots[row].append(number)
    chains = []
    lane = 0
    for start, end, _ in arrows:
        first, last = sorted((rows[start], rows[end]))
        passed = []
        for row in range(first + 1, last):
            lane -= 1
            slots[row].append(lane)
            passed.append((row, lane))
        if rows[start] > rows[end]:
            passed.reverse()
        chains.append(((rows[start], start), *passed, (rows[end], end)))
    return _Rows(tuple(tuple(row) for row in slots), tuple(chains))


def _ordered(rows: _Rows) -> _Rows:
    """Sweep down and up, and put each slot by the mean place of those it hangs together with."""
    beside: dict[int, list[int]] = {slot: [] for row in rows.rows for slot in row}
    for chain in rows.chains:
        for (_, one), (_, other) in pairwise(chain):
            beside[one].append(other)
            beside[other].append(one)
    current = [list(row) for row in rows.rows]
    for sweep in range(_SWEEPS):
        order = range(len(current)) if sweep % 2 == 0 else range(len(current) - 1, -1, -1)
        for number in order:
            near = number - 1 if sweep % 2 == 0 else number + 1
            if 0 <= near < len(current):
                current[number] = _by_mean(current[number], current[near], beside)
    return _Rows(tuple(tuple(row) for row in current), rows.chains)


def _by_mean(row: Sequence[int], near: Sequence[int], beside: Mapping[int, Sequence[int]]) -> list[int]:
    place = {slot: Fraction(number, max(len(near) - 1, 1)) for number, slot in enumerate(near)}
    own = {slot: Fraction(number, max(len(row) - 1, 1)) for number, slot in enumerate(row)}

    def mean(slot: int) -> Fraction:
        found = [place[other] for other in beside[slot] if other in place]
        return sum(found, Fraction(0)) / len(found) if found else own[slot]

    return sorted(row, key=lambda slot: (mean(slot), own[slot]))


def _placed(rows: _Rows, sizes: Sequence[Size]) -> Layout:
    """Give every slot its place: rows one under the other, each in the middle."""
    widths = [_width(row, sizes) for row in rows.rows]
    whole = max(widths, default=0) + 2 * GAP
    corners: dict[int, Point] = {}
    tops: list[tuple[int, int]] = []
    top = GAP
    for row, width in zip(rows.rows, widths, strict=True):
        height = max((sizes[slot][1] for slot in row if slot >= 0), default=0)
        left = (whole - width) // 2
        for slot in row:
            corners[slot] = (left, top)
            left += (sizes[slot][0] if slot >= 0 else 0) + (GAP if slot >= 0 else LANE)
        tops.append((top, top + height))
        top += height + ROOM
    paths = tuple(_path(chain, corners, tops, sizes) for chain in rows.chains)
    return Layout(tuple(corners[number] for number in range(len(sizes))), paths, whole, top - ROOM + GAP)


def _width(row: Sequence[int], sizes: Sequence[Size]) -> int:
    return sum((sizes[slot][0] + GAP) if slot >= 0 else LANE for slot in row) - GAP


def _path(
    chain: Sequence[tuple[int, int]],
    corners: Mapping[int, Point],
    tops: Sequence[tuple[int, int]],
    sizes: Sequence[Size],
) -> tuple[Point, ...]:
    """Lead an arrow from the lower edge of a card, straight through its lanes, to the upper edge of the other."""
    down = chain[0][0] <= chain[-1][0]
    points: list[Point] = []
    for number, (row, slot) in enumerate(chain):
        left, top = corners[slot]
        if slot < 0:
            edges = [(left, tops[row][0]), (left, tops[row][1])]
            points += edges if down else edges[::-1]
        else:
            lower = (number == 0) == down
            points.append((left + sizes[slot][0] // 2, top + (sizes[slot][1] if lower else 0)))
    return tuple(points)
