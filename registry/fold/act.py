"""One event in its place: what it says, who signed it, and what the log recorded before it."""

from datetime import datetime

from msgspec import Struct

from registry.bodies import Demand
from registry.errors import EventRefusedError
from registry.events import Event
from registry.fold.record import Record
from registry.fold.roots import Roots
from registry.history import Mark, Membership, moment
from registry.scheme import Scheme
from trust.did import Did
from trust.keys import PublicKey


class Signers(Struct, frozen=True, eq=False, gc=False):
    """The people behind the signatures of one event, each counted once however many keys they used."""

    officers: frozenset[str]
    member: bool
    incoming: frozenset[str]
    keys: tuple[PublicKey | None, ...] = ()


class Ground(Struct, frozen=True, eq=False, gc=False):
    """What events are judged by besides the record of their subject: the scheme in force, roots, owners of keys."""

    scheme: Scheme
    roots: Roots
    owners: dict[str, Did]


class Act(Struct, frozen=True, eq=False, gc=False):
    """An event, its mark, its signers, and everything a rule may look at.

    `mark` is the moment from which it counts, with its index. `reach` is the moment that one person alone cannot
    reach behind: the earliest time of recording where it is known, else the latest moment that the log already
    speaks of.
    """

    mark: Mark
    event: Event
    signers: Signers
    record: Record
    reach: datetime
    ground: Ground

    @property
    def index(self) -> int:
        """The place of the event in the log."""
        return self.mark.index

    @property
    def effective(self) -> datetime:
        """The moment from which the event counts."""
        return self.mark.at

    @property
    def scheme(self) -> Scheme:
        """The scheme in force."""
        return self.ground.scheme

    @property
    def demand(self) -> Demand:
        """Who must sign this type of event under the policy in force.

        Raises:
            EventRefusedError: the policy names no quorum for the type.
        """
        found = self.ground.scheme.demands.get(self.event.type)
        if found is None:
            raise self.refuse("the policy in force names no quorum for it", "event.quorum")
        return found

    def refuse(self, because: str, code: str) -> EventRefusedError:
        """Make the refusal of this event."""
        what = f"register entry {self.index} ({self.event.type} of {self.record.name})"
        return EventRefusedError(f"{what} has no effect: {because}", code=code)

    def require_place(self, bound: datetime) -> None:
        """Demand that the event belongs here: this scheme, this policy, after its subject's last event, not dated back.

        Raises:
            EventRefusedError: it belongs elsewhere.
        """
        event, scheme, events = self.event, self.ground.scheme, self.record.events
        last = events[-1] if events else None
        if event.scheme != scheme.origin:
            raise self.refuse(f"it belongs to {event.scheme}", "event.scheme")
        if event.policy != scheme.policy_index:
            because = f"it names policy {event.policy}, and {scheme.policy_index} is in force"
            raise self.refuse(because, "event.policy")
        if event.prev != last:
            named = "no entry" if event.prev is None else f"entry {event.prev}"
            newest = "there is none" if last is None else f"the last one is {last}"
            raise self.refuse(f"it follows {named}, and {newest}", "event.prev")
        if event.effective < bound and event.effective < bound - scheme.skew:
            because = f"it is dated {moment(event.effective)}, before it was recorded ({moment(bound)})"
            raise self.refuse(because, "event.backdated")

    def require_somebody(self) -> None:
        """Demand a signature of anybody whom the register knows.

        Raises:
            EventRefusedError: there is none.
        """
        if not self.signers.officers and not self.signers.member:
            raise self.refuse("nobody known to the register signed it", "event.quorum")

    def require_quorum(self) -> None:
        """Demand the signatures that the policy names.

        Raises:
            EventRefusedError: an officer's or the member's signature is missing.
        """
        demand = self.ground.scheme.demands.get(self.event.type) or self.demand
        if len(self.signers.officers) < demand.officers:
            self.require_officers(demand.officers)
        if demand.member and not self.signers.member:
            raise self.refuse("the member's own signature is missing", "event.quorum")

    def require_officers(self, number: int, *, apart_from: frozenset[str] = frozenset()) -> None:
        """Demand the signatures of so many different officers.

        Raises:
            EventRefusedError: there are fewer.
        """
        found = self.signers.officers - apart_from
        if len(found) < number:
            others = " other than those who ordered it" if apart_from else ""
            people = "1 officer" if number == 1 else f"{number} officers"
            because = f"{people}{others} must sign, and {len(found)} did"
            raise self.refuse(because, "event.quorum")

    @property
    def full(self) -> bool:
        """Tell whether the larger number of officers signed."""
        demand = self.ground.scheme.demands.get(self.event.type) or self.demand
        return len(self.signers.officers) >= (demand.officers if demand.full is None else demand.full)

    def require_member(self) -> Membership:
        """Demand that the subject is a member at the log's present end, and give its stay.

        Raises:
            EventRefusedError: it was never admitted, or has left.
        """
        stays = self.record.memberships
        if not stays:
            raise self.refuse("it is not a member", "event.state")
        stay, at = stays[-1], self.mark.at
        if at < stay.start.at:
            raise self.refuse(f"it is a member only from {moment(stay.start.at)}", "event.state")
        leaving = stay.leaving if stay.leavings else None
        if leaving is not None and leaving.mark.at <= at:
            raise self.refuse(f"it left on {moment(leaving.mark.at)}", "event.state")
        return stay
