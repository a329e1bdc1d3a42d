"""The directory of members as IB1's specification has it: pages by content negotiation, and queries (IB1 Directory 1.0)."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Annotated

from fastapi import Query, Request, Response
from rdflib import Graph

from perseus.apps.accepting import choose
from perseus.apps.asked import AsOf, Asked, At, view_of
from perseus.apps.service import Service
from perseus.problems import NotFoundError
from registry.projections import forms
from registry.projections.catalog import application_triples
from registry.projections.graph import Triple, drawn, member_triples, register_triples
from registry.projections.names import Names
from registry.projections.view import Member, View
from trust.did import Did

WRITERS: Mapping[str, Callable[[Graph], bytes]] = MappingProxyType(
    {
        "text/turtle": forms.turtle,
        "application/ld+json": forms.json_ld,
        "application/rdf+xml": forms.rdf_xml,
        "application/n-triples": forms.n_triples,
    }
)
HTML = "text/html"
OFFERED = (*WRITERS, HTML)


def add_directory(service: Service) -> None:
    """Add the directory to a service that holds the register."""
    party = service.party
    names = Names(party.settings.url)

    @service.app.get("/m/{did}")
    def member(request: Request, did: str, as_of: AsOf = None, at: At = None) -> Response:
        """Show one member, whether it stays or has left."""
        view = view_of(party, as_of, at)
        found = member_of(view, did)
        triples = (*register_triples(view, names), *member_triples(view, found, names))
        return _shown(Asked(request, view), triples)


def _shown(asked: Asked, triples: Iterable[Triple]) -> Response:
    media_type = choose(asked.request.headers.get("accept"), OFFERED)
    return asked.answer(lambda: WRITERS[media_type](drawn(triples)), media_type=media_type, form=media_type)


def member_of(view: View, did: str) -> Member:
    """Find a member.

    Raises:
        MalformedError: the text is no DID.
        NotFoundError: no such organisation was admitted by these entries.
    """
    found = view.member(Did.parse(did))
    if found is None:
        raise NotFoundError(f"a member {did} among the first {view.size} entries")
    return found
