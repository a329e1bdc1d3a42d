"""A firm grants no more than it controls, for no longer than a year, and each consent no wider than the last."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from holders.grant import Granting, Slip, grant
from holders.request import ConsentRequest
from support.keys import signer
from support.story import ASKED_AT, BANK, CAP, EDP, GRID, SHOWN_AT, Story, drawn, refused
from trust.claims.consent import LONGEST, Consent, Data
from trust.digest import Digest
from trust.envelope import envelope, links_to
from trust.links import Relation
from trust.secured import Secured

CUSTOMER = Digest.of(drawn("salt") + b"NB-2231")


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


def attempt(
    story: Story,
    *,
    request: ConsentRequest | None = None,
    granting: Granting | None = None,
    ids: Sequence[str] = ("first", "second"),
) -> tuple[Secured, ...]:
    """Grant the story's request with one thing changed."""
    return grant(
        request or story.request,
        granting=granting or Granting(story.account_holder, story.firm_signer, ASKED_AT, CUSTOMER),
        slips=[Slip(story.id(name)) for name in ids],
    )


def consents(granted: Sequence[Secured]) -> tuple[Consent, ...]:
    """Give the claims."""
    claims = tuple(envelope(one).claim for one in granted)
    assert all(isinstance(claim, Consent) for claim in claims)
    return claims  # type: ignore[return-value]  # the line above says so


def test_two_consents_are_granted_the_second_resting_on_the_first(story: Story) -> None:
    first, second = attempt(story)
    readings, figures = consents((first, second))
    assert (readings.from_, readings.to, readings.data) == (EDP, CAP, Data.CONSUMPTION)
    assert (figures.from_, figures.to, figures.data) == (CAP, BANK, Data.EMISSIONS)
    assert figures.depends_on == (story.id("first"),)
    assert links_to(second, Relation.DERIVED, first)
    assert links_to(second, Relation.DERIVED, story.account_holder)


def test_the_firm_signs_and_the_consent_ends_when_it_says(story: Story) -> None:
    credential = envelope(attempt(story)[0])
    assert credential.issuer == story.firm
    assert credential.valid_until == story.request.expires


def test_the_words_that_were_shown_are_in_the_consent(story: Story) -> None:
    assert consents(attempt(story))[0].words == story.request.words


def test_only_the_bank_gets_the_digest_of_its_reference(story: Story) -> None:
    readings, figures = consents(attempt(story))
    assert readings.customer is None
    assert figures.customer == CUSTOMER


def test_the_account_of_another_key_grants_nothing(story: Story) -> None:
    thief = signer("thief")
    with refused("consent.not_account_holder", "the account is not that of"):
        attempt(story, granting=Granting(story.account_holder, thief, ASKED_AT))


def test_another_credential_than_an_account_holder_grants_nothing(story: Story) -> None:
    with refused("consent.not_account_holder"):
        attempt(story, granting=Granting(story.consents[0], story.firm_signer, ASKED_AT))


def test_a_source_that_the_firm_does_not_control_is_refused(story: Story) -> None:
    strange = story.id("the meter of the neighbours")
    with refused("consent.not_account_holder", strange):
        attempt(story, request=replace(story.request, sources=(*story.request.sources, strange)))


def test_data_from_before_the_firm_controlled_the_meter_is_refused(story: Story) -> None:
    early = replace(story.request, data_from=datetime(2024, 3, 31, tzinfo=UTC))
    with refused("consent.before_control", "2024-03-31", "2024-04-01"):
        attempt(story, request=early)


def test_a_consent_lasts_a_year_at_most(story: Story) -> None:
    year = replace(story.request, expires=ASKED_AT + LONGEST)
    assert consents(attempt(story, request=year))[0].expires == ASKED_AT + LONGEST
    with refused("consent.widened", "longer than a year"):
        attempt(story, request=replace(year, expires=ASKED_AT + LONGEST + timedelta(seconds=1)))


def test_a_request_that_has_run_out_is_refused(story: Story) -> None:
    with refused("consent.expired"):
        attempt(story, request=replace(story.request, expires=ASKED_AT))


def test_each_use_needs_an_id(story: Story) -> None:
    with refused("consent.missing", "1 ids for 2 uses"):
        attempt(story, ids=("first",))


def test_a_use_that_nobody_was_allowed_before_rests_on_nothing(story: Story) -> None:
    only = replace(story.request, uses=story.request.uses[1:])
    assert consents(attempt(story, request=only, ids=("only",)))[0].depends_on == ()


def test_a_second_bank_rests_on_what_was_granted_before(story: Story) -> None:
    uses = (replace(story.request.uses[1], to=GRID),)
    granting = Granting(story.account_holder, story.firm_signer, SHOWN_AT, earlier=story.consents)
    (second,) = attempt(
        story, request=replace(story.request, uses=uses), granting=granting, ids=("second bank",)
    )
    assert consents((second,))[0].depends_on == (story.id("consent 0"),)
    assert links_to(second, Relation.DERIVED, story.consents[0])


def test_a_second_bank_gets_no_more_than_was_granted_before(story: Story) -> None:
    longer = replace(
        story.request, uses=story.request.uses[1:], expires=story.request.expires + timedelta(days=9)
    )
    granting = Granting(story.account_holder, story.firm_signer, SHOWN_AT, earlier=story.consents)
    with refused("consent.widened", str(BANK), str(CAP)):
        attempt(story, request=longer, granting=granting, ids=("longer",))


def test_the_key_does_not_show_in_what_is_printed(story: Story) -> None:
    assert "signer" not in repr(Granting(story.account_holder, story.firm_signer, ASKED_AT))
