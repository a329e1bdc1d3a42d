"""The page of one broken chain: what was done to it, and the verdict that caught it."""

from typing import cast

from perseus.pages.exhibit import Broken, Exhibit, Verdict
from perseus.pages.figures import figures_of, span_of
from perseus.pages.headline import headline_of
from perseus.pages.rendering import render
from perseus.pages.signatures import titles_of
from perseus.pages.tree import Check, areas_of, tell


def page(exhibit: Exhibit, broken: Broken, verdict: Verdict) -> str:
    """Make the page of one broken chain.

    Raises:
        MalformedError: the evidence is not a JSON object.
    """
    checks = cast("list[Check]", verdict["checks"])
    numbers = [one.number for one in exhibit.broken]
    place = numbers.index(broken.number)
    return render(
        "broken.html",
        exhibit=exhibit,
        broken=broken,
        verdict=verdict,
        headline=headline_of(verdict, reader=exhibit.reader),
        reason=_reason(checks, broken.expected),
        span=span_of(verdict),
        figures=figures_of(verdict),
        areas=areas_of(checks),
        told=tell(checks),
        titles=titles_of(exhibit),
        before=exhibit.broken[place - 1] if place else None,
        after=exhibit.broken[place + 1] if place + 1 < len(numbers) else None,
    )


def _reason(checks: list[Check], code: str) -> Check | None:
    """Give the check that failed with the code in question, or else the first that failed."""
    failed = [check for check in checks if check["outcome"] == "failed"]
    return next((check for check in failed if check["code"] == code), failed[0] if failed else None)
