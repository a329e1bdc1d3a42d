"""Looking before deciding: what a decision would touch, and what ends soon, as the operator's service tells it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

from perseus.client import Owner
from trust.canonical import Json


def preview(member: str, *, event: str, home: Path) -> Mapping[str, Json]:
    """Ask the operator what an event about a member would touch.

    Raises:
        NotPermittedError: there is no such member, or the event takes nothing away.
        UnavailableError: the operator does not answer.
    """
    return Owner(home).get("/v1/impact?" + urlencode({"event": event, "subject": member}))


def ending(*, days: int, home: Path) -> list[dict[str, Json]]:
    """Ask the operator what ends within so many days.

    Raises:
        UnavailableError: it does not answer.
    """
    found = Owner(home).get("/v1/endings?" + urlencode({"days": days}))
    return cast("list[dict[str, Json]]", found["endings"])


def told(found: Mapping[str, Json]) -> Iterator[str]:
    """Tell a preview as a person reads it."""
    roles = cast("list[str]", found["roles"])
    held = ", ".join(role.rpartition("/")[2].replace("-", " ") for role in roles) or "no role"
    yield f"{found['event']} of {found['name']} ({found['subject']}): {found['state']} now, {held}"
    yield f"  touches    {found['sentence']}"
    yield f"  follows    {found['consequence']}"
    for one in cast("list[Mapping[str, Json]]", found["silent"]):
        yield f"  no answer  {one['name']} ({one['member']}): {one['why']}"
    places = cast("int", found["shared_list"])
    holding = "1 consent holds" if places == 1 else f"{places} consents hold"
    yield f"  aside      {holding} a place in the operator's status list, about whichever member"
