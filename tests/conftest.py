"""What every test stands on: the shared data, the property profiles, no network, nothing left out unseen."""

import ipaddress
import os
import socket
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

STRICT = os.environ.get("PERSEUS_STRICT") == "1"
SOAK = os.environ.get("PERSEUS_SOAK") == "1"
SHARED = Path(__file__).resolve().parents[2] / "shared"
LOOPBACK_NAMES = frozenset({"", "localhost"})

settings.register_profile(
    "default", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("soak", parent=settings.get_profile("default"), max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of real data and published vectors that lies beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("the real data and published vectors are not here: no shared/ lies beside the repository")
    return SHARED


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long properties to `make soak`, where they run at their full numbers."""
    if SOAK:
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("soak")]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their argument: bytes may hold the time, and every worker must name a test alike."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failure where nothing may be left out."""
    report = yield
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        fail_what_was_left_out(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a skipped module into a failure where nothing may be left out."""
    report = yield
    if STRICT and report.skipped:
        fail_what_was_left_out(report)
    return report


def fail_what_was_left_out(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Make the report a failure that names the reason for which the test was left out."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"left out under PERSEUS_STRICT=1: {reason}"


def is_loopback(host: str) -> bool:
    """Tell whether the name or address leads back to this machine."""
    try:
        return host in LOOPBACK_NAMES or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Generator[None]:
    """Refuse every connection that would leave this machine, so that no test leans on the network."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, staying_here(name))
        yield


def staying_here(name: str) -> object:
    """Wrap one way to connect so that only loopback and local sockets are reached."""
    real = getattr(socket.socket, name)

    def connect(self: socket.socket, address: object) -> object:
        host = str(address[0]) if isinstance(address, tuple) else ""
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_loopback(host):
            raise PermissionError(f"a test tried to reach {host}: tests stay on this machine")
        return real(self, address)

    return connect
