"""Where things stand in a drawing, in pixels."""

from dataclasses import dataclass

Size = tuple[int, int]
Point = tuple[int, int]
Way = tuple[int, int, int]  # from which card to which, and of which family of arrows
GAP, ROOM, LANE = 28, 44, 14


@dataclass(frozen=True, slots=True)
class Layout:
    """The upper left corner of each card, the points of each arrow, and the size of the whole.

    `square` says that arrows turn at right angles, as beside a column.
    """

    corners: tuple[Point, ...]
    paths: tuple[tuple[Point, ...], ...]
    width: int
    height: int
    square: bool = False
