"""What the fold remembers changes no answer: signatures that were checked ahead, officers who sign together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from registry import bodies, proposal
from registry.events import Event, SignedEvent
from registry.fold.ahead import fitting, keys_in, remember
from registry.fold.step import State, read
from registry.log.merkle import Tree, leaf_hash
from registry.scheme import officers_digest
from support.keys import signer
from support.scheme import START, Party, SchemeSimulator, named
from trust.did import Did
from trust.digest import Digest
from trust.keys import Signer

STRANGER = Did.parse("did:web:stranger.example")


@pytest.fixture
def scheme() -> SchemeSimulator:
    """Give a scheme without members."""
    return SchemeSimulator()


@pytest.fixture
def cap(scheme: SchemeSimulator) -> Party:
    """Let a carbon accounting provider join."""
    return scheme.join("did:web:cap.example", name="GreenLedger")


def ignored(entries: Sequence[bytes], *, keys: Mapping[str, str] | None = None) -> list[tuple[int, str]]:
    """Check every signature ahead by these keys, fold the whole log in one loop, and tell what has no effect."""
    known = keys_in(entries) if keys is None else keys
    remember(fitting(entries, known), known)
    tree = Tree.of(map(leaf_hash, entries))
    state = State.of_genesis(entries[0], tree.levels[0][0])
    state.take(read(entries[1:]), tree=tree)
    return [(item.index, item.code) for item in state.ignored]


def renamed(scheme: SchemeSimulator, cap: Party) -> Event:
    """Propose another name for the member."""
    body = bodies.Update(name="GreenLedger plc")
    return proposal.propose(scheme.register, "member.updated", cap.did, body=body, at=scheme.at(days=9))


def agreed(scheme: SchemeSimulator, cap: Party, *, day: float) -> Event:
    """Propose what the member signs alone."""
    body = bodies.Agreement("2", Digest.of(b"the text"))
    return proposal.propose(scheme.register, "agreement.executed", cap.did, body=body, at=scheme.at(days=day))


def succession(scheme: SchemeSimulator) -> Event:
    """Propose that the officers announced before take over."""
    coming = named(scheme.next_officers)
    body = bodies.NewOfficers(coming, officers_digest(coming))
    return proposal.propose(scheme.register, "scheme.officers", None, body=body, at=scheme.at(days=5))


@pytest.mark.usefixtures("cap")
def test_officers_who_were_replaced_sign_nothing_more(scheme: SchemeSimulator) -> None:
    scheme.take(succession(scheme), *scheme.next_officers.values())
    late = scheme.put(proposal.admit(scheme.register, STRANGER, name="X", at=scheme.at(days=6)))
    assert ignored(scheme.entries) == [(late, "event.signature")]


def test_officers_who_succeed_themselves_are_counted_in_both_places() -> None:
    again = SchemeSimulator(draw=lambda seed: signer(seed.removesuffix("/next")))
    again.take(proposal.admit(again.register, STRANGER, name="X", at=START), by="abc")
    again.take(succession(again), by="abc")
    assert ignored(again.entries) == []


def test_a_stranger_who_may_sign_beside_officers_once_may_not_sign_the_next_time(
    scheme: SchemeSimulator, cap: Party
) -> None:
    stranger = signer("a stranger")
    unread = replace(renamed(scheme, cap), type="member.merged", body={})
    scheme.put(unread, stranger)
    late = scheme.put(renamed(scheme, cap), stranger)
    assert ignored(scheme.entries) == [(late, "event.signature")]


def test_a_key_that_retired_signs_nothing_more_for_its_member(scheme: SchemeSimulator, cap: Party) -> None:
    scheme.take(agreed(scheme, cap, day=1), cap.signer, by="")
    thumbprint = cap.signer.key.thumbprint
    scheme.take(
        proposal.retire_key(scheme.register, cap.did, thumbprint=thumbprint, at=scheme.at(days=2)),
        cap.signer,
        by="a",
    )
    late = scheme.put(agreed(scheme, cap, day=3), cap.signer, by="")
    assert ignored(scheme.entries) == [(late, "event.signature")]


def test_an_entry_that_was_checked_by_some_of_its_keys_is_checked_by_the_others(
    scheme: SchemeSimulator, cap: Party
) -> None:
    event = renamed(scheme, cap)
    late = scheme.put(forged(event, scheme.officers["officer-a"], cap.signer), by="")
    without = {kid: key for kid, key in keys_in(scheme.entries).items() if kid != cap.signer.key.thumbprint}
    assert ignored(scheme.entries, keys=without) == [(late, "event.signature")]


def forged(event: Event, officer: Signer, member: Signer) -> SignedEvent:
    """Sign as the officer, and set the member's signature over another event beside it."""
    other = replace(event, effective=event.effective + timedelta(days=1)).signed(member)
    mine = event.signed(officer)
    return SignedEvent(event, mine.payload, (*mine.signatures, *other.signatures))
