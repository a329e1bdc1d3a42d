"""The front page: the bank's verdict on the whole chain, and everything that it rests on."""

from typing import cast

from perseus.pages.exhibit import Exhibit
from perseus.pages.figures import figures_of, span_of
from perseus.pages.headline import headline_of
from perseus.pages.rendering import render
from perseus.pages.seen import seen_in
from perseus.pages.services import states_of
from perseus.pages.signatures import chain_of, titles_of
from perseus.pages.tree import Check, areas_of, tell


def page(exhibit: Exhibit, *, followed: bool) -> str:
    """Make the page; the services are asked anew each time, and `followed` tells whether the verdict was given anew.

    Raises:
        MalformedError: the evidence is not a JSON object.
    """
    checks = cast("list[Check]", exhibit.verdict["checks"])
    return render(
        "chain.html",
        exhibit=exhibit,
        followed=followed,
        verdict=exhibit.verdict,
        headline=headline_of(exhibit.verdict, reader=exhibit.reader),
        span=span_of(exhibit.verdict),
        figures=figures_of(exhibit.verdict),
        chain=chain_of(exhibit),
        titles=titles_of(exhibit),
        seen=seen_in(exhibit.evidence),
        areas=areas_of(checks),
        told=tell(checks),
        services=states_of(exhibit.services, exhibit.out),
    )
