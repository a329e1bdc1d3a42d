"""A scene as SVG: text stays text, no style sheet and no script, a title and a description for who cannot see it.

Colour never stands alone: a document has a bar, what is amiss a broken border and its words, an arrow its dashes.
"""

from collections.abc import Iterable, Mapping
from html import escape
from itertools import pairwise
from textwrap import wrap
from types import MappingProxyType

from perseus.drawing.layout import lay_out
from perseus.drawing.place import GAP, Layout, Point
from perseus.drawing.scene import Bond, Card, Scene

WIDE, NARROW = 3, 1
_CARD, _LINE, _PAD, _LETTERS, _BEND = 240, 18, 12, 31, 20
_INK, _SOFT, _PAPER, _EDGE, _BAD = "#0b0c0c", "#505a5f", "#ffffff", "#b1b4b6", "#b10e1e"
_STROKES: Mapping[Bond, tuple[str, str]] = MappingProxyType(
    {Bond.DERIVED: ("#1d70b8", ""), Bond.PERMITTED: ("#00703c", "7 4"), Bond.BROKEN: (_BAD, "2 4")}
)
_LEGEND: Mapping[Bond, str] = MappingProxyType(
    {
        Bond.DERIVED: "leads to what it rests on",
        Bond.PERMITTED: "leads to the consent that allows it",
        Bond.BROKEN: "names bytes that are not there",
    }
)


def svg(scene: Scene, *, abreast: int = WIDE, title: str = "Where the figures come from") -> bytes:
    """Draw a scene, with at most so many cards abreast (SVG 1.1)."""
    cards = [_lines(card) for card in scene.cards]
    sizes = [(_CARD, len(lines) * _LINE + 2 * _PAD) for lines in cards]
    families = list(Bond)
    ways = [(arrow.start, arrow.end, families.index(arrow.bond)) for arrow in scene.arrows]
    layout = lay_out(sizes, ways, abreast=abreast)
    width, height = max(layout.width, _CARD + 2 * GAP), layout.height + _legend_height(scene)
    parts = [
        *_head(width, height, title=title, summary=scene.summary),
        *(
            _arrow(arrow.bond, path, square=layout.square)
            for arrow, path in zip(scene.arrows, layout.paths, strict=True)
        ),
        *_cards(scene, cards, layout),
        *_legend(scene, layout.height),
        "</svg>",
    ]
    return ("\n".join(parts) + "\n").encode()


def _head(width: int, height: int, *, title: str, summary: str) -> Iterable[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}" font-family="Arial, Helvetica, sans-serif" font-size="13">'
    )
    yield f'<title id="title">{escape(title)}</title>'
    yield f'<desc id="desc">{escape(summary)}</desc>'
    yield f'<rect width="{width}" height="{height}" fill="{_PAPER}"/>'
    yield "<defs>"
    for bond, (colour, _) in _STROKES.items():
        yield (
            f'<marker id="{bond.name.lower()}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="6" markerHeight="6" '
            f'orient="auto"><path d="M0 0 8 4 0 8Z" fill="{colour}"/></marker>'
        )
    yield "</defs>"


def _lines(card: Card) -> list[str]:
    return [part for line in card.lines for part in wrap(line, _LETTERS) or [""]]


def _cards(scene: Scene, cards: list[list[str]], layout: Layout) -> Iterable[str]:
    for card, lines, (left, top) in zip(scene.cards, cards, layout.corners, strict=True):
        height = len(lines) * _LINE + 2 * _PAD
        border = _EDGE if card.sound else _BAD
        broken = "" if card.sound else ' stroke-dasharray="5 3" stroke-width="2"'
        yield f"<g><title>{escape(', '.join(card.lines))}</title>"
        yield (
            f'<rect x="{left}" y="{top}" width="{_CARD}" height="{height}" rx="{3 if card.document else 14}" '
            f'fill="{_PAPER}" stroke="{border}"{broken}/>'
        )
        if card.document:
            colour = _INK if card.sound else _BAD
            yield f'<rect x="{left}" y="{top}" width="5" height="{height}" fill="{colour}"/>'
        heading = len(wrap(card.lines[0], _LETTERS))
        for number, line in enumerate(lines):
            yield _text(left + _PAD + 4, top + _PAD + 13 + number * _LINE, line, bold=number < heading)
        yield "</g>"


def _text(left: int, base: int, line: str, *, bold: bool = False) -> str:
    amiss = line[:1] in {"\N{BALLOT X}", "!"}
    colour = _BAD if amiss else _INK if bold else _SOFT
    weight = ' font-weight="bold"' if bold or amiss else ""
    return f'<text x="{left}" y="{base}" fill="{colour}"{weight}>{escape(line)}</text>'


def _arrow(bond: Bond, path: tuple[Point, ...], *, square: bool) -> str:
    colour, dashes = _STROKES[bond]
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<path d="{_curve(path, square=square)}" fill="none" stroke="{colour}" stroke-width="1.5"{dashed} '
        f'marker-end="url(#{bond.name.lower()})"/>'
    )


def _curve(path: tuple[Point, ...], *, square: bool) -> str:
    """Bend a path where it changes lanes, and lead it straight down where it does not."""
    drawn = [f"M{path[0][0]} {path[0][1]}"]
    for (x, y), (right, below) in pairwise(path):
        bend = _BEND if below >= y else -_BEND
        straight = f"L{right} {below}"
        drawn.append(
            straight if square or x == right else f"C{x} {y + bend} {right} {below - bend} {right} {below}"
        )
    return "".join(drawn)


def _bonds(scene: Scene) -> list[Bond]:
    return [bond for bond in Bond if any(arrow.bond is bond for arrow in scene.arrows)]


def _legend_height(scene: Scene) -> int:
    return 22 * len(_bonds(scene)) + GAP if scene.arrows else 0


def _legend(scene: Scene, top: int) -> Iterable[str]:
    for number, bond in enumerate(_bonds(scene)):
        base = top + 22 * number
        yield _arrow(bond, ((GAP, base + 9), (GAP + 36, base + 9)), square=True)
        yield _text(GAP + 46, base + 13, _LEGEND[bond])
