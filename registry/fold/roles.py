"""The rules for what a member may do: agreements, roles, published status lists (register.md, events)."""

from registry.bodies import Agreement, CertificateDates, Grant, RoleEnd, StatusPublication
from registry.fold.act import Act
from registry.history import Mark, Role, Span
from registry.papers import Certificate, Published, Signed


def agreed(act: Act) -> None:
    """Record that the member signed a version of the scheme's agreement."""
    act.require_quorum()
    act.require_member()
    body = act.event.says(Agreement)
    if body.until is not None and body.until <= act.effective:
        raise act.refuse("the agreement would end before it begins", "event.body")
    act.record.agreements.append(Signed(act.index, body.version, body.until))


def certified(act: Act) -> None:
    """Record between which moments a member's certificate is valid, so that its end is seen coming."""
    act.require_quorum()
    act.require_member()
    body = act.event.says(CertificateDates)
    if body.until <= body.from_:
        raise act.refuse("the certificate would end before it begins", "event.body")
    act.record.certificates.append(Certificate(act.index, body.digest, body.from_, body.until))


def granted(act: Act) -> None:
    """Grant a role, until its end where one is set."""
    act.require_quorum()
    act.require_member()
    body, mark = act.event.says(Grant), act.mark
    if not body.role.startswith("https://"):
        raise act.refuse(f"{body.role} is no URL of a role", "event.body")
    if body.until is not None and body.until <= mark.at:
        raise act.refuse("the role would end before it begins", "event.body")
    for role in act.record.roles:
        if role.url == body.role and role.span.covers(mark.at):
            raise act.refuse("it holds this role already", "event.state")
    ends = () if body.until is None else (Mark(body.until, mark.index),)
    act.record.roles.append(Role(body.role, Span(mark, ends)))


def ended(act: Act) -> None:
    """End a role that the member holds."""
    act.require_quorum()
    body = act.event.says(RoleEnd)
    held = _held(act, body.role)
    if not held:
        raise act.refuse("it does not hold this role at that moment", "event.state")
    roles, mark = act.record.roles, act.mark
    for place in held:
        roles[place] = roles[place].ended(mark)


def status_published(act: Act) -> None:
    """Record the digest of the status list that a member published for an interval; one list an interval."""
    act.require_quorum()
    act.require_member()
    body = act.event.says(StatusPublication)
    if not body.status_list.startswith("https://"):
        raise act.refuse(f"{body.status_list} is no URL of a status list", "event.body")
    last = next((one for one in reversed(act.record.published) if one.url == body.status_list), None)
    if last is not None and body.interval <= last.interval:
        because = f"entry {last.index} published interval {last.interval}, and this one is {body.interval}"
        raise act.refuse(because, "event.state")
    act.record.published.append(Published(act.index, body.status_list, body.interval, body.digest))


def _held(act: Act, url: str) -> list[int]:
    """Find the places of a role among those that the member holds at the moment of the event."""
    at = act.mark.at
    return [place for place, role in enumerate(act.record.roles) if role.url == url and role.span.covers(at)]
