"""What the log has recorded about one member while it is folded: lists that grow, and a history once somebody asks.

A record is written by one state alone, whose pen it bears; every other state copies it before the first change.
"""

from msgspec import Struct, field

from registry.history import History, Key, Mark, Membership, Profile, Role, Suspension
from registry.papers import Certificate, Published, Signed
from trust.did import Did


class Pen:
    """What marks the records that one state may write."""

    __slots__ = ()


class Record(Struct, eq=False, gc=False):
    """All that the log holds about one subject so far; `did` is None for the scheme, which has no history."""

    subject: str
    did: Did | None
    pen: Pen
    events: list[int] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    suspensions: list[Suspension] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    keys: dict[str, Key] = field(default_factory=dict)
    exit_requests: list[Mark] = field(default_factory=list)
    agreements: list[Signed] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    published: list[Published] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    known: History | None = None

    @property
    def name(self) -> str:
        """The name that the register calls the member by; its identifier while there is none."""
        return self.profiles[-1].name if self.profiles else self.subject

    @property
    def history(self) -> History:
        """The record as a value that no later event changes."""
        if self.known is None:
            self.known = self._frozen()
        return self.known

    @property
    def last(self) -> int | None:
        """The index of the last event about the subject, which its next event must name."""
        return self.events[-1] if self.events else None

    def copy(self, pen: Pen) -> "Record":
        """Give a record that says the same and that another pen may write."""
        return Record(
            self.subject,
            self.did,
            pen,
            list(self.events),
            list(self.profiles),
            list(self.memberships),
            list(self.suspensions),
            list(self.roles),
            dict(self.keys),
            list(self.exit_requests),
            list(self.agreements),
            list(self.certificates),
            list(self.published),
            list(self.unknown),
            self.known,
        )

    def _frozen(self) -> History:
        return History(
            self.subject,
            tuple(self.events),
            tuple(self.profiles),
            tuple(self.memberships),
            tuple(self.suspensions),
            tuple(self.roles),
            tuple(self.keys.values()),
            tuple(self.exit_requests),
            tuple(self.agreements),
            tuple(self.certificates),
            tuple(self.published),
            tuple(self.unknown),
        )
