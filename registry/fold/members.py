"""The rules for members: admission, update, suspension, reinstatement, exit and expulsion (register.md, events)."""

from datetime import datetime
from urllib.parse import urlsplit

from registry.bodies import Admission, Expulsion, Nothing, SuspensionOrder, Update
from registry.fold.act import Act
from registry.history import LAPSE, Leaving, Mark, Membership, Profile, Service, Suspension


def admitted(act: Act) -> None:
    """Admit an organisation; one that has left may come back, without its former roles."""
    act.require_quorum()
    body = act.event.says(Admission)
    record = act.record
    last = record.memberships[-1].leaving if record.memberships else None
    if record.memberships and last is None:
        raise act.refuse("it is a member already", "event.state")
    if last is not None and act.effective < last.mark.at:
        raise act.refuse("it has not left yet", "event.state")
    profile = _profile(act, body.name, body.services)
    record.profiles.append(profile)
    record.memberships.append(Membership(act.mark))


def updated(act: Act) -> None:
    """Change a member's name or services."""
    act.require_quorum()
    act.require_member()
    body = act.event.says(Update)
    last = act.record.profiles[-1]
    services = last.services if body.services is None else body.services
    profile = _profile(act, last.name if body.name is None else body.name, services)
    act.record.profiles.append(profile)


def suspended(act: Act) -> None:
    """Suspend a member, for 72 hours where one officer acts alone, or confirm what one officer did."""
    act.require_quorum()
    act.require_member()
    confirms = act.event.says(SuspensionOrder).confirms
    if confirms is not None:
        _confirm(act, confirms)
        return
    emergency = not act.full
    if emergency:
        _require_first(act)
    act.record.suspensions.append(Suspension(act.mark, act.signers.officers, emergency))


def _require_first(act: Act) -> None:
    """Let nobody renew alone what nobody else has confirmed, so that 72 hours are 72 hours."""
    alone = [item for item in act.record.suspensions if item.emergency and not item.confirmed]
    for item in alone:
        if act.signers.officers <= item.officers:
            names = ", ".join(sorted(act.signers.officers))
            because = (
                f"{names} suspended it alone before (entry {item.start.index}), and nobody confirmed that"
            )
            raise act.refuse(because, "event.quorum")


def _confirm(act: Act, index: int) -> None:
    orders = act.record.suspensions
    place = next((place for place, item in enumerate(orders) if item.start.index == index), None)
    found = None if place is None else orders[place]
    if place is None or found is None or not found.emergency or found.confirmed or found.lifted:
        raise act.refuse(f"entry {index} is no emergency suspension that is open", "event.state")
    if not act.full:
        raise act.refuse("one officer cannot confirm a suspension alone", "event.quorum")
    if act.effective > found.start.at + LAPSE:
        raise act.refuse("the suspension had lapsed after 72 hours", "event.state")
    orders[place] = found.confirmed_by(act.signers.officers, act.mark)


def reinstated(act: Act) -> None:
    """Lift every open suspension: two officers, and not those alone who ordered it."""
    act.require_quorum()
    act.require_member()
    act.event.says(Nothing)
    orders, at, mark = act.record.suspensions, act.event.effective, act.mark
    is_open = [place for place, item in enumerate(orders) if item.lifted is None and item.covers(at)]
    if not is_open:
        raise act.refuse("it is not suspended at that moment", "event.state")
    for place in is_open:
        ordered = orders[place].officers
        act.require_officers(act.demand.officers if len(ordered) == 1 else 1, apart_from=ordered)
    for place in is_open:
        orders[place] = orders[place].lifted_by(mark)


def exit_requested(act: Act) -> None:
    """Record that a member asked to leave."""
    act.require_quorum()
    act.require_member()
    act.event.says(Nothing)
    act.record.exit_requests.append(act.mark)


def exited(act: Act) -> None:
    """Let a member go that asked to."""
    act.require_quorum()
    stay = act.require_member()
    act.event.says(Nothing)
    if not any(request.index > stay.start.index for request in act.record.exit_requests):
        raise act.refuse("it has not asked to leave", "event.state")
    _leave(act, stay, Leaving(act.mark, expelled=False))


def expelled(act: Act) -> None:
    """Expel a member, from now on or from the moment a fraud began."""
    act.require_quorum()
    since = act.event.says(Expulsion).since
    if since is not None and since > act.effective:
        raise act.refuse("a fraud reaches back, not forward", "event.body")
    stay = _reached(act, since) or act.require_member()
    _leave(act, stay, Leaving(act.mark, expelled=True, since=since))


def _reached(act: Act, since: datetime | None) -> Membership | None:
    """Find the stay that has ended but in which a fraud began that is found out only now."""
    stay = act.record.memberships[-1] if act.record.memberships else None
    if since is None or stay is None or stay.leaving is None:
        return None
    return stay if stay.start.at <= since < stay.leaving.mark.at else None


def _leave(act: Act, stay: Membership, leaving: Leaving) -> None:
    """End the stay and every open role with it, so that a later admission brings no role back."""
    record = act.record
    record.memberships[-1] = stay.left(leaving)
    record.roles[:] = [
        role.ended(leaving.mark) if _open(act, role.span.end) else role for role in record.roles
    ]


def _open(act: Act, end: Mark | None) -> bool:
    return end is None or end.at > act.effective


def _profile(act: Act, name: str, services: tuple[Service, ...]) -> Profile:
    """Take a name and services; a service is named, so that a change of port or host is no event."""
    if not name.strip() or not name.isprintable():
        raise act.refuse("a member needs a printable name", "event.body")
    for service in services:
        parts = urlsplit(service.url)
        if parts.scheme != "https" or not parts.hostname or ":" in parts.netloc or "@" in parts.netloc:
            raise act.refuse(f"{service.url} is no https name without a port", "event.body")
    if services and len({service.name for service in services}) != len(services):
        raise act.refuse("a service is named twice", "event.body")
    return Profile(act.index, name, services)
