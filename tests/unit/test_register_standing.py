"""What the register answers about a signature, row by row of the table in the design (two clocks an event)."""

from datetime import datetime

import pytest

from registry import proposal
from registry.bodies import Nothing
from registry.errors import EventRefusedError, RegisterError
from registry.standing import Outcome, Standing
from support.keys import signer
from support.scheme import ROLE, Party, SchemeSimulator
from trust.did import Did

ROLE_OF_CAP = ROLE + "carbon-accounting-provider"


class Story:
    """GreenLedger, a carbon accounting provider from the first day of the scheme."""

    def __init__(self) -> None:
        """Let it join."""
        self.scheme = SchemeSimulator()
        self.cap = self.scheme.join(
            "did:web:cap.example", name="GreenLedger", roles=("carbon-accounting-provider",)
        )
        self.at = self.scheme.at

    def ask(
        self,
        signed_at: datetime,
        *,
        role: str | None = ROLE_OF_CAP,
        key: str | None = "",
        known_at: int | None = None,
        proven_by: datetime | None = None,
    ) -> Standing:
        """Ask about GreenLedger, its role and its first key."""
        thumbprint = self.cap.signer.key.thumbprint if key == "" else key
        return self.scheme.register.standing(
            self.cap.did, role, thumbprint, signed_at=signed_at, known_at=known_at, proven_by=proven_by
        )

    def compromise(
        self, *, at: float, since: float | None = None, by: str = "ab", confirms: int | None = None
    ) -> int:
        """Report the first key as compromised, days after the beginning."""
        event = proposal.compromise(
            self.scheme.register,
            self.cap.did,
            thumbprint=self.cap.signer.key.thumbprint,
            at=self.at(days=at),
            since=None if since is None else self.at(days=since),
            confirms=confirms,
        )
        return self.scheme.take(event, by=by)


@pytest.fixture
def story() -> Story:
    """Begin the story."""
    return Story()


def given(answer: Standing) -> tuple[str, str]:
    """Give the outcome and the code of an answer."""
    return answer.outcome.value, answer.code


def test_a_member_in_its_role_with_its_key_stands(story: Story) -> None:
    answer = story.ask(story.at(days=5))
    assert given(answer) == ("valid", "member.known")
    assert answer.sentence == (
        "GreenLedger was a member and a carbon accounting provider when it signed, and the key was its own."
    )
    assert (answer.events, answer.obstacles, answer.warnings) == ((1, 3, 2), (), ())
    assert (answer.since, answer.until) == (story.at(), None)
    assert (answer.size, answer.root) == (4, story.scheme.register.root)


def test_a_key_may_be_given_as_itself_or_not_at_all(story: Story) -> None:
    register, cap = story.scheme.register, story.cap
    assert register.standing(cap.did, None, cap.signer.key, signed_at=story.at()).outcome is Outcome.VALID
    assert register.standing(cap.did, None, None, signed_at=story.at()).sentence == (
        "GreenLedger was a member when it signed."
    )


def test_nobody_else_is_a_member(story: Story) -> None:
    did = Did.parse("did:web:stranger.example")
    answer = story.scheme.register.standing(did, ROLE_OF_CAP, "k", signed_at=story.at(days=1))
    assert given(answer) == ("invalid", "member.unknown")
    assert answer.sentence == (
        "did:web:stranger.example was not a member when it signed on 2026-01-02T00:00Z: never admitted."
    )


def test_nobody_is_a_member_before_its_admission(story: Story) -> None:
    answer = story.ask(story.at(seconds=-1))
    assert given(answer) == ("invalid", "member.unknown")
    assert "2025-12-31T23:59:59Z: admitted from 2026-01-01T00:00Z (register entry 1)" in answer.sentence
    assert answer.until == story.at()


def test_every_obstacle_is_reported_not_only_the_first(story: Story) -> None:
    codes = [item.code for item in story.ask(story.at(seconds=-1)).obstacles]
    assert codes == ["member.unknown", "member.wrong_role", "key.not_valid_at_signing"]


def test_a_signature_inside_a_suspension_is_refused_even_after_reinstatement(story: Story) -> None:
    story.scheme.suspend(story.cap, at=story.at(days=30, hours=9))
    story.scheme.reinstate(story.cap, at=story.at(days=40))
    answer = story.ask(story.at(days=35))
    assert given(answer) == ("invalid", "member.suspended_at_signing")
    assert answer.sentence == (
        "GreenLedger was suspended when it signed: "
        "suspended since 2026-01-31T09:00Z until 2026-02-10T00:00Z (register entry 4)."
    )
    assert answer.found == "suspended since 2026-01-31T09:00Z until 2026-02-10T00:00Z"
    assert (answer.since, answer.until) == (story.at(days=30, hours=9), story.at(days=40))
    assert story.ask(story.at(days=40)).outcome is Outcome.VALID


def test_an_open_suspension_names_no_end(story: Story) -> None:
    story.scheme.suspend(story.cap, at=story.at(days=30, hours=9))
    assert story.ask(story.at(days=365)).sentence == (
        "GreenLedger was suspended when it signed: suspended since 2026-01-31T09:00Z (register entry 4)."
    )


def test_a_signature_before_a_suspension_stays_good_with_a_warning(story: Story) -> None:
    story.scheme.suspend(story.cap, at=story.at(days=30))
    answer = story.ask(story.at(days=29), proven_by=story.at(days=29))
    assert answer.outcome is Outcome.VALID
    assert answer.warnings == (
        "GreenLedger was suspended later, since 2026-01-31T00:00Z (register entry 4).",
    )


def test_a_signature_that_may_lie_inside_a_suspension_cannot_be_judged(story: Story) -> None:
    story.scheme.suspend(story.cap, at=story.at(days=30))
    inside = story.ask(story.at(days=29), proven_by=story.at(days=31))
    assert given(inside) == ("indeterminate", "signature.time_unproven")
    assert inside.sentence == (
        "Nothing proves that GreenLedger signed before 2026-01-31T00:00Z, "
        "when it was suspended (register entry 4)."
    )
    assert story.ask(story.at(days=28), proven_by=story.at(days=29)).outcome is Outcome.VALID


def test_one_officers_suspension_lapses_after_72_hours(story: Story) -> None:
    story.scheme.suspend(story.cap, at=story.at(days=30), by="a")
    assert story.ask(story.at(days=32)).code == "member.suspended_at_signing"
    assert story.ask(story.at(days=33)).outcome is Outcome.VALID


def test_one_officers_suspension_stays_once_two_confirm_it(story: Story) -> None:
    index = story.scheme.suspend(story.cap, at=story.at(days=30), by="a")
    event = proposal.suspend(
        story.scheme.register, story.cap.did, at=story.at(days=31), reason="audit", confirms=index
    )
    story.scheme.take(event)
    assert story.ask(story.at(days=300)).code == "member.suspended_at_signing"
    assert story.ask(story.at(days=300), known_at=index + 1).outcome is Outcome.VALID


def test_a_member_in_another_role_was_not_in_this_one(story: Story) -> None:
    answer = story.ask(story.at(days=1), role=ROLE + "energy-data-provider")
    assert given(answer) == ("invalid", "member.wrong_role")
    assert answer.sentence == (
        "GreenLedger was not an energy data provider on 2026-01-02T00:00Z: it was never granted that role."
    )
    assert (answer.expected, answer.found) == ("energy data provider", "carbon accounting provider")


def test_a_role_that_ended_refuses_new_signatures_and_leaves_the_old(story: Story) -> None:
    event = proposal.end_role(story.scheme.register, story.cap.did, role=ROLE_OF_CAP, at=story.at(days=10))
    story.scheme.take(event)
    answer = story.ask(story.at(days=10))
    assert answer.sentence == (
        "GreenLedger was not a carbon accounting provider on 2026-01-11T00:00Z: "
        "its role ended 2026-01-11T00:00Z (register entry 4)."
    )
    assert story.ask(story.at(days=9)).outcome is Outcome.VALID


def test_a_role_until_a_moment_ends_there(story: Story) -> None:
    role = ROLE + "auditor"
    event = proposal.grant_role(
        story.scheme.register, story.cap.did, role=role, at=story.at(days=5), until=story.at(days=6)
    )
    story.scheme.take(event)
    outcomes = [story.ask(story.at(days=day), role=role).outcome.value for day in (4, 5, 6)]
    assert outcomes == ["invalid", "valid", "invalid"]
    assert "its role begins 2026-01-06" in story.ask(story.at(days=4), role=role).sentence


def test_a_member_that_left_signs_no_more(story: Story) -> None:
    register = story.scheme.register
    story.scheme.take(
        proposal.request_exit(register, story.cap.did, at=story.at(days=50)), story.cap.signer, by=""
    )
    story.scheme.take(proposal.let_go(story.scheme.register, story.cap.did, at=story.at(days=60)), by="a")
    answer = story.ask(story.at(days=61))
    assert given(answer) == ("invalid", "member.left")
    assert "was no longer a member when it signed" in answer.sentence
    assert story.ask(story.at(days=59)).outcome is Outcome.VALID


def expel(story: Story, *, at: float, since: float | None = None) -> None:
    """Expel GreenLedger, days after the beginning."""
    reach = None if since is None else story.at(days=since)
    event = proposal.expel(
        story.scheme.register, story.cap.did, at=story.at(days=at), reason="fraud", since=reach
    )
    story.scheme.take(event)


def test_an_expulsion_that_looks_forward_leaves_the_past(story: Story) -> None:
    expel(story, at=60)
    assert given(story.ask(story.at(days=60))) == ("invalid", "member.left")
    assert story.ask(story.at(days=59)).outcome is Outcome.VALID


def test_an_expulsion_for_fraud_refuses_from_its_beginning_and_wants_proof_before(story: Story) -> None:
    expel(story, at=60, since=20)
    refused = story.ask(story.at(days=20))
    assert given(refused) == ("invalid", "member.left")
    assert (
        "expelled from the scheme when it signed on 2026-01-21T00:00Z: since 2026-01-21" in refused.sentence
    )
    assert given(story.ask(story.at(days=19))) == ("indeterminate", "signature.time_unproven")
    assert story.ask(story.at(days=18), proven_by=story.at(days=19)).outcome is Outcome.VALID
    assert story.ask(story.at(days=19), proven_by=story.at(days=20)).outcome is Outcome.INDETERMINATE


def test_a_retired_key_signs_no_more_and_what_it_signed_stays(story: Story) -> None:
    new = signer("the next key of GreenLedger", ed25519=True)
    story.scheme.add_key(story.cap, new, at=story.at(days=10), old=story.cap.signer)
    old = story.cap.signer.key.thumbprint
    event = proposal.retire_key(story.scheme.register, story.cap.did, thumbprint=old, at=story.at(days=20))
    story.scheme.take(event, new, by="a")
    assert story.ask(story.at(days=19)).outcome is Outcome.VALID
    answer = story.ask(story.at(days=20))
    assert given(answer) == ("invalid", "key.not_valid_at_signing")
    assert "retired on 2026-01-21T00:00Z (register entry 5)" in answer.sentence
    assert story.ask(story.at(days=9), key=new.key.thumbprint).code == "key.not_valid_at_signing"
    assert story.ask(story.at(days=10), key=new.key.thumbprint).outcome is Outcome.VALID


def test_a_key_that_nobody_registered_is_unknown(story: Story) -> None:
    answer = story.ask(story.at(days=1), key=signer("nobody").key.thumbprint)
    assert given(answer) == ("invalid", "key.unknown")
    assert "the register has no such key" in answer.sentence


def test_a_key_of_another_member_is_named_as_such(story: Story) -> None:
    edp = story.scheme.join("did:web:edp.example", name="Meterworks")
    answer = story.ask(story.at(days=1), key=edp.signer.key.thumbprint)
    assert given(answer) == ("invalid", "key.other_issuer")
    assert "is not one of GreenLedger: it belongs to Meterworks." in answer.sentence
    assert story.ask(story.at(days=1), key=edp.signer.key.thumbprint, known_at=4).code == "key.unknown"


def test_a_compromise_by_two_officers_reaches_back(story: Story) -> None:
    story.compromise(at=30, since=10)
    answer = story.ask(story.at(days=10))
    assert given(answer) == ("invalid", "key.compromised")
    assert "was compromised when it signed: since 2026-01-11T00:00Z (register entry 4)." in answer.sentence
    assert story.ask(story.at(days=40)).code == "key.compromised"


def test_before_a_compromise_only_proof_of_time_helps(story: Story) -> None:
    story.compromise(at=30, since=10)
    assert given(story.ask(story.at(days=5))) == ("indeterminate", "signature.time_unproven")
    assert story.ask(story.at(days=5), proven_by=story.at(days=10)).outcome is Outcome.INDETERMINATE
    assert story.ask(story.at(days=5), proven_by=story.at(days=9)).outcome is Outcome.VALID


def test_one_officer_stops_a_key_at_once_and_reaches_back_only_in_doubt(story: Story) -> None:
    story.compromise(at=30, since=10, by="a")
    assert given(story.ask(story.at(days=30))) == ("invalid", "key.compromised")
    doubtful = story.ask(story.at(days=20))
    assert given(doubtful) == ("indeterminate", "key.compromised")
    assert "as one officer reported; a second one has to confirm it" in doubtful.sentence
    assert story.ask(story.at(days=5), proven_by=story.at(days=9)).outcome is Outcome.VALID


def test_one_officers_report_reaches_back_once_it_is_confirmed(story: Story) -> None:
    index = story.compromise(at=30, since=10, by="a")
    story.compromise(at=31, by="bc", confirms=index)
    assert given(story.ask(story.at(days=20))) == ("invalid", "key.compromised")
    assert story.ask(story.at(days=20), known_at=index + 1).outcome is Outcome.INDETERMINATE


def test_a_confirmation_after_72_hours_comes_too_late(story: Story) -> None:
    index = story.compromise(at=30, since=10, by="a")
    with pytest.raises(EventRefusedError, match="72 hours have passed"):
        story.compromise(at=33.01, by="bc", confirms=index)


def test_one_officer_cannot_date_a_report_back_behind_what_the_log_has_seen(story: Story) -> None:
    story.scheme.join("did:web:edp.example", name="Meterworks", at=story.at(days=300))
    story.compromise(at=1, by="a")
    assert given(story.ask(story.at(days=100))) == ("indeterminate", "key.compromised")
    assert given(story.ask(story.at(days=300))) == ("invalid", "key.compromised")


def test_an_event_of_an_unknown_type_leaves_its_subject_undetermined(story: Story) -> None:
    event = proposal.propose(
        story.scheme.register,
        "member.merged",
        story.cap.did,
        body=Nothing(),
        at=story.at(days=9),
    )
    story.scheme.put(event, by="a")
    answer = story.ask(story.at(days=1))
    assert given(answer) == ("indeterminate", "register.unknown_event")
    assert "this version cannot read (register entry 4)" in answer.sentence
    assert story.ask(story.at(days=1), known_at=4).outcome is Outcome.VALID


def test_an_unknown_event_about_the_scheme_leaves_everybody_undetermined(story: Story) -> None:
    event = proposal.propose(
        story.scheme.register, "scheme.merged", None, body=Nothing(), at=story.at(days=9)
    )
    story.scheme.put(event, by="a")
    assert given(story.ask(story.at(days=1))) == ("indeterminate", "register.unknown_event")
    assert story.ask(story.at(days=1), known_at=4).outcome is Outcome.VALID


def test_a_size_that_this_copy_does_not_have_cannot_be_asked_about(story: Story) -> None:
    for size in (0, 5):
        with pytest.raises(RegisterError, match="This copy of the register has 4 entries") as refused:
            story.ask(story.at(), known_at=size)
        assert refused.value.code == "register.stale"


def test_asking_again_gives_the_same_answer(story: Story) -> None:
    story.scheme.suspend(story.cap, at=story.at(days=30))
    for day in (1, 29, 30, 1, 31, 2):
        fresh = story.scheme.register.prefix(5)
        known: Party = story.cap
        asked = story.ask(story.at(days=day))
        thumbprint = known.signer.key.thumbprint
        assert fresh.standing(known.did, ROLE_OF_CAP, thumbprint, signed_at=story.at(days=day)) == asked


def test_a_later_proof_of_time_is_not_answered_from_an_earlier_question(story: Story) -> None:
    story.scheme.suspend(story.cap, at=story.at(days=30))
    assert story.ask(story.at(days=1), proven_by=story.at(days=29)).outcome is Outcome.VALID
    assert story.ask(story.at(days=1), proven_by=story.at(days=30)).outcome is Outcome.INDETERMINATE
    assert story.ask(story.at(days=1)).outcome is Outcome.INDETERMINATE
    assert story.ask(story.at(days=1), proven_by=story.at(days=29)).outcome is Outcome.VALID


def test_what_ended_later_is_told_where_nothing_proves_the_signature_to_be_older(story: Story) -> None:
    register = story.scheme.register
    story.scheme.take(
        proposal.request_exit(register, story.cap.did, at=story.at(days=29)), story.cap.signer, by=""
    )
    story.scheme.take(proposal.let_go(story.scheme.register, story.cap.did, at=story.at(days=30)), by="a")
    bare = story.ask(story.at(days=1))
    assert bare.outcome is Outcome.VALID
    [told] = bare.ended
    assert told.sentence == (
        "GreenLedger left the scheme on 2026-01-31T00:00Z (register entry 5), and nothing proves that it signed "
        "before: that the date was set back is not excluded."
    )
    assert "evidence log from before 2026-01-31T00:00Z" in told.remedy
    assert story.ask(story.at(days=1), proven_by=story.at(days=29)).ended == ()
    assert story.ask(story.at(days=1), proven_by=story.at(days=30)).ended == bare.ended
