"""The page of one check or code: what is asked, what an answer means, and who can mend it."""

from perseus.pages.catalogue import explain
from perseus.pages.exhibit import Exhibit
from perseus.pages.rendering import render


def page(exhibit: Exhibit, code: str) -> str | None:
    """Make the page, or tell that the catalogue has nothing of that name."""
    found = explain(code)
    return None if found is None else render("check.html", exhibit=exhibit, found=found)
