"""Kill -9 of the sequencer at its write points: nothing acknowledged is lost, no log forks or shrinks, files parse.

Every statement that writes, every commit before and after, every file opened for writing and every file moved is a
point; the process dies at the n-th, for each n. A sample here, all of them in `make soak`.
"""

import signal
import time
from pathlib import Path

import pytest

from perseus.log.names import LogName
from registry.log.merkle import Tree, leaf_hash
from support import appending
from support.appending import acknowledged
from support.logs import LogHome

from .test_sequencer import process

KILLED = -signal.SIGKILL
EVERY = 240
SAMPLE = (1, 2, 3, 5, 8, 13, 21, 34, 45, 60)


def run(home: LogHome, told: Path, number: int, kill_at: int) -> int | None:
    child = process(appending.append, str(home.folder), str(told), number, kill_at)
    child.join(60)
    return child.exitcode


def killed_at(home: LogHome, points: tuple[int, ...], told: Path) -> int:
    """Kill at one point after the other, looking for damage after each; give how often it died."""
    deaths, published = 0, dict.fromkeys(LogName, -1)
    roots: dict[tuple[LogName, int], bytes] = {}
    for number, point in enumerate(points):
        ended = run(home, told, number, point)
        assert ended in {0, KILLED}
        deaths += ended == KILLED
        sizes = home.sound()
        for log in LogName:
            assert published[log] <= home.file_size(log) <= sizes[log]
            published[log] = home.file_size(log)
            tree = Tree.of(map(leaf_hash, home.read(log)))
            for (name, size), root in roots.items():
                assert name is not log or tree.root_at(size) == root, "the log told its past otherwise"
            roots[log, tree.size] = tree.root
        for log, index, size in acknowledged(told):
            assert index < size <= sizes[log], "an acknowledged entry is gone"
    return deaths


def finished(home: LogHome, told: Path) -> None:
    """Run once more undisturbed: everything is published in the end."""
    assert run(home, told, len(told.read_text()), 0) == 0
    sizes = home.sound()
    assert {log: home.file_size(log) for log in LogName} == sizes


def test_a_sample_of_write_points(tmp_path: Path) -> None:
    home, told = LogHome.made(tmp_path / "home", members=5), tmp_path / "told"
    assert killed_at(home, SAMPLE, told) >= len(SAMPLE) - 2
    finished(home, told)


@pytest.mark.soak
def test_every_write_point_and_then_again(tmp_path: Path) -> None:
    home, told = LogHome.made(tmp_path / "home", members=100), tmp_path / "told"
    points = tuple(1 + number % 60 for number in range(EVERY))
    assert killed_at(home, points, told) >= 200
    finished(home, told)


def test_no_death_leaves_the_next_one_waiting_for_longer_than_a_lease(tmp_path: Path) -> None:
    home, told = LogHome.made(tmp_path / "home"), tmp_path / "told"
    assert run(home, told, 0, 4) == KILLED
    begun = time.monotonic()
    assert run(home, told, 1, 0) == 0
    assert time.monotonic() - begun < 15
    assert home.sound()[LogName.EVIDENCE] >= 3
