"""However checkpoints and deeds follow each other, what was answered at a size stays the answer at that size."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from properties.test_register import PARTIES, SCHEME, Deed, answers, deeds

from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import WitnessKey
from registry.register import Register
from registry.standing import Standing
from support.evidence_log import WITNESSES, cosigned
from support.keys import signer
from support.scheme import ORIGIN, START

ANCHOR = replace(
    SCHEME.anchor,
    quorum=2,
    witnesses=tuple(WitnessKey(name, signer(name, ed25519=True).key) for name in WITNESSES),
)
DAYS = st.integers(0, 3)
Story = list[tuple[Deed, int]]
stories = st.lists(st.tuples(deeds, DAYS), max_size=6)


def grown(story: Story) -> tuple[Register, list[str], list[int]]:
    """Put deeds into the log, days apart; witnesses see the log after each, and never go back."""
    register, day = SCHEME.register, 0
    notes = [_seen(register, day)]
    sizes = [register.size]
    for deed, pause in story:
        day += pause
        officers = [SCHEME.officers[f"officer-{letter}"] for letter in deed.by]
        own = [PARTIES[deed.party].signer] if deed.own or not officers else []
        register = register.extend((deed.event(register).signed(*officers, *own).entry,))
        notes.append(_seen(register, day))
        sizes.append(register.size)
    return register, notes, sizes


def _seen(register: Register, day: int) -> str:
    note = Checkpoint(ORIGIN, register.size, register.root).sign(SCHEME.log)
    return cosigned(note, at=START + timedelta(days=day, hours=1))


def told(register: Register, size: int | None = None) -> list[Standing]:
    """Ask, and leave aside between which moments an entry was recorded: that may be known better later."""
    return [replace(one, warnings=()) for one in answers(register, known_at=size)]


@settings(max_examples=20)
@given(stories, st.data())
def test_what_a_verifier_answered_at_a_size_it_answers_when_it_has_seen_more(
    story: Story, data: st.DataObject
) -> None:
    register, notes, sizes = grown(story)
    whole = Register.replay(register.entries, anchor=ANCHOR, seen=notes)
    place = data.draw(st.integers(0, len(sizes) - 1))
    size = sizes[place]
    then = Register.replay(register.entries[:size], anchor=ANCHOR, seen=notes[: place + 1])
    assert told(whole, size) == told(then)
    assert [one.index for one in whole.ignored if one.index < size] == [one.index for one in then.ignored]


@settings(max_examples=20)
@given(stories, st.data())
def test_fewer_checkpoints_never_ignore_an_event_that_more_of_them_let_stand(
    story: Story, data: st.DataObject
) -> None:
    register, notes, _ = grown(story)
    fewer = [note for note in notes if data.draw(st.booleans())]
    every = Register.replay(register.entries, anchor=ANCHOR, seen=notes)
    some = Register.replay(register.entries, anchor=ANCHOR, seen=fewer)
    ignored = {one.index for one in every.ignored}
    assert {one.index for one in some.ignored if one.code == "event.backdated"} <= ignored
