"""Every chain that a test has the bank judge is judged a second time, by shapes that know none of our code."""

import os
import zlib
from collections.abc import Iterator

import pytest

from support.chain import ONLOOKERS
from support.shapes import second_opinion

SOAK = os.environ.get("PERSEUS_SOAK") == "1"
ONE_IN = 6  # tests, by their names; all of them under `make soak`


@pytest.fixture(autouse=True)
def looked_on(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the shapes look on, at a sample of the tests, or at all."""
    name = request.node.nodeid
    if not SOAK and "shapes" not in name and zlib.crc32(name.encode()) % ONE_IN:
        yield
        return
    ONLOOKERS.append(second_opinion)
    try:
        yield
    finally:
        ONLOOKERS.remove(second_opinion)
