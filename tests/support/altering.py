"""What a rogue changes in a credential before it signs it anew with its own key."""

from collections.abc import Callable
from dataclasses import replace

from trust.claims.emissions import Emissions, OpeningClaim, Row
from trust.credential import Credential

Change = Callable[[Credential[object]], Credential[object]]


def says(**changes: object) -> Change:
    """Change what a credential claims."""
    return lambda c: replace(c, claim=replace(c.claim, **changes))  # type: ignore[type-var]  # a claim


def row(change: Callable[[Row], Row]) -> Change:
    """Change the one row of a report."""

    def edit(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Emissions)
        return replace(c, claim=replace(c.claim, rows=(change(c.claim.rows[0]),)))

    return edit


def opening(change: Callable[[OpeningClaim], OpeningClaim]) -> Change:
    """Change the one opening of a report."""
    return row(lambda r: replace(r, openings=(change(r.openings[0]),)))
