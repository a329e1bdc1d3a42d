"""The operator's sequencer: batches, refusals, idempotence, the lease, and two processes that both want to append."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import pytest

from perseus import serve
from perseus.log.keeper import Keeper
from perseus.log.lease import Lease, NoLeaseError
from perseus.log.names import LogName
from perseus.log.offers import Placed
from registry.errors import EventRefusedError
from registry.log.checkpoint import Checkpoint
from registry.log.merkle import leaf_hash
from registry.log.quorum import WitnessPolicy
from support import appending
from support.appending import acknowledged
from support.logs import LogHome
from trust.errors import MalformedError, UnavailableError

MEMBERS, EVIDENCE = LogName.MEMBERS, LogName.EVIDENCE


@contextmanager
def keeping(home: LogHome, **options: object) -> Iterator[Keeper]:
    store = home.store()
    keeper = home.keeper(store, **options)  # type: ignore[arg-type]  # a test's own options
    keeper.start()
    try:
        yield keeper
    finally:
        keeper.stop()
        store.close()


def test_an_entry_is_answered_with_its_place_and_what_the_log_signed(tmp_path: Path) -> None:
    home = LogHome.made(tmp_path)
    with keeping(home) as keeper:
        for index, event in enumerate(home.events[1:], 1):
            placed = keeper.submit(MEMBERS, event)
            assert (placed.index, placed.size) == (index, index + 1)
            assert Checkpoint.open(placed.note, key=home.anchor.log_key).size == placed.size
        assert keeper.submit(EVIDENCE, b"a commitment").index == 0
        assert home.read(MEMBERS) == home.events
    assert home.sound() == {MEMBERS: len(home.events), EVIDENCE: 1}


def test_what_is_offered_together_is_one_transaction_judged_in_order(tmp_path: Path) -> None:
    home = LogHome.made(tmp_path)
    with keeping(home, pause=0.2) as keeper:
        good, wrong = home.events[1:4], home.events[5]
        answers: list[Future[Placed]] = [
            keeper.offer(MEMBERS, entry) for entry in (*good[:2], wrong, good[2])
        ]
        refusal = answers[2].exception(10)
        assert [answers[place].result(10).index for place in (0, 1, 3)] == [1, 2, 3]
        assert {answers[place].result().size for place in (0, 1, 3)} == {4}
    assert isinstance(refusal, EventRefusedError)
    assert refusal.code == "event.prev"
    assert home.read(MEMBERS) == home.events[:4]
    home.sound()


def test_an_entry_that_stands_in_the_log_keeps_its_place_also_after_a_restart(tmp_path: Path) -> None:
    home = LogHome.made(tmp_path)
    with keeping(home, pause=0.1) as keeper:
        twice = [keeper.offer(EVIDENCE, b"the same") for _ in range(2)]
        assert [answer.result(10).index for answer in twice] == [0, 0]
        first = keeper.submit(MEMBERS, home.events[1])
    with keeping(home) as keeper:
        again = keeper.submit(MEMBERS, home.events[1])
        assert (again.index, again.size, again.note) == (first.index, first.size, first.note)
    assert home.sound() == {MEMBERS: 2, EVIDENCE: 1}


def test_what_is_no_event_or_too_long_is_refused_and_not_stored(tmp_path: Path) -> None:
    home = LogHome.made(tmp_path)
    with keeping(home) as keeper:
        with pytest.raises(EventRefusedError):
            keeper.submit(MEMBERS, b"no event")
        for log in LogName:
            with pytest.raises(MalformedError, match="at most 65,535 bytes") as refusal:
                keeper.submit(log, bytes(65_536))
            assert refusal.value.code == "format.too_large"
    assert home.sound() == {MEMBERS: 1, EVIDENCE: 0}


def test_a_proof_leads_from_an_entry_to_the_published_checkpoint(tmp_path: Path) -> None:
    home = LogHome.made(tmp_path)
    with keeping(home) as keeper:
        for event in home.events[1:]:
            keeper.submit(MEMBERS, event)
        index = keeper.submit(EVIDENCE, b"a commitment").index
        for log, place, entry in ((MEMBERS, 3, home.events[3]), (EVIDENCE, index, b"a commitment")):
            proof = keeper.prove(log, place)
            proven = proof.verify(leaf_hash(entry), key=log.key(home.anchor.log_key), policy=WitnessPolicy())
            assert proven.checkpoint.origin == log.origin(home.anchor.scheme)
        with pytest.raises(UnavailableError, match="has 1 entries so far") as refusal:
            keeper.prove(EVIDENCE, 1)
        assert refusal.value.code == "register.unwitnessed"


def test_a_database_that_is_away_is_told_to_everybody_who_waits(tmp_path: Path) -> None:
    home = LogHome.made(tmp_path)
    with keeping(home) as keeper:
        other = home.store()
        with other.write() as connection:
            connection.exec_driver_sql("DROP TABLE evidence_entries")
        other.close()
        with pytest.raises(UnavailableError, match="evidence_entries"):
            keeper.submit(EVIDENCE, b"lost")
        assert keeper.submit(MEMBERS, home.events[1]).index == 1


def test_a_second_keeper_refuses_and_names_the_first(tmp_path: Path) -> None:
    home = LogHome.made(tmp_path)
    with keeping(home, holder="the first"), keeping(home, holder="the second") as second:
        assert not second.leads
        with pytest.raises(NoLeaseError, match="the first holds the lease") as refusal:
            second.submit(EVIDENCE, b"too late")
        assert refusal.value.code == "http.no_lease"
    assert home.sound() == {MEMBERS: 1, EVIDENCE: 0}


def test_a_lease_that_was_given_up_is_free_at_once_and_its_number_grows(tmp_path: Path) -> None:
    home = LogHome.made(tmp_path)
    store = home.store()
    leases = [Lease(store, holder=name, length=60) for name in ("one", "two", "three")]
    for number, lease in enumerate(leases, 1):
        assert lease.take()
        assert lease.take()
        assert lease.fence == number
        lease.give_up()
    assert not any(lease.fence for lease in leases)
    with pytest.raises(NoLeaseError), store.write() as connection:
        leases[0].require(connection)
    store.close()


def test_a_lease_that_ran_out_goes_to_the_next_and_the_number_tells_the_former_apart(tmp_path: Path) -> None:
    home = LogHome.made(tmp_path)
    store = home.store()
    former, present = Lease(store, holder="former", length=1.0), Lease(store, holder="present", length=60)
    assert former.take()
    assert not present.take()
    assert present.other == "former"
    time.sleep(1.1)
    assert present.take()
    with pytest.raises(NoLeaseError, match="present holds"), store.write() as connection:
        former.require(connection)
    assert not former.take()
    store.close()


def test_one_whose_lease_ran_out_unnoticed_goes_on_where_nobody_took_it(tmp_path: Path) -> None:
    home = LogHome.made(tmp_path)
    store = home.store()
    lease = Lease(store, holder="slow", length=0.01)
    assert lease.take()
    time.sleep(0.05)
    with store.write() as connection:
        lease.require(connection)
    store.close()


def process(target: object, *arguments: object) -> multiprocessing.process.BaseProcess:
    serve.warm()
    found = multiprocessing.get_context("forkserver").Process(target=target, args=arguments)  # type: ignore[arg-type]  # a function of this folder
    found.start()
    return found


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def paused(home: LogHome, tmp_path: Path) -> dict[LogName, int]:
    """Pause a sequencer between judging and writing, let another take over, wake the first; give the sizes."""
    told = tmp_path / "told"
    first = process(appending.pause_while_appending, str(home.folder), str(told))
    store = home.store()
    second = home.keeper(store, holder="the successor", length=5)
    try:
        until_stopped(first.pid or 0)
        second.start()
        appending.until_leading(second)
        placed = [
            second.submit(EVIDENCE, b"by the successor").index,
            second.submit(MEMBERS, home.events[1]).index,
        ]
        os.kill(first.pid or 0, signal.SIGCONT)
        first.join(20)
    finally:
        first.kill()
        second.stop()
        store.close()
    assert first.exitcode == 0
    assert placed == [1, 1]
    lines = told.read_text().splitlines()
    assert lines[0] == "evidence 0 1"
    assert all(line.startswith("refused http.no_lease appending to the log") for line in lines[1:])
    assert len(lines) == 3
    assert home.read(EVIDENCE) == (b"before the pause", b"by the successor")
    return home.sound()


def until_stopped(pid: int) -> None:
    until = time.monotonic() + 20
    while state(pid) != "T":
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_sequencer_that_slept_through_its_lease_appends_nothing_when_it_wakes(tmp_path: Path) -> None:
    assert paused(LogHome.made(tmp_path / "home"), tmp_path) == {MEMBERS: 2, EVIDENCE: 2}


def competing(home: LogHome, tmp_path: Path, most: int) -> int:
    """Let two processes append at once, as often as each may, demand one history of it, and give its length."""
    told = [tmp_path / f"told-{number}" for number in range(2)]
    both = [process(appending.compete, str(home.folder), str(told[n]), n, most) for n in range(2)]
    for one in both:
        one.join(150)
    assert [one.exitcode for one in both] == [0, 0]
    entries = home.read(EVIDENCE)
    places = [place for path in told for _, place, _ in acknowledged(path)]
    assert len(places) == len(set(places)) == len(entries)
    assert any("refused" in path.read_text() for path in told)
    return home.sound()[EVIDENCE]


def test_two_processes_never_fork_the_log(tmp_path: Path) -> None:
    assert competing(LogHome.made(tmp_path / "home"), tmp_path, 60) >= 60
