"""When an entry was recorded: what the checkpoints around it show, and what follows where they lie far apart."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from registry import proposal
from registry.errors import RegisterError
from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import WitnessKey
from registry.log.merkle import Tree, leaf_hash
from registry.recording import Recorded, Sighting, between, narrower, recorded_by
from registry.register import Register
from registry.standing import Outcome
from support.evidence_log import WITNESSES, cosigned
from support.keys import signer
from support.scheme import ORIGIN, ROLE, START, Party, SchemeSimulator
from trust.did import Did

ROLE_OF_CAP = ROLE + "carbon-accounting-provider"


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def test_an_entry_lies_between_the_checkpoints_around_it() -> None:
    seen = (Sighting(4, at(2), at(2)), Sighting(1, at(1), at(1)), Sighting(6, at(3), at(3.5)))
    assert between(seen, size=7) == (
        Recorded(None, at(1)),
        Recorded(at(1), at(2)),
        Recorded(at(1), at(2)),
        Recorded(at(1), at(2)),
        Recorded(at(2), at(3.5)),
        Recorded(at(2), at(3.5)),
        Recorded(at(3), None),
    )


def test_a_heartbeat_without_new_entries_moves_the_lower_bound() -> None:
    seen = (Sighting(2, at(1), at(1)), Sighting(2, at(9), at(9)), Sighting(3, at(10), at(10)))
    assert between(seen, size=3)[2] == Recorded(at(9), at(10))
    assert between(seen, size=3)[1] == Recorded(None, at(1))


def test_without_checkpoints_nothing_is_known_about_recording() -> None:
    assert between((), size=2) == (Recorded(None, None),) * 2


def test_what_was_surely_recorded_is_what_a_checkpoint_had_by_then() -> None:
    recorded = between([Sighting(2, at(1), at(1)), Sighting(4, at(5), at(5))], size=4)
    undated: list[datetime | None] = [None] * 4

    def known(hours: float, effective: list[datetime | None] = undated) -> int:
        return recorded_by(at(hours), recorded=recorded, effective=effective)

    assert [known(hours) for hours in (0.5, 1, 4, 5)] == [0, 2, 2, 4]
    # Between the two checkpoints the date in the event itself tells more; before the first it cannot.
    dated: list[datetime | None] = [at(0), at(0), at(2), at(2)]
    assert [known(hours, dated) for hours in (0.5, 1.5, 2)] == [2, 2, 4]


class Log:
    """A scheme whose checkpoints witnesses cosign when the test says so."""

    def __init__(self) -> None:
        """Let GreenLedger join, and witnesses see it."""
        self.scheme = SchemeSimulator()
        keys = tuple(WitnessKey(name, signer(name, ed25519=True).key) for name in WITNESSES)
        self.anchor = replace(self.scheme.anchor, quorum=2, witnesses=keys)
        self.cap = self.scheme.join(
            "did:web:cap.example", name="GreenLedger", roles=(ROLE_OF_CAP[len(ROLE) :],)
        )
        self.notes = [self.note(at(1))]

    def note(self, moment: datetime, size: int | None = None) -> str:
        """Give the checkpoint of a size, cosigned at a moment."""
        number = self.scheme.register.size if size is None else size
        root = self.scheme.register.root_at(number)
        return cosigned(Checkpoint(ORIGIN, number, root).sign(self.scheme.log), at=moment)

    def seen(self, moment: datetime) -> None:
        """Have witnesses see the log as it is."""
        self.notes.append(self.note(moment))

    @property
    def register(self) -> Register:
        """Replay the log with the checkpoints that were kept."""
        return Register.replay(self.scheme.entries, anchor=self.anchor, seen=self.notes)


@pytest.fixture
def log() -> Log:
    """Begin."""
    return Log()


def test_checkpoints_with_cosignatures_tell_when_entries_were_recorded(log: Log) -> None:
    log.scheme.suspend(log.cap, at=at(3))
    log.seen(at(3.5))
    assert log.register.recorded == (*[Recorded(None, at(1))] * 4, Recorded(at(1), at(3.5)))


def test_without_a_quorum_or_by_another_key_a_checkpoint_tells_no_time(log: Log) -> None:
    one = cosigned(log.scheme.checkpoint, at=at(1), by=WITNESSES[:1])
    other = Checkpoint("elsewhere", 4, log.scheme.register.root).sign(signer("other", ed25519=True))
    beyond = cosigned(Checkpoint(ORIGIN, 9, bytes(32)).sign(log.scheme.log), at=at(1))
    log.notes = [one, cosigned(other, at=at(1)), "no note", beyond]
    assert log.register.recorded == ()


def test_an_earlier_checkpoint_of_other_entries_refuses_the_copy(log: Log) -> None:
    log.notes = [cosigned(Checkpoint(ORIGIN, 3, bytes(32)).sign(log.scheme.log), at=at(1))]
    with pytest.raises(RegisterError, match="another root of the first 3 entries") as refused:
        _ = log.register
    assert refused.value.code == "register.forked"


def test_a_grant_dated_before_it_can_have_been_recorded_is_ignored_and_reported(log: Log) -> None:
    log.seen(at(10))
    log.scheme.grant(log.cap, "auditor", at=at(9))
    log.seen(at(11))
    found = log.register
    assert [(item.index, item.code) for item in found.ignored] == [(4, "event.backdated")]
    assert Register.replay(log.scheme.entries, anchor=log.anchor).ignored == ()


def test_a_grant_within_the_skew_of_the_lower_bound_holds(log: Log) -> None:
    log.seen(at(10))
    log.scheme.grant(log.cap, "auditor", at=at(10) - timedelta(seconds=60))
    log.seen(at(11))
    assert log.register.ignored == ()


def test_a_gap_in_what_one_verifier_saw_ignores_no_honest_event(log: Log) -> None:
    """The copy was away for a month; the role was granted in its middle, and its date is true."""
    log.scheme.grant(log.cap, "auditor", at=at(24 * 15))
    log.seen(at(24 * 30))
    answer = log.register.standing(
        log.cap.did, f"{ROLE}auditor", log.cap.signer.key.thumbprint, signed_at=at(24 * 16)
    )
    assert answer.outcome is Outcome.VALID
    assert len(answer.gaps) == 1
    assert answer.gaps[0] == (
        "Register entry 4 was recorded between 2026-01-01T01:00Z and 2026-01-31T00:00Z. Witnesses should see the "
        "register more often than that, once a heartbeat, so that it counts as recorded one heartbeat before the "
        "later moment."
    )


def report(log: Log, *, effective: float, seen: float) -> Register:
    """Have one officer report GreenLedger's key, dated as it says, and witnesses see it later."""
    event = proposal.compromise(
        log.scheme.register, log.cap.did, thumbprint=log.cap.signer.key.thumbprint, at=at(effective)
    )
    log.scheme.take(event, by="a")
    log.seen(at(seen))
    return log.register


def ask(register: Register, cap: Party, hours: float) -> str:
    """Ask about a signature of GreenLedger."""
    return register.standing(cap.did, None, cap.signer.key.thumbprint, signed_at=at(hours)).outcome.value


def test_one_officer_cannot_reach_behind_what_was_recorded(log: Log) -> None:
    log.seen(at(10))
    found = report(log, effective=10, seen=10.5)
    assert [ask(found, log.cap, hours) for hours in (9, 10, 11)] == ["indeterminate", "invalid", "invalid"]


def test_where_the_bounds_lie_far_apart_the_later_one_less_a_heartbeat_counts(log: Log) -> None:
    """Nothing was seen for 100 hours: one officer's report dated into that gap refuses only from its end on."""
    heartbeat = log.scheme.register.scheme.policy.heartbeat / 3600
    found = report(log, effective=50, seen=101)
    edge = 101 - heartbeat
    assert [ask(found, log.cap, hours) for hours in (40, 51, edge - 0.1, edge, 102)] == [
        "indeterminate",
        "indeterminate",
        "indeterminate",
        "invalid",
        "invalid",
    ]
    answer = found.standing(log.cap.did, None, log.cap.signer.key.thumbprint, signed_at=at(51))
    assert any("once a heartbeat" in told for told in answer.gaps)


def test_an_event_dated_ahead_delays_no_report_that_witnesses_saw(log: Log) -> None:
    """A role begins in a month; what was reported today is refused from today on, not in a month."""
    log.scheme.grant(log.cap, "auditor", at=at(24 * 30))
    log.notes.clear()
    found = report(log, effective=10, seen=10.5)
    assert found.recorded[-1] == Recorded(None, at(10.5))
    assert [ask(found, log.cap, hours) for hours in (9, 10, 10.5, 24 * 40)] == [
        "indeterminate",
        "indeterminate",
        "invalid",
        "invalid",
    ]


def test_two_readers_of_one_log_know_more_together() -> None:
    one = between([Sighting(2, at(1), at(1)), Sighting(4, at(5), at(5))], size=5)
    other = between([Sighting(3, at(2), at(2))], size=3)
    assert narrower(one, other, size=5) == (
        Recorded(None, at(1)),
        Recorded(None, at(1)),
        Recorded(at(1), at(2)),
        Recorded(at(1), at(5)),
        Recorded(at(5), None),
    )
    assert narrower(other, one, size=3) == narrower(one, other, size=5)[:3]
    assert narrower((), (at(3),), size=2) == (Recorded(at(3), at(3)), Recorded(at(3), None))
    assert narrower((), (), size=1) == (Recorded(None, None),)


def test_a_size_for_a_moment_follows_the_witnesses(log: Log) -> None:
    log.scheme.suspend(log.cap, at=at(3))
    log.seen(at(3.5))
    found = log.register
    assert [found.size_at(at(hours)) for hours in (1, 2.9, 3, 4)] == [4, 4, 5, 5]


def test_a_later_checkpoint_never_changes_when_earlier_entries_were_recorded(log: Log) -> None:
    before = log.register.recorded
    log.scheme.join("did:web:edp.example", name="Meterworks", at=at(5))
    log.seen(at(5.5))
    after = log.register
    assert after.recorded[:4] == before
    did = Did("did:web:cap.example")
    key = log.cap.signer.key.thumbprint
    assert after.standing(did, ROLE_OF_CAP, key, signed_at=at(2), known_at=4) == log.register.prefix(
        4
    ).standing(did, ROLE_OF_CAP, key, signed_at=at(2))
    assert Tree.of(map(leaf_hash, log.scheme.entries)).root == after.root


def test_a_note_that_one_anchors_witnesses_proved_tells_another_anchor_nothing(log: Log) -> None:
    assert log.register.recorded != ()
    others = tuple(WitnessKey(name, signer(f"other {name}", ed25519=True).key) for name in WITNESSES)
    log.anchor = replace(log.anchor, witnesses=others)
    assert log.register.recorded == ()
