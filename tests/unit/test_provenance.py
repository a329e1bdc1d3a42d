"""The graph of a chain holds what was signed, and no edge that no digest carries."""

from datetime import timedelta

import pytest
from rdflib import PROV, RDF, Literal, URIRef

from support.story import CAP, EDP, REPORTED_AT, Story, believed
from trust.claims.emissions import Emissions
from trust.envelope import envelope
from trust.provenance import PERSEUS, SECURITY, graph


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


def node(story: Story, name: str) -> URIRef:
    """Name the node of a credential."""
    return URIRef(story.id(name))


def test_the_figure_leads_back_to_the_consent_and_the_meter(story: Story) -> None:
    drawn = graph(story.chain)
    figure, metered = node(story, "emissions"), node(story, "consumption 0")
    assert (figure, PROV.wasDerivedFrom, metered) in drawn
    assert (figure, PERSEUS.permittedBy, node(story, "consent 0")) in drawn
    assert (metered, PROV.wasDerivedFrom, node(story, "account holder")) in drawn
    assert (node(story, "consent 1"), PROV.wasDerivedFrom, node(story, "consent 0")) in drawn


def test_the_calculation_is_an_activity_with_its_times_and_what_it_used(story: Story) -> None:
    drawn = graph(story.chain)
    ran = drawn.value(node(story, "emissions"), PROV.wasGeneratedBy)
    assert ran is not None
    assert (ran, PROV.used, node(story, "intensity")) in drawn
    assert (ran, PROV.wasAssociatedWith, URIRef(str(CAP))) in drawn
    times = [drawn.value(ran, when) for when in (PROV.startedAtTime, PROV.endedAtTime)]
    assert [time.toPython() for time in times if isinstance(time, Literal)] == [
        REPORTED_AT - timedelta(seconds=2),
        REPORTED_AT,
    ]


def test_every_credential_is_an_entity_attributed_to_its_issuer(story: Story) -> None:
    drawn = graph(story.chain)
    attributed = set(drawn.subjects(SECURITY.digestMultibase))
    assert attributed == {URIRef(envelope(one).id) for one in story.chain}
    metered = node(story, "consumption 0")
    assert (metered, PROV.wasAttributedTo, URIRef(str(EDP))) in drawn
    assert (metered, RDF.type, PERSEUS.ConsumptionCredential) in drawn
    multibase = story.consumption[0].credential.digest.multibase
    digest = Literal(multibase, datatype=SECURITY.multibase)
    assert (metered, SECURITY.digestMultibase, digest) in drawn


def test_a_link_whose_digest_is_of_other_bytes_draws_no_edge(story: Story) -> None:
    again = Story(missing=(6,)).consumption[0].credential  # the same id, other bytes
    drawn = graph((story.emissions.credential, again))
    assert drawn.value(node(story, "emissions"), PROV.wasDerivedFrom) is None


def test_verified_credentials_are_drawn_as_their_bytes(story: Story) -> None:
    secured = story.emissions.credential
    assert graph([believed(secured, Emissions)]).isomorphic(graph([secured]))
