"""Which rule judges which type of event, and which types this version can read (register.md, events)."""

from collections.abc import Callable, Mapping

from registry.errors import EventRefusedError
from registry.events import VERSION, Event
from registry.fold import keys, members, roles, scheme
from registry.fold.act import Act
from registry.scheme import Scheme

MEMBER_EVENTS: Mapping[str, Callable[[Act], None]] = {
    "member.admitted": members.admitted,
    "member.updated": members.updated,
    "member.suspended": members.suspended,
    "member.reinstated": members.reinstated,
    "member.exit-requested": members.exit_requested,
    "member.exited": members.exited,
    "member.expelled": members.expelled,
    "agreement.executed": roles.agreed,
    "certificate.recorded": roles.certified,
    "role.granted": roles.granted,
    "role.ended": roles.ended,
    "key.added": keys.added,
    "key.retired": keys.retired,
    "key.compromised": keys.compromised,
    "status.published": roles.status_published,
}
SCHEME_EVENTS: Mapping[str, Callable[[Act], Scheme]] = {
    "scheme.policy": scheme.policy,
    "scheme.officers": scheme.officers,
    "scheme.logkey.rotated": scheme.log_key,
    "scheme.recognised": scheme.recognised,
}
KNOWN = frozenset((*MEMBER_EVENTS, *SCHEME_EVENTS, "scheme.genesis"))


def is_known(event: Event) -> bool:
    """Tell whether this version can read what the event says."""
    return event.v == VERSION and event.type in KNOWN


def require_known(event: Event) -> None:
    """Demand an event of a type that this version can read, before it is put into a log.

    Raises:
        EventRefusedError: it is of another, which would leave its subject undetermined for everybody.
    """
    if not is_known(event):
        what = f"{event.type} (version {event.v})"
        raise EventRefusedError(
            f"{what} is no event that this version of Perseus can read", code="event.type"
        )
