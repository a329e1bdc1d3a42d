"""A member's time in the scheme, event by event, in plain words (register.md, workflows of the operator)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from registry import bodies
from registry.errors import EventRefusedError
from registry.events import Event
from registry.history import moment
from registry.judge.keys import shown
from registry.judge.members import role_name
from registry.projections.view import View
from registry.scheme import officer_keys, read_key
from trust.canonical import Json

Body = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the log in words: what happened, from when it counts, why, and who signed it."""

    index: int
    at: datetime
    told: str
    reason: str
    case: str
    by: tuple[str, ...]


def timeline(view: View, indices: tuple[int, ...]) -> tuple[Happening, ...]:
    """Tell what these entries record, oldest first."""
    people = signing_people(view)
    return tuple(_happening(view, index, people) for index in indices)


def signing_people(view: View) -> Mapping[str, str]:
    """Name the officers by pseudonym, by the thumbprint of each key that ever was an officer's."""
    found: dict[str, str] = {}
    for index in view.scheme_events():
        event = view.event(index).event
        if event.type in {"scheme.genesis", "scheme.officers"}:
            found.update(_officers(event))
    return found


def _officers(event: Event) -> Iterator[tuple[str, str]]:
    first = event.type == "scheme.genesis"
    body = bodies.read(bodies.Genesis, event.body) if first else bodies.read(bodies.NewOfficers, event.body)
    for thumbprint, officer in officer_keys(body.officers).items():
        yield thumbprint, officer.pseudonym


def _happening(view: View, index: int, people: Mapping[str, str]) -> Happening:
    signed = view.event(index)
    event = signed.event
    by = sorted({people.get(one.kid, "the member") for one in signed.signatures})
    return Happening(index, event.effective, told(event), event.reason, event.case, tuple(by))


def told(event: Event) -> str:
    """Tell an event in one sentence; one of a type that has none here is named by its type."""
    sentence = SENTENCES.get(event.type)
    try:
        return sentence(event) if sentence is not None else f"An event of the type {event.type}."
    except EventRefusedError:
        return f"An event of the type {event.type}."


def _admitted(event: Event) -> str:
    return f"Admitted as {bodies.read(bodies.Admission, event.body).name}."


def _updated(event: Event) -> str:
    body = bodies.read(bodies.Update, event.body)
    services = ", ".join(f"{one.name} at {one.url}" for one in body.services or ()) or "none"
    parts = [] if body.name is None else [f"It is now called {body.name}."]
    parts += [] if body.services is None else [f"Its services are now: {services}."]
    return " ".join(parts) or "Nothing about it was changed."


def _suspended(event: Event) -> str:
    confirms = bodies.read(bodies.SuspensionOrder, event.body).confirms
    return "Suspended." if confirms is None else f"The suspension of entry {confirms} was confirmed."


def _expelled(event: Event) -> str:
    since = bodies.read(bodies.Expulsion, event.body).since
    return "Expelled." if since is None else f"Expelled, for a fraud that began on {moment(since)}."


def _granted(event: Event) -> str:
    body = bodies.read(bodies.Grant, event.body)
    until = "" if body.until is None else f", until {moment(body.until)}"
    return f"Granted the role {role_name(body.role)}{until}."


def _ended(event: Event) -> str:
    return f"The role {role_name(bodies.read(bodies.RoleEnd, event.body).role)} ended."


def _agreed(event: Event) -> str:
    body = bodies.read(bodies.Agreement, event.body)
    until = "" if body.until is None else f", which ends on {moment(body.until)}"
    return f"It signed version {body.version} of the scheme's agreement{until}."


def _certified(event: Event) -> str:
    body = bodies.read(bodies.CertificateDates, event.body)
    return f"Its certificate is valid from {moment(body.from_)} to {moment(body.until)}."


def _key_added(event: Event) -> str:
    body = bodies.read(bodies.NewKey, event.body)
    lost = ", because the one before was lost" if body.lost else ""
    until = "" if body.until is None else f", valid until {moment(body.until)}"
    return f"A key was added{lost}: {shown(read_key(body.key).thumbprint)}{until}"


def _key_retired(event: Event) -> str:
    return f"The key {shown(bodies.read(bodies.KeyEnd, event.body).thumbprint)} was retired."


def _key_compromised(event: Event) -> str:
    body = bodies.read(bodies.KeyCompromise, event.body)
    if body.confirms is not None:
        return f"The report of entry {body.confirms} about the key {shown(body.thumbprint)} was confirmed."
    since = "" if body.since is None else f" since {moment(body.since)}"
    return f"The key {shown(body.thumbprint)} was reported to be in other hands{since}."


def _status_published(event: Event) -> str:
    body = bodies.read(bodies.StatusPublication, event.body)
    return f"It published the status list {body.status_list} for the interval {body.interval}."


def _recognised(event: Event) -> str:
    return f"The scheme {bodies.read(bodies.Recognition, event.body).scheme} was recognised."


def _always(sentence: str) -> Callable[[Event], str]:
    return lambda _event: sentence


SENTENCES: Mapping[str, Callable[[Event], str]] = MappingProxyType(
    {
        "scheme.genesis": _always("The scheme was founded."),
        "scheme.policy": _always("The rules of the register were changed."),
        "scheme.officers": _always("The officers were replaced by those committed to before."),
        "scheme.logkey.rotated": _always("The log signs with another key from here on."),
        "scheme.recognised": _recognised,
        "member.admitted": _admitted,
        "member.updated": _updated,
        "member.suspended": _suspended,
        "member.reinstated": _always("Reinstated: every open suspension was lifted."),
        "member.exit-requested": _always("It asked to leave."),
        "member.exited": _always("It left the scheme."),
        "member.expelled": _expelled,
        "agreement.executed": _agreed,
        "certificate.recorded": _certified,
        "role.granted": _granted,
        "role.ended": _ended,
        "key.added": _key_added,
        "key.retired": _key_retired,
        "key.compromised": _key_compromised,
        "status.published": _status_published,
    }
)
