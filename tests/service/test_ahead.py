"""Signatures checked ahead on all cores: the fold comes to the same register, and a forged one is not let through."""

import sys

import pytest

from perseus.log.ahead import WORTH, check_ahead
from registry import register
from registry.events import SignedEvent
from registry.fold import signing
from registry.kept import Kept
from registry.register import Register
from support.registers import grown


def test_a_log_whose_signatures_were_checked_ahead_is_folded_to_the_same_register(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entries, anchor = grown(WORTH)
    first, second = SignedEvent.parse(entries[-1]), SignedEvent.parse(entries[-2])
    forged = SignedEvent(first.event, first.payload, second.signatures).entry
    entries = (*entries[:-1], forged, b"no event")
    monkeypatch.setattr(register, "_REPLAYED", Kept(1))
    alone = Register.replay(entries, anchor=anchor)
    known: Kept[bytes, tuple[object, ...]] = Kept(1 << 18)
    for module in (signing, sys.modules["registry.fold.ahead"]):
        monkeypatch.setattr(module, "VERIFIED", known)
    monkeypatch.setattr(register, "_REPLAYED", Kept(1))
    fits = check_ahead(entries, workers=2)
    assert fits > len(known) == WORTH - 1  # entries, most of them with two signatures
    together = Register.replay(entries, anchor=anchor)
    assert together.ignored == alone.ignored
    assert [item.index for item in together.ignored] == [WORTH - 1, WORTH]
    assert together.members == alone.members
    assert len(known) == WORTH - 1  # the fold had nothing to add, and what does not fit was not remembered


def test_a_small_log_is_not_worth_a_process() -> None:
    assert check_ahead([b"an entry"] * (WORTH - 1)) == 0
