"""`perseus verify --against`: a kept verdict beside today's, and what lies between them."""

from collections.abc import Iterator

from perseus.cli.text import wrapped
from perseus.cli.tree import draw
from perseus.stored import Restated
from verifiers.since import Change


def draw_restated(found: Restated) -> list[str]:
    """Draw today's verdict, then whether the kept one comes out again, and what came since."""
    size, at = found.stored["known_at"], found.stored["at"]
    asked = f"Judged again as at {at} and by {size} entries of the register"
    again = "the kept verdict has the same bytes." if found.same else "the kept verdict does not come out:"
    return [
        *draw(found.verdict),
        "",
        *wrapped(f"{asked}, {again}", indent="", hang="  "),
        *_each(found.differences),
        *_since(found),
    ]


def _since(found: Restated) -> Iterator[str]:
    if not found.changes:
        yield "Nothing has changed since."
        return
    yield "What has changed since:"
    yield from _each(found.changes)


def _each(changes: tuple[Change, ...]) -> Iterator[str]:
    for one in changes:
        about = f"{one.what} of {one.kind}" if one.kind else one.what.replace("_", " ")
        said = f"{about}: {one.before} -> {one.after}" + (f". {one.detail}" if one.detail else "")
        yield from wrapped(said, indent="- ", hang="  ")
