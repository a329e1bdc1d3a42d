"""One event in its place: what it says, who signed it, and what the log recorded before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from registry.bodies import Demand
from registry.errors import EventRefusedError
from registry.events import Event
from registry.history import History, Mark, Membership, moment
from registry.log.merkle import Tree
from registry.scheme import Scheme
from trust.did import Did


@dataclass(frozen=True, slots=True)
class Signers:
    """The people behind the signatures of one event, each counted once however many keys they used."""

    officers: frozenset[str]
    member: bool = False
    incoming: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Act:
    """An event, its index, its signers, and everything a rule may look at.

    `reach` is the moment that one person alone cannot reach behind: the earliest time of recording where it is
    known, else the latest moment that the log already speaks of.
    """

    index: int
    event: Event
    signers: Signers
    scheme: Scheme
    history: History
    tree: Tree
    owners: Mapping[str, Did]
    reach: datetime

    @property
    def effective(self) -> datetime:
        """The moment from which the event counts."""
        return self.event.effective

    @property
    def mark(self) -> Mark:
        """The moment and the index, as they are recorded."""
        return Mark(self.event.effective, self.index)

    @property
    def demand(self) -> Demand:
        """Who must sign this type of event under the policy in force.

        Raises:
            EventRefusedError: the policy names no quorum for the type.
        """
        found = self.scheme.policy.demand(self.event.type)
        if found is None:
            raise self.refuse("the policy in force names no quorum for it", "event.quorum")
        return found

    def refuse(self, because: str, code: str) -> EventRefusedError:
        """Make the refusal of this event."""
        what = f"register entry {self.index} ({self.event.type} of {self.history.name})"
        return EventRefusedError(f"{what} has no effect: {because}", code=code)

    def require_quorum(self) -> None:
        """Demand the signatures that the policy names.

        Raises:
            EventRefusedError: an officer's or the member's signature is missing.
        """
        demand = self.demand
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
        demand = self.demand
        return len(self.signers.officers) >= (demand.officers if demand.full is None else demand.full)

    def require_member(self) -> Membership:
        """Demand that the subject is a member at the log's present end, and give its stay.

        Raises:
            EventRefusedError: it was never admitted, or has left.
        """
        stay = self.history.membership
        if stay is None:
            raise self.refuse("it is not a member", "event.state")
        if self.effective < stay.start.at:
            raise self.refuse(f"it is a member only from {moment(stay.start.at)}", "event.state")
        if stay.leaving is not None and stay.leaving.mark.at <= self.effective:
            raise self.refuse(f"it left on {moment(stay.leaving.mark.at)}", "event.state")
        return stay
