"""The rules for members: admission, update, suspension, reinstatement, exit and expulsion (register.md, events)."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

from registry.bodies import Admission, Expulsion, Nothing, SuspensionOrder, Update, read
from registry.fold.act import Act
from registry.history import LAPSE, History, Leaving, Mark, Membership, Profile, Service, Suspension

T = TypeVar("T")


def admitted(act: Act) -> History:
    """Admit an organisation; one that has left may come back, without its former roles."""
    act.require_quorum()
    body = read(Admission, act.event.body)
    history = act.history
    last = history.memberships[-1].leaving if history.memberships else None
    if history.memberships and last is None:
        raise act.refuse("it is a member already", "event.state")
    if last is not None and act.effective < last.mark.at:
        raise act.refuse("it has not left yet", "event.state")
    profile = _profile(act, body.name, body.services)
    return replace(
        history,
        profiles=(*history.profiles, profile),
        memberships=(*history.memberships, Membership(act.mark)),
    )


def updated(act: Act) -> History:
    """Change a member's name or services."""
    act.require_quorum()
    act.require_member()
    body = read(Update, act.event.body)
    last = act.history.profiles[-1]
    services = last.services if body.services is None else body.services
    profile = _profile(act, last.name if body.name is None else body.name, services)
    return replace(act.history, profiles=(*act.history.profiles, profile))


def suspended(act: Act) -> History:
    """Suspend a member, for 72 hours where one officer acts alone, or confirm what one officer did."""
    act.require_quorum()
    act.require_member()
    confirms = read(SuspensionOrder, act.event.body).confirms
    if confirms is not None:
        return _confirmed(act, confirms)
    if not act.full:
        _require_first(act)
    order = Suspension(act.mark, act.signers.officers, emergency=not act.full)
    return replace(act.history, suspensions=(*act.history.suspensions, order))


def _require_first(act: Act) -> None:
    """Let nobody renew alone what nobody else has confirmed, so that 72 hours are 72 hours."""
    alone = [item for item in act.history.suspensions if item.emergency and not item.confirmed]
    for item in alone:
        if act.signers.officers <= item.officers:
            names = ", ".join(sorted(act.signers.officers))
            because = (
                f"{names} suspended it alone before (entry {item.start.index}), and nobody confirmed that"
            )
            raise act.refuse(because, "event.quorum")


def _confirmed(act: Act, index: int) -> History:
    found = next((item for item in act.history.suspensions if item.start.index == index), None)
    if found is None or not found.emergency or found.confirmed or found.lifted:
        raise act.refuse(f"entry {index} is no emergency suspension that is open", "event.state")
    if not act.full:
        raise act.refuse("one officer cannot confirm a suspension alone", "event.quorum")
    if act.effective > found.start.at + LAPSE:
        raise act.refuse("the suspension had lapsed after 72 hours", "event.state")
    officers = found.officers | act.signers.officers
    changed = replace(found, confirmed=act.mark, officers=officers)
    return replace(act.history, suspensions=_swap(act.history.suspensions, found, changed))


def reinstated(act: Act) -> History:
    """Lift every open suspension: two officers, and not those alone who ordered it."""
    act.require_quorum()
    act.require_member()
    read(Nothing, act.event.body)
    is_open = [item for item in act.history.suspensions if item.lifted is None and item.covers(act.effective)]
    if not is_open:
        raise act.refuse("it is not suspended at that moment", "event.state")
    for item in is_open:
        if len(item.officers) == 1:
            act.require_officers(act.demand.officers, apart_from=item.officers)
        else:
            act.require_officers(1, apart_from=item.officers)
    suspensions = tuple(
        replace(item, lifted=act.mark) if item in is_open else item for item in act.history.suspensions
    )
    return replace(act.history, suspensions=suspensions)


def exit_requested(act: Act) -> History:
    """Record that a member asked to leave."""
    act.require_quorum()
    act.require_member()
    read(Nothing, act.event.body)
    return replace(act.history, exit_requests=(*act.history.exit_requests, act.mark))


def exited(act: Act) -> History:
    """Let a member go that asked to."""
    act.require_quorum()
    stay = act.require_member()
    read(Nothing, act.event.body)
    if not any(request.index > stay.start.index for request in act.history.exit_requests):
        raise act.refuse("it has not asked to leave", "event.state")
    return _left(act, stay, Leaving(act.mark, expelled=False))


def expelled(act: Act) -> History:
    """Expel a member, from now on or from the moment a fraud began."""
    act.require_quorum()
    since = read(Expulsion, act.event.body).since
    if since is not None and since > act.effective:
        raise act.refuse("a fraud reaches back, not forward", "event.body")
    stay = _reached(act, since) or act.require_member()
    return _left(act, stay, Leaving(act.mark, expelled=True, since=since))


def _reached(act: Act, since: datetime | None) -> Membership | None:
    """Find the stay that has ended but in which a fraud began that is found out only now."""
    stay = act.history.membership
    if since is None or stay is None or stay.leaving is None:
        return None
    return stay if stay.start.at <= since < stay.leaving.mark.at else None


def _left(act: Act, stay: Membership, leaving: Leaving) -> History:
    """End the stay and every open role with it, so that a later admission brings no role back."""
    gone = replace(stay, leavings=(*stay.leavings, leaving))
    roles = tuple(
        replace(role, span=role.span.ended(leaving.mark)) if _open(act, role.span.end) else role
        for role in act.history.roles
    )
    return replace(act.history, memberships=_swap(act.history.memberships, stay, gone), roles=roles)


def _open(act: Act, end: Mark | None) -> bool:
    return end is None or end.at > act.effective


def _swap(items: tuple[T, ...], old: T, new: T) -> tuple[T, ...]:
    return tuple(new if item is old else item for item in items)


def _profile(act: Act, name: str, services: tuple[Service, ...]) -> Profile:
    """Take a name and services; a service is named, so that a change of port or host is no event."""
    if not name.strip() or not name.isprintable():
        raise act.refuse("a member needs a printable name", "event.body")
    for service in services:
        parts = urlsplit(service.url)
        if parts.scheme != "https" or not parts.hostname or ":" in parts.netloc or "@" in parts.netloc:
            raise act.refuse(f"{service.url} is no https name without a port", "event.body")
    if len({service.name for service in services}) != len(services):
        raise act.refuse("a service is named twice", "event.body")
    return Profile(act.index, name, services)
