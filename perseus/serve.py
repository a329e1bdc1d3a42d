"""All the parties of one machine, and the witnesses of some, under one supervisor, a process each.

The processes are forked from one that has the packages loaded, so that six start in the time of one.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.forkserver import ensure_running
from multiprocessing.process import BaseProcess
from pathlib import Path

from perseus.served import address_of, answers, refuse_served
from perseus.settings import ADDRESS, PARTIES, WITNESS
from trust.errors import MalformedError, PerseusError, UnavailableError

_PATIENCE = 30.0  # seconds that a process has to start, and to stop
_STEP = 0.02
_LONGEST_PAUSE = 5.0
_USAGE = 2
OPERATOR = "operator"


def warm() -> None:
    """Begin to load the packages in the process that the parties will be forked from; later calls do nothing."""
    multiprocessing.get_context("forkserver").set_forkserver_preload(
        ["perseus.process", "perseus.witness.running"]
    )
    ensure_running()


@dataclass
class Town:
    """The processes of several parties, of all unless some are named; what dies is started again."""

    out: Path
    parties: Sequence[str] = ()
    running: dict[str, BaseProcess] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)
    _watch: threading.Thread | None = None

    def start(self) -> None:
        """Start every party, and wait until each answers; the operator comes last, because it asks the witnesses first.

        Raises:
            UnavailableError: one is served already, or does not come up.
        """
        self.parties = self.parties or (*witnesses_in(self.out), *PARTIES)
        for party in self.parties:
            refuse_served(self.out / party)
        for party in self.parties:
            if party != OPERATOR:
                self.start_one(party)
        for party in self.parties:
            if party.startswith(WITNESS):
                self.wait_for(party)
        if OPERATOR in self.parties:
            self.start_one(OPERATOR)
        for party in self.parties:
            self.wait_for(party)

    def start_one(self, party: str) -> None:
        """Start one party's process; where it listens is in its home once it does."""
        home = self.out / party
        (home / ADDRESS).unlink(missing_ok=True)
        warm()
        process = multiprocessing.get_context("forkserver").Process(
            target=_child, args=(str(home), party), name=party
        )
        process.start()
        self.running[party] = process

    def wait_for(self, party: str) -> str:
        """Wait until a party listens, and give its address.

        Raises:
            UnavailableError: it ends, or does not come up in time.
        """
        home, until = self.out / party, time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            address = address_of(home)
            if address is not None and answers(address):
                return address
            if self.running[party].exitcode is not None:
                raise UnavailableError(f"the service {party}", because=_told(home), code="fetch.timeout")
            time.sleep(_STEP)
        late = f"it did not start within {_PATIENCE:.0f} s"
        raise UnavailableError(f"the service {party}", because=late, code="fetch.timeout")

    def watch(self) -> None:
        """Start again whatever dies, after a pause that grows, until this town is stopped."""
        self._watch = threading.Thread(target=self._revive, name="watch", daemon=True)
        self._watch.start()

    def wait(self) -> None:
        """Wait until somebody stops the town."""
        while not self.over.wait(1.0):
            pass

    def stop(self) -> None:
        """Stop every party cleanly; whatever does not listen is killed."""
        self.over.set()
        if self._watch is not None:
            self._watch.join()
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.join(_PATIENCE)
            if process.exitcode is None:
                process.kill()
                process.join()

    def _revive(self) -> None:
        pauses = dict.fromkeys(self.running, 0.1)
        while not self.over.wait(_STEP * 5):
            for party, process in list(self.running.items()):
                if process.exitcode is not None and not self.over.wait(pauses[party]):
                    pauses[party] = min(2 * pauses[party], _LONGEST_PAUSE)
                    self.start_one(party)


def witnesses_in(out: Path) -> tuple[str, ...]:
    """Name the witnesses that have a home in a folder."""
    return tuple(sorted(path.parent.name for path in out.glob(f"{WITNESS}*/settings.toml")))


def serve_all(out: Path, *, told: Callable[[str, str], None]) -> None:
    """Run all six parties, and the witnesses, until told to stop; `told` hears of each by name and address.

    Raises:
        MalformedError: a party has no home there.
        UnavailableError: one does not come up.
    """
    _require_homes(out)
    town = Town(out)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: town.over.set())
    try:
        town.start()
        for party in town.parties:
            told(party, town.wait_for(party))
        town.watch()
        town.wait()
    finally:
        town.stop()


def _require_homes(out: Path) -> None:
    absent = [party for party in PARTIES if not (out / party / "settings.toml").is_file()]
    if absent:
        found = "none" if len(absent) == len(PARTIES) else f"none of {', '.join(absent)}"
        expected = "a home for each of the six parties; to make them, run: perseus demo"
        raise MalformedError(str(out), expected=expected, found=found, code="file.missing")


def _child(home: str, party: str) -> None:
    """Run one party in a process of its own; what it says goes into its home."""
    told = os.open(Path(home) / "stderr", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(told, sys.stdout.fileno())
    os.dup2(told, sys.stderr.fileno())
    from perseus.process import serve  # noqa: PLC0415 - loaded where the parties are forked from, and only there
    from perseus.witness.running import serve as serve_witness  # noqa: PLC0415 - the same

    try:
        if party.startswith(WITNESS):
            serve_witness(Path(home))
        else:
            serve(Path(home), party=party)
    except PerseusError as error:
        sys.stderr.write(f"perseus: {error}\n")
        sys.stderr.flush()
        sys.exit(_USAGE)


def _told(home: Path) -> str:
    """Give the last thing that a process said before it ended."""
    path = home / "stderr"
    lines = path.read_text(encoding="utf-8").strip().splitlines() if path.exists() else []
    return lines[-1] if lines else "it ended without a word"
