"""The directory of members by content negotiation, as IB1's specification has it (IB1 Directory 1.0)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from importlib import resources
from types import MappingProxyType
from typing import Annotated

from fastapi import Depends, Query, Response
from rdflib import Graph

from perseus.apps.accepting import choose
from perseus.apps.asked import Asked, asking
from perseus.apps.directory_queries import add_queries
from perseus.apps.party import Party
from perseus.apps.rooted import Rooted
from perseus.apps.service import Service
from perseus.apps.trust_queries import add_trust_queries
from perseus.pages.headers import SHIELD
from perseus.pages.register_pages import Sheet, member_page, register_page, service_page
from perseus.problems import NotFoundError
from perseus.storage import register as log
from registry.history import Service as Offered
from registry.projections import forms
from registry.projections.catalog import application_graph, whole_graph
from registry.projections.did_web import did_document
from registry.projections.graph import member_graph
from registry.projections.names import Names
from registry.projections.view import Member, View
from trust.canonical import canonicalize
from trust.did import Did
from trust.did_document import MEDIA_TYPE
from trust.errors import MalformedError

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
FORMATS: Mapping[str, str] = MappingProxyType(
    dict(zip(("turtle", "json-ld", "rdf-xml", "n-triples", "html"), OFFERED, strict=True))
)
_ASSETS: Mapping[str, str] = MappingProxyType({"style.css": "text/css", "icon.svg": "image/svg+xml"})

Form = Annotated[str | None, Query(alias="format", max_length=20)]


def add_directory(service: Service) -> None:
    """Add the directory to a service that holds the register: its pages, its queries, and those of a trust registry."""
    add_queries(service)
    add_trust_queries(service)
    service.app.add_middleware(Rooted, party=service.party)
    party, app = service.party, service.app
    names, look = Names(party.settings.url), Depends(asking(party))

    @app.get("/register")
    def register(asked: Annotated[Asked, look], form: Form = None) -> Response:
        """Show the whole register: a table for people, every triple for machines."""
        signed_at = None if asked.pinned else _signed_at(party, asked.view)
        return _shown(
            asked,
            form,
            graph=lambda: whole_graph(asked.view, names),
            page=lambda sheet: register_page(replace(sheet, signed_at=signed_at)),
            about="" if signed_at is None else f"{signed_at:%Y%m%dT%H%M%SZ}",
        )

    @app.get("/m/{did}")
    def member(did: str, asked: Annotated[Asked, look], form: Form = None) -> Response:
        """Show one member, whether it stays or has left."""
        found = member_of(asked.view, did)
        return _shown(
            asked,
            form,
            graph=lambda: member_graph(asked.view, found, names),
            page=lambda sheet: member_page(sheet, found),
        )

    @app.get("/m/{did}/did.json")
    def document(did: str, asked: Annotated[Asked, look]) -> Response:
        """Give a member's DID document as the register tells it: an output, and never where verifiers look for keys."""
        found = member_of(asked.view, did)
        return asked.answer(lambda: canonicalize(did_document(asked.view, found)), media_type=MEDIA_TYPE)

    @app.get("/a/{did}/{name:path}")
    def application(
        did: str,
        name: str,
        asked: Annotated[Asked, look],
        form: Form = None,
    ) -> Response:
        """Show one service of a member."""
        found = member_of(asked.view, did)
        offered = _service_of(found, name)
        return _shown(
            asked,
            form,
            graph=lambda: application_graph(asked.view, found, offered, names),
            page=lambda sheet: service_page(sheet, found, offered),
        )

    @app.get("/static/{name}")
    def asset(name: str) -> Response:
        """Give a file that the pages are dressed with."""
        if name not in _ASSETS:
            raise NotFoundError(f"a file {name}")
        content = resources.files("perseus.pages").joinpath("static", name).read_bytes()
        return Response(content, media_type=_ASSETS[name], headers=dict(SHIELD))


def _shown(
    asked: Asked,
    form: str | None,
    *,
    graph: Callable[[], Graph],
    page: Callable[[Sheet], bytes],
    about: str = "",
) -> Response:
    """Answer in the representation that the caller likes most, or in the one that the address names."""
    if form is not None and form not in FORMATS:
        raise MalformedError("format", expected=", ".join(FORMATS), found=ascii(form))
    media_type = FORMATS[form] if form else choose(asked.request.headers.get("accept"), OFFERED)
    if media_type != HTML:
        return asked.answer(lambda: WRITERS[media_type](graph()), media_type=media_type)
    sheet = Sheet(asked.view, asked.path, asked.pinned)
    return asked.answer(lambda: page(sheet), media_type=HTML, extra=SHIELD, about=about)


def _signed_at(party: Party, view: View) -> datetime | None:
    """Tell when the log last signed a checkpoint over exactly these entries."""
    with party.store.read() as connection:
        seen = log.seen_at(connection, view.size)
    return None if seen is None else seen.seen_at


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


def _service_of(member: Member, name: str) -> Offered:
    found = next((one for one in member.history.profiles[-1].services if one.name == name), None)
    if found is None:
        raise NotFoundError(f"a service {name} of {member.did}")
    return found
