"""No reading leaves the energy data provider without a consent that covers exactly this use."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from issuers.consumption import Grounds, Issued, issue_consumption
from issuers.issue import Signing
from support.story import (
    BANK,
    CAP,
    EDP,
    GRID,
    METERED_AT,
    PURPOSE,
    REPORTING,
    Story,
    believed,
    drawn,
    refused,
)
from trust.claims.account import AccountHolder
from trust.claims.commitments import Commitments
from trust.claims.consent import Consent
from trust.claims.consumption import Consumption, Readings, Substitution
from trust.claims.halfhour import Month, Period
from trust.claims.region import GB
from trust.commitment import commit
from trust.digest import Digest
from trust.envelope import envelope
from trust.errors import CommitmentError
from trust.resource import read_resource

WITHDRAWN_AT = datetime(2026, 10, 31, tzinfo=UTC)


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


def attempt(
    story: Story,
    *,
    readings: Readings | None = None,
    grounds: Grounds | None = None,
    signing: Signing | None = None,
    used: tuple[Digest, ...] = (),
    k: bytes = drawn("k"),
) -> Issued:
    """Issue the story's consumption with one thing changed."""
    return issue_consumption(
        readings or story.readings(),
        meter=story.meter(),
        grounds=grounds or story.grounds,
        signing=signing or story.signing(EDP, METERED_AT, "consumption"),
        k=k,
        resource_ids=(story.id("readings"), story.id("commitments")),
        used=used,
    )


def test_the_credential_counts_and_commits_to_what_the_readings_are(story: Story) -> None:
    issued = attempt(story)
    claim = envelope(issued.credential).claim
    hidden = read_resource(issued.commitments, where="commitments")
    assert isinstance(claim, Consumption)
    assert isinstance(hidden, Commitments)
    assert (claim.coverage.expected, claim.coverage.measured, claim.coverage.missing) == (1_488, 1_486, 2)
    assert claim.readings.digest_multibase == Digest.of(issued.readings)
    assert claim.commitments.digest_multibase == Digest.of(issued.commitments)
    assert hidden.points == commit(story.readings().values, issued.k)
    assert hidden.quality == story.readings().quality


def test_neither_readings_nor_k_show_in_what_is_printed(story: Story) -> None:
    issued = attempt(story)
    assert "values" not in repr(issued)
    assert issued.k.hex() not in repr(issued)


def test_another_recipient_is_refused(story: Story) -> None:
    with refused("consent.other_recipient", str(CAP), str(BANK)):
        attempt(story, grounds=replace(story.grounds, recipient=BANK))


def test_another_provider_than_the_consent_asks_is_refused(story: Story) -> None:
    with refused("consent.other_recipient", str(GRID)):
        attempt(story, signing=story.signing(GRID, METERED_AT, "consumption"))


def test_another_purpose_is_refused(story: Story) -> None:
    with refused("consent.other_purpose", PURPOSE, REPORTING):
        attempt(story, grounds=replace(story.grounds, purpose=REPORTING))


def test_a_consent_for_monthly_figures_lets_no_reading_leave(story: Story) -> None:
    second = believed(story.consents[1], Consent)
    with refused("consent.other_purpose", "emissionsMonthly"):
        attempt(
            replace(story),
            grounds=replace(story.grounds, consent=second, recipient=BANK, purpose=REPORTING),
            signing=replace(story.signing(CAP, METERED_AT, "consumption")),
        )


def test_a_source_that_the_consent_does_not_name_is_refused(story: Story) -> None:
    other = Story(opening="other")
    with refused("consent.missing", other.source_ids[0]):
        issue_consumption(
            story.readings(),
            meter=other.meter(),
            grounds=story.grounds,
            signing=story.signing(EDP, METERED_AT, "consumption"),
            k=drawn("k"),
            resource_ids=(story.id("readings"), story.id("commitments")),
        )


def test_a_month_outside_the_consent_is_refused() -> None:
    early = Story(month=Month(2025, 9))
    with refused("consent.out_of_period", "2025-09-01", "2025-10-01"):
        assert early.consumption


def test_a_month_before_the_firm_controlled_the_meter_is_refused(story: Story) -> None:
    late = Story()
    late.account = replace(story.account, control_from=datetime(2026, 10, 2, tzinfo=UTC))
    late.request = replace(story.request, data_from=datetime(2026, 10, 2, tzinfo=UTC))
    wide = replace(believed(late.consents[0], Consent).claim, data_from=datetime(2026, 9, 1, tzinfo=UTC))
    grounds = replace(late.grounds, consent=late.given(wide))
    with refused("consent.before_control", "2026-10-02"):
        attempt(late, grounds=grounds)


def test_a_source_that_the_account_holder_does_not_control_is_refused() -> None:
    late = Story()
    other = Story(opening="other").source_ids[0]
    late.account = replace(late.account, sources=(other,))
    late.request = replace(late.request, sources=(other,))
    wide = replace(believed(late.consents[0], Consent).claim, sources=(other, *late.source_ids))
    with refused("consent.before_control", "not among the 1"):
        attempt(late, grounds=replace(late.grounds, consent=late.given(wide)))


def test_an_expired_consent_is_refused(story: Story) -> None:
    with refused("consent.expired", "2027-09-20"):
        attempt(story, signing=story.signing(EDP, datetime(2027, 9, 20, 10, tzinfo=UTC), "consumption"))


def test_a_consent_that_begins_later_is_refused(story: Story) -> None:
    late = Story(month=Month(2026, 8))
    with refused("consent.missing", "begins only"):
        attempt(
            late,
            readings=late.readings(),
            signing=story.signing(EDP, datetime(2026, 9, 1, tzinfo=UTC), "consumption"),
        )


def test_a_withdrawn_consent_is_refused_from_the_moment_of_withdrawal(story: Story) -> None:
    consent = envelope(story.consents[0]).id
    with refused("consent.withdrawn", "2026-10-31"):
        attempt(story, grounds=replace(story.grounds, withdrawn={consent: WITHDRAWN_AT}))
    later = replace(story.grounds, withdrawn={consent: METERED_AT + timedelta(seconds=1)})
    assert attempt(story, grounds=later).credential.raw


def test_a_consent_by_another_firm_than_the_account_holder_is_refused(story: Story) -> None:
    other = Story(opening="other")
    with refused("consent.not_account_holder", str(story.firm), str(other.firm)):
        attempt(
            story,
            grounds=replace(story.grounds, account_holder=believed(other.account_holder, AccountHolder)),
        )


def test_a_consent_that_rests_on_another_account_holder_credential_is_refused(story: Story) -> None:
    again = Story()
    again.account = replace(story.account, control_from=datetime(2024, 5, 1, tzinfo=UTC))
    with refused("consent.not_account_holder", "does not rest on"):
        attempt(
            story,
            grounds=replace(story.grounds, account_holder=believed(again.account_holder, AccountHolder)),
        )


def test_an_account_holder_credential_that_ran_out_is_refused() -> None:
    short = Story()
    short.account = replace(short.account, control_until=datetime(2026, 11, 2, tzinfo=UTC))
    with refused("consent.not_account_holder", "to 2026-11-02"):
        attempt(short)


def test_an_account_holder_credential_of_another_provider_is_refused(story: Story) -> None:
    given = replace(believed(story.consents[0], Consent).claim, from_=GRID)
    with refused("consent.not_account_holder", "vouches"):
        attempt(
            story,
            grounds=replace(story.grounds, consent=story.given(given)),
            signing=story.signing(GRID, METERED_AT, "consumption"),
        )


def test_a_month_that_is_not_over_is_refused(story: Story) -> None:
    with refused("data.in_future", "2026-11-01T00:00:00Z"):
        attempt(story, signing=story.signing(EDP, datetime(2026, 10, 31, 23, 59, tzinfo=UTC), "consumption"))


def test_less_than_a_whole_month_is_refused(story: Story) -> None:
    whole = story.readings()
    period = Period.of(whole.period.start, whole.period.end - timedelta(days=1))
    part = replace(whole, period=period, values=whole.values[:-48], quality=whole.quality[:-48])
    with refused("data.partial_month"):
        attempt(story, readings=part)


def test_a_k_that_was_used_before_is_refused(story: Story) -> None:
    first = attempt(story)
    with refused("calculation.second_weights", "used before"):
        attempt(story, used=(first.k_digest,))


def test_a_k_that_is_not_32_bytes_is_refused(story: Story) -> None:
    with pytest.raises(CommitmentError, match="32 bytes"):
        attempt(story, k=b"short")


def test_substituted_half_hours_need_a_method_for_exactly_as_many(story: Story) -> None:
    readings = story.readings()
    filled = replace(readings, quality="S" + readings.quality[1:])
    with refused("data.coverage_misstated", "1 half-hours"):
        attempt(story, readings=filled)
    declared = Story()
    meter = replace(declared.meter(), substitution=Substitution("linear between neighbours", 1))
    issued = issue_consumption(
        filled,
        meter=meter,
        grounds=declared.grounds,
        signing=declared.signing(EDP, METERED_AT, "consumption"),
        k=drawn("k"),
        resource_ids=(declared.id("readings"), declared.id("commitments")),
    )
    claim = envelope(issued.credential).claim
    assert isinstance(claim, Consumption)
    assert claim.coverage.substituted == 1


def test_a_meter_stands_in_one_region_of_the_grid(story: Story) -> None:
    with refused("data.region", "GB"):
        issue_consumption(
            story.readings(),
            meter=replace(story.meter(), region=GB),
            grounds=story.grounds,
            signing=story.signing(EDP, METERED_AT, "consumption"),
            k=drawn("k"),
            resource_ids=(story.id("readings"), story.id("commitments")),
        )
