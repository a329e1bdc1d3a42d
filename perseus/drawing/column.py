"""Cards in one column, for a narrow page: arrows run beside it, each card that is pointed to with a lane of its own."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from perseus.drawing.place import GAP, LANE, Layout, Point, Size, Way

_ROOM, _STEP, _MARGIN = 20, 8, 14


def in_column(sizes: Sequence[Size], arrows: Sequence[Way], *, order: Sequence[int]) -> Layout:
    """Place each card in its row; arrows to one card share a lane, and leave and enter at the right edge."""
    corners = _corners(sizes, order)
    lanes = _lanes(arrows, order)
    right = _MARGIN + max((width for width, _ in sizes), default=0)
    left_of: dict[int, int] = defaultdict(int)
    paths = []
    for start, end, family in arrows:
        left_of[start] += 1
        out = corners[start][1] + sizes[start][1] - _STEP * left_of[start]
        into = corners[end][1] + sizes[end][1] // 3 + _STEP * family
        lane = right + GAP // 2 + LANE * lanes[end, family]
        paths.append(
            (
                (_edge(corners, sizes, start), out),
                (lane, out),
                (lane, into),
                (_edge(corners, sizes, end), into),
            )
        )
    width = right + GAP // 2 + LANE * (max(lanes.values(), default=0) + 1)
    height = max((top + size[1] for (_, top), size in zip(corners, sizes, strict=True)), default=0) + _MARGIN
    return Layout(tuple(corners), tuple(paths), width, height, square=True)


def _corners(sizes: Sequence[Size], order: Sequence[int]) -> list[Point]:
    corners: list[Point] = [(0, 0)] * len(sizes)
    top = _MARGIN
    for number in sorted(range(len(sizes)), key=order.__getitem__):
        corners[number] = (_MARGIN, top)
        top += sizes[number][1] + _ROOM
    return corners


def _edge(corners: Sequence[Point], sizes: Sequence[Size], number: int) -> int:
    return corners[number][0] + sizes[number][0]


def _lanes(arrows: Sequence[Way], order: Sequence[int]) -> Mapping[tuple[int, int], int]:
    """Give each card that is pointed to a lane for each family of arrows, the nearest free; short ways choose first."""
    reach: dict[tuple[int, int], tuple[int, int]] = {}
    for start, end, family in arrows:
        rows = (order[start], order[end], *reach.get((end, family), ()))
        reach[end, family] = (min(rows), max(rows))
    taken: list[list[tuple[int, int]]] = []
    lanes: dict[tuple[int, int], int] = {}
    for name, (first, last) in sorted(reach.items(), key=lambda one: (one[1][1] - one[1][0], one[1], one[0])):
        free = (number for number, held in enumerate(taken) if all(last < a or b < first for a, b in held))
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((first, last))
        lanes[name] = lane
    return lanes
