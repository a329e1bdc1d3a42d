"""The logs on PostgreSQL: the same lease, the same refusals, the same kills and pauses as on SQLite."""

import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from perseus.log.lease import Lease, NoLeaseError
from perseus.log.names import LogName
from support.logs import LogHome
from support.postgres import SERVERS, Cluster

from . import test_log_kill, test_publishing, test_sequencer
from .test_sequencer import keeping

# PostgreSQL's server comes from the system's packages alone.
pytestmark = pytest.mark.skipif(
    not SERVERS, reason="no PostgreSQL here; to bring it: apt-get install -y postgresql"
)
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Run a server; its socket's path must be short."""
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        found = Cluster.made(Path(folder) / "own")
        try:
            yield found
        finally:
            found.stop()


@pytest.fixture
def home(cluster: Cluster, tmp_path: Path) -> LogHome:
    return LogHome.made(tmp_path / "home", url=cluster.database(f"log_{next(NUMBERS)}"), members=5)


def test_entries_are_placed_judged_and_proven(home: LogHome) -> None:
    with keeping(home, pause=0.05) as keeper:
        answers = [keeper.offer(LogName.MEMBERS, event) for event in home.events[1:9]]
        assert [answer.result(20).index for answer in answers] == list(range(1, 9))
        assert keeper.submit(LogName.EVIDENCE, b"a commitment").index == 0
        assert keeper.prove(LogName.MEMBERS, 4).index == 4
    assert home.sound() == {LogName.MEMBERS: 9, LogName.EVIDENCE: 1}


def test_the_lease_changes_hands_by_its_number(home: LogHome) -> None:
    store = home.store()
    former, present = Lease(store, holder="former", length=0.0), Lease(store, holder="present", length=60)
    assert former.take()
    assert present.take()
    assert (former.fence, present.fence) == (1, 2)
    with pytest.raises(NoLeaseError, match="present holds"), store.write() as connection:
        former.require(connection)
    store.close()


def test_nobody_takes_a_lease_in_the_middle_of_an_append(home: LogHome) -> None:
    store, other = home.store(), home.store()
    lease, waiting = Lease(store, holder="appends", length=0.3), Lease(other, holder="waits", length=60)
    assert lease.take()
    with store.write() as connection:
        lease.require(connection)
        assert not waiting.take()
    for found in (store, other):
        found.close()


def test_a_sequencer_that_slept_through_its_lease_appends_nothing_when_it_wakes(
    home: LogHome, tmp_path: Path
) -> None:
    assert test_sequencer.paused(home, tmp_path) == {LogName.MEMBERS: 2, LogName.EVIDENCE: 2}


def test_two_processes_never_fork_the_log(home: LogHome, tmp_path: Path) -> None:
    assert test_sequencer.competing(home, tmp_path, 40) >= 40


def test_a_sample_of_write_points(home: LogHome, tmp_path: Path) -> None:
    told = tmp_path / "told"
    assert (
        test_log_kill.killed_at(home, test_log_kill.SAMPLE[::2], told) >= len(test_log_kill.SAMPLE) // 2 - 1
    )
    test_log_kill.finished(home, told)


def test_a_quorum_is_waited_for(cluster: Cluster, tmp_path: Path) -> None:
    found = test_publishing.three()
    witnesses = tuple(one.key for one in found.all)
    url = cluster.database(f"log_{next(NUMBERS)}")
    home = LogHome.made(tmp_path / "home", url=url, quorum=2, witnesses=witnesses)
    found.all[0].down = True
    with test_publishing.keeping(home, found) as keeper:
        keeper.submit(LogName.MEMBERS, home.events[1])
        test_publishing.until(lambda: test_publishing.published(keeper, LogName.MEMBERS) == 2)
    assert home.sound()[LogName.MEMBERS] == 2
