"""Trace: the provenance of everything in an evidence file, drawn from what its signatures fit (PROV-O).

Nothing is judged. What a signature fits is drawn with all that it says; a document whose signature does not fit, or
whose key nobody knows, stands there as unproven, with its bytes' digest and nothing of its word.
"""

from collections.abc import Iterable, Iterator, Mapping

from rdflib import PROV, RDF, Graph, Literal, URIRef

from registry.anchor import Anchor
from registry.errors import BeyondError
from registry.projections.graph import register_triples, standing_triples
from registry.projections.view import Member, View
from trust.canonical import parse_object
from trust.did import Did
from trust.digest import Digest
from trust.provenance import (
    PERSEUS,
    SECURITY,
    acted,
    activity_of,
    association_of,
    class_of,
    credential_triples,
    drawn,
    is_any_members,
    link_triples,
)
from trust.secured import Secured
from trust.terms import Triple, by_digest, digest, iri, moment
from verifiers.chain import Chain
from verifiers.evidence import LARGEST, TYPE, Evidence, read_evidence_document
from verifiers.item import Item
from verifiers.resources import Resources

Found = Mapping[URIRef, Digest]


def trace(secured: Secured, evidence: Evidence, *, known_at: int | None = None) -> Graph:
    """Draw a presentation or credential, what it rests on, and how its signers stood in so much of the register."""
    chain = Chain.of(
        secured, beside=evidence.credentials, receipt=evidence.receipt, register=evidence.register
    )
    found = _found(chain, Resources(evidence.resources))
    triples = [triple for item in chain.items for triple in _document(chain, item, found)]
    triples += [*_beside(chain), *_doubles(chain)]
    view = _view(evidence, known_at)
    if view is not None:
        triples += _standing(view, chain.items)
    return drawn(triples)


def trace_file(raw: bytes, *, anchor: Anchor | None = None) -> Graph:
    """Draw an evidence file, or one bare document; without an anchor its register is taken at its own word.

    Raises:
        MalformedError: it cannot be read, at the JSON pointer of the first member that is not what it must be.
    """
    document = parse_object(raw, limit=LARGEST, canonical=True)
    if document.get("type") != TYPE:
        return trace(Secured(raw), Evidence(None))
    return trace(*read_evidence_document(document, anchor=anchor))


def _found(chain: Chain, resources: Resources) -> Found:
    """Give the digest of everything that is at hand, by the name that the graph has for it."""
    named = {by_digest(name): resources.digest(name) for name in resources.held}
    held = {iri(name): item.secured.digest for name, item in chain.by_id.items()}
    held |= {iri(item.id): item.secured.digest for item in chain.items if item.id not in chain.by_id}
    return {name: value for name, value in named.items() if value is not None} | held


def _document(chain: Chain, item: Item, found: Found) -> Iterator[Triple]:
    first = chain.by_id.get(item.id, item) is item
    if item.credential is not None and first:
        yield from credential_triples(item.credential, bytes_of=item.secured.digest)
        yield from link_triples(item.credential, found=found)
        yield from _signed(iri(item.id), item)
    elif item.presentation is not None and first:
        yield from _presented(chain, item)
    else:
        yield from _unproven(item, iri(item.id) if first and item.id else by_digest(item.secured.digest))


def _presented(chain: Chain, item: Item) -> Iterator[Triple]:
    """Draw a presentation as a collection of what it carries (PROV-O, Collection)."""
    entity = iri(item.id)
    for kind in (PROV.Entity, PROV.Collection, PERSEUS.Presentation):
        yield entity, RDF.type, kind
    yield entity, SECURITY.digestMultibase, digest(item.secured.digest)
    yield entity, PROV.wasAttributedTo, iri(item.subject.issuer)
    yield iri(item.subject.issuer), RDF.type, PROV.Agent
    yield entity, PERSEUS.carries, Literal(chain.beyond or len(chain.extra))
    yield from acted(entity, item.kind, agent=item.issuer)
    yield from _signed(entity, item)
    if item.proof is not None:
        yield entity, PROV.generatedAtTime, moment(item.proof.created)
        yield activity_of(entity), PROV.endedAtTime, moment(item.proof.created)
        if item.proof.domain is not None:
            yield entity, PERSEUS.audience, iri(str(item.proof.domain))
    for held in chain.extra:
        if held.id and held.place.startswith("/verifiableCredential/"):
            yield entity, PROV.hadMember, iri(held.id)


def _unproven(item: Item, entity: URIRef) -> Iterator[Triple]:
    """Say that a document is there, and nothing of what it says."""
    yield entity, RDF.type, PROV.Entity
    yield entity, RDF.type, PERSEUS.Unproven
    known = class_of(item.kind)
    if known is not None:
        yield entity, RDF.type, known
    yield entity, SECURITY.digestMultibase, digest(item.secured.digest)


def _beside(chain: Chain) -> Iterator[Triple]:
    """Say of what is named and at hand, and yet no part of the chain, that it is there."""
    inside = {item.id for item in chain.items}
    for name in dict.fromkeys(
        link.id for item in chain.items if item.credential for link in item.credential.links
    ):
        if name in chain.by_id and name not in inside:
            yield from _unproven(chain.by_id[name], iri(name))


def _doubles(chain: Chain) -> Iterator[Triple]:
    """Give a document that its issuer signed twice under one name both digests, so that nobody overlooks it."""
    for item in (*chain.items, *chain.extra):
        if item.id in chain.clashes:
            yield iri(item.id), SECURITY.digestMultibase, digest(item.secured.digest)


def _signed(entity: URIRef, item: Item) -> Iterator[Triple]:
    if item.proof is not None:
        yield entity, PERSEUS.signedWith, iri(str(item.proof.verification_method))
        yield entity, PERSEUS.signedAt, moment(item.proof.created)


def _view(evidence: Evidence, known_at: int | None) -> View | None:
    """Look at the register at hand, at the moment from which its newest entry counts, so that no clock is needed."""
    if evidence.register is None:
        return None
    try:
        return View.of(evidence.register, size=known_at)
    except BeyondError:
        return None


def _standing(view: View, items: Iterable[Item]) -> Iterator[Triple]:
    """Say of every signer that the register knows how it stood, and in which role it signed."""
    signed = [item for item in items if item.credential is not None or item.presentation is not None]
    yield from register_triples(view, iri(f"https://{view.origin}"))
    for name in dict.fromkeys(item.issuer for item in signed):
        member = view.member(name)
        if member is not None:
            yield from standing_triples(iri(str(name)), member)
            yield from _roles(name, member, signed)


def _roles(name: Did, member: Member, signed: Iterable[Item]) -> Iterator[Triple]:
    """Name the roles that a member held when it signed what every member may sign."""
    yield iri(str(name)), RDF.type, PROV.Organization
    for item in signed:
        if item.issuer != name or item.proof is None or not is_any_members(item.kind, name):
            continue
        for role in member.history.roles:
            if role.span.covers(item.proof.created):
                yield association_of(iri(item.id)), PROV.hadRole, iri(role.url)
