"""The logs as static files over HTTP: what is served, for how long it may be kept, and what is not there."""

import gzip
from collections.abc import Iterator

import httpx2
import pytest

from perseus.log.keeper import Keeper
from perseus.log.names import LogName
from registry.log.checkpoint import Checkpoint
from registry.log.merkle import Tree, leaf_hash
from registry.log.tiled import TiledTree
from registry.log.tiles import Tile, hashes, read_bundle, tiles_of
from support.logs import LogHome
from support.serving import served

ENTRIES = tuple(b"commitment %d" % number * 3 for number in range(600))
TREE = Tree.of(map(leaf_hash, ENTRIES))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> LogHome:
    return LogHome.made(tmp_path_factory.mktemp("operator"))


@pytest.fixture(scope="module")
def keeper(home: LogHome) -> Iterator[Keeper]:
    store = home.store()
    found = home.keeper(store, pause=0.05)
    found.start()
    for answer in [found.offer(LogName.EVIDENCE, entry) for entry in ENTRIES]:
        answer.result(20)
    yield found
    found.stop()
    store.close()


@pytest.fixture(scope="module")
def client(keeper: Keeper) -> Iterator[httpx2.Client]:
    with served(keeper) as address, httpx2.Client(base_url=address, trust_env=False) as found:
        yield found


def test_the_checkpoint_is_text_that_is_kept_for_a_moment_only(client: httpx2.Client) -> None:
    answered = client.get("/evidence/checkpoint")
    assert answered.headers["content-type"] == "text/plain; charset=utf-8"
    assert answered.headers["cache-control"] == "public, max-age=1"
    assert Checkpoint.parse(answered.text.split("\n\n")[0] + "\n").root == TREE.root
    assert client.get("/log/checkpoint").text.startswith("perseus.example/register\n1\n")


def test_every_tile_of_the_published_size_is_served_and_never_changes(client: httpx2.Client) -> None:
    for tile in tiles_of(600):
        answered = client.get(f"/evidence/{tile}")
        assert answered.status_code == 200
        assert answered.headers["content-type"] == "application/octet-stream"
        assert answered.headers["cache-control"] == "public, max-age=31536000, immutable"
        if tile.level is None:
            start = tile.index * 256
            assert read_bundle(answered.content, tile) == ENTRIES[start : start + tile.width]
        else:
            assert answered.content == hashes(TREE, tile)


def test_earlier_partial_tiles_are_served_too(client: httpx2.Client) -> None:
    assert client.get("/evidence/tile/0/000.p/7").content == b"".join(TREE.levels[0][:7])
    bundle = client.get("/evidence/tile/entries/001.p/3").content
    assert read_bundle(bundle, Tile(None, 1, 3)) == ENTRIES[256:259]


@pytest.mark.parametrize(
    "path",
    [
        "/evidence/tile/0/002.p/89",
        "/evidence/tile/0/002",
        "/evidence/tile/0/003.p/1",
        "/evidence/tile/1/000.p/3",
        "/evidence/tile/2/000.p/1",
        "/evidence/tile/entries/002",
        "/evidence/tile/entries/x001/000",
        "/evidence/tile/0/0",
        "/evidence/tile/0/000.p/256",
        "/evidence/%2e%2e/operator/db.sqlite",
        "/evidence/",
        "/evidence/tile",
        "/log/tile/0/000",
    ],
)
def test_what_was_not_published_is_not_there(path: str, client: httpx2.Client) -> None:
    answered = client.get(path)
    assert answered.status_code == 404
    assert answered.headers["content-type"] == "application/problem+json"
    assert answered.json()["code"] == "http.not_found"


def test_bundles_are_zipped_for_those_who_take_it_and_tiles_of_hashes_never(client: httpx2.Client) -> None:
    plain = client.get("/evidence/tile/entries/000", headers={"Accept-Encoding": "identity"})
    with client.stream("GET", "/evidence/tile/entries/000", headers={"Accept-Encoding": "gzip"}) as answered:
        raw = b"".join(answered.iter_raw())
    assert answered.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 2
    assert answered.headers["etag"] != plain.headers["etag"]
    assert plain.headers["vary"] == "accept-encoding"
    tile = client.get("/evidence/tile/0/000", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in tile.headers


def test_who_has_it_already_is_told_so(client: httpx2.Client) -> None:
    for path in ("/evidence/checkpoint", "/evidence/tile/0/000", "/evidence/tile/entries/000"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]


def test_a_head_is_a_get_without_its_body(client: httpx2.Client) -> None:
    head = client.head("/evidence/tile/0/000")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "8192")


def test_other_methods_and_other_paths_go_to_the_doors_behind(client: httpx2.Client) -> None:
    assert client.post("/evidence/checkpoint").text == "another door"
    assert client.get("/logs").text == "another door"


def test_a_stranger_can_prove_an_entry_from_the_tiles_alone(client: httpx2.Client) -> None:
    tree = TiledTree(600, lambda tile: client.get(f"/evidence/{tile}").content)
    assert tree.root == TREE.root
    assert tree.inclusion(300, size=600) == TREE.inclusion(300, size=600)


def test_a_new_entry_is_served_as_soon_as_it_is_acknowledged(
    home: LogHome, keeper: Keeper, client: httpx2.Client
) -> None:
    before = client.get("/log/checkpoint").headers["etag"]
    placed = keeper.submit(LogName.MEMBERS, home.events[1])
    answered = client.get("/log/checkpoint")
    assert answered.text == placed.note
    assert answered.headers["etag"] != before
    bundle = client.get("/log/tile/entries/000.p/2").content
    assert read_bundle(bundle, Tile(None, 0, 2)) == home.events[:2]
