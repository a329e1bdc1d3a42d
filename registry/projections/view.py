"""The register as a question sees it: its first entries, at one moment.

A view is a value of the log alone. Its moment is moved back to the last one at which anything changed, so that one
view stands for all the time in between, and no page holds the hour at which it was asked for.
"""

from base64 import b64encode
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from registry.errors import BeyondError
from registry.events import SignedEvent
from registry.fold.step import Ignored
from registry.history import History, moment
from registry.kept import Kept
from registry.projections.moments import moments_of
from registry.projections.state import Footing, footing_of
from registry.register import Register
from trust.did import Did

_CHANGES: Kept[tuple[str, int, bytes], tuple[datetime, ...]] = Kept(64)


@dataclass(frozen=True, slots=True)
class Member:
    """A member in a view: all that is recorded about it by then, and how it stands at the view's moment."""

    did: Did
    history: History
    footing: Footing

    @property
    def name(self) -> str:
        """The name that the register calls it by."""
        return self.history.name

    def roles(self, at: datetime) -> tuple[str, ...]:
        """Give the roles that it holds at a moment, by their URLs, in the order of their granting."""
        held = (role.url for role in self.history.roles if role.span.covers(at))
        return tuple(dict.fromkeys(held)) if self.footing.stays else ()


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The first `size` entries of a register, at the moment `at`."""

    register: Register
    size: int
    at: datetime

    @classmethod
    def of(cls, register: Register, *, size: int | None = None, at: datetime | None = None) -> Self:
        """Look at the first entries, at a moment, or at the one from which the newest of them counts.

        Raises:
            BeyondError: the log has fewer entries, or none is asked for.
        """
        size = register.size if size is None else size
        if not 0 < size <= register.size:
            raise BeyondError(
                f"The register has {register.size} entries, and its first {size} were asked for. "
                f"Ask for 1 to {register.size}."
            )
        asked = cls(register, size, _newest(register, size))
        return asked if at is None else cls(register, size, asked.settled(at))

    @classmethod
    def known_at(cls, register: Register, known_at: datetime) -> Self:
        """Look at the register as it was known at a moment, at that moment.

        Raises:
            BeyondError: the register had not begun.
        """
        size = register.size_at(known_at)
        if not size:
            began = moment(register.event(0).event.effective)
            raise BeyondError(
                f"The register began on {began}, and {moment(known_at)} was asked for. Ask for a later moment."
            )
        return cls.of(register, size=size, at=known_at)

    @property
    def root(self) -> bytes:
        """The root over these entries."""
        return self.register.root_at(self.size)

    @property
    def root_text(self) -> str:
        """The root as a checkpoint writes it, in base64 (C2SP tlog-checkpoint)."""
        return b64encode(self.root).decode("ascii")

    @property
    def origin(self) -> str:
        """The scheme's name, which is the log's origin."""
        return self.register.scheme.origin

    @property
    def environment(self) -> str:
        """The environment that the register is for."""
        return self.register.scheme.environment

    def member(self, did: Did) -> Member | None:
        """Give a member, or None for an organisation that was not admitted by these entries."""
        history = self.register.history(did, size=self.size)
        return Member(did, history, footing_of(history, self.at)) if history.memberships else None

    def members(self) -> Iterator[Member]:
        """Give everybody who was ever admitted, in the order of admission."""
        for known in self.register.members:
            found = self.member(known.did)
            if found is not None:
                yield found

    @property
    def ignored(self) -> tuple[Ignored, ...]:
        """The entries without effect among these, each with the rule that it breaks."""
        return tuple(item for item in self.register.ignored if item.index < self.size)

    def event(self, index: int) -> SignedEvent:
        """Read one of these entries, which the fold has read before."""
        return self.register.event(index)

    def scheme_events(self) -> tuple[int, ...]:
        """Give the entries about the scheme itself, oldest first: each names the one before it."""
        found: list[int] = []
        index = self.register.last_event(self.origin)
        while index is not None:
            found.append(index)
            index = self.event(index).event.prev
        return tuple(index for index in reversed(found) if index < self.size)

    def settled(self, at: datetime) -> datetime:
        """Give the last moment up to `at` at which anything in this view changed; `at` itself before the first."""
        name = (self.origin, self.size, self.root)
        changes = _CHANGES.get(name) or _CHANGES.put(name, self.changes)
        place = bisect_right(changes, at)
        return changes[place - 1] if place else at

    @property
    def changes(self) -> tuple[datetime, ...]:
        """Every moment at which anything in this view changes, in their order."""
        found = {self.event(index).event.effective for index in self.scheme_events()}
        for member in self.members():
            found.update(moments_of(member.history))
        return tuple(sorted(found))


def _newest(register: Register, size: int) -> datetime:
    """Give the moment from which the newest of the first entries counts, passing over those without effect."""
    ignored = {item.index for item in register.ignored}
    index = next(index for index in range(size - 1, -1, -1) if index not in ignored)
    return register.event(index).event.effective
