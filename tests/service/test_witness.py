"""A witness as its own process over real HTTP: the codes and bodies of tlog-witness, and never back."""

import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from perseus.witness.settings import found_witness
from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import WitnessKey, cosigned_at
from registry.log.merkle import Tree, leaf_hash
from registry.log.note import Note, VerifierKey
from registry.log.witness import Submission
from support.certificates import Authority
from support.keys import signer
from trust.keys import Signer

ORIGIN = "perseus.example/register"
NAME = "witness.example"
LOG = signer("log", ed25519=True)
LOG_KEY = VerifierKey(ORIGIN, LOG.key)
EVIDENCE_KEY = VerifierKey(f"{ORIGIN}/evidence", LOG.key)
TREE = Tree.of(leaf_hash(f"entry {number}".encode()) for number in range(300))
OTHER = Tree.of(leaf_hash(f"other {number}".encode()) for number in range(300))


@dataclass
class Running:
    """A witness's process, that can be killed and started again."""

    home: Path
    key: WitnessKey
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Start the process, and wait until it listens."""
        (self.home / "address").unlink(missing_ok=True)
        command = [sys.executable, "-m", "perseus", "witness", "serve", "--home", str(self.home)]
        self.process = subprocess.Popen(command)
        until = time.monotonic() + 30
        while not (self.home / "address").exists():
            assert self.process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill it without a word."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    @property
    def url(self) -> str:
        """Give its submission prefix."""
        return (self.home / "address").read_text()


def submission(size: int, *, old: int = 0, tree: Tree = TREE, origin: str = ORIGIN, by: Signer = LOG) -> str:
    note = Checkpoint(origin, size, tree.root_at(size)).sign(by)
    return str(Submission(old, tree.consistency(old, size=size), note))


def post(running: Running, body: str | bytes) -> httpx2.Response:
    with httpx2.Client(trust_env=False) as client:
        return client.post(f"{running.url}/add-checkpoint", content=body)


def made(home: Path) -> Running:
    command = [sys.executable, "-m", "perseus", "witness", "init", "--home", str(home), "--name", NAME]
    keys = ["--log", str(LOG_KEY), "--log", str(EVIDENCE_KEY)]
    told = subprocess.run([*command, *keys], capture_output=True, text=True, check=True).stdout
    return Running(home, WitnessKey.parse(told.strip()))


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Running]:
    """Run a fresh witness."""
    running = made(tmp_path / "witness")
    running.start()
    yield running
    running.process.terminate()
    assert running.process.wait(20) in {0, -signal.SIGTERM}


def test_a_checkpoint_of_a_known_log_is_cosigned(witness: Running) -> None:
    body = submission(3)
    answered = post(witness, body)
    assert (answered.status_code, answered.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    note = Note.parse(Submission.parse(body).note + answered.text)
    note.verify(LOG_KEY)
    given = cosigned_at(note, witness.key)
    assert given is not None
    assert abs(given.timestamp() - time.time()) < 60


REFUSED: Sequence[tuple[str | bytes, int]] = (
    ("", 400),
    (b"\xff\xfe", 400),
    ("old x\n\n", 400),
    (submission(3).replace("old 0", "old 00"), 400),
    (submission(3).replace("old 0", "old 0\nnot base64"), 400),
    (submission(3).replace("old 0", "old 4"), 400),
    (submission(3, origin="stranger.example/log"), 404),
    (submission(3, by=signer("stranger", ed25519=True)), 403),
    (submission(3).replace("\n3\n", "\n4\n"), 403),
    (submission(3).replace("old 0", f"old 0\n{b64encode(bytes(32)).decode()}"), 422),
)


def test_what_a_witness_refuses_has_its_status_and_a_word_and_leaves_no_trace(witness: Running) -> None:
    for body, status in REFUSED:
        answered = post(witness, body)
        assert (answered.status_code, bool(answered.text.strip())) == (status, True), body
    assert post(witness, submission(3)).status_code == 200


def test_outside_the_demo_it_answers_over_tls_alone(tmp_path: Path) -> None:
    running = made(tmp_path / "witness")
    settings = running.home / "settings.toml"
    production = settings.read_text().replace('"demo"', '"production"')
    settings.write_text(production)
    command = [sys.executable, "-m", "perseus", "witness", "serve", "--home", str(running.home)]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (refused.returncode, "expected both outside the demo" in refused.stderr) == (2, True)
    authority = Authority(tmp_path / "certificates")
    certificate, key = authority.certify("witness", dns=("localhost",))
    settings.write_text(f'tls_certificate = "{certificate}"\ntls_key = "{key}"\n{production}')
    running.start()
    try:
        assert running.url.startswith("https://127.0.0.1:")
        context = ssl.create_default_context(cafile=authority.file)
        with httpx2.Client(verify=context, trust_env=False) as client:
            url = running.url.replace("127.0.0.1", "localhost")
            assert client.post(f"{url}/add-checkpoint", content=submission(3)).status_code == 200
        with httpx2.Client(trust_env=False) as client, pytest.raises(httpx2.HTTPError):
            client.get(f"{running.url.replace('https', 'http')}/healthz")
    finally:
        running.kill()


def test_a_body_beyond_the_cap_is_not_read(witness: Running) -> None:
    assert post(witness, b"old 0\n" + b"A" * 200_000).status_code == 413


def test_only_the_one_door_is_open_and_only_to_post(witness: Running) -> None:
    with httpx2.Client(trust_env=False, base_url=witness.url) as client:
        assert client.get("/add-checkpoint").status_code == 405
        assert client.get("/").status_code == 404
        assert client.get("/healthz").json() == {"witness": NAME, "held": {}}


def test_asked_with_another_old_size_it_tells_its_own(witness: Running) -> None:
    assert post(witness, submission(7)).status_code == 200
    for body in (submission(9), submission(9, old=3), submission(3)):
        answered = post(witness, body)
        assert (answered.status_code, answered.text) == (409, "7\n")
        assert answered.headers["content-type"] == "text/x.tlog.size"
    assert post(witness, submission(9, old=7)).status_code == 200


def test_it_never_goes_back_nor_to_another_root_nor_along_a_wrong_proof(witness: Running) -> None:
    assert post(witness, submission(200)).status_code == 200
    assert post(witness, submission(100)).status_code == 409
    back = submission(100).replace("old 0", "old 200")
    assert post(witness, back).status_code == 400
    forked = submission(200, old=200, tree=OTHER)
    assert (post(witness, forked).status_code, post(witness, forked).text) == (409, "200\n")
    assert post(witness, submission(300, old=200, tree=OTHER)).status_code == 422
    assert post(witness, submission(300, old=200)).status_code == 200


def test_a_log_that_contradicts_itself_is_kept_as_proof_for_the_owner(witness: Running) -> None:
    post(witness, submission(5))
    post(witness, submission(5, old=5, tree=OTHER))
    shown = subprocess.run(
        [sys.executable, "-m", "perseus", "witness", "show", "--home", str(witness.home)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 1
    assert str(witness.key) in shown.stdout
    assert f"{ORIGIN}: 5 entries" in shown.stdout
    for tree in (TREE, OTHER):
        assert b64encode(tree.root_at(5)).decode() in shown.stdout


def test_the_evidence_log_of_the_same_key_is_a_log_of_its_own(witness: Running) -> None:
    assert post(witness, submission(7)).status_code == 200
    evidence = submission(4, tree=OTHER, origin=EVIDENCE_KEY.name)
    answered = post(witness, evidence)
    assert answered.status_code == 200
    note = Note.parse(Submission.parse(evidence).note + answered.text)
    assert cosigned_at(note, witness.key) is not None
    assert post(witness, submission(8, old=7)).status_code == 200


def test_the_same_size_is_cosigned_again_with_a_newer_time(witness: Running) -> None:
    times = []
    for body in (submission(3), submission(3, old=3)):
        note = Note.parse(Submission.parse(body).note + post(witness, body).text)
        times.append(cosigned_at(note, witness.key))
        time.sleep(1.01)
    first, second = times
    assert first is not None
    assert second is not None
    assert first < second


def test_one_connection_carries_many_submissions(witness: Running) -> None:
    with httpx2.Client(trust_env=False) as client:
        for size in range(1, 20):
            body = submission(size, old=size - 1)
            assert client.post(f"{witness.url}/add-checkpoint", content=body).status_code == 200
        assert len(client._transport._pool.connections) == 1  # type: ignore[attr-defined]  # noqa: SLF001 - nothing public tells it


def test_of_many_at_once_each_size_is_cosigned_once_and_in_order(witness: Running) -> None:
    sizes: list[int] = []
    lock = threading.Lock()

    def climb(stride: int) -> None:
        old = 0
        while old < 300:
            size = min(300, old + stride)
            answered = post(witness, submission(size, old=old))
            if answered.status_code == 200:
                with lock:
                    sizes.append(size)
                old = size
            else:
                assert answered.status_code == 409
                old = int(answered.text)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(climb, (7, 11, 13, 17, 19, 23)))
    assert len(sizes) == len(set(sizes))  # two had believed the same old size; one of them won
    assert post(witness, submission(300, old=300)).status_code == 200


@pytest.mark.parametrize("kills", [4, pytest.param(200, marks=pytest.mark.soak)])
def test_what_it_cosigned_it_still_holds_after_kill_9(tmp_path: Path, kills: int) -> None:
    running = made(tmp_path / "witness")
    running.start()
    size = 0
    try:
        for number in range(kills):
            acknowledged = climb_until_killed(running, size, after=0.01 + 0.013 * (number % 7))
            running.start()
            answered = post(running, submission(300).replace("old 0", "old 299"))
            held = 299 if answered.status_code != 409 else int(answered.text)
            assert held in {acknowledged, acknowledged + 1}, (
                "one size was acknowledged, and one was on its way"
            )
            if held > 1:
                assert post(running, submission(held - 1)).text == f"{held}\n"
            size = 0 if held > 250 else held
            if size == 0:
                running.kill()
                running = made(tmp_path / f"witness-{number}")
                running.start()
    finally:
        running.kill()


def climb_until_killed(running: Running, size: int, *, after: float) -> int:
    """Submit one size after the other, and give the last one that was acknowledged before the process was killed."""
    acknowledged = size
    url = f"{running.url}/add-checkpoint"
    killer = threading.Timer(after, running.kill)
    killer.start()
    try:
        with httpx2.Client(trust_env=False) as client:
            while acknowledged < 298:
                answered = client.post(url, content=submission(acknowledged + 1, old=acknowledged))
                assert answered.status_code == 200
                acknowledged += 1
    except httpx2.HTTPError:
        pass
    killer.join()
    return acknowledged


def test_killed_at_every_write_point_it_holds_the_old_or_the_new_and_never_less_than_it_said(
    tmp_path: Path,
) -> None:
    died = []
    with mortal() as take:
        for point in range(1, 30):
            home = tmp_path / f"witness-{point}"
            found_witness(home, NAME, [str(LOG_KEY)])
            assert take(home, 0, submission(3)).startswith("— ")
            told = take(home, point, submission(5, old=3))
            died.append(not told)
            answered = take(home, 0, submission(6, old=5))
            if told:
                assert answered.startswith("— "), "what it said it had stored was stored"
            elif not answered.startswith("— "):
                assert answered.startswith("409 this witness holds 3 entries")
                assert take(home, 0, submission(6, old=3)).startswith("— ")
            if not any(died[-2:]):
                break
    assert sum(died) > 5


@contextmanager
def mortal() -> Iterator[Callable[[Path, int, str], str]]:
    """Give a way to let a process take a submission and die at a write point (0: at none); it gives what was said."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-m", "support.killing"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    asked, told = process.stdin, process.stdout

    def take(home: Path, point: int, body: str) -> str:
        asked.write(json.dumps({"home": str(home), "point": point, "body": body}) + "\n")
        asked.flush()
        return str(json.loads(told.readline()))

    yield take
    asked.close()
    assert process.wait(20) == 0
    told.close()
