"""Emissions: the accounting provider multiplies what it has verified, and signs a figure that a bank can check.

The plan: (1) one firm, one month, every meter's own region, other members' inputs; (2) a consent for every source, and
every consented source; (3) open every commitment or refuse; (4) calculate, a row for each fuel; (5) open the weighted
sums, under one weighting for ever; (6) sign.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from issuers.inputs import (
    Grid,
    Leave,
    grids_used,
    one_firm,
    one_period,
    require_all_sources,
    require_leave,
    require_own_keys,
    require_separate,
)
from issuers.issue import Signing
from issuers.openings import Delivered, Opened, require_one_weighting
from issuers.weighing import rows, weigh
from trust.claims.emissions import METHOD, Activity, Emissions
from trust.digest import Digest
from trust.envelope import link
from trust.links import Relation
from trust.secured import Secured

__all__ = ["Grid", "Leave", "Past", "Reported", "issue_emissions"]
NO_KEYS: Mapping[Digest, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Past:
    """Which weighted sums were opened before; `correcting` says that an old figure is being superseded.

    `keys` gives the consumption credential that each k, by its digest, came with before.
    """

    opened: tuple[Opened, ...] = ()
    correcting: bool = False
    keys: Mapping[Digest, str] = field(default_factory=lambda: NO_KEYS)


@dataclass(frozen=True, slots=True)
class Reported:
    """An emissions credential, and the openings in it, which must be remembered for the next one."""

    credential: Secured
    opened: tuple[Opened, ...]


def issue_emissions(
    delivered: Sequence[Delivered],
    *,
    grids: Sequence[Grid],
    leave: Leave,
    signing: Signing,
    started_at: datetime,
    past: Past = Past(),
) -> Reported:
    """Calculate one firm's month from verified inputs alone, and sign it (Perseus, EmissionsCredential).

    Raises:
        NotPermittedError: when an input is missing, does not belong, is not consented to, or would leak.
        MalformedError: when a resource is not what it must be.
    """
    # (1) Nothing is added that belongs to another firm or month, or is weighed by another region.
    period = one_period(delivered)
    firm = one_firm(leave.consents)
    used = grids_used(delivered, grids)
    require_separate(delivered, used, signing=signing)
    # (2) The consent to deliver the readings is the consent to calculate from them.
    require_leave(delivered, leave, signing=signing)
    require_all_sources(delivered, leave)
    require_own_keys(delivered, past.keys)
    # (3) What does not open is not what the provider signed.
    weighed = tuple(weigh(one, used) for one in delivered)
    # (4) and (5): the figures, and what lets a bank check them without a reading.
    opened = tuple(one.vector.opened for one in weighed)
    for new in opened:
        require_one_weighting(new, past=past.opened, correcting=past.correcting)
    claim = Emissions(
        firm,
        period,
        rows(weighed, absent=len(leave.absent)),
        METHOD,
        Activity(started_at, signing.at),
    )
    # (6) Every input is named, and bound by its digest.
    links = (
        *(link(Relation.DERIVED, one.consumption) for one in delivered),
        *(link(Relation.USED, grid.intensity) for grid in used),
        *(link(Relation.PERMITTED, consent) for consent in leave.consents),
    )
    return Reported(signing.issue(claim, links=links), opened)
