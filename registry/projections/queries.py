"""The two questions that IB1's directory answers in JSON: who holds a role, and who meets a standard.

IB1 Directory 1.0, JSON queries; `state`, `since` and `register` are our additions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.projections.catalog import Offer, offers_of
from registry.projections.names import Names, iri, shown
from registry.projections.scheme import ours
from registry.projections.view import Member, View
from trust.canonical import Json
from trust.claims.halfhour import stamp


@dataclass(frozen=True, slots=True)
class Holders:
    """The holders of a role: those in good standing, and apart from them those that are suspended."""

    members: tuple[Member, ...]
    suspended: tuple[Member, ...]


def holders_of(view: View, role: str) -> Holders:
    """Find who holds a role at the view's moment, by our address of the role or the one that IB1 publishes."""
    wanted = ours(role)
    found = [member for member in view.members() if wanted in member.roles(view.at)]
    good = tuple(member for member in found if member.footing.good)
    return Holders(good, tuple(member for member in found if not member.footing.good))


def members_with_role(view: View, names: Names, role: str) -> dict[str, Json]:
    """Answer `/query/members-with-role`; callers rely on `members`, so those suspended stand apart."""
    found = holders_of(view, role)
    return {
        "members": [_member(view, member, names) for member in found.members],
        "suspended": [_member(view, member, names) for member in found.suspended],
        "register": register_json(view),
    }


def apis_conforming_to(view: View, names: Names, standards: Sequence[str]) -> dict[str, Json]:
    """Answer `/query/data-catalog/api`: the services that meet any of the standards."""
    wanted = {ours(url): url for url in standards}
    offers = [offer for member in view.members() for offer in offers_of(view, member)]
    found = [
        _api(offer, names, wanted[offer.standard.url]) for offer in offers if offer.standard.url in wanted
    ]
    return {"apis": found, "register": register_json(view)}


def register_json(view: View) -> dict[str, Json]:
    """Say what an answer was read from."""
    return {
        "origin": view.origin,
        "size": view.size,
        "root": view.root_text,
        "judged_at": stamp(view.at),
    }


def _member(view: View, member: Member, names: Names) -> Json:
    footing = member.footing
    told: dict[str, Json] = {
        "id": str(names.member(member.did)),
        "did": str(member.did),
        "legalName": shown(member.name),
        "roles": [str(iri(role)) for role in member.roles(view.at)],
        "state": str(footing.state),
        "since": stamp(footing.since),
    }
    return told if footing.until is None else {**told, "until": stamp(footing.until)}


def _api(offer: Offer, names: Names, asked: str) -> Json:
    return {
        "title": shown(offer.title),
        "publisher": str(names.member(offer.member.did)),
        "conformsTo": asked,
        "endpointURL": str(iri(offer.service.url)),
        "license": offer.standard.licence,
    }
