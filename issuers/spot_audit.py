"""Spot audits: the energy data provider opens single half-hours to an auditor, with the firm's leave and never many.

The plan: (1) the recipient is an auditor, and no bank; (2) a consent of the firm lets it have these readings; (3) what
is opened is what was signed; (4) at most 48 half-hours of a meter's month are ever opened, to all auditors together.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from issuers.consented import NOTHING_WITHDRAWN, Use, require_consent
from trust.claims.consent import Consent, Data
from trust.claims.consumption import Consumption, Readings
from trust.credential import Credential
from trust.did import Did
from trust.digest import Digest
from trust.errors import CommitmentError, NotPermittedError
from trust.report import Verified
from trust.resource import read_resource
from trust.slot_opening import open_slots
from trust.spot_audit import SlotOpenings


@dataclass(frozen=True, slots=True, repr=False)
class Holding:
    """One month of one source as the energy data provider keeps it: what it signed, the readings, and their k."""

    credential: Credential[Consumption]
    readings: bytes
    k: bytes

    def __repr__(self) -> str:
        """Name the credential alone, because readings and k have no place in a log."""
        return f"Holding({self.credential.id})"


@dataclass(frozen=True, slots=True)
class Auditor:
    """To whom half-hours are opened: a member by its roles, and the firm's consent that lets it have readings."""

    did: Did
    roles: tuple[str, ...]
    consent: Verified[Consent]
    purpose: str
    withdrawn: Mapping[str, datetime] = field(default_factory=lambda: NOTHING_WITHDRAWN)


AUDITOR = "https://registry.ib1.org/scheme/perseus/role/auditor"
BANK = "https://registry.ib1.org/scheme/perseus/role/financial-service-provider"


def open_for_audit(
    holding: Holding, *, slots: Collection[int], auditor: Auditor, before: Collection[int], at: datetime
) -> SlotOpenings:
    """Open chosen half-hours of a committed month; `before` are those of this meter and month opened already.

    Raises:
        NotPermittedError: the recipient is no auditor, has no leave, or too much would be shown.
        MalformedError: the readings are not what they must be.
    """
    claim = holding.credential.claim
    # (1) A bank must never see a reading, under whichever hat it asks.
    _require_auditor(auditor, claim)
    # (2) An auditor sees readings by the firm's leave, as everybody does.
    sender, period = holding.credential.issuer, claim.period
    use = Use(sender, auditor.did, Data.CONSUMPTION, auditor.purpose, claim.id, period)
    require_consent(auditor.consent, use, at=at, withdrawn=auditor.withdrawn)
    # (3) Readings that are not the signed ones would open nothing.
    readings = read_resource(holding.readings, where="readings")
    if not isinstance(readings, Readings) or Digest.of(holding.readings) != claim.readings.digest_multibase:
        raise _refused(claim, "the readings at hand are not those that were signed", "link.digest")
    # (4) Few half-hours show whether the meter is honest; many would show how the firm lives.
    try:
        opened = open_slots(readings.values, holding.k, slots, before=before)
    except CommitmentError as error:
        raise _refused(claim, str(error), error.code) from error
    return SlotOpenings(
        holding.credential.id, claim.commitments.digest_multibase, period, auditor.did, at, opened
    )


def _require_auditor(auditor: Auditor, claim: Consumption) -> None:
    if AUDITOR not in auditor.roles or BANK in auditor.roles:
        roles = ", ".join(role.rpartition("/")[2] for role in auditor.roles) or "none"
        reason = f"{auditor.did} has these roles: {roles}; readings are shown to an auditor, and to no bank"
        raise _refused(claim, reason, "member.wrong_role")


def _refused(claim: Consumption, because: str, code: str) -> NotPermittedError:
    return NotPermittedError(
        f"opening half-hours of {claim.id} in {claim.period.month}", because=because, code=code
    )
