"""The provenance of a figure as a graph: what was made from what, by whom, with whose leave (PROV-O).

A node is a credential, named by its id; an edge exists only where the digest in a credential is that of the bytes
at hand, so that nothing stands in the graph which nobody signed.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from rdflib import PROV, RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from trust.claims.emissions import Emissions
from trust.claims.halfhour import stamp
from trust.credential import Credential
from trust.digest import Digest
from trust.envelope import envelope
from trust.links import Relation
from trust.report import Verified
from trust.secured import Secured

PERSEUS: Final = Namespace("https://w3id.org/perseus/v1/vocabulary#")
SECURITY: Final = Namespace("https://w3id.org/security#")
_EDGES: Final[Mapping[Relation, URIRef]] = {
    Relation.DERIVED: PROV.wasDerivedFrom,
    Relation.USED: PROV.used,
    Relation.PERMITTED: PERSEUS.permittedBy,
}


def graph(documents: Iterable[Secured | Verified[object]]) -> Graph:
    """Draw the chain that these verified credentials make (PROV-O, section 3.1).

    Raises:
        MalformedError: when one of them is no credential of the scheme.
    """
    at_hand = [one.secured if isinstance(one, Verified) else one for one in documents]
    chain = {one.digest: envelope(one) for one in at_hand}
    drawn = Graph()
    drawn.bind("prov", PROV)
    drawn.bind("perseus", PERSEUS)
    drawn.add((PERSEUS.permittedBy, RDFS.subPropertyOf, PROV.wasInfluencedBy))
    for digest, credential in chain.items():
        _draw(drawn, credential, digest=digest)
        _draw_links(drawn, credential, chain=chain)
    return drawn


def _draw(drawn: Graph, credential: Credential[object], *, digest: Digest) -> None:
    """Say what a credential is, who answers for it, and in which act it was made."""
    entity, agent = URIRef(credential.id), URIRef(str(credential.issuer))
    made = _activity(credential)
    _add(drawn, entity, {RDF.type: PROV.Entity, PROV.wasAttributedTo: agent, PROV.wasGeneratedBy: made})
    _add(drawn, entity, {RDF.type: PERSEUS[credential.kind.type]})
    _add(drawn, entity, {SECURITY.digestMultibase: Literal(digest.multibase)})
    _add(drawn, entity, {PROV.generatedAtTime: _moment(stamp(credential.valid_from))})
    _add(drawn, agent, {RDF.type: PROV.Agent})
    _add(drawn, made, {RDF.type: PROV.Activity, PROV.wasAssociatedWith: agent})
    if isinstance(credential.claim, Emissions):
        ran = credential.claim.activity
        _add(drawn, made, {PROV.startedAtTime: _moment(stamp(ran.started_at))})
        _add(drawn, made, {PROV.endedAtTime: _moment(stamp(ran.ended_at))})


def _draw_links(
    drawn: Graph, credential: Credential[object], *, chain: Mapping[Digest, Credential[object]]
) -> None:
    """Draw the links whose digest is that of a credential at hand; `used` belongs to the act, not to its outcome."""
    entity, made = URIRef(credential.id), _activity(credential)
    for link in credential.links:
        target = chain.get(link.digest)
        if target is None or target.id != link.id:
            continue
        subject = made if link.relation is Relation.USED else entity
        drawn.add((subject, _EDGES[link.relation], URIRef(target.id)))
        if link.relation is not Relation.PERMITTED:
            drawn.add((made, PROV.used, URIRef(target.id)))


def _activity(credential: Credential[object]) -> URIRef:
    return URIRef(f"{credential.id}#activity")


def _moment(text: str) -> Literal:
    return Literal(text, datatype=XSD.dateTime)


def _add(drawn: Graph, subject: Node, statements: Mapping[URIRef, Node]) -> None:
    for predicate, value in statements.items():
        drawn.add((subject, predicate, value))
