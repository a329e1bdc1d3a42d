"""The wallet: what a firm holds, which consents are in force, and what was shared with whom.

A wallet is a value: to hold one more credential or note one more act makes a new one.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from trust.claims.consent import Consent, Withdrawal
from trust.credential import Credential
from trust.did import Did
from trust.envelope import envelope
from trust.secured import Secured


class State(StrEnum):
    """Whether a consent lets data pass now."""

    IN_FORCE = "in force"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What happened between the firm and another party; refusals are kept as well."""

    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"
    SHARED = "shared"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Activity:
    """One act, with the party and the ids of the credentials concerned, and never a value out of them."""

    at: datetime
    act: Act
    party: Did
    credentials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldConsent:
    """A consent of the firm, the bytes that were signed, and how it stands."""

    id: str
    consent: Consent
    secured: Secured
    given: datetime
    state: State
    ended: datetime | None

    @property
    def parties(self) -> tuple[Did, Did]:
        """Give who hands the data over, and who receives it."""
        return self.consent.from_, self.consent.to


@dataclass(frozen=True, slots=True)
class Wallet:
    """Every credential that the firm holds, in the order it came, and everything that was done with them."""

    held: tuple[Secured, ...] = ()
    activity: tuple[Activity, ...] = ()

    def hold(self, *credentials: Secured) -> "Wallet":
        """Hold more credentials; one that is held already is not held twice."""
        new = tuple(dict.fromkeys(credentials))
        return replace(self, held=(*self.held, *(one for one in new if one not in self.held)))

    def note(self, *acts: Activity) -> "Wallet":
        """Note more acts."""
        return replace(self, activity=(*self.activity, *acts))

    def of_kind(self, claim: type[object]) -> tuple[Credential[object], ...]:
        """Give the credentials that carry this class of claim."""
        every = (envelope(one) for one in self.held)
        return tuple(credential for credential in every if isinstance(credential.claim, claim))

    def consents(self, *, at: datetime) -> tuple[HeldConsent, ...]:
        """Tell of every consent how it stands at a moment, the newest first."""
        ended = self.withdrawn
        found = [_held(one, ended=ended, at=at) for one in self.held]
        return tuple(sorted((one for one in found if one), key=lambda one: one.given, reverse=True))

    def in_force(self, *, at: datetime) -> tuple[HeldConsent, ...]:
        """Give the consents that let data pass at a moment."""
        return tuple(one for one in self.consents(at=at) if one.state is State.IN_FORCE)

    @property
    def withdrawn(self) -> dict[str, datetime]:
        """Give the moment from which each withdrawn consent has ended, by its id; the first withdrawal counts."""
        ended: dict[str, datetime] = {}
        for credential in self.of_kind(Withdrawal):
            if isinstance(credential.claim, Withdrawal):
                consent, moment = credential.claim.consent, credential.valid_from
                ended[consent] = min(moment, ended.get(consent, moment))
        return ended

    def resting_on(self, consent: str) -> tuple[str, ...]:
        """Name the consents that fall with this one, at whatever remove."""
        direct = tuple(
            credential.id
            for credential in self.of_kind(Consent)
            if isinstance(credential.claim, Consent) and consent in credential.claim.depends_on
        )
        further = (one for outer in direct for one in self.resting_on(outer))
        return tuple(dict.fromkeys((*direct, *further)))

    def falling_with(self, consent: str, *, at: datetime) -> tuple[HeldConsent, ...]:
        """Give the consents to withdraw together: this one, and those in force that rest on it."""
        fall = (consent, *self.resting_on(consent))
        return tuple(one for name in fall for one in self.in_force(at=at) if one.id == name)

    def with_whom(self, party: Did) -> tuple[Activity, ...]:
        """Give everything that happened between the firm and one party, in order."""
        return tuple(one for one in self.activity if one.party == party)


def _held(one: Secured, *, ended: dict[str, datetime], at: datetime) -> HeldConsent | None:
    credential = envelope(one)
    consent = credential.claim
    if not isinstance(consent, Consent):
        return None
    end = ended.get(credential.id)
    if end is not None and end <= at:
        state, until = State.WITHDRAWN, end
    elif consent.expires <= at:
        state, until = State.EXPIRED, consent.expires
    else:
        state, until = State.IN_FORCE, None
    return HeldConsent(credential.id, consent, one, credential.valid_from, state, until)
