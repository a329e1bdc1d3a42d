"""One town a file for the tests that only look, with the whole story played in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from support.town import Town
from support.wiretap import Wiretap
from trust.canonical import Json


@dataclass(frozen=True, slots=True)
class Played:
    """A running town in which the bank has received a month, what it answered, and every byte that it was sent."""

    town: Town
    result: Mapping[str, Json]
    sent_to_bank: bytes


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Play the story once a file, because some files end what others look at."""
    town = Town(tmp_path_factory.mktemp("town"), witnessed=True)
    tap = None
    try:
        town.start()
        path = town.out / "bank" / "address"
        host, _, port = path.read_text().removeprefix("http://").partition(":")
        tap = Wiretap((host, int(port)))
        path.write_text(tap.address)
        result = town.story()
        yield Played(town, result, bytes(tap.sent))
    finally:
        town.stop()
        if tap is not None:
            tap.close()
