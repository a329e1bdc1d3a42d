"""The reason table of the register, row by row, with and without proof of time (register.md, two clocks an event).

A row says what happened on day 30 (reaching back to day 20 where it does), and what is then answered about a signature
dated on a day, proven to exist by a later day or not at all.
"""

from collections.abc import Callable
from datetime import datetime

import pytest

from registry import proposal
from registry.standing import Standing
from support.keys import signer
from support.scheme import ROLE, SchemeSimulator

ROLE_OF_CAP = ROLE + "carbon-accounting-provider"
VALID, INVALID, UNKNOWN = "valid", "invalid", "indeterminate"


class Story:
    """GreenLedger, a carbon accounting provider from the first day, and what then happens to it."""

    def __init__(self) -> None:
        """Let it join."""
        self.scheme = SchemeSimulator()
        self.cap = self.scheme.join(
            "did:web:cap.example", name="GreenLedger", roles=("carbon-accounting-provider",)
        )

    def day(self, number: float) -> datetime:
        """Give a moment by its day."""
        return self.scheme.at(days=number)

    @property
    def thumbprint(self) -> str:
        """Give its first key."""
        return self.cap.signer.key.thumbprint

    def ask(
        self,
        signed: float,
        proven: float | None,
        *,
        known_at: int | None = None,
        since: float | None = None,
    ) -> Standing:
        """Ask about a signature by its first key."""
        return self.scheme.register.standing(
            self.cap.did,
            ROLE_OF_CAP,
            self.thumbprint,
            signed_at=self.day(signed),
            proven_by=None if proven is None else self.day(proven),
            not_before=None if since is None else self.day(since),
            known_at=known_at,
        )


def rotated(story: Story) -> None:
    new = signer("the next key", ed25519=True)
    story.scheme.add_key(story.cap, new, at=story.day(25), old=story.cap.signer)
    register = story.scheme.register
    event = proposal.retire_key(register, story.cap.did, thumbprint=story.thumbprint, at=story.day(30))
    story.scheme.take(event, new, by="a")


def compromised(story: Story, *, by: str = "ab", at: float = 30) -> None:
    register = story.scheme.register
    event = proposal.compromise(
        register, story.cap.did, thumbprint=story.thumbprint, at=story.day(at), since=story.day(20)
    )
    story.scheme.take(event, by=by)


def reported(story: Story) -> None:
    compromised(story, by="a")


def confirmed(story: Story) -> None:
    reported(story)
    register = story.scheme.register
    event = proposal.compromise(
        register,
        story.cap.did,
        thumbprint=story.thumbprint,
        at=story.day(31),
        confirms=register.size - 1,
    )
    story.scheme.take(event, by="bc")


def role_ended(story: Story) -> None:
    register = story.scheme.register
    story.scheme.take(proposal.end_role(register, story.cap.did, role=ROLE_OF_CAP, at=story.day(30)))


def left(story: Story) -> None:
    request = proposal.request_exit(story.scheme.register, story.cap.did, at=story.day(29))
    story.scheme.take(request, story.cap.signer, by="")
    story.scheme.take(proposal.let_go(story.scheme.register, story.cap.did, at=story.day(30)), by="a")


def suspended(story: Story) -> None:
    story.scheme.suspend(story.cap, at=story.day(30))
    story.scheme.reinstate(story.cap, at=story.day(40))


def expelled(story: Story, since: float | None = None) -> None:
    reach = None if since is None else story.day(since)
    event = proposal.expel(
        story.scheme.register, story.cap.did, at=story.day(30), reason="fraud", since=reach
    )
    story.scheme.take(event)


def expelled_for_fraud(story: Story) -> None:
    expelled(story, since=20)


Row = tuple[Callable[[Story], None], float, float | None, str, str]
ROWS: tuple[Row, ...] = (
    # A key that was rotated: refused after the overlap; what it signed before stays, and needs no proof.
    (rotated, 30, None, INVALID, "key.not_valid_at_signing"),
    (rotated, 29, None, VALID, "member.known"),
    (rotated, 29, 50, VALID, "member.known"),
    # A key that was compromised on day 20, as two officers say on day 30.
    (compromised, 30, None, INVALID, "key.compromised"),
    (compromised, 20, 20, INVALID, "key.compromised"),
    (compromised, 19, None, UNKNOWN, "signature.time_unproven"),
    (compromised, 19, 20, UNKNOWN, "signature.time_unproven"),
    (compromised, 19, 19.5, VALID, "member.known"),
    # The same by one officer: new reliance stops at once, and the days between stay unknown.
    (reported, 30, None, INVALID, "key.compromised"),
    (reported, 20, 20.5, UNKNOWN, "key.compromised"),
    (reported, 19, None, UNKNOWN, "signature.time_unproven"),
    (reported, 19, 19.5, VALID, "member.known"),
    # And confirmed by a second one within 72 hours.
    (confirmed, 20, 20.5, INVALID, "key.compromised"),
    (confirmed, 19, 19.5, VALID, "member.known"),
    # A role that ended, a member that left: new signatures refused, earlier ones stay without proof.
    (role_ended, 30, None, INVALID, "member.wrong_role"),
    (role_ended, 29, None, VALID, "member.known"),
    (role_ended, 29, 31, VALID, "member.known"),
    (left, 30, None, INVALID, "member.left"),
    (left, 29, None, VALID, "member.known"),
    (left, 29, 31, VALID, "member.known"),
    # A suspension [30, 40): refused inside, even after reinstatement; proof is wanted where the interval overlaps it,
    # and the interval of a signature that nothing bounds has no end.
    (suspended, 30, None, INVALID, "member.suspended_at_signing"),
    (suspended, 39, 50, INVALID, "member.suspended_at_signing"),
    (suspended, 40, None, VALID, "member.known"),
    (suspended, 29, None, UNKNOWN, "signature.time_unproven"),
    (suspended, 29, 29.5, VALID, "member.known"),
    (suspended, 29, 30, UNKNOWN, "signature.time_unproven"),
    (suspended, 29, 60, UNKNOWN, "signature.time_unproven"),
    # An expulsion that looks forward, and one for a fraud that began on day 20.
    (expelled, 30, None, INVALID, "member.left"),
    (expelled, 29, None, VALID, "member.known"),
    (expelled, 29, 31, VALID, "member.known"),
    (expelled_for_fraud, 30, None, INVALID, "member.left"),
    (expelled_for_fraud, 20, 20, INVALID, "member.left"),
    (expelled_for_fraud, 19, None, UNKNOWN, "signature.time_unproven"),
    (expelled_for_fraud, 19, 20, UNKNOWN, "signature.time_unproven"),
    (expelled_for_fraud, 19, 19.5, VALID, "member.known"),
)


def named(row: Row) -> str:
    return f"{row[0].__name__}, signed day {row[1]}, proven {row[2]}: {row[3]}"


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_a_row_of_the_reason_table(row: Row) -> None:
    happened, signed, proven, outcome, code = row
    story = Story()
    before = story.scheme.register.size
    happened(story)
    answer = story.ask(signed, proven)
    assert (answer.outcome.value, answer.code) == (outcome, code), answer.sentence
    assert story.ask(signed, proven, known_at=before).outcome.value == VALID


@pytest.mark.parametrize("happened", [compromised, expelled_for_fraud])
def test_a_doubt_names_what_would_settle_it_and_the_entry_that_raised_it(
    happened: Callable[[Story], None],
) -> None:
    story = Story()
    index = story.scheme.register.size
    happened(story)
    answer = story.ask(19, 25)
    assert answer.events == (index,)
    assert "2026-01-21T00:00Z" in answer.expected
    assert "proven by 2026-01-26T00:00Z" in answer.found
    assert "evidence log from before 2026-01-21T00:00Z" in answer.remedy


def test_a_signature_before_a_suspension_carries_a_warning_and_stays_good() -> None:
    story = Story()
    suspended(story)
    assert any("suspended later" in told for told in story.ask(29, 29.5).warnings)


def test_a_signature_that_is_dated_before_what_it_holds_is_refused() -> None:
    story = Story()
    answer = story.ask(19, None, since=25)
    assert (answer.outcome.value, answer.code) == (INVALID, "signature.backdated")
    assert answer.sentence == (
        "GreenLedger dates its signature 2026-01-20T00:00Z, and what it signed holds a state of the scheme's log "
        "that witnesses did not see before 2026-01-26T00:00Z."
    )
    assert story.ask(25, None, since=25).outcome.value == VALID
    assert story.ask(26, None, since=25).outcome.value == VALID


def test_a_date_set_back_is_not_answered_from_a_good_one() -> None:
    story = Story()
    assert story.ask(19, None).outcome.value == VALID
    assert story.ask(19, None, since=25).outcome.value == INVALID
    assert story.ask(19, None, since=18).outcome.value == VALID


def test_a_stolen_key_that_dates_back_is_caught_by_what_it_holds_or_by_what_it_lacks() -> None:
    """With a fresh checkpoint inside the date is false; with an old one nothing proves that it is true."""
    story = Story()
    compromised(story)
    assert story.ask(19, 35, since=33).code == "signature.backdated"
    assert story.ask(19, 35, since=18).code == "signature.time_unproven"
