"""Publishing: a quorum of witnesses is waited for, one that is down holds nobody up, nothing is taken back."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from perseus.log.keeper import Keeper
from perseus.log.names import LogName
from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import cosigned_at
from registry.log.merkle import Tree, leaf_hash
from registry.log.note import Note, VerifierKey
from support.keys import signer
from support.logs import LOG_SIGNER, LogHome
from support.scheme import ORIGIN, START
from support.witnesses import Witness, Witnesses
from trust.errors import UnavailableError

MEMBERS, EVIDENCE = LogName.MEMBERS, LogName.EVIDENCE
LOGS = {log.origin(ORIGIN): (VerifierKey(log.origin(ORIGIN), LOG_SIGNER.key),) for log in LogName}


def three() -> Witnesses:
    return Witnesses(tuple(Witness(name, LOGS) for name in ("w1", "w2", "w3")))


def witnessed(folder: Path, found: Witnesses, *, quorum: int = 2) -> LogHome:
    return LogHome.made(folder, quorum=quorum, witnesses=tuple(one.key for one in found.all))


@contextmanager
def keeping(home: LogHome, found: Witnesses, **options: object) -> Iterator[Keeper]:
    store = home.store()
    keeper = home.keeper(store, post=found.post, urls=found.urls, **options)  # type: ignore[arg-type]  # a test's own options
    keeper.start()
    try:
        yield keeper
    finally:
        keeper.stop()
        store.close()


def until(holds: Callable[[], bool], patience: float = 10) -> None:
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.01)


def published(keeper: Keeper, log: LogName) -> int:
    return keeper.told(log).published or 0


def note_of(keeper: Keeper, log: LogName) -> Note:
    snapshot = keeper.published[log].newest
    assert snapshot is not None
    return Note.parse(snapshot.seen.note)


def served(keeper: Keeper, log: LogName) -> tuple[int, int]:
    """Give the size and the number of lines of the note that is served; two witnesses are enough to publish."""
    if keeper.published[log].newest is None:
        return 0, 0
    note = note_of(keeper, log)
    return Checkpoint.parse(note.text).size, len(note.signatures)


def test_a_checkpoint_is_published_with_the_cosignatures_of_all_who_answer(tmp_path: Path) -> None:
    found = three()
    home = witnessed(tmp_path, found)
    with keeping(home, found) as keeper:
        for event in home.events[1:5]:
            keeper.submit(MEMBERS, event)
        keeper.submit(EVIDENCE, b"a commitment")
        until(lambda: {log: served(keeper, log) for log in LogName} == {MEMBERS: (5, 4), EVIDENCE: (1, 4)})
        told = keeper.told(MEMBERS)
        assert (sorted(told.cosigned), told.troubles) == (sorted(found.urls), {})
        for log in LogName:
            note = note_of(keeper, log)
            assert {cosigned_at(note, one.key) for one in found.all} == {START}
            assert home.anchor.policy.witnessed(note) is not None
    assert {log: home.file_size(log) for log in LogName} == home.sound() == {MEMBERS: 5, EVIDENCE: 1}


def test_one_witness_that_is_down_holds_nobody_up(tmp_path: Path) -> None:
    found = three()
    found.all[1].down = True
    home = witnessed(tmp_path, found)
    with keeping(home, found) as keeper:
        keeper.submit(MEMBERS, home.events[1])
        until(lambda: published(keeper, MEMBERS) == 2)
        until(lambda: "w2.example" in keeper.told(MEMBERS).troubles)
        assert keeper.told(MEMBERS).cosigned in {("w1.example", "w3.example"), ("w3.example", "w1.example")}


def test_a_slow_witness_delays_neither_entries_nor_the_quorum_of_the_others(tmp_path: Path) -> None:
    found = three()
    home = witnessed(tmp_path, found)
    with keeping(home, found) as keeper:
        until(lambda: published(keeper, MEMBERS) == 1)
        found.all[2].delay = 3.0
        begun = time.monotonic()
        keeper.submit(MEMBERS, home.events[1])
        assert time.monotonic() - begun < 1.5
        until(lambda: published(keeper, MEMBERS) == 2, patience=2.5)


def test_while_the_quorum_is_missing_the_last_witnessed_checkpoint_stays_and_the_operator_says_so(
    tmp_path: Path,
) -> None:
    found = three()
    home = witnessed(tmp_path, found)
    with keeping(home, found) as keeper:
        until(lambda: published(keeper, MEMBERS) == 1)
        found.all[0].down = found.all[1].down = True
        placed = keeper.submit(MEMBERS, home.events[1])
        assert placed.size == 2
        until(lambda: "quorum" in keeper.told(MEMBERS).troubles)
        told = keeper.told(MEMBERS)
        assert (told.size, told.published) == (2, 1)
        assert (
            "1 of 3 witnesses cosigned 2 entries, and the trust anchor demands 2" in told.troubles["quorum"]
        )
        assert keeper.register.size == 2
        with pytest.raises(UnavailableError, match="has 1 entries so far"):
            keeper.prove(MEMBERS, 1)
        assert home.file_size(MEMBERS) == 1
        found.all[0].down = False
        until(lambda: published(keeper, MEMBERS) == 2)
        until(lambda: "quorum" not in keeper.told(MEMBERS).troubles)
        assert keeper.prove(MEMBERS, 1).index == 1
    home.sound()


def test_a_witness_that_holds_less_or_nothing_is_asked_from_the_size_that_it_tells(tmp_path: Path) -> None:
    found = three()
    home = witnessed(tmp_path, found, quorum=3)
    with keeping(home, found) as keeper:
        until(lambda: published(keeper, MEMBERS) == 1)
    with keeping(home, found) as keeper:
        for event in home.events[1:4]:
            keeper.submit(MEMBERS, event)
        until(lambda: published(keeper, MEMBERS) == 4)
    asked = [one.old for one in found.all[0].asked if one.note.startswith(f"{ORIGIN}\n")]
    assert 0 in asked
    assert 1 in asked


def test_a_witness_that_saw_another_history_is_named_and_its_word_not_taken(tmp_path: Path) -> None:
    found = three()
    home = witnessed(tmp_path, found)
    other = Tree.of([leaf_hash(b"another past")])
    found.all[0].held[ORIGIN] = Checkpoint(ORIGIN, 1, other.root)
    with keeping(home, found) as keeper:
        until(lambda: published(keeper, MEMBERS) == 1)
        until(lambda: "w1.example" in keeper.told(MEMBERS).troubles)
        assert "it holds another root of 1 entries" in keeper.told(MEMBERS).troubles["w1.example"]
        keeper.submit(MEMBERS, home.events[1])
        until(lambda: published(keeper, MEMBERS) == 2)
        until(lambda: "HTTP 422" in keeper.told(MEMBERS).troubles["w1.example"])


def test_a_witness_that_holds_more_than_the_log_is_named(tmp_path: Path) -> None:
    found = three()
    home = witnessed(tmp_path, found)
    found.all[0].held[ORIGIN] = Checkpoint(ORIGIN, 9, bytes(32))
    with keeping(home, found) as keeper:
        until(lambda: "w1.example" in keeper.told(MEMBERS).troubles)
        assert "it holds 9 entries, and the log has 1" in keeper.told(MEMBERS).troubles["w1.example"]


def test_a_cosignature_that_does_not_fit_is_not_published(tmp_path: Path) -> None:
    found = three()
    found.all[0].wrong = True
    home = witnessed(tmp_path, found)
    with keeping(home, found) as keeper:
        until(lambda: published(keeper, MEMBERS) == 1)
        until(lambda: len(note_of(keeper, MEMBERS).signatures) == 3)
        assert "w1.example" not in keeper.told(MEMBERS).cosigned
        until(lambda: "does not fit" in keeper.told(MEMBERS).troubles.get("w1.example", ""))


def test_a_witness_without_an_address_is_named(tmp_path: Path) -> None:
    found = three()
    home = witnessed(tmp_path, found)
    fewer = Witnesses(found.all[1:])
    with keeping(home, fewer) as keeper:
        until(lambda: published(keeper, MEMBERS) == 1)
        until(lambda: "w1.example" in keeper.told(MEMBERS).troubles)
        assert "the settings tell no address" in keeper.told(MEMBERS).troubles["w1.example"]


def test_at_every_heartbeat_the_same_size_is_cosigned_anew(tmp_path: Path) -> None:
    found = three()
    home = witnessed(tmp_path, found)
    moment = [START]
    home.now = lambda: moment[0]
    with keeping(home, found) as keeper:
        until(lambda: published(keeper, MEMBERS) == 1)
        until(lambda: len(note_of(keeper, MEMBERS).signatures) == 4)
        later = START + timedelta(seconds=keeper.register.scheme.policy.heartbeat + 1)
        for one in found.all:
            one.at = later
        moment[0] = later
        until(lambda: cosigned_at(note_of(keeper, MEMBERS), found.all[0].key) == later)
        told = keeper.told(MEMBERS)
        assert (told.published, told.published_at) == (1, later)


def test_without_witnesses_every_checkpoint_is_published_with_its_entries(tmp_path: Path) -> None:
    home = LogHome.made(tmp_path)
    with keeping(home, Witnesses(())) as keeper:
        for index, event in enumerate(home.events[1:4], 1):
            keeper.submit(MEMBERS, event)
            assert keeper.told(MEMBERS).published == index + 1
            snapshot = keeper.published[MEMBERS].newest
            assert snapshot is not None
            assert snapshot.size == index + 1


def test_a_folder_of_another_log_is_not_touched(tmp_path: Path) -> None:
    home = LogHome.made(tmp_path)
    path = home.static / "log" / "checkpoint"
    path.parent.mkdir(parents=True)
    other = Checkpoint(ORIGIN, 1, bytes(32)).sign(signer("another log", ed25519=True))
    path.write_text(other)
    with keeping(home, Witnesses(())) as keeper:
        keeper.submit(MEMBERS, home.events[1])
        until(lambda: "log" in keeper.told(MEMBERS).troubles)
        assert "an earlier state of this log" in keeper.told(MEMBERS).troubles["log"]
    assert path.read_text() == other


def test_partial_tiles_give_way_to_the_full_one(tmp_path: Path) -> None:
    home = LogHome.made(tmp_path)
    with keeping(home, Witnesses(()), pause=0.05) as keeper:
        for count in (100, 155, 2):
            answers = [keeper.offer(EVIDENCE, f"{count} {number}".encode()) for number in range(count)]
            assert max(answer.result(10).size for answer in answers) > 0
            until(lambda: home.file_size(EVIDENCE) == keeper.told(EVIDENCE).size)
    folder = home.static / "evidence" / "tile"
    assert sorted(path.name for path in (folder / "entries").iterdir()) == ["000", "001.p"]
    assert sorted(path.name for path in (folder / "0").iterdir()) == ["000", "001.p"]
    assert (folder / "0" / "000").stat().st_mode & 0o777 == 0o644
    home.sound()
