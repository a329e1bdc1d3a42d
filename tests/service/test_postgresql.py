"""The same databases on PostgreSQL: built alike, with no index given twice, and nothing acknowledged lost by a kill."""

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from perseus import clock
from perseus.keystore import fresh_number
from perseus.storage import challenges, statuses
from perseus.storage.holdings import PARTIES, holdings, metadata_of
from perseus.storage.store import Store
from support.postgres import SERVERS, Cluster
from support.town import Town
from trust.errors import UnavailableError

# PostgreSQL's server comes from the system's packages alone.
pytestmark = pytest.mark.skipif(
    not SERVERS, reason="no PostgreSQL here; to bring it: apt-get install -y postgresql"
)
LIST = "https://edp.demo.perseus.example/status/1"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Run a server; its socket's path must be short."""
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        found = Cluster.made(Path(folder) / "own")
        try:
            yield found
        finally:
            found.stop()


@pytest.mark.parametrize("party", sorted(PARTIES))
def test_the_revisions_build_the_same_tables(party: str, cluster: Cluster) -> None:
    store = Store(cluster.database(f"tables_{party}"), party=party)
    store.upgrade()
    store.upgrade()
    with store.read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata_of(party))
        built = set(inspect(connection).get_table_names())
    store.close()
    assert differences == []
    assert built == holdings(party) | {"alembic_version"}


def take_many(url: str, worker: int) -> list[int]:
    store = Store(url, party="edp")
    taken = []
    for number in range(25):
        with store.write() as connection:
            place = statuses.allocate(connection, LIST, credential=f"{worker}-{number}", holder="did:key:zA")
            taken.append(place.index)
    store.close()
    return taken


def test_eight_workers_never_get_one_index_twice(cluster: Cluster) -> None:
    url = cluster.database("workers")
    store = Store(url, party="edp")
    store.upgrade()
    with store.write() as connection:
        statuses.open_list(connection, LIST, purpose="revocation", draw=fresh_number)
    store.close()
    with ProcessPoolExecutor(8) as workers:
        taken = [index for part in workers.map(take_many, [url] * 8, range(8)) for index in part]
    assert (len(taken), len(set(taken))) == (200, 200)


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(cluster: Cluster) -> None:
    store = Store(cluster.database("killed"), party="edp")
    store.upgrade()
    acknowledged = 0
    for _ in range(2):
        for _ in range(50):
            with store.write() as connection:
                challenges.open_challenge(connection, f"nonce-{acknowledged}", at=clock.now())
            acknowledged += 1
        cluster.kill()
        with pytest.raises(UnavailableError), store.write() as connection:
            challenges.open_challenge(connection, "never acknowledged", at=clock.now())
        time.sleep(0.2)
        cluster.start()
        with store.read() as connection:
            kept = [challenges.expiry_of(connection, f"nonce-{number}") for number in range(acknowledged)]
        assert None not in kept
    store.close()
    assert acknowledged == 100


def test_the_whole_story_passes_on_postgresql(cluster: Cluster, tmp_path: Path) -> None:
    urls = {party: cluster.database(f"story_{party}") for party in sorted(PARTIES)}
    town = Town(tmp_path / "town", databases=urls)
    try:
        town.start()
        assert town.story()["authentic"] == "yes"
        assert not list((tmp_path / "town").glob("*/db.sqlite"))
    finally:
        town.stop()
