"""How a member stands at a moment, in one word and since when (register.md, two clocks)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from registry.history import History, Membership


class State(StrEnum):
    """The one word for how an organisation stands in the scheme."""

    ADMITTED = "admitted"
    MEMBER = "member"
    SUSPENDED = "suspended"
    LEFT = "left"
    EXPELLED = "expelled"


@dataclass(frozen=True, slots=True)
class Footing:
    """How a member stands, since when, and until when where an end is set; `admitted` begins only later."""

    state: State
    since: datetime
    until: datetime | None = None

    @property
    def good(self) -> bool:
        """Tell whether what it signs may be relied on, as far as its membership goes."""
        return self.state is State.MEMBER

    @property
    def stays(self) -> bool:
        """Tell whether it belongs to the scheme, suspended or not."""
        return self.state in {State.MEMBER, State.SUSPENDED}


def footing_of(history: History, at: datetime) -> Footing:
    """Tell how an organisation that was admitted stands at a moment."""
    begun = [stay for stay in history.memberships if stay.start.at <= at]
    if not begun:
        return Footing(State.ADMITTED, history.memberships[0].start.at)
    leaving = begun[-1].leaving
    if leaving is not None and leaving.mark.at <= at:
        return Footing(State.EXPELLED if leaving.expelled else State.LEFT, leaving.mark.at)
    return _staying(history, begun[-1], at)


def _staying(history: History, stay: Membership, at: datetime) -> Footing:
    open_ones = [item for item in history.suspensions if item.covers(at)]
    if open_ones:
        ends = [item.end for item in open_ones]
        known = [end.at for end in ends if end is not None]
        until = max(known) if len(known) == len(ends) else None
        return Footing(State.SUSPENDED, min(item.start.at for item in open_ones), until)
    return Footing(State.MEMBER, stay.start.at, None if stay.leaving is None else stay.leaving.mark.at)
