"""A member as linked data: IB1's terms for what its directory publishes, ours for what only a log can tell.

IB1 Directory 1.0, RDF Representations. Nothing is a blank node: everything is named by the entry that recorded it,
so that two replays give the same names.
"""

from collections.abc import Iterator

from rdflib import OWL, RDF, XSD, Graph, Literal, URIRef

from registry.history import Key, Mark, Membership, Span, Suspension
from registry.projections.names import IB1, PERSEUS, SCHEMA, SECURITY, Names, iri, moment, part, words
from registry.projections.view import Member, View
from trust.provenance import drawn
from trust.signing import verification_method
from trust.terms import Triple

__all__ = ["Triple", "drawn", "member_graph", "member_triples", "register_triples", "standing_triples"]


def member_graph(view: View, member: Member, names: Names) -> Graph:
    """Draw everything about one member, and the register that it was read from."""
    return drawn((*register_triples(view, names.register), *member_triples(view, member, names)))


def register_triples(view: View, register: URIRef) -> Iterator[Triple]:
    """Say which log this is, how many of its entries were read, and with which root."""
    yield register, RDF.type, PERSEUS.Register
    yield register, PERSEUS.origin, words(view.origin)
    yield register, PERSEUS.environment, words(view.environment)
    yield register, PERSEUS.logSize, Literal(view.size)
    yield register, PERSEUS.logRoot, Literal(view.root_text)
    yield register, PERSEUS.judgedAt, moment(view.at)


def member_triples(view: View, member: Member, names: Names) -> Iterator[Triple]:
    """Say who a member is, how it stands, and everything that was recorded about its stay, roles and keys."""
    it = names.member(member.did)
    yield it, RDF.type, SCHEMA.Organization
    yield it, RDF.type, PERSEUS.Member
    yield it, SCHEMA.legalName, words(member.name)
    yield it, SCHEMA.identifier, words(str(member.did))
    yield it, OWL.sameAs, iri(str(member.did))
    yield it, PERSEUS.register, names.register
    yield from _state(it, member)
    for agreement in member.history.agreements[-1:]:
        yield it, PERSEUS.agreementVersion, words(agreement.version)
    for role in member.roles(view.at):
        yield it, IB1.role, iri(role)
    for service in member.history.profiles[-1].services:
        yield it, PERSEUS.service, names.application(member.did, service.name)
    yield from _spans(it, member)
    for key in member.history.keys:
        yield from _key(it, member, key)


def standing_triples(it: URIRef, member: Member) -> Iterator[Triple]:
    """Say how a member is called and stands, and when it stayed, held its roles and was suspended, under any name."""
    yield it, RDF.type, SCHEMA.Organization
    yield it, RDF.type, PERSEUS.Member
    yield it, SCHEMA.legalName, words(member.name)
    yield from _state(it, member)
    yield from _spans(it, member)


def _state(it: URIRef, member: Member) -> Iterator[Triple]:
    footing = member.footing
    yield it, PERSEUS.state, Literal(str(footing.state))
    yield it, PERSEUS.stateSince, moment(footing.since)
    if footing.until is not None:
        yield it, PERSEUS.stateUntil, moment(footing.until)


def _spans(it: URIRef, member: Member) -> Iterator[Triple]:
    for stay in member.history.memberships:
        yield from _stay(it, stay)
    for role in member.history.roles:
        held = part(it, "role", role.span.start.index)
        yield it, PERSEUS.tenure, held
        yield held, RDF.type, PERSEUS.Tenure
        yield held, PERSEUS.role, iri(role.url)
        yield from _span(held, role.span)
    for item in member.history.suspensions:
        yield from _suspension(it, item)


def _stay(it: URIRef, stay: Membership) -> Iterator[Triple]:
    node, leaving = part(it, "stay", stay.start.index), stay.leaving
    yield it, PERSEUS.stay, node
    yield node, RDF.type, PERSEUS.Stay
    yield from _span(node, Span(stay.start, () if leaving is None else (leaving.mark,)))
    if leaving is not None:
        yield node, PERSEUS.expelled, Literal(leaving.expelled)
        if leaving.since is not None:
            yield node, PERSEUS.reachesBackTo, moment(leaving.since)


def _suspension(it: URIRef, item: Suspension) -> Iterator[Triple]:
    node, end = part(it, "suspension", item.start.index), item.end
    yield it, PERSEUS.suspension, node
    yield node, RDF.type, PERSEUS.Suspension
    yield node, PERSEUS.emergency, Literal(item.emergency)
    yield from _span(node, Span(item.start, () if end is None else (end,)))


def _key(it: URIRef, member: Member, key: Key) -> Iterator[Triple]:
    node = iri(str(verification_method(member.did, key.key)))
    yield it, PERSEUS.key, node
    yield node, RDF.type, SECURITY.Multikey
    yield node, SECURITY.publicKeyMultibase, Literal(key.key.multikey, datatype=SECURITY.multibase)
    yield node, PERSEUS.thumbprint, Literal(key.key.thumbprint)
    yield from _span(node, key.span)
    if key.compromises:
        yield node, PERSEUS.compromisedSince, moment(min(report.since for report in key.compromises))


def _span(node: URIRef, span: Span) -> Iterator[Triple]:
    yield node, PERSEUS["from"], moment(span.start.at)
    yield node, PERSEUS.entry, _entry(span.start)
    if span.end is not None:
        yield node, PERSEUS.to, moment(span.end.at)
        yield node, PERSEUS.entry, _entry(span.end)


def _entry(mark: Mark) -> Literal:
    return Literal(mark.index, datatype=XSD.integer)
