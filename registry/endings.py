"""What ends soon: certificates, agreements, roles, keys, and suspensions that nobody has confirmed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from registry.history import History, Mark
from registry.register import Register
from trust.did import Did


@dataclass(frozen=True, slots=True)
class Ending:
    """Something of a member that ends at a moment, and the entry that says so."""

    member: Did
    name: str
    what: str
    at: datetime
    entry: int


@dataclass(frozen=True, slots=True)
class End:
    """What of a member ends by itself: its kind, its own name where it has one, and where the log says so."""

    kind: str
    name: str
    mark: Mark

    def __str__(self) -> str:
        """Name it in two words; a role by the last word of its URL."""
        return f"{self.kind} {self.name.rpartition('/')[2]}".rstrip()


def endings(register: Register, *, at: datetime, days: int) -> tuple[Ending, ...]:
    """List what ends within so many days from a moment on, the first first; of members that have not left.

    A newer certificate or agreement takes the place of the one before, whose end then matters no more.
    """
    until = at + timedelta(days=min(max(days, 0), 36_500))
    histories = [(one.did, register.history(one.did)) for one in register.members]
    found = [
        Ending(did, history.name, str(end), end.mark.at, end.mark.index)
        for did, history in histories
        for end in ends_of(history, at=at)
        if end.mark.at <= until
    ]
    return tuple(sorted(found, key=lambda one: (one.at, str(one.member), one.what)))


def ends_of(history: History, *, at: datetime) -> tuple[End, ...]:
    """Give what of a member ends by itself at a moment or later, the first to end first; nothing of one that left."""
    if not any(stay.leaving is None or at < stay.leaving.mark.at for stay in history.memberships):
        return ()
    return tuple(sorted((end for end in _ends(history, at) if at <= end.mark.at), key=_when))


def _when(end: End) -> datetime:
    return end.mark.at


def _ends(history: History, at: datetime) -> Iterator[End]:
    for certificate in history.certificates[-1:]:
        yield End("certificate", "", Mark(certificate.until, certificate.index))
    for agreement in history.agreements[-1:]:
        if agreement.until is not None:
            yield End("agreement", agreement.version, Mark(agreement.until, agreement.index))
    for role in history.roles:
        if role.span.end is not None:
            yield End("role", role.url, role.span.end)
    for key in history.keys:
        if key.span.end is not None and not key.compromises:
            yield End("key", key.key.thumbprint, key.span.end)
    for order in history.suspensions:
        if order.emergency and order.end is not None and order.covers(at):
            yield End("emergency suspension", "", order.end)
