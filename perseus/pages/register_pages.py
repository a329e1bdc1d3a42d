"""The register for people: its members in a table, and each member's time in the scheme, from the log alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from perseus.pages.rendering import render
from registry.endings import End, ends_of
from registry.history import History, Service
from registry.judge.members import role_name
from registry.projections.catalog import offers_of
from registry.projections.names import application_path, member_path
from registry.projections.state import Footing, State
from registry.projections.timeline import timeline
from registry.projections.view import Member, View

STATES: Mapping[str, str] = MappingProxyType(
    {
        State.ADMITTED: "Begins later",
        State.MEMBER: "Member",
        State.SUSPENDED: "Suspended",
        State.LEFT: "Left",
        State.EXPELLED: "Expelled",
    }
)
TONES: Mapping[str, str] = MappingProxyType(
    {
        State.ADMITTED: "not_run",
        State.MEMBER: "passed",
        State.SUSPENDED: "warning",
        State.LEFT: "not_applicable",
        State.EXPELLED: "failed",
    }
)
ENVIRONMENTS: Mapping[str, str] = MappingProxyType(
    {"demo": "Demonstration", "test": "Test", "production": "Production"}
)
FORMS = (
    ("turtle", "Turtle"),
    ("json-ld", "JSON-LD"),
    ("rdf-xml", "RDF/XML"),
    ("n-triples", "N-Triples"),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be made: of which view, at which path, with which query where it is held to one size and moment."""

    view: View
    path: str
    pinned: str = ""
    signed_at: datetime | None = None

    def render(self, template: str, **values: object) -> bytes:
        """Make the page."""
        page = render(
            template,
            view=self.view,
            path=self.path,
            pinned=self.pinned,
            signed_at=self.signed_at,
            states=STATES,
            tones=TONES,
            environments=ENVIRONMENTS,
            forms=FORMS,
            **values,
        )
        return page.encode()


@dataclass(frozen=True, slots=True)
class Row:
    """One member in the table."""

    member: Member
    path: str
    roles: tuple[str, ...]
    admitted: datetime
    agreement: str
    ends: tuple[tuple[str, datetime], ...]


def register_page(sheet: Sheet) -> bytes:
    """Make the table of everybody who was ever admitted."""
    view = sheet.view
    rows = [_row(view, member) for member in view.members()]
    return sheet.render(
        "register-table.html",
        rows=rows,
        counts=_counts(rows),
        ignored=view.ignored,
        events=timeline(view, view.scheme_events()),
    )


def member_page(sheet: Sheet, member: Member) -> bytes:
    """Make the page of one member, with every event that is recorded about it."""
    services = [(application_path(member.did, one.name), one) for one in member.history.profiles[-1].services]
    return sheet.render(
        "register-member.html",
        member=member,
        sentence=_sentence(sheet.view, member),
        services=services,
        events=timeline(sheet.view, member.history.events),
        role_name=role_name,
    )


def service_page(sheet: Sheet, member: Member, service: Service) -> bytes:
    """Make the page of one service, with the standards of the scheme that it meets."""
    offers = [offer for offer in offers_of(sheet.view, member) if offer.service == service]
    owner = member_path(member.did)
    return sheet.render("register-service.html", member=member, service=service, offers=offers, owner=owner)


def _row(view: View, member: Member) -> Row:
    agreements = member.history.agreements
    return Row(
        member,
        member_path(member.did),
        tuple(role_name(role) for role in member.roles(view.at)),
        member.history.memberships[-1].start.at,
        agreements[-1].version if agreements else "",
        tuple(
            (_ending(end), end.mark.at)
            for end in ends_of(member.history, at=view.at)
            if view.at < end.mark.at
        ),
    )


def _ending(end: End) -> str:
    """Name what ends as people say it; which key it is stands on the member's own page."""
    match end.kind:
        case "role":
            return f"role {role_name(end.name)}"
        case "key":
            return "key"
        case _:
            return str(end)


def _counts(rows: list[Row]) -> str:
    """Count the members by state, leaving out what none is."""
    found = [(state, sum(row.member.footing.state == state for row in rows)) for state in State]
    words = {
        State.ADMITTED: "to begin later",
        State.MEMBER: "in good standing",
        State.SUSPENDED: "suspended",
        State.LEFT: "left",
        State.EXPELLED: "expelled",
    }
    told = [f"{number} {words[state]}" for state, number in found if number]
    return f"{len(rows)} admitted: {', '.join(told)}." if told else "Nobody was admitted."


def _sentence(view: View, member: Member) -> str:
    footing = member.footing
    roles = ", ".join(role_name(role) for role in member.roles(view.at)) or "no role"
    since = _moment(footing.since)
    match footing.state:
        case State.ADMITTED:
            return f"It becomes a member on {since}."
        case State.MEMBER:
            return f"A member since {since}{_until(footing)}, with {roles}."
        case State.SUSPENDED:
            counts = "Nothing that it signs in this time counts, even afterwards."
            return f"Suspended since {since}{_until(footing)}. {counts}"
        case State.LEFT:
            return f"It left on {since}. What it signed as a member stays good."
        case State.EXPELLED:
            return f"It was expelled on {since}. {_reach(member.history)}"


def _reach(history: History) -> str:
    """Say what an expulsion means for what was signed before."""
    leaving = history.memberships[-1].leaving
    if leaving is None or leaving.since is None:
        return "What it signed as a member stays good."
    return f"Nothing that it signed from {_moment(leaving.since)} on counts."


def _until(footing: Footing) -> str:
    return "" if footing.until is None else f", until {_moment(footing.until)}"


def _moment(at: datetime) -> str:
    return f"{at.day} {at:%B %Y, %H:%M:%S} UTC"
