"""One town for the tests that only look, with the whole story played in it once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from support.town import Town
from trust.canonical import Json


@dataclass(frozen=True, slots=True)
class Played:
    """A running town in which the bank has received a month, and what the accounting provider was answered."""

    town: Town
    result: Mapping[str, Json]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Play the story once."""
    town = Town(tmp_path_factory.mktemp("town"))
    try:
        town.start()
        yield Played(town, town.story())
    finally:
        town.stop()
