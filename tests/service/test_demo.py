"""The demonstration as a visitor runs it: what it says, what it leaves, and that a stranger can check it."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from perseus import clock
from perseus.copies.folder import open_copy
from perseus.demo.tampering import TWELVE
from registry.anchor import Anchor
from support.shapes import agree, reach
from trust.canonical import Json, canonicalize
from trust.digest import Digest
from verifiers.file import verify_file
from verifiers.policy import Policy
from verifiers.trace import trace_file

WITNESSES = {f"witness-{one}.demo.perseus.example" for one in ("edp", "grid", "cap")}
COLUMNS = 80


@dataclass(frozen=True, slots=True)
class Demo:
    """What one run left and said."""

    out: Path
    told: str
    result: dict[str, Json]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Run the whole demonstration once."""
    folder = tmp_path_factory.mktemp("run")
    ran = perseus("demo", "--no-serve", "--json", "--out", "out", cwd=folder)
    assert ran.returncode == 0, ran.stderr
    return Demo(folder / "out", ran.stderr, json.loads(ran.stdout))


def perseus(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "perseus", *map(str, arguments)]
    environment = {**os.environ, "COLUMNS": str(COLUMNS)}
    return subprocess.run(
        command, capture_output=True, check=False, cwd=cwd, env=environment, timeout=180, text=True
    )


def test_the_log_is_shown_with_its_size_root_and_witnesses_in_a_line_that_fits(demo: Demo) -> None:
    register = demo.result["register"]
    assert isinstance(register, dict)
    size, root = register["size"], str(register["root"])[:6]
    told = f"     Log: {size} events, root {root}; witnesses Meterworks, Gridwatch, GreenLedger"
    assert told in demo.told.splitlines()
    assert len(told) <= COLUMNS
    assert set(register["witnesses"] or ()) == WITNESSES


def test_what_names_the_firm_is_for_its_owner_alone_and_no_log_names_it(demo: Demo) -> None:
    evidence, databases = (
        [*demo.out.glob("tampered/*.json"), *demo.out.glob("evidence/*")],
        demo.out.glob("*/*.sqlite*"),
    )
    held = [*evidence, *databases]
    assert len(held) > len(TWELVE) + 2 + 6
    assert {path.name: path.stat().st_mode & 0o777 for path in held} == {path.name: 0o600 for path in held}
    file = json.loads((demo.out / "evidence" / "bank.perseus.json").read_text())
    firm = file["customer"]["holder"].removeprefix("did:key:")
    assert len(firm) > 40
    logs = [*demo.out.glob("*/log.jsonl"), *demo.out.glob("*/stderr")]
    assert [path for path in logs if firm in path.read_text()] == []
    assert sum(len(path.read_text().splitlines()) for path in logs) > 50


def test_every_broken_chain_is_caught_under_its_code(demo: Demo) -> None:
    tampered = demo.result["tampered"]
    assert isinstance(tampered, list)
    caught = [(one["expected_code"], one["found_code"]) for one in tampered if isinstance(one, dict)]
    assert caught == [(one.code, one.code) for one in TWELVE]


def test_the_shapes_judge_the_structure_of_every_chain_as_the_verdict_does(demo: Demo) -> None:
    anchor = Anchor.from_json((demo.out / "trust.json").read_bytes())
    files = [demo.out / "evidence" / "bank.perseus.json", *sorted((demo.out / "tampered").glob("*.json"))]
    found: set[str] = set()
    for file in files:
        raw = file.read_bytes()
        report = verify_file(raw, policy=Policy.bank(), anchor=anchor, at=clock.now())
        found |= agree(report, trace_file(raw, anchor=anchor))
    assert len(files) == 1 + len(TWELVE)
    assert {one.code for one in TWELVE} & set(reach()) <= found


def test_both_logs_are_left_as_static_files_that_hold_under_the_anchor(demo: Demo) -> None:
    anchor = Anchor.from_json((demo.out / "trust.json").read_bytes())
    assert (anchor.quorum, {key.name for key in anchor.witnesses}) == (2, WITNESSES)
    copy = open_copy(demo.out / "registry" / "log", anchor)
    assert copy.witnessed is not None
    assert set(copy.witnessed.names) == WITNESSES
    assert (demo.out / "registry" / "log" / "tile" / "0").is_dir()
    evidence = (demo.out / "registry" / "evidence" / "checkpoint").read_text()
    assert evidence.startswith(f"{anchor.scheme}/evidence\n")


def test_a_stranger_verifies_the_evidence_offline_and_with_a_copy_of_the_log(
    demo: Demo, tmp_path: Path
) -> None:
    verify = ("verify", "--offline", "--trust", demo.out / "trust.json")
    evidence = demo.out / "evidence" / "bank.perseus.json"
    assert perseus(*verify, evidence, cwd=tmp_path).returncode == 0
    sync = ("registry", "sync", "--trust", demo.out / "trust.json", "--to", "copy")
    assert perseus(*sync, "--from", demo.out / "registry" / "log", cwd=tmp_path).returncode == 0
    assert perseus(*verify, "--register", "copy", evidence, cwd=tmp_path).returncode == 0


def test_each_witness_has_its_own_key_and_no_party_has_it(demo: Demo) -> None:
    keys = [path.read_bytes() for path in demo.out.glob("witness-*/keys/witness.pem")]
    assert len(set(keys)) == len(WITNESSES)
    assert not any(
        path.name == "witness.pem" for path in demo.out.glob("*/keys/*") if "witness-" not in str(path)
    )


def test_the_banks_file_proves_when_members_signed(demo: Demo) -> None:
    """How many are proven by the end depends on the machine; what the demo says is what the file holds."""
    told = re.search(r"Signing times proven in the evidence log: (\d+) of (\d+) credentials", demo.told)
    assert told is not None
    proven, due = map(int, told.groups())
    for name in ("bank", "auditor"):
        document = json.loads((demo.out / "evidence" / f"{name}.perseus.json").read_bytes())
        shown = document["presentation"]["verifiableCredential"]
        signed = [one for one in shown if one["issuer"].startswith("did:web:")]
        digests = {Digest.of(canonicalize(one)).multibase for one in signed}
        assert len(digests) == due
        assert len(digests & document["timeProofs"].keys()) == proven > 0
