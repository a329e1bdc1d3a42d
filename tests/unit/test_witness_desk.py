"""What a witness does when its clock steps back, and what its settings may say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from perseus import settings
from perseus.witness.cosigning import Cosigned, CosigningDesk
from perseus.witness.memory import open_memory
from perseus.witness.settings import WitnessSettings, found_witness, known_logs
from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import WitnessKey, cosigned_at
from registry.log.merkle import Tree, leaf_hash
from registry.log.note import Note, VerifierKey
from registry.log.witness import Refusal, Submission
from support.keys import signer
from trust.errors import MalformedError, UnavailableError

ORIGIN = "perseus.example/register"
LOG = signer("log", ed25519=True)
KEY = str(VerifierKey(ORIGIN, LOG.key))
SIGNER = signer("witness", ed25519=True)
WITNESS = WitnessKey("witness.example", SIGNER.key)
TREE = Tree.of(leaf_hash(bytes([number])) for number in range(9))
START = datetime(2026, 11, 1, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> CosigningDesk:
    store = open_memory(f"sqlite:///{tmp_path / 'witness.sqlite'}")
    return CosigningDesk(WITNESS.name, SIGNER, known_logs([KEY]), store, clock)


def add(desk: CosigningDesk, size: int, *, old: int) -> datetime:
    note = Checkpoint(ORIGIN, size, TREE.root_at(size)).sign(LOG)
    answered = desk.add(str(Submission(old, TREE.consistency(old, size=size), note)).encode())
    assert isinstance(answered, Cosigned)
    given = cosigned_at(Note.parse(note + answered.line), WITNESS)
    assert given is not None
    return given


def test_a_clock_that_steps_back_a_little_gives_no_older_time_to_a_larger_log(
    desk: CosigningDesk, clock: Clock
) -> None:
    assert add(desk, 3, old=0) == START
    clock.moment = START - timedelta(seconds=40)
    assert add(desk, 5, old=3) == START
    assert add(desk, 5, old=5) == START
    clock.moment = START + timedelta(seconds=1)
    assert add(desk, 6, old=5) == clock.moment


def test_a_clock_that_was_set_far_back_stops_the_witness_until_somebody_looks(
    desk: CosigningDesk, clock: Clock
) -> None:
    add(desk, 3, old=0)
    clock.moment = START - timedelta(days=1)
    with pytest.raises(UnavailableError, match="cosigned at 2026-11-01T00:00:00Z"):
        add(desk, 5, old=3)
    clock.moment = START
    assert add(desk, 5, old=3) == START, "nothing was kept of what was not answered"


def test_a_size_beyond_what_a_database_counts_is_refused(desk: CosigningDesk) -> None:
    note = Checkpoint(ORIGIN, 9_999_999_999_999_999_999, TREE.root).sign(LOG)
    answered = desk.add(str(Submission(0, (), note)).encode())
    assert isinstance(answered, Refusal)
    assert answered.status == 400


def test_a_new_home_has_an_encrypted_key_that_its_owner_alone_can_read(tmp_path: Path) -> None:
    home = tmp_path / "witness"
    key = found_witness(home, "witness.example", [KEY])
    pem = home / "keys" / "witness.pem"
    assert pem.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert pem.stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700
    found = settings.read(home, WitnessSettings)
    assert (found.name, found.logs, found.environment) == (key.name, (KEY,), "demo")


def test_a_home_is_never_made_over(tmp_path: Path) -> None:
    found_witness(tmp_path / "witness", "witness.example", [KEY])
    with pytest.raises(MalformedError, match="a folder without settings"):
        found_witness(tmp_path / "witness", "witness.example", [KEY])


@pytest.mark.parametrize(
    ("name", "logs"),
    [("two words", [KEY]), ("a+b", [KEY]), ("witness.example", []), ("witness.example", ["no key"])],
)
def test_a_name_or_a_log_that_cannot_be_is_refused(tmp_path: Path, name: str, logs: list[str]) -> None:
    with pytest.raises(MalformedError):
        found_witness(tmp_path / "witness", name, logs)


def test_a_log_that_is_named_twice_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(MalformedError, match=f"that of {ORIGIN} twice") as refused:
        found_witness(tmp_path / "witness", "witness.example", [KEY, KEY])
    assert refused.value.code == "format.unparseable"
    assert not (tmp_path / "witness").exists()
    other = str(VerifierKey(f"{ORIGIN}/evidence", LOG.key))
    found_witness(tmp_path / "witness", "witness.example", [KEY, other])
    assert settings.read(tmp_path / "witness", WitnessSettings).logs == (KEY, other)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('host = "192.0.2.1"', "loopback"),
        ('environment = "production"', "tls_certificate"),
        ('logs = ["no key"]', "verifier key"),
        ("logs = []", "the key of a log"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(tmp_path: Path, line: str, found: str) -> None:
    found_witness(tmp_path, "witness.example", [KEY])
    path = tmp_path / "settings.toml"
    name = line.split(" ", 1)[0]
    kept = [held for held in path.read_text().splitlines() if not held.startswith(name)]
    path.write_text("\n".join([*kept, line]) + "\n")
    with pytest.raises(MalformedError, match=found):
        settings.read(tmp_path, WitnessSettings)
