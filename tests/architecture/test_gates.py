"""The gates themselves: what was left out is seen, and no test leaves the machine."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from support.source_tree import HOME

PARTLY_LEFT_OUT = """
import pytest

def test_something():
    assert True

def test_something_left_out():
    pytest.skip("the meter is at the menders")
"""
LEFT_OUT = """
import pytest

pytest.skip("the whole house is shut", allow_module_level=True)
"""


def run_suite(folder: Path, *, strict: bool) -> subprocess.CompletedProcess[str]:
    """Run two files of tests, in which something is left out, under our conftest in a process of their own."""
    (folder / "test_partly.py").write_text(PARTLY_LEFT_OUT)
    (folder / "test_shut.py").write_text(LEFT_OUT)
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "conftest",
            "-p",
            "no:cacheprovider",
            "-ra",
            "--continue-on-collection-errors",
            str(folder),
        ],
        cwd=folder,
        env={**os.environ, "PERSEUS_STRICT": "1" if strict else "0", "PYTHONPATH": str(HOME / "tests")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_left_out_is_named_and_does_no_harm_on_a_bench(tmp_path: Path) -> None:
    answer = run_suite(tmp_path, strict=False)
    assert answer.returncode == 0
    assert "the meter is at the menders" in answer.stdout
    assert "the whole house is shut" in answer.stdout
    assert "1 passed, 2 skipped" in answer.stdout


def test_what_is_left_out_fails_where_nothing_may_be(tmp_path: Path) -> None:
    answer = run_suite(tmp_path, strict=True)
    assert answer.returncode != 0
    assert "left out under PERSEUS_STRICT=1: Skipped: the meter is at the menders" in answer.stdout
    assert "left out under PERSEUS_STRICT=1: Skipped: the whole house is shut" in answer.stdout
    assert "1 failed, 1 passed, 1 error" in answer.stdout


@pytest.mark.parametrize("address", [("192.0.2.1", 443), ("2001:db8::1", 443), ("carbon.example", 80)])
def test_no_test_reaches_beyond_this_machine(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as outward, pytest.raises(PermissionError, match="tests stay on this machine"):
        outward.connect(address)


def test_loopback_is_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()
