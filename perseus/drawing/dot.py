"""A scene in the DOT language of Graphviz, for who wants to lay it out anew."""

from perseus.drawing.scene import Bond, Scene

_STYLE = {Bond.DERIVED: "solid", Bond.PERMITTED: "dashed", Bond.BROKEN: "dotted"}


def dot(scene: Scene, *, title: str = "Where the figures come from") -> bytes:
    """Write a scene as a directed graph (Graphviz, the DOT language)."""
    lines = ["digraph provenance {", f"  label={_quoted(title)};", "  node [shape=box];"]
    for number, card in enumerate(scene.cards):
        style = ("solid" if card.document else "rounded") if card.sound else "dashed"
        label = "\\n".join(_escaped(line) for line in card.lines)
        lines.append(f'  n{number} [label="{label}", style={style}];')
    for arrow in scene.arrows:
        style = f"label={_quoted(arrow.bond)}, style={_STYLE[arrow.bond]}"
        lines.append(f"  n{arrow.start} -> n{arrow.end} [{style}];")
    return ("\n".join([*lines, "}"]) + "\n").encode()


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    """Escape what would end a string, or begin an escape (the DOT language, quoted strings)."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
