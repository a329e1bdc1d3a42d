"""From consent to presentation in memory: every credential of the chain fits its schema and binds the next."""

from collections.abc import Mapping

import pytest

from support.story import BANK, CAP, EDP, Story
from trust.canonical import canonicalize, parse
from trust.claims.consumption import Consumption
from trust.claims.emissions import Emissions, calculate
from trust.envelope import envelope, links_to
from trust.links import Relation
from trust.presentation import audience_of, read_presentation
from trust.resource import read_resource
from trust.schema import fit


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


def test_every_credential_is_in_its_canonical_bytes_and_fits_its_schema(story: Story) -> None:
    for secured in story.chain:
        document = parse(secured.raw, where="credential")
        assert isinstance(document, Mapping)
        assert canonicalize(document) == secured.raw
        fit(envelope(secured).kind.schema, document)


def test_the_figure_is_what_the_readings_and_the_intensities_give(story: Story) -> None:
    claim = envelope(story.emissions.credential).claim
    assert isinstance(claim, Emissions)
    expected = calculate(story.readings(), story.series)
    assert claim.rows[0].kg == expected.kg
    assert claim.rows[0].openings[0].total == expected.total
    assert claim.rows[0].coverage.missing_readings == 2
    assert claim.id == story.firm


def test_each_credential_is_bound_to_the_ones_it_rests_on(story: Story) -> None:
    consumption, consent = story.consumption[0].credential, story.consents[0]
    assert links_to(story.emissions.credential, Relation.DERIVED, consumption)
    assert links_to(story.emissions.credential, Relation.USED, story.intensity.credential)
    assert links_to(story.emissions.credential, Relation.PERMITTED, consent)
    assert links_to(consumption, Relation.PERMITTED, consent)
    assert links_to(consumption, Relation.DERIVED, story.account_holder)
    assert links_to(consent, Relation.DERIVED, story.account_holder)
    assert links_to(story.consents[1], Relation.DERIVED, consent)


def test_the_readings_and_commitments_are_the_resources_that_the_credential_names(story: Story) -> None:
    issued = story.consumption[0]
    claim = envelope(issued.credential).claim
    assert isinstance(claim, Consumption)
    assert read_resource(issued.readings, where="readings") == story.readings()
    assert envelope(issued.credential).issuer == EDP
    assert claim.coverage.missing == 2


def test_the_presentation_holds_the_chain_bound_to_the_bank_and_its_nonce(story: Story) -> None:
    document = parse(story.presentation.raw, where="presentation")
    assert isinstance(document, Mapping)
    fit("presentation", document)
    shown = read_presentation(document)
    assert shown.holder == CAP
    assert [secured.digest for secured in shown.credentials] == [secured.digest for secured in story.chain]
    assert audience_of(document) == ("bank-nonce-0002", BANK)


def test_no_reading_no_salt_and_no_k_is_in_the_presentation(story: Story) -> None:
    assert b'"values"' not in story.presentation.raw
    assert b'"salt"' not in story.presentation.raw
    assert b'"points"' not in story.presentation.raw


def test_a_firm_with_an_ed25519_key_and_two_meters_gets_one_figure_over_both() -> None:
    story = Story(opening="second", sources=2, ed25519=True)
    claim = envelope(story.emissions.credential).claim
    assert isinstance(claim, Emissions)
    totals = [calculate(story.readings(source), story.series).total for source in range(2)]
    assert claim.rows[0].openings[0].total == sum(totals)
    assert len(claim.rows[0].openings[0].commitments) == 2
    assert len(claim.rows) == 1
