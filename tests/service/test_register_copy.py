"""A member's copy of the register follows the log's files, never goes back, keeps the proof of a second history."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from perseus import clock, settings
from perseus.apps import scheme
from perseus.apps.scheme import RegisterCopy
from perseus.fetching import Fetched
from perseus.log.forks import HELD, OFFERED, forks_of
from perseus.log.names import LogName
from perseus.storage.store import Store
from registry.errors import RegisterError
from registry.log.checkpoint import Checkpoint
from registry.log.note import Note
from registry.log.tiles import Tile, bundle
from registry.register import Register
from support.logs import LOG_SIGNER, LogHome
from support.scheme import ORIGIN
from support.witnesses import Witness, Witnesses
from trust.errors import UnavailableError

OPERATOR = "https://operator.demo.perseus.example/"


class Files:
    """A server of static files over a folder, as far as a copy sees it; remembers what it was asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.away, self.asked = folder, False, list[str]()

    def get(self, url: str, *, limit: int) -> Fetched:
        """Give the file of that name."""
        path = self.folder / url.removeprefix(OPERATOR)
        self.asked.append(url.removeprefix(OPERATOR))
        if self.away:
            raise UnavailableError(url, because="it does not answer", code="fetch.timeout")
        content = path.read_bytes() if path.is_file() else b""
        assert len(content) <= limit
        return Fetched(200 if path.is_file() else 404, "", content, {})


class Bank:
    """A member with a copy of its own, which is asked for anew each time."""

    def __init__(self, folder: Path, anchor: Path, files: Files) -> None:
        plain: dict[str, str | int | float | dict[str, str]] = {
            "party": "bank",
            "did": "did:web:bank.demo.perseus.example",
            "name": "Northern Bank",
            "authority": "bank.demo.perseus.example",
            "anchor": str(anchor),
            "members": {"operator": "did:web:operator.demo.perseus.example"},
        }
        settings.write(folder, plain)
        self.home = folder
        self._settings = settings.load(folder)
        self.store = Store(self._settings.database_url, party="bank")
        self.store.upgrade()
        self.files = files
        self.copy = self.opened()

    def opened(self) -> RegisterCopy:
        """Open the copy as a process does when it starts."""
        return RegisterCopy(self._settings, self.store, self.files)  # type: ignore[arg-type]  # all that it asks of a fetcher

    def current(self) -> Register:
        """Ask anew."""
        return self.copy.current(fresh=True)


@contextmanager
def published(home: LogHome, size: int, found: Witnesses | None = None) -> Iterator[LogHome]:
    """Let the operator publish its first so many entries."""
    store = home.store()
    urls, post = ({}, None) if found is None else (found.urls, found.post)
    keeper = home.keeper(store, urls=urls, post=post)
    keeper.start()
    for answer in [keeper.offer(LogName.MEMBERS, event) for event in home.events[1:size]]:
        answer.result(20)
    keeper.stop()
    store.close()
    yield home


@pytest.fixture
def home(tmp_path: Path) -> LogHome:
    return LogHome.made(tmp_path / "operator", members=4)


def bank_of(home: LogHome, tmp_path: Path) -> Bank:
    return Bank(tmp_path / "bank", home.folder / "trust.json", Files(home.static))


def refusal(bank: Bank) -> RegisterError:
    with pytest.raises(RegisterError) as refused:
        bank.current()
    return refused.value


def sign(folder: Path, entries: tuple[bytes, ...], register: Register) -> str:
    """Put files that the log's own key signs in the place of the published ones."""
    shutil.rmtree(folder / "log" / "tile", ignore_errors=True)
    tile = folder / "log" / str(Tile(None, 0, len(entries)))
    tile.parent.mkdir(parents=True)
    tile.write_bytes(bundle(entries))
    note = Checkpoint(ORIGIN, register.size, register.root).sign(LOG_SIGNER)
    (folder / "log" / "checkpoint").write_text(note)
    return note


def test_a_copy_follows_the_log_and_asks_only_for_what_it_lacks(home: LogHome, tmp_path: Path) -> None:
    bank = bank_of(home, tmp_path)
    with published(home, 3):
        assert bank.current().entries == home.events[:3]
    asked = len(bank.files.asked)
    assert bank.current().size == 3
    assert bank.files.asked[asked:] == ["log/checkpoint"]
    with published(home, 9):
        assert bank.current().entries == home.events[:9]
    assert bank.files.asked[-1] == "log/tile/entries/000.p/9"
    assert bank.copy.note() == (home.static / "log" / "checkpoint").read_text()
    assert bank.opened().current().entries == home.events[:9]


def test_a_large_log_is_fetched_by_whole_bundles(tmp_path: Path) -> None:
    home = LogHome.made(tmp_path / "operator", members=90)
    bank = bank_of(home, tmp_path)
    with published(home, 250):
        assert bank.current().size == 250
    with published(home, 262):
        assert bank.current().entries == home.events[:262]
    wanted = ["log/checkpoint", "log/tile/entries/000", "log/tile/entries/001.p/6"]
    assert bank.files.asked[-3:] == wanted


def test_a_bundle_that_gave_way_to_the_full_one_is_found_there(tmp_path: Path) -> None:
    home = LogHome.made(tmp_path / "operator", members=90)
    bank = bank_of(home, tmp_path)
    with published(home, 250):
        older = (home.static / "log" / "checkpoint").read_text()
    with published(home, 262):
        (home.static / "log" / "checkpoint").write_text(older)
        assert bank.current().entries == home.events[:250]


def test_without_an_answer_the_copy_stays_and_without_a_copy_there_is_none(
    home: LogHome, tmp_path: Path
) -> None:
    bank = bank_of(home, tmp_path)
    with pytest.raises(UnavailableError, match="no copy is at hand"):
        bank.current()
    with published(home, 3):
        bank.current()
    bank.files.away = True
    assert bank.current().size == 3


@pytest.mark.parametrize("change", ["truncated", "swapped", "foreign", "empty"])
def test_broken_bundles_leave_the_copy_as_it_is(change: str, home: LogHome, tmp_path: Path) -> None:
    bank = bank_of(home, tmp_path)
    with published(home, 3):
        bank.current()
    with published(home, 6):
        path = home.static / "log" / "tile" / "entries" / "000.p" / "6"
        good = path.read_bytes()
        path.write_bytes(
            {
                "truncated": good[:-1],
                "swapped": bundle((*home.events[:3], home.events[4], home.events[3], home.events[5])),
                "foreign": bundle([b"entry %d of another log" % number for number in range(6)]),
                "empty": b"",
            }[change]
        )
        assert bank.current().size == 3
        assert forks_of(bank.home) == ()
        path.write_bytes(good)
        assert bank.current().size == 6


def test_an_older_checkpoint_is_borne_for_a_minute_and_then_refused(
    home: LogHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = bank_of(home, tmp_path)
    with published(home, 3):
        older = (home.static / "log" / "checkpoint").read_text()
    with published(home, 6):
        assert bank.current().size == 6
    (home.static / "log" / "checkpoint").write_text(older)
    assert bank.current().size == 6
    later = clock.now() + timedelta(minutes=2)
    monkeypatch.setattr(scheme, "now", lambda: later)
    refused = refusal(bank)
    assert refused.code == "register.rolled_back"
    assert "has 3 entries, fewer than the 6 seen before" in str(refused)
    assert bank.copy.size() == 6


def test_the_fault_is_told_to_the_next_who_asks_as_well(home: LogHome, tmp_path: Path) -> None:
    bank = bank_of(home, tmp_path)
    with published(home, 3):
        bank.current()
    path = home.static / "log" / "checkpoint"
    good = path.read_text()
    path.write_text(good.replace(ORIGIN, "another.example/register", 1))
    refusal(bank)
    with pytest.raises(RegisterError):
        bank.copy.current()
    path.write_text(good)
    assert bank.current().size == 3


def test_a_second_history_of_the_same_size_is_kept_as_proof_and_ends_all_reliance(
    home: LogHome, tmp_path: Path
) -> None:
    bank = bank_of(home, tmp_path)
    with published(home, 4):
        bank.current()
    held = (home.static / "log" / "checkpoint").read_text()
    entries = (*home.events[:3], b"an entry that nobody saw before")
    offered = sign(home.static, entries, Register.replay(entries, anchor=home.anchor))
    refused = refusal(bank)
    assert refused.code == "register.forked"
    assert "signed two histories: 4 entries with the root" in str(refused)
    (proof,) = forks_of(bank.home)
    assert ((proof / HELD).read_text(), (proof / OFFERED).read_text()) == (held, offered)
    sign(home.static, home.events[:4], Register.replay(home.events[:4], anchor=home.anchor))
    with pytest.raises(RegisterError, match="both notes are kept"):
        bank.opened().current()


def test_a_longer_history_with_another_past_is_kept_as_proof(home: LogHome, tmp_path: Path) -> None:
    bank = bank_of(home, tmp_path)
    with published(home, 4):
        bank.current()
    entries = (*home.events[:3], b"an entry that nobody saw before", *home.events[3:6])
    sign(home.static, entries, Register.replay(entries, anchor=home.anchor))
    assert refusal(bank).code == "register.forked"
    assert len(forks_of(bank.home)) == 1


def test_a_shorter_history_with_another_past_is_kept_as_proof(home: LogHome, tmp_path: Path) -> None:
    bank = bank_of(home, tmp_path)
    with published(home, 4):
        bank.current()
    entries = (*home.events[:2], b"an entry that nobody saw before")
    sign(home.static, entries, Register.replay(entries, anchor=home.anchor))
    assert refusal(bank).code == "register.forked"
    assert len(forks_of(bank.home)) == 1


def test_a_strangers_signature_is_no_proof_against_the_log(home: LogHome, tmp_path: Path) -> None:
    bank = bank_of(home, tmp_path)
    with published(home, 4):
        bank.current()
    path = home.static / "log" / "checkpoint"
    path.write_text(str(Note.parse(path.read_text()).text) + "\n— a-stranger AAAAAAAAAAAA\n")
    assert refusal(bank).code == "register.forked"
    assert forks_of(bank.home) == ()
    assert bank.copy.size() == 4


def test_a_checkpoint_without_its_quorum_is_refused_and_the_copy_stays(tmp_path: Path) -> None:
    logs = {ORIGIN: (LogHome.made(tmp_path / "key").anchor.log_key,)}
    found = Witnesses(tuple(Witness(name, logs) for name in ("w1", "w2")))
    home = LogHome.made(tmp_path / "operator", quorum=2, witnesses=tuple(one.key for one in found.all))
    bank = bank_of(home, tmp_path)
    with published(home, 3, found):
        assert bank.current().size == home.file_size(LogName.MEMBERS)
    path = home.static / "log" / "checkpoint"
    note = Note.parse(path.read_text())
    path.write_text(str(Note(note.text, note.signatures[:2])))
    assert refusal(bank).code == "register.unwitnessed"
    path.write_text(str(note))
    assert bank.current().checkpoint is not None
