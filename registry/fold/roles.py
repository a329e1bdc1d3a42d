"""The rules for what a member may do: agreements, roles, published status lists (register.md, events)."""

from dataclasses import replace

from registry.bodies import Agreement, CertificateDates, Grant, RoleEnd, StatusPublication, read
from registry.fold.act import Act
from registry.history import History, Mark, Role, Signed, Span
from registry.papers import Certificate, Published


def agreed(act: Act) -> History:
    """Record that the member signed a version of the scheme's agreement."""
    act.require_quorum()
    act.require_member()
    body = read(Agreement, act.event.body)
    if body.until is not None and body.until <= act.effective:
        raise act.refuse("the agreement would end before it begins", "event.body")
    signed = Signed(act.index, body.version, body.until)
    return replace(act.history, agreements=(*act.history.agreements, signed))


def certified(act: Act) -> History:
    """Record between which moments a member's certificate is valid, so that its end is seen coming."""
    act.require_quorum()
    act.require_member()
    body = read(CertificateDates, act.event.body)
    if body.until <= body.from_:
        raise act.refuse("the certificate would end before it begins", "event.body")
    found = Certificate(act.index, body.digest, body.from_, body.until)
    return replace(act.history, certificates=(*act.history.certificates, found))


def granted(act: Act) -> History:
    """Grant a role, until its end where one is set."""
    act.require_quorum()
    act.require_member()
    body = read(Grant, act.event.body)
    if not body.role.startswith("https://"):
        raise act.refuse(f"{body.role} is no URL of a role", "event.body")
    if body.until is not None and body.until <= act.effective:
        raise act.refuse("the role would end before it begins", "event.body")
    if any(role.url == body.role and role.span.covers(act.effective) for role in act.history.roles):
        raise act.refuse("it holds this role already", "event.state")
    ends = () if body.until is None else (Mark(body.until, act.index),)
    return replace(act.history, roles=(*act.history.roles, Role(body.role, Span(act.mark, ends))))


def ended(act: Act) -> History:
    """End a role that the member holds."""
    act.require_quorum()
    body = read(RoleEnd, act.event.body)
    held = [role for role in act.history.roles if role.url == body.role and role.span.covers(act.effective)]
    if not held:
        raise act.refuse("it does not hold this role at that moment", "event.state")
    roles = tuple(
        replace(role, span=role.span.ended(act.mark)) if role in held else role for role in act.history.roles
    )
    return replace(act.history, roles=roles)


def status_published(act: Act) -> History:
    """Record the digest of the status list that a member published for an interval; one list an interval."""
    act.require_quorum()
    act.require_member()
    body = read(StatusPublication, act.event.body)
    if not body.status_list.startswith("https://"):
        raise act.refuse(f"{body.status_list} is no URL of a status list", "event.body")
    last = next((one for one in reversed(act.history.published) if one.url == body.status_list), None)
    if last is not None and body.interval <= last.interval:
        because = f"entry {last.index} published interval {last.interval}, and this one is {body.interval}"
        raise act.refuse(because, "event.state")
    found = Published(act.index, body.status_list, body.interval, body.digest)
    return replace(act.history, published=(*act.history.published, found))
