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


def endings(register: Register, *, at: datetime, days: int) -> tuple[Ending, ...]:
    """List what ends within so many days from a moment on, the first first; of members that have not left.

    A newer certificate or agreement takes the place of the one before, whose end then matters no more.
    """
    until = at + timedelta(days=min(max(days, 0), 36_500))
    histories = [(one.did, register.history(one.did)) for one in register.members]
    found = [
        Ending(did, history.name, what, mark.at, mark.index)
        for did, history in histories
        if any(stay.leaving is None or at < stay.leaving.mark.at for stay in history.memberships)
        for what, mark in _ends(history, at)
        if at <= mark.at <= until
    ]
    return tuple(sorted(found, key=lambda one: (one.at, str(one.member), one.what)))


def _ends(history: History, at: datetime) -> Iterator[tuple[str, Mark]]:
    for certificate in history.certificates[-1:]:
        yield "certificate", Mark(certificate.until, certificate.index)
    for agreement in history.agreements[-1:]:
        if agreement.until is not None:
            yield f"agreement {agreement.version}", Mark(agreement.until, agreement.index)
    for role in history.roles:
        if role.span.end is not None:
            yield f"role {role.url.rpartition('/')[2]}", role.span.end
    for key in history.keys:
        if key.span.end is not None and not key.compromises:
            yield f"key {key.key.thumbprint}", key.span.end
    for order in history.suspensions:
        if order.emergency and order.end is not None and order.covers(at):
            yield "emergency suspension", order.end
