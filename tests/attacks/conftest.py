"""A bank's home made once, and a clock that stands at the moment at which the chains are judged."""

from pathlib import Path

import pytest

from perseus import clock
from support.chain import AT
from support.doors import make_bank


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the home of a bank, to be copied."""
    return make_bank(tmp_path_factory.mktemp("homes"))


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bank's clock say the moment at which the chains are judged."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr("perseus.apps.scheme.now", lambda: AT)
