"""What a figure may be made from: inputs that belong together, and by whose leave they are used."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from issuers.consented import NOTHING_WITHDRAWN, Use, require_consent
from issuers.issue import Signing
from issuers.openings import Delivered
from trust.claims.consent import Consent, Data
from trust.claims.consumption import Fuel
from trust.claims.halfhour import Period
from trust.claims.intensity import Intensity
from trust.claims.region import GB
from trust.did import Did
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
        NotPermittedError: when it is of several, of none, of a source twice, or of gas.
    """
    periods = {one.consumption.claim.period for one in delivered}
    sources = [one.consumption.claim.id for one in delivered]
    if len(periods) != 1:
        found = ", ".join(sorted(str(period.month) for period in periods)) or "none"
        raise _refused(f"the consumption is of these months: {found}", "data.outside_window")
    if len(set(sources)) != len(sources):
        raise _refused("one source was delivered twice", "data.duplicate")
    gas = [
        one.consumption.claim.id for one in delivered if one.consumption.claim.fuel is not Fuel.ELECTRICITY
    ]
    if gas:
        raise _refused(f"{gas[0]} meters gas, for which no factor is at hand", "calculation.method_unknown")
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


def require_one_region(delivered: Sequence[Delivered], grid: Grid) -> None:
    """Refuse an intensity of another place or month; the national one may stand in.

    Raises:
        NotPermittedError: when region or month differ.
    """
    intensity = grid.intensity.claim
    for one in delivered:
        claim = one.consumption.claim
        if intensity.region not in {claim.region, GB}:
            reason = f"{claim.id} is in {claim.region}, and the intensity is of {intensity.region}"
            raise _refused(reason, "data.region")
        if claim.period != intensity.period:
            reason = f"the consumption is of {claim.period.month}, the intensity of {intensity.period.month}"
            raise _refused(reason, "data.outside_window")


def require_separate(delivered: Sequence[Delivered], grid: Grid, *, signing: Signing) -> None:
    """Refuse to let one member play two parts.

    Raises:
        NotPermittedError: when readings, intensity and figure are not of three members.
    """
    grid_provider = envelope(grid.intensity).issuer
    for one in delivered:
        provider = envelope(one.consumption).issuer
        if len({provider, grid_provider, signing.issuer}) < 3:  # noqa: PLR2004 - three roles, three members
            reason = f"{signing.issuer}, {provider} and {grid_provider} must be three members"
            raise _refused(reason, "policy.separation")


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
