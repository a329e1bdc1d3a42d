"""Our log as Go's transparency log packages see it: signature, cosignatures, root, entries and proofs agree."""

import json
import os
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from perseus.log.names import LogName
from registry.log.merkle import Tree, leaf_hash
from registry.log.note import VerifierKey
from support.logs import LOG_SIGNER, LogHome
from support.scheme import ORIGIN
from support.serving import served
from support.witnesses import Witness, Witnesses

PACKAGES = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
GO = shutil.which("go")
# Go and its packages come from the system's packages alone.
pytestmark = pytest.mark.skipif(
    GO is None or not PACKAGES.is_dir(),
    reason="no Go here; to bring it: apt-get install -y --no-install-recommends golang-go golang-golang-x-mod-dev",
)
SIZES = {LogName.MEMBERS: 17, LogName.EVIDENCE: 700}


@pytest.fixture(scope="session")
def checklog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the program, offline, from Debian's packages."""
    folder = tmp_path_factory.mktemp("go")
    built = folder / "checklog"
    told = {
        "GO111MODULE": "off",
        "GOPATH": "/usr/share/gocode",
        "GOCACHE": str(folder / "cache"),
        "CGO_ENABLED": "0",
    }
    source = Path(__file__).with_name("checklog.go")
    subprocess.run([str(GO), "build", "-o", built, source], check=True, env={**os.environ, **told})
    return built


@dataclass
class Published:
    """Both logs with their files and their addresses, cosigned by two witnesses."""

    home: LogHome
    witnesses: Witnesses
    address: str


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    folder = tmp_path_factory.mktemp("operator")
    logs = {log.origin(ORIGIN): (VerifierKey(log.origin(ORIGIN), LOG_SIGNER.key),) for log in LogName}
    found = Witnesses(tuple(Witness(name, logs) for name in ("w1", "w2")))
    home = LogHome.made(folder / "home", members=6, quorum=2, witnesses=tuple(one.key for one in found.all))
    store = home.store()
    keeper = home.keeper(store, pause=0.05, post=found.post, urls=found.urls)
    keeper.start()
    entries = [b"commitment %d" % number for number in range(SIZES[LogName.EVIDENCE])]
    offered = [keeper.offer(LogName.EVIDENCE, entry) for entry in entries]
    offered += [keeper.offer(LogName.MEMBERS, event) for event in home.events[1 : SIZES[LogName.MEMBERS]]]
    for answer in offered:
        answer.result(20)
    while any(home.file_size(log) < size for log, size in SIZES.items()):
        keeper.told(LogName.MEMBERS)
    with served(keeper) as address:
        yield Published(home, found, address)
    keeper.stop()
    store.close()


def run(checklog: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(checklog), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, text=True, timeout=60)


def tree_of(published: Published, log: LogName) -> Tree:
    return Tree.of(map(leaf_hash, published.home.read(log)))


@pytest.mark.parametrize("log", LogName)
@pytest.mark.parametrize("over", ["files", "http"])
def test_go_agrees_on_signatures_root_entries_and_proofs(
    over: str, log: LogName, checklog: Path, published: Published
) -> None:
    prefix = published.home.static if over == "files" else published.address
    keys = [one.key for one in published.witnesses.all]
    ran = run(checklog, f"{prefix}/{log.value}", log.key(published.home.anchor.log_key), *keys)
    assert (ran.returncode, ran.stderr) == (0, "")
    found, tree = json.loads(ran.stdout), tree_of(published, log)
    assert (found["origin"], found["size"], found["leaves"]) == (log.origin(ORIGIN), tree.size, tree.size)
    assert found["root"] == text(tree.root)
    assert set(found["cosigned"]) == {key.name for key in keys}
    assert len(found["inclusion"]) == len(found["consistency"]) > 8
    for index, proof in found["inclusion"].items():
        assert proof == [text(one) for one in tree.inclusion(int(index), size=tree.size)]
    for older, proof in found["consistency"].items():
        assert found["roots"][older] == text(tree.root_at(int(older)))
        ours = [text(one) for one in tree.consistency(int(older), size=tree.size)]
        assert proof == ours or int(older) == tree.size


def text(value: bytes) -> str:
    return b64encode(value).decode()


def copied(published: Published, folder: Path) -> Path:
    """Copy the evidence log's files, to be broken."""
    return Path(shutil.copytree(published.home.static / "evidence", folder / "evidence"))


@pytest.mark.parametrize("name", ["tile/0/001", "tile/1/000.p/2", "tile/entries/002.p/188", "checkpoint"])
def test_go_finds_one_changed_byte_as_we_do(
    name: str, checklog: Path, published: Published, tmp_path: Path
) -> None:
    folder = copied(published, tmp_path)
    raw = bytearray((folder / name).read_bytes())
    raw[len(raw) // 3] ^= 1
    (folder / name).write_bytes(bytes(raw))
    ran = run(checklog, folder, LogName.EVIDENCE.key(published.home.anchor.log_key))
    assert (ran.returncode, ran.stdout) == (1, "")


def test_go_refuses_the_log_under_another_key_and_another_logs_tiles(
    checklog: Path, published: Published, tmp_path: Path
) -> None:
    key = published.home.anchor.log_key
    folder = copied(published, tmp_path)
    assert run(checklog, folder, key).returncode == 1  # the same key under another name is another key
    shutil.rmtree(folder / "tile")
    shutil.copytree(published.home.static / "log" / "tile", folder / "tile")
    assert run(checklog, folder, LogName.EVIDENCE.key(key)).returncode == 1
