"""What a figure may be made from: inputs that belong together, and by whose leave they are used."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from issuers.consented import NOTHING_WITHDRAWN, Use, require_consent
from issuers.issue import Signing
from issuers.openings import Delivered
from trust.claims.consent import Consent, Data
from trust.claims.consumption import Consumption, Fuel
from trust.claims.halfhour import Period
from trust.claims.intensity import Intensity
from trust.claims.region import GB
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope, links_to
from trust.errors import NotPermittedError
from trust.links import Relation
from trust.report import Verified


@dataclass(frozen=True, slots=True)
class Grid:
    """A verified grid intensity credential and the series that travels beside it."""

    intensity: Verified[Intensity]
    series: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Leave:
    """By whose leave the accounting provider calculates: the consents, the purpose, what was withdrawn since.

    `absent` names the consented sources that nobody delivered: they count as missing, never as zero.
    """

    consents: tuple[Verified[Consent], ...]
    purpose: str
    absent: frozenset[str] = frozenset()
    withdrawn: Mapping[str, datetime] = field(default_factory=lambda: NOTHING_WITHDRAWN)


def one_period(delivered: Sequence[Delivered]) -> Period:
    """Give the one month that all consumption is of.

    Raises:
        NotPermittedError: when it is of several, of none, or of a source twice.
    """
    periods = {one.consumption.claim.period for one in delivered}
    sources = [one.consumption.claim.id for one in delivered]
    if len(periods) != 1:
        found = ", ".join(sorted(str(period.month) for period in periods)) or "none"
        raise _refused(f"the consumption is of these months: {found}", "data.outside_window")
    if len(set(sources)) != len(sources):
        raise _refused("one source was delivered twice", "data.duplicate")
    return periods.pop()


def one_firm(consents: Collection[Verified[Consent]]) -> Did:
    """Name the one firm that gave every consent.

    Raises:
        NotPermittedError: when there is none, or there are two.
    """
    firms = {envelope(consent).issuer for consent in consents}
    if not firms:
        raise _refused("there is no consent", "consent.missing")
    if len(firms) > 1:
        raise _refused(f"the consents are of {len(firms)} firms", "link.other_subject")
    return firms.pop()


def grid_for(claim: Consumption, grids: Collection[Grid]) -> Grid:
    """Choose the intensity of a meter's own region and month; the national one may stand in.

    Raises:
        NotPermittedError: when there is none of its region, or none of its month.
    """
    here = [grid for grid in grids if grid.intensity.claim.region == claim.region]
    here += [grid for grid in grids if grid.intensity.claim.region == GB != claim.region]
    if not here:
        found = ", ".join(sorted(str(grid.intensity.claim.region) for grid in grids)) or "no region"
        raise _refused(f"{claim.id} is in {claim.region}, and the intensity is of {found}", "data.region")
    for grid in here:
        if grid.intensity.claim.period == claim.period:
            return grid
    of = here[0].intensity.claim.period.month
    raise _refused(
        f"the consumption is of {claim.period.month}, the intensity of {of}", "data.outside_window"
    )


def grids_used(delivered: Sequence[Delivered], grids: Collection[Grid]) -> tuple[Grid, ...]:
    """Give the intensities that electricity is weighed by, each once; gas needs none.

    Raises:
        NotPermittedError: when a meter has none of its region and month, or one is given that no meter needs.
    """
    metered = [one.consumption.claim for one in delivered]
    chosen = {id(grid): grid for grid in (grid_for(c, grids) for c in metered if c.fuel is Fuel.ELECTRICITY)}
    spare = [grid for grid in grids if id(grid) not in chosen]
    if spare:
        named = spare[0].intensity.claim
        raise _refused(f"no meter is weighed by the intensity of {named.region}", "data.region")
    return tuple(chosen.values())


def require_separate(delivered: Sequence[Delivered], grids: Collection[Grid], *, signing: Signing) -> None:
    """Refuse to let one member play two parts.

    Raises:
        NotPermittedError: when readings, intensities and figure are not of different members.
    """
    upstream = {envelope(grid.intensity).issuer for grid in grids}
    for provider in (envelope(one.consumption).issuer for one in delivered):
        if signing.issuer in {provider, *upstream} or provider in upstream:
            parties = " and ".join(map(str, (provider, *sorted(upstream))))
            raise _refused(f"{signing.issuer}, {parties} must be three members", "policy.separation")


def require_own_keys(delivered: Sequence[Delivered], known: Mapping[Digest, str]) -> None:
    """Refuse commitments under a k that blinds others too: subtracted, they would show how the readings differ.

    `known` gives the consumption credential that each k, by its digest, came with before.

    Raises:
        NotPermittedError: when two vectors have one k.
    """
    owners = dict(known)
    for one in delivered:
        name = envelope(one.consumption).id
        if owners.setdefault(Digest.of(one.k), name) != name:
            reason = f"the commitments of {name} are blinded by the k of {owners[Digest.of(one.k)]}"
            raise _refused(reason, "calculation.second_weights")


def require_leave(delivered: Sequence[Delivered], leave: Leave, *, signing: Signing) -> None:
    """Refuse to calculate from readings without the consent under which they were delivered.

    Raises:
        NotPermittedError: at the first source that no consent covers, or covers no longer.
    """
    for one in delivered:
        use = _use(one, leave, signing=signing)
        naming = [consent for consent in leave.consents if use.source in consent.claim.sources]
        if not naming:
            raise _refused(f"no consent at hand names the source {use.source}", "consent.missing")
        under = [consent for consent in naming if links_to(one.consumption, Relation.PERMITTED, consent)]
        if not under:
            had, given = envelope(one.consumption).id, envelope(naming[0]).id
            raise _refused(
                f"the consumption {had} was not delivered under the consent {given}", "link.digest"
            )
        require_consent(under[0], use, at=signing.at, withdrawn=leave.withdrawn)


def _use(one: Delivered, leave: Leave, *, signing: Signing) -> Use:
    claim = one.consumption.claim
    sender = envelope(one.consumption).issuer
    return Use(sender, signing.issuer, Data.CONSUMPTION, leave.purpose, claim.id, claim.period)


def require_all_sources(delivered: Sequence[Delivered], leave: Leave) -> None:
    """Refuse to leave a consented source out without saying so.

    Raises:
        NotPermittedError: when a source is neither delivered nor named as absent, or is both.
    """
    here = frozenset(one.consumption.claim.id for one in delivered)
    agreed = frozenset(source for consent in leave.consents for source in consent.claim.sources)
    if leave.absent != agreed - here:
        wrong = min(leave.absent ^ (agreed - here))
        told = (
            "is named as missing, and is not" if wrong in leave.absent else "is missing, and is not named so"
        )
        raise _refused(f"the source {wrong} {told}", "data.source_missing")


def _refused(because: str, code: str) -> NotPermittedError:
    return NotPermittedError("reporting emissions", because=because, code=code)
