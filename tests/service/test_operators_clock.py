"""The operator's own heads tell when entries were recorded, so that its register is the one that verifiers compute."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from perseus.log.keeper import Keeper
from perseus.log.names import LogName
from registry import proposal
from registry.errors import EventRefusedError
from registry.events import Event
from registry.log.cosignature import WitnessKey
from registry.recording import Recorded
from registry.register import Register
from registry.standing import Outcome
from support.evidence_log import WITNESSES, cosigned
from support.keys import signer
from support.logs import LogHome
from support.scheme import ROLE, START
from trust.did import Did

MEMBERS = LogName.MEMBERS
ONE, OTHER = Did("did:web:member-0.example"), Did("did:web:member-1.example")
THUMBPRINT = signer("scheme/did:web:member-0.example").key.thumbprint
FAR = START + timedelta(days=300)


def at(**delta: float) -> datetime:
    return START + timedelta(**delta)


@dataclass
class Office:
    """An operator's log, and the hands of its clock."""

    home: LogHome
    clock: datetime = START

    @contextmanager
    def open(self) -> Iterator[Keeper]:
        """Run the sequencer."""
        self.home.now = lambda: self.clock
        store = self.home.store()
        keeper = self.home.keeper(store)
        keeper.start()
        try:
            yield keeper
        finally:
            keeper.stop()
            store.close()

    def take(self, keeper: Keeper, event: Event, *letters: str) -> int:
        """Have officers sign an event, and offer it at the moment that the clock shows."""
        entry = event.signed(*(signer(f"scheme/officer-{letter}") for letter in letters)).entry
        return keeper.submit(MEMBERS, entry).index

    def begin(self, keeper: Keeper) -> None:
        """Take in two members, and a day later a role that begins in 300 days."""
        for entry in self.home.events[1:]:
            keeper.submit(MEMBERS, entry)
        self.clock = at(days=1)
        role = f"{ROLE}energy-data-provider"
        self.take(keeper, proposal.grant_role(keeper.register, OTHER, role=role, at=FAR), "a", "b")

    def report(self, keeper: Keeper, *, since: datetime | None = None) -> int:
        """Have one officer say on the second day that a key is in other hands."""
        self.clock = at(days=2)
        register = keeper.register
        said = proposal.compromise(register, ONE, thumbprint=THUMBPRINT, at=self.clock, since=since)
        return self.take(keeper, said, "a")

    def verifiers(self) -> Register:
        """Replay the public entries elsewhere, with checkpoints that witnesses cosigned when the log signed them."""
        keys = tuple(WitnessKey(name, signer(name, ed25519=True).key) for name in WITNESSES)
        anchor = replace(self.home.anchor, quorum=2, witnesses=keys)
        store = self.home.store()
        with store.read() as connection:
            heads = connection.exec_driver_sql(
                "SELECT note, signed_at FROM log_heads WHERE log = 'register' ORDER BY size"
            ).all()
        store.close()
        notes = [cosigned(note, at=datetime.fromisoformat(signed)) for note, signed in heads]
        return Register.replay(self.home.read(MEMBERS), anchor=anchor, seen=notes)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Seed the log."""
    return Office(LogHome.made(tmp_path, members=2))


def told(register: Register) -> tuple[object, ...]:
    """Give all that a register says of the member whose key was reported."""
    history = register.history(ONE)
    return register.root, history.keys, history.memberships, register.ignored


def test_a_restarted_operator_has_the_very_same_register_as_before(office: Office) -> None:
    with office.open() as keeper:
        office.begin(keeper)
        office.report(keeper, since=at(days=1))
        before = keeper.register
    with office.open() as keeper:
        after = keeper.register
    assert after.recorded == before.recorded
    assert after.recorded[-2:] == (Recorded(START, at(days=1)), Recorded(at(days=1), at(days=2)))
    assert told(after) == told(before)
    assert before.history(ONE).keys[0].compromises[0].declared.at == at(days=2)


def test_a_report_by_one_officer_counts_from_its_recording_and_not_from_a_far_event(office: Office) -> None:
    with office.open() as keeper:
        office.begin(keeper)
        office.report(keeper)
        operators = keeper.register
    for register in (operators, office.verifiers()):
        signed = at(days=1, hours=12)
        standing = register.standing(ONE, f"{ROLE}auditor", THUMBPRINT, signed_at=signed, proven_by=signed)
        assert standing.outcome is Outcome.VALID
    clockless = Register.replay(operators.entries, anchor=office.home.anchor)
    assert clockless.history(ONE).keys[0].compromises[0].declared.at == FAR


def test_a_confirmation_after_72_hours_is_refused_also_after_a_restart_and_verifiers_ignore_it(
    office: Office,
) -> None:
    with office.open() as keeper:
        office.begin(keeper)
        index = office.report(keeper, since=at(days=1))
    office.clock = at(days=2, hours=73)
    with office.open() as keeper:
        event = proposal.compromise(
            keeper.register, ONE, thumbprint=THUMBPRINT, at=office.clock, confirms=index
        )
        with pytest.raises(EventRefusedError, match="72 hours have passed since the report") as refused:
            office.take(keeper, event, "b", "c")
        assert refused.value.code == "event.state"
        assert told(keeper.register) == told(office.verifiers())
    entry = event.signed(signer("scheme/officer-b"), signer("scheme/officer-c")).entry
    ignored = office.verifiers().extend((entry,), recorded=(Recorded(at(days=2), office.clock),)).ignored
    assert [one.sentence for one in ignored] == [str(refused.value)]


def test_a_confirmation_within_72_hours_has_effect_for_all(office: Office) -> None:
    with office.open() as keeper:
        office.begin(keeper)
        index = office.report(keeper, since=at(days=1))
    office.clock = at(days=2, hours=71)
    with office.open() as keeper:
        event = proposal.compromise(
            keeper.register, ONE, thumbprint=THUMBPRINT, at=office.clock, confirms=index
        )
        office.take(keeper, event, "b", "c")
        assert told(keeper.register) == told(office.verifiers())
        assert keeper.register.history(ONE).keys[0].compromises[0].full is not None


def test_a_clock_that_was_set_back_holds_still_until_it_has_caught_up(office: Office) -> None:
    with office.open() as keeper:
        office.begin(keeper)
        office.clock = START
        event = proposal.suspend(keeper.register, OTHER, at=at(days=1), reason="overdue audit")
        office.take(keeper, event, "a", "b")
        before = keeper.register.recorded
    with office.open() as keeper:
        assert keeper.register.recorded == before
        assert before[-1] == Recorded(at(days=1), at(days=1))


def test_a_log_without_a_head_is_signed_at_the_start_and_read_anew(office: Office) -> None:
    store = office.home.store()
    with store.write() as connection:
        MEMBERS.tables.append(connection, office.home.events[1:3], at_size=1)
    store.close()
    office.clock = at(days=4)
    with office.open() as keeper:
        assert keeper.register.recorded[-1] == Recorded(START, at(days=4))
        assert keeper.register.ignored == ()


@pytest.mark.parametrize(("days", "refused"), [(400, False), (401, True), (365 * 474, True)])
def test_an_event_dated_more_than_400_days_ahead_does_not_enter(
    office: Office, days: int, *, refused: bool
) -> None:
    with office.open() as keeper:
        event = proposal.admit(keeper.register, Did("did:web:typo.example"), name="Typo", at=at(days=days))
        if not refused:
            assert office.take(keeper, event, "a", "b") == 1
            return
        with pytest.raises(EventRefusedError, match=r"more than 400 days ahead.*Look at the year") as found:
            office.take(keeper, event, "a", "b")
        assert found.value.code == "event.ahead"
        assert keeper.register.size == 1
