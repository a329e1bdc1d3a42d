"""What members offer: their services as IB1's applications, and as data services of its data catalog (DCAT 3).

IB1 Directory 1.0 (Application) and Data Catalog Records 1.0 (Data Service metadata fields).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rdflib import DCAT, DCTERMS, RDF, RDFS, Graph, URIRef

from registry.history import Service
from registry.projections.graph import Triple, drawn, member_triples, register_triples
from registry.projections.names import IB1, PERSEUS, Names, iri, words
from registry.projections.scheme import SCHEME, Standard, roles, standards
from registry.projections.view import Member, View


@dataclass(frozen=True, slots=True)
class Offer:
    """A service of a member in good standing that meets a standard of the scheme, because of a role it holds."""

    member: Member
    service: Service
    standard: Standard

    @property
    def title(self) -> str:
        """Name the offer for people."""
        return f"{self.standard.label}, by {self.member.name}"


def offers_of(view: View, member: Member) -> Iterator[Offer]:
    """Give what a member offers at the view's moment; one that is suspended or has left offers nothing."""
    held = member.roles(view.at) if member.footing.good else ()
    for service in member.history.profiles[-1].services:
        for standard in standards():
            if standard.role in held and standard.service == service.name:
                yield Offer(member, service, standard)


def application_graph(view: View, member: Member, service: Service, names: Names) -> Graph:
    """Draw one service, and the register that it was read from."""
    return drawn(
        (*register_triples(view, names.register), *application_triples(view, member, service, names))
    )


def whole_graph(view: View, names: Names) -> Graph:
    """Draw the whole directory."""
    return drawn(whole_triples(view, names))


def application_triples(view: View, member: Member, service: Service, names: Names) -> Iterator[Triple]:
    """Say what a service is, whose it is, and which standards of the scheme it meets."""
    it = names.application(member.did, service.name)
    yield it, RDF.type, IB1.Application
    yield it, DCTERMS.publisher, names.member(member.did)
    yield it, DCTERMS.title, words(f"{member.name}: {service.name}")
    yield it, IB1.scheme, URIRef(SCHEME)
    yield it, DCAT.endpointURL, iri(service.url)
    yield it, PERSEUS.register, names.register
    for role in member.roles(view.at) if member.footing.good else ():
        yield it, IB1.role, iri(role)
    for offer in offers_of(view, member):
        if offer.service == service:
            yield from _offer(it, offer, names)


def whole_triples(view: View, names: Names) -> Iterator[Triple]:
    """Say everything: the register, the scheme's roles, every member that ever was, and its services."""
    yield from register_triples(view, names.register)
    yield from role_triples()
    for member in view.members():
        yield from member_triples(view, member, names)
        for service in member.history.profiles[-1].services:
            yield from application_triples(view, member, service, names)


def role_triples() -> Iterator[Triple]:
    """Say what the scheme's roles are called, and what they are for."""
    for role in roles().values():
        it = URIRef(role.url)
        yield it, RDF.type, IB1.Role
        yield it, RDFS.label, words(role.label)
        yield it, RDFS.comment, words(role.description)
        yield it, IB1.scheme, URIRef(SCHEME)


def _offer(application: URIRef, offer: Offer, names: Names) -> Iterator[Triple]:
    it = URIRef(f"{application}#{offer.standard.url.rpartition('/')[2]}")
    yield it, RDF.type, DCAT.DataService
    yield it, DCTERMS.title, words(offer.title)
    yield it, DCTERMS.description, words(offer.standard.description)
    yield it, DCTERMS.publisher, names.member(offer.member.did)
    yield it, DCTERMS.conformsTo, URIRef(offer.standard.url)
    yield it, DCTERMS.license, URIRef(offer.standard.licence)
    yield it, DCAT.endpointURL, iri(offer.service.url)
    yield it, DCAT.endpointDescription, iri(f"{offer.service.url}/openapi.json")
    yield it, IB1.scheme, URIRef(SCHEME)
    yield application, PERSEUS.offers, it
