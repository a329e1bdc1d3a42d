"""The provenance of a figure as a graph: what was made from what, by whom, with whose leave (PROV-O).

A node is a credential, named by its id; an edge exists only where the digest in a credential is that of the bytes
at hand, so that nothing stands in the graph which nobody signed. What a credential names and over which bytes it was
signed stands beside the edge, as a link of its own, whether or not those bytes are at hand.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, cast

from rdflib import PROV, RDF, RDFS, Graph, URIRef

import specs
from trust.claims.emissions import Emissions
from trust.claims.receipt import Receipt
from trust.credential import Credential
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope
from trust.kinds import CONSENT, WITHDRAWAL
from trust.links import Relation
from trust.particulars import Reference, particulars, references_of
from trust.report import Verified
from trust.secured import Secured
from trust.terms import PERSEUS, SECURITY, STATUS, Triple, by_digest, digest, iri, moment

__all__ = ["PERSEUS", "SECURITY", "acted", "activity_of", "association_of", "class_of"]
__all__ += ["credential_triples", "drawn", "graph", "is_any_members", "link_triples"]
ACTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "MembershipCredential": "Admission",
        "AccountHolderCredential": "AccountBinding",
        "ConsentCredential": "Consenting",
        "WithdrawalCredential": "Withdrawing",
        "ConsumptionCredential": "Metering",
        "GridIntensityCredential": "IntensityPublication",
        "EmissionsCredential": "Calculation",
        "VerifiablePresentation": "Presenting",
        "ReceiptCredential": "Receiving",
        "WithdrawalReceiptCredential": "Stopping",
        "VerdictCredential": "Judging",
        "BitstringStatusListCredential": "StatusListing",
    }
)
_QUALIFIED: Final[Mapping[Relation, tuple[URIRef, URIRef, URIRef]]] = MappingProxyType(
    {
        Relation.DERIVED: (PROV.wasDerivedFrom, PROV.qualifiedDerivation, PROV.Derivation),
        Relation.USED: (PROV.used, PROV.qualifiedUsage, PROV.Usage),
        Relation.PERMITTED: (PERSEUS.permittedBy, PROV.qualifiedInfluence, PROV.EntityInfluence),
    }
)


def graph(documents: Iterable[Secured | Verified[object]], *, held: Iterable[Digest] = ()) -> Graph:
    """Draw the chain that these verified credentials make, with the resources that are at hand (PROV-O, section 3).

    Raises:
        MalformedError: when one of them is no credential of the scheme.
    """
    at_hand = [one.secured if isinstance(one, Verified) else one for one in documents]
    chain = [(one.digest, envelope(one)) for one in at_hand]
    found = {by_digest(name): name for name in held} | {URIRef(one.id): name for name, one in chain}
    triples: list[Triple] = [(PERSEUS.permittedBy, RDFS.subPropertyOf, PROV.wasInfluencedBy)]
    for name, credential in chain:
        triples += credential_triples(credential, bytes_of=name)
        triples += link_triples(credential, found=found)
    return drawn(triples)


def drawn(triples: Iterable[Triple]) -> Graph:
    """Put triples into a graph, which holds each once and in no order; the writers give them theirs."""
    made = Graph(bind_namespaces="none")
    for triple in triples:
        made.add(triple)
    return made


def credential_triples(credential: Credential[object], *, bytes_of: Digest) -> Iterator[Triple]:
    """Say what a credential is, who answers for it, in which act it was made, and what it says."""
    entity, agent = URIRef(credential.id), iri(str(credential.issuer))
    yield entity, RDF.type, PROV.Entity
    yield entity, RDF.type, class_of(credential.kind.type) or PROV.Entity
    yield entity, PROV.wasAttributedTo, agent
    yield entity, PROV.generatedAtTime, moment(credential.valid_from)
    yield entity, SECURITY.digestMultibase, digest(bytes_of)
    yield agent, RDF.type, PROV.Agent
    yield from acted(entity, credential.kind.type, agent=credential.issuer)
    yield from particulars(credential, entity=entity, act=activity_of(entity), agent=agent)


def acted(entity: URIRef, kind: str, *, agent: Did) -> Iterator[Triple]:
    """Say in which act a document was made, and in which role its maker acted (PROV-O, qualified association)."""
    act, who = activity_of(entity), iri(str(agent))
    yield entity, PROV.wasGeneratedBy, act
    yield act, RDF.type, PROV.Activity
    if kind in ACTS:
        yield act, RDF.type, PERSEUS[ACTS[kind]]
    yield act, PROV.wasAssociatedWith, who
    part = association_of(entity)
    yield act, PROV.qualifiedAssociation, part
    yield part, RDF.type, PROV.Association
    yield part, PROV.agent, who
    for role in _roles_of(kind, agent):
        yield part, PROV.hadRole, iri(role)


def class_of(kind: str) -> URIRef | None:
    """Give the class of a kind of document that the scheme knows, and none for what somebody only calls one."""
    if kind == "VerifiablePresentation":
        return PERSEUS.Presentation
    if kind == "BitstringStatusListCredential":
        return STATUS[kind]
    return PERSEUS[kind] if kind in ACTS else None


def is_any_members(kind: str, agent: Did) -> bool:
    """Tell whether a member makes such a document in no role of its own (the scheme's catalogue)."""
    return not _roles_of(kind, agent)


def link_triples(credential: Credential[object], *, found: Mapping[URIRef, Digest]) -> Iterator[Triple]:
    """Say what a credential names, and draw the edges whose digest is that of the bytes that are at hand."""
    entity = URIRef(credential.id)
    for number, link in enumerate(credential.links):
        edge, qualified, kind = _QUALIFIED[link.relation]
        subject = activity_of(entity) if link.relation is Relation.USED else entity
        node, target = URIRef(f"{entity}#link-{number}"), iri(link.id)
        yield subject, qualified, node
        yield node, RDF.type, kind
        yield from _bound(entity, node, target, link.digest)
        if found.get(target) == link.digest:
            yield subject, edge, target
            if link.relation is Relation.DERIVED:
                yield activity_of(entity), PROV.used, target
    for reference in references_of(credential.claim):
        yield from _resource(entity, reference, found)
    if isinstance(credential.claim, Receipt):
        yield from _received(entity, credential.claim, found)
    if isinstance(credential.claim, Emissions):
        yield from _figures(entity, credential.claim, found)


def activity_of(entity: URIRef) -> URIRef:
    """Name the act in which a document was made."""
    return URIRef(f"{entity}#activity")


def association_of(entity: URIRef) -> URIRef:
    """Name the part that the maker of a document had in the act."""
    return URIRef(f"{entity}#association")


def _bound(entity: URIRef, node: URIRef, target: URIRef, signed: Digest) -> Iterator[Triple]:
    yield entity, PERSEUS.link, node
    yield node, RDF.type, PERSEUS.Link
    yield node, PROV.entity, target
    yield node, PERSEUS.signedOver, digest(signed)


def _resource(entity: URIRef, reference: Reference, found: Mapping[URIRef, Digest]) -> Iterator[Triple]:
    """Say which resource a credential binds; it is named by its digest, and derived from only where it is at hand."""
    node, target = URIRef(f"{entity}#{reference.name}"), by_digest(reference.digest)
    yield entity, PERSEUS[reference.name], target
    yield target, RDF.type, PROV.Entity
    yield target, RDF.type, PERSEUS[reference.kind]
    yield from _bound(entity, node, target, reference.digest)
    if target in found:
        yield target, SECURITY.digestMultibase, digest(found[target])
    if found.get(target) == reference.digest:
        yield entity, PROV.wasDerivedFrom, target
        yield target, PROV.wasGeneratedBy, activity_of(entity)
        for source in reference.sources:
            yield target, PROV.hadPrimarySource, source


def _received(entity: URIRef, claim: Receipt, found: Mapping[URIRef, Digest]) -> Iterator[Triple]:
    node, target = URIRef(f"{entity}#presentation"), iri(claim.presentation)
    yield from _bound(entity, node, target, claim.digest_multibase)
    if found.get(target) == claim.digest_multibase:
        yield entity, PROV.wasDerivedFrom, target
        yield activity_of(entity), PROV.used, target


def _figures(entity: URIRef, claim: Emissions, found: Mapping[URIRef, Digest]) -> Iterator[Triple]:
    """Lead each figure back to the sealed readings that its opening names, where they are at hand."""
    for row in claim.rows:
        for name in (vector for opening in row.openings for vector in opening.commitments):
            if found.get(by_digest(name)) == name:
                yield URIRef(f"{entity}#{row.fuel}"), PROV.wasDerivedFrom, by_digest(name)


def _roles_of(kind: str, agent: Did) -> tuple[str, ...]:
    """Give the roles in which a document is made; a firm, which is its key, has the one of its own."""
    firms = kind in {CONSENT.type, WITHDRAWAL.type} and agent.multikey is not None
    return (str(PERSEUS.FirmRole),) if firms else _roles().get(kind, ())


@cache
def _roles() -> Mapping[str, tuple[str, ...]]:
    """Give the roles in which each kind of document is made (the scheme's catalogue)."""
    listed = cast("list[dict[str, object]]", specs.document("scheme/catalogue.json")["roles"])
    found: dict[str, tuple[str, ...]] = {}
    for role in listed:
        for kind in cast("list[str]", role["signs"]):
            found[kind] = (*found.get(kind, ()), str(role["id"]))
    return MappingProxyType(found)
