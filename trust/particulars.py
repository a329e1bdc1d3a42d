"""What each kind of claim adds to the graph of its chain: firms, meters, months, figures, and where data came from.

Readings, salts, blinding factors and customer references stay out: a graph is shown to more people than a file is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import NamedTuple

from rdflib import PROV, RDF, Literal, URIRef

from trust.claims.account import AccountHolder
from trust.claims.consent import Consent, Withdrawal
from trust.claims.consumption import Consumption, Coverage
from trust.claims.coverage import RowCoverage
from trust.claims.emissions import Emissions, Row
from trust.claims.halfhour import Month
from trust.claims.intensity import Intensity, IntensityCoverage
from trust.claims.membership import Membership
from trust.claims.receipt import Receipt, WithdrawalReceipt
from trust.codec import wire_name
from trust.credential import Credential
from trust.digest import Digest
from trust.terms import PERSEUS, Triple, by_digest, decimal, iri, moment, month, words


class Place(NamedTuple):
    """Where in the graph a claim stands: its document, the act that made it, and who acted."""

    entity: URIRef
    act: URIRef
    agent: URIRef


@dataclass(frozen=True, slots=True)
class Reference:
    """A resource that a claim binds: the term that names it, its class, its digest, and where its content came from."""

    name: str
    kind: str
    digest: Digest
    sources: tuple[URIRef, ...]


def particulars(
    credential: Credential[object], *, entity: URIRef, act: URIRef, agent: URIRef
) -> Iterator[Triple]:
    """Say what a claim adds to the graph; a kind of which nothing is known adds nothing."""
    claim = credential.claim
    if isinstance(claim, Emissions | Intensity | Consumption):
        yield entity, PERSEUS.month, month(Month.of(claim.period.start))
        yield entity, PERSEUS["from"], moment(claim.period.start)
        yield entity, PERSEUS.to, moment(claim.period.end)
    if not isinstance(claim, Emissions):
        yield act, PROV.endedAtTime, moment(credential.valid_from)
    if credential.valid_until is not None:
        yield entity, PERSEUS.validUntil, moment(credential.valid_until)
    yield from _written(claim, Place(entity, act, agent))


def references_of(claim: object) -> tuple[Reference, ...]:
    """Give the resources that a claim binds by their digests."""
    if isinstance(claim, Consumption):
        meter = (iri(claim.id),)
        return (
            Reference("readings", "Readings", claim.readings.digest_multibase, meter),
            Reference("commitments", "Commitments", claim.commitments.digest_multibase, meter),
        )
    if isinstance(claim, Intensity):
        upstream = (by_digest(claim.upstream.digest_multibase),)
        return (Reference("series", "IntensitySeries", claim.series.digest_multibase, upstream),)
    return ()


def _written(claim: object, place: Place) -> Iterator[Triple]:
    """Choose by the kind of claim."""
    match claim:
        case AccountHolder():
            yield from _account(claim, place)
        case Consent():
            yield from _consent(claim, place)
        case Withdrawal():
            yield place.entity, PERSEUS.consent, iri(claim.consent)
        case Consumption():
            yield from _consumption(claim, place)
        case Intensity():
            yield from _intensity(claim, place)
        case Emissions():
            yield from _emissions(claim, place)
        case _:
            yield from _rest(claim, place)


def _rest(claim: object, place: Place) -> Iterator[Triple]:
    match claim:
        case Membership():
            yield place.entity, PERSEUS.member, iri(str(claim.id))
            for role in claim.roles:
                yield place.entity, PERSEUS.role, iri(role)
        case Receipt():
            yield place.entity, PERSEUS.presentation, iri(claim.presentation)
            yield place.entity, PERSEUS.receivedFrom, iri(str(claim.received_from))
            yield place.entity, PERSEUS.receivedAt, moment(claim.received_at)
        case WithdrawalReceipt():
            yield place.entity, PERSEUS.withdrawal, iri(claim.withdrawal)
            yield place.entity, PERSEUS.stoppedAt, moment(claim.stopped_at)
        case _:
            return


def _account(claim: AccountHolder, place: Place) -> Iterator[Triple]:
    yield from _firm(place.entity, iri(str(claim.id)))
    yield from _sources(place.entity, claim.sources)
    yield place.entity, PERSEUS.controlFrom, moment(claim.control_from)
    yield place.entity, PERSEUS.controlUntil, moment(claim.control_until)
    if claim.replaces is not None:
        yield place.entity, PERSEUS.replaces, iri(claim.replaces)
    if claim.compromised_since is not None:
        yield place.entity, PERSEUS.compromisedSince, moment(claim.compromised_since)


def _consent(claim: Consent, place: Place) -> Iterator[Triple]:
    yield from _firm(place.entity, place.agent)
    yield from _sources(place.entity, claim.sources)
    yield place.entity, PERSEUS.giver, iri(str(claim.from_))
    yield place.entity, PERSEUS.recipient, iri(str(claim.to))
    yield place.entity, PERSEUS.data, words(claim.data)
    for purpose in claim.purposes:
        yield place.entity, PERSEUS.purpose, iri(purpose)
    yield place.entity, PERSEUS.licence, iri(claim.licence)
    yield place.entity, PERSEUS.dataFrom, moment(claim.data_from)
    yield place.entity, PERSEUS.dataTo, moment(claim.data_to)
    yield place.entity, PERSEUS.expires, moment(claim.expires)
    for other in claim.depends_on:
        yield place.entity, PERSEUS.dependsOn, iri(other)


def _consumption(claim: Consumption, place: Place) -> Iterator[Triple]:
    yield from _sources(place.entity, (claim.id,))
    yield place.act, PROV.used, iri(claim.id)
    yield place.act, PROV.startedAtTime, moment(claim.period.start)
    yield place.entity, PERSEUS.fuel, words(claim.fuel)
    yield place.entity, PERSEUS.regionId, Literal(claim.region.id)
    yield from _counts(place.entity, claim.coverage)


def _intensity(claim: Intensity, place: Place) -> Iterator[Triple]:
    upstream = by_digest(claim.upstream.digest_multibase)
    yield upstream, RDF.type, PROV.Entity
    yield upstream, RDF.type, PERSEUS.UpstreamAnswer
    yield upstream, PROV.atLocation, iri(claim.upstream.id)
    yield place.act, PROV.used, upstream
    yield place.act, PROV.startedAtTime, moment(claim.retrieved_at)
    yield place.entity, PROV.hadPrimarySource, upstream
    yield place.entity, PERSEUS.upstream, upstream
    yield place.entity, PERSEUS.regionId, Literal(claim.region.id)
    yield place.entity, PERSEUS.kind, words(claim.kind)
    yield place.entity, PERSEUS.retrievedAt, moment(claim.retrieved_at)
    yield from _counts(place.entity, claim.coverage)


def _emissions(claim: Emissions, place: Place) -> Iterator[Triple]:
    firm, made = iri(str(claim.id)), iri(claim.method.id)
    yield from _firm(place.entity, firm)
    yield place.act, PROV.startedAtTime, moment(claim.activity.started_at)
    yield place.act, PROV.endedAtTime, moment(claim.activity.ended_at)
    yield URIRef(f"{place.entity}#association"), PROV.hadPlan, made
    yield made, RDF.type, PROV.Plan
    for row in claim.rows:
        yield from _figure(claim, row, place)


def _figure(claim: Emissions, row: Row, place: Place) -> Iterator[Triple]:
    figure = URIRef(f"{place.entity}#{row.fuel}")
    yield place.entity, PERSEUS.figure, figure
    yield figure, RDF.type, PROV.Entity
    yield figure, RDF.type, PERSEUS.Figure
    yield figure, PROV.wasGeneratedBy, place.act
    yield figure, PROV.wasAttributedTo, place.agent
    yield figure, PERSEUS.firm, iri(str(claim.id))
    yield figure, PERSEUS.month, month(Month.of(claim.period.start))
    yield figure, PERSEUS.fuel, words(row.fuel)
    yield figure, PERSEUS.kilograms, decimal(row.kg)
    yield figure, PERSEUS.gases, words(row.gases)
    yield from _counts(figure, row.coverage)


def _firm(entity: URIRef, firm: URIRef) -> Iterator[Triple]:
    yield entity, PERSEUS.firm, firm
    yield firm, RDF.type, PROV.Agent
    yield firm, RDF.type, PERSEUS.Firm


def _sources(entity: URIRef, sources: tuple[str, ...]) -> Iterator[Triple]:
    for source in sources:
        yield entity, PERSEUS.source, iri(source)
        yield iri(source), RDF.type, PROV.Entity
        yield iri(source), RDF.type, PERSEUS.DataSource


def _counts(entity: URIRef, coverage: Coverage | IntensityCoverage | RowCoverage) -> Iterator[Triple]:
    """Write every count of a coverage under the name that it has on the wire."""
    for field in fields(coverage):
        yield entity, PERSEUS[wire_name(field.name)], Literal(getattr(coverage, field.name))
