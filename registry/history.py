"""What the log has recorded about one member: spans of time, each mark with the entry that recorded it.

Marks are only ever added. So the history as of an earlier size of the log is this one without the later
marks, and no later event can change an answer about that size.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from registry.papers import Certificate, Published, Signed
from trust.keys import PublicKey

LAPSE = timedelta(hours=72)
"""How long an emergency suspension by one officer holds unless it is confirmed (register.md, events)."""


class Mark(Struct, frozen=True, gc=False):
    """A moment that the log entry `index` set."""

    at: datetime
    index: int


@dataclass(frozen=True, slots=True)
class Service:
    """A service that a member offers, by a name of its own and a URL without port."""

    name: str
    url: str


class Profile(Struct, frozen=True, gc=False):
    """How a member is called, and what it offers, since the entry `index`."""

    index: int
    name: str
    services: tuple[Service, ...]


class Leaving(Struct, frozen=True, gc=False):
    """An exit or an expulsion; `since` is set when a fraud reaches back."""

    mark: Mark
    expelled: bool
    since: datetime | None = None


class Span(Struct, frozen=True, gc=False):
    """A stretch of time that began at one mark and ends at the earliest of its ends."""

    start: Mark
    ends: tuple[Mark, ...] = ()

    @property
    def end(self) -> Mark | None:
        """The mark that ends it, or None while it is open."""
        ends = self.ends
        if len(ends) > 1:
            return min(ends, key=lambda mark: mark.at)
        return ends[0] if ends else None

    def covers(self, moment: datetime) -> bool:
        """Tell whether the moment lies inside; the end does not."""
        if self.start.at > moment:
            return False
        end = self.end if self.ends else None
        return end is None or moment < end.at

    def as_of(self, size: int) -> Self:
        """Give the span as the first `size` entries tell it."""
        return replace(self, ends=tuple(mark for mark in self.ends if mark.index < size))

    def ended(self, mark: Mark) -> "Span":
        """Give the span with one more end."""
        return Span(self.start, (*self.ends, mark))


class Membership(Struct, frozen=True, gc=False):
    """One stay in the scheme: the admission, and how it was left."""

    start: Mark
    leavings: tuple[Leaving, ...] = ()

    @property
    def leaving(self) -> Leaving | None:
        """The leaving that comes first, or None while the member stays."""
        return min(self.leavings, key=lambda leaving: leaving.mark.at) if self.leavings else None

    def covers(self, moment: datetime) -> bool:
        """Tell whether the moment lies inside; that of leaving does not."""
        return self.start.at <= moment and all(moment < item.mark.at for item in self.leavings)

    def left(self, leaving: Leaving) -> "Membership":
        """Give the stay with one more leaving."""
        return Membership(self.start, (*self.leavings, leaving))

    def as_of(self, size: int) -> Self:
        """Give the stay as the first `size` entries tell it."""
        return replace(self, leavings=tuple(item for item in self.leavings if item.mark.index < size))


class Suspension(Struct, frozen=True, gc=False):
    """A suspension: who ordered it, what confirmed it, what lifted it."""

    start: Mark
    officers: frozenset[str]
    emergency: bool
    confirmed: Mark | None = None
    lifted: Mark | None = None

    @property
    def end(self) -> Mark | None:
        """The mark that ends it: lifted, or lapsed unconfirmed after 72 hours."""
        if not self.emergency or self.confirmed is not None:
            return self.lifted
        lapse = Mark(self.start.at + LAPSE, self.start.index)
        return lapse if self.lifted is None or lapse.at < self.lifted.at else self.lifted

    def covers(self, moment: datetime) -> bool:
        """Tell whether the moment lies inside [start, end)."""
        end = self.end
        return self.start.at <= moment and (end is None or moment < end.at)

    def confirmed_by(self, officers: frozenset[str], mark: Mark) -> "Suspension":
        """Give the suspension as further officers confirmed it."""
        return Suspension(self.start, self.officers | officers, self.emergency, mark, self.lifted)

    def lifted_by(self, mark: Mark) -> "Suspension":
        """Give the suspension as it was lifted."""
        return Suspension(self.start, self.officers, self.emergency, self.confirmed, mark)

    def as_of(self, size: int) -> Self:
        """Give the suspension as the first `size` entries tell it."""
        return replace(self, confirmed=_known(self.confirmed, size), lifted=_known(self.lifted, size))


class Role(Struct, frozen=True, gc=False):
    """A role that was granted, by its URL."""

    url: str
    span: Span

    def ended(self, mark: Mark) -> "Role":
        """Give the role with one more end."""
        return Role(self.url, Span(self.span.start, (*self.span.ends, mark)))


class Compromise(Struct, frozen=True, gc=False):
    """A report that a key is in other hands since a moment; it reaches back only once two people said so."""

    declared: Mark
    since: datetime
    full: Mark | None

    def as_of(self, size: int) -> Self:
        """Give the report as the first `size` entries tell it."""
        return replace(self, full=_known(self.full, size))


class Key(Struct, frozen=True, gc=False):
    """A key of a member: when it may sign, and whether it was compromised."""

    key: PublicKey
    span: Span
    compromises: tuple[Compromise, ...] = ()
    lost_predecessor: bool = False

    def usable(self, moment: datetime) -> bool:
        """Tell whether the key may sign at this moment, going by what is recorded."""
        return self.span.covers(moment) and not self.compromises

    def ended(self, mark: Mark) -> "Key":
        """Give the key with one more end."""
        return Key(self.key, self.span.ended(mark), self.compromises, self.lost_predecessor)

    def reported(self, compromises: tuple[Compromise, ...]) -> "Key":
        """Give the key with these reports about it."""
        return Key(self.key, self.span, compromises, self.lost_predecessor)

    def as_of(self, size: int) -> Self:
        """Give the key as the first `size` entries tell it."""
        known = tuple(item.as_of(size) for item in self.compromises if item.declared.index < size)
        return replace(self, span=self.span.as_of(size), compromises=known)


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """All that the log holds about one member, in the order of the log."""

    subject: str
    events: tuple[int, ...] = ()
    profiles: tuple[Profile, ...] = ()
    memberships: tuple[Membership, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    roles: tuple[Role, ...] = ()
    keys: tuple[Key, ...] = ()
    exit_requests: tuple[Mark, ...] = ()
    agreements: tuple[Signed, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    published: tuple[Published, ...] = ()
    unknown: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The name that the register calls the member by; its identifier while there is none."""
        return self.profiles[-1].name if self.profiles else self.subject

    def key(self, thumbprint: str) -> Key | None:
        """Give the key with this thumbprint, if the member has had one."""
        return next((key for key in self.keys if key.key.thumbprint == thumbprint), None)

    def as_of(self, size: int) -> "History":
        """Give the history as the first `size` entries tell it."""
        return History(
            subject=self.subject,
            events=tuple(index for index in self.events if index < size),
            profiles=tuple(item for item in self.profiles if item.index < size),
            memberships=tuple(item.as_of(size) for item in self.memberships if item.start.index < size),
            suspensions=tuple(item.as_of(size) for item in self.suspensions if item.start.index < size),
            roles=tuple(
                replace(item, span=item.span.as_of(size))
                for item in self.roles
                if item.span.start.index < size
            ),
            keys=tuple(item.as_of(size) for item in self.keys if item.span.start.index < size),
            exit_requests=tuple(item for item in self.exit_requests if item.index < size),
            agreements=tuple(item for item in self.agreements if item.index < size),
            certificates=tuple(item for item in self.certificates if item.index < size),
            published=tuple(item for item in self.published if item.index < size),
            unknown=tuple(index for index in self.unknown if index < size),
        )


def _known(mark: Mark | None, size: int) -> Mark | None:
    return mark if mark is not None and mark.index < size else None


def moment(at: datetime) -> str:
    """Write a moment for a sentence: to the minute, and to the second where it has one."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at.second else f"{at:%Y-%m-%dT%H:%MZ}"
