"""Consumption: the energy data provider says what one source used in one month, and commits to each half-hour.

The plan: (1) is the month whole and over; (2) does a consent let the recipient have it, from the firm that
controls the source; (3) is the metering what it says; (4) commit with a k that was never used; (5) sign.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from issuers.consented import NOTHING_WITHDRAWN, Use, require_account_holder, require_consent
from issuers.issue import Signing
from trust.claims.account import AccountHolder
from trust.claims.commitments import Commitments
from trust.claims.consent import Consent, Data
from trust.claims.consumption import (
    Assurance,
    Consumption,
    Coverage,
    Fuel,
    Measure,
    Readings,
    ResourceReference,
    Substitution,
)
from trust.claims.halfhour import stamp
from trust.claims.region import Region
from trust.commitment import commit
from trust.did import Did
from trust.digest import Digest
from trust.envelope import link
from trust.errors import NotPermittedError
from trust.links import Relation
from trust.report import Verified
from trust.resource import write_resource
from trust.secured import Secured


@dataclass(frozen=True, slots=True)
class Meter:
    """What the energy data provider knows of a source besides its readings."""

    source: str
    fuel: Fuel
    outcode: str
    region: Region
    assurance: Assurance
    substitution: Substitution | None = None


@dataclass(frozen=True, slots=True)
class Grounds:
    """On what the readings may leave: the consent, whose account it is, and for whom and what they are meant."""

    consent: Verified[Consent]
    account_holder: Verified[AccountHolder]
    recipient: Did
    purpose: str
    withdrawn: Mapping[str, datetime] = field(default_factory=lambda: NOTHING_WITHDRAWN)


@dataclass(frozen=True, slots=True, repr=False)
class Issued:
    """A consumption credential and what travels beside it to the accounting provider alone, with the secret k."""

    credential: Secured
    readings: bytes
    commitments: bytes
    k: bytes

    @property
    def k_digest(self) -> Digest:
        """Name the k without showing it, so that its second use can be refused."""
        return Digest.of(self.k)

    def __repr__(self) -> str:
        """Name the credential alone, because readings and k have no place in a log."""
        return f"Issued({self.credential!r})"


def issue_consumption(
    readings: Readings,
    *,
    meter: Meter,
    grounds: Grounds,
    signing: Signing,
    k: bytes,
    resource_ids: tuple[str, str],
    used: Collection[Digest] = (),
) -> Issued:
    """Commit to one month of readings and sign what they add up to (Perseus, ConsumptionCredential).

    `k` is 32 fresh random bytes, `used` names every k of the past; `resource_ids` are the ids of the readings
    and of the commitments.

    Raises:
        NotPermittedError: when the month is not over, no consent covers it, or k was used before.
        MalformedError: when the readings or the metering contradict themselves.
    """
    # (1) A month that can still grow would be differenced against its later self.
    _require_whole_month(readings, at=signing.at)
    # (2) Nobody's readings leave without the consent of whoever controls the meter.
    _require_grounds(grounds, readings, meter=meter, signing=signing)
    # (3) The region outweighs every other error, and every substituted half-hour is declared.
    _require_sound(readings, meter)
    # (4) Two vectors under one k could be subtracted from each other.
    if Digest.of(k) in used:
        raise _refused("committing to readings", "its secret k was used before", "calculation.second_weights")
    shown, hidden = write_resource(readings), write_resource(_commitments(readings, fuel=meter.fuel, k=k))
    # (5) The credential binds both resources by their digests, so that neither can be exchanged.
    claim = _claim(readings, meter, references=_references(resource_ids, shown, hidden))
    links = (link(Relation.DERIVED, grounds.account_holder), link(Relation.PERMITTED, grounds.consent))
    return Issued(signing.issue(claim, links=links), shown, hidden, k)


def _require_whole_month(readings: Readings, *, at: datetime) -> None:
    period = readings.period
    if period.month is None:
        raise _refused(f"issuing consumption for {period}", "it is no calendar month", "data.partial_month")
    if period.end > at:
        reason = f"the month is over at {stamp(period.end)}, and it is {stamp(at)}"
        raise _refused(f"issuing consumption for {period.month}", reason, "data.in_future")


def _require_grounds(grounds: Grounds, readings: Readings, *, meter: Meter, signing: Signing) -> None:
    use = Use(
        signing.issuer, grounds.recipient, Data.CONSUMPTION, grounds.purpose, meter.source, readings.period
    )
    require_consent(grounds.consent, use, at=signing.at, withdrawn=grounds.withdrawn)
    require_account_holder(grounds.account_holder, consent=grounds.consent, use=use, at=signing.at)


def _require_sound(readings: Readings, meter: Meter) -> None:
    if meter.region.national:
        reason = f"{meter.region} is wider than the grid region of one meter"
        raise _refused(f"issuing consumption of {meter.source}", reason, "data.region")
    substituted = Coverage.of(readings).substituted
    declared = 0 if meter.substitution is None else meter.substitution.slots
    if substituted != declared:
        reason = f"{substituted} half-hours are substituted, and a method is declared for {declared}"
        raise _refused(f"issuing consumption of {meter.source}", reason, "data.coverage_misstated")


def _commitments(readings: Readings, *, fuel: Fuel, k: bytes) -> Commitments:
    return Commitments(
        period=readings.period,
        fuel=fuel,
        unit_code=readings.unit_code,
        exponent=readings.exponent,
        quality=readings.quality,
        points=commit(readings.values, k),
    )


def _references(
    ids: tuple[str, str], shown: bytes, hidden: bytes
) -> tuple[ResourceReference, ResourceReference]:
    return ResourceReference(ids[0], Digest.of(shown)), ResourceReference(ids[1], Digest.of(hidden))


def _claim(
    readings: Readings, meter: Meter, *, references: tuple[ResourceReference, ResourceReference]
) -> Consumption:
    return Consumption(
        id=meter.source,
        fuel=meter.fuel,
        measure=Measure.IMPORT,
        outcode=meter.outcode,
        region=meter.region,
        period=readings.period,
        unit_code=readings.unit_code,
        exponent=readings.exponent,
        coverage=Coverage.of(readings),
        assurance=meter.assurance,
        readings=references[0],
        commitments=references[1],
        substitution=meter.substitution,
    )


def _refused(act: str, because: str, code: str) -> NotPermittedError:
    return NotPermittedError(act, because=because, code=code)
