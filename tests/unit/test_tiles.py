"""Tiles and bundles: how they are called, what they hold, and what is refused of a log's static files."""

import pytest

from registry.log.merkle import Tree, leaf_hash, verify_consistency, verify_inclusion
from registry.log.tiled import TiledTree
from registry.log.tiles import Tile, bundle, hashes, read_bundle, read_hashes, tile_at, tiles_of
from trust.errors import MalformedError

ENTRIES = [number.to_bytes(4) * (number % 3) for number in range(70_000)]
TREE = Tree.of(map(leaf_hash, ENTRIES))


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(None, 1_234_067), "tile/entries/x001/x234/067"),
        (Tile(0, 0), "tile/0/000"),
        (Tile(1, 0, 17), "tile/1/000.p/17"),
        (Tile(None, 273, 112), "tile/entries/273.p/112"),
        (Tile(63, 1_000), "tile/63/x001/000"),
    ],
)
def test_a_tile_is_called_as_the_specification_calls_it(tile: Tile, path: str) -> None:
    assert str(tile) == path
    assert Tile.parse(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/000.p/0",
        "tile/0/000.p/08",
        "tile/0/000.p/256",
        "tile/0/000.p/300",
        "tile/0/000.p/",
        "tile/0/000/",
        "tile/data/000",
        "tile/0/" + "x999/" * 900 + "999",
        "tile/0/\u0660\u0660\u0660",
        "../tile/0/000",
        "",
    ],
)
def test_a_path_in_another_spelling_names_no_tile(path: str) -> None:
    with pytest.raises(MalformedError, match="tile: expected"):
        Tile.parse(path)


def test_a_log_of_70000_entries_has_the_tiles_that_the_specification_counts() -> None:
    tiles = list(tiles_of(70_000))
    levels = {level: [tile for tile in tiles if tile.level == level] for level in (None, 0, 1, 2, 3)}
    assert [len(levels[level]) for level in (None, 0, 1, 2, 3)] == [274, 274, 2, 1, 0]
    assert [levels[level][-1].width for level in (None, 0, 1, 2)] == [112, 112, 17, 1]
    assert [tile.width for tile in tiles_of(256)] == [256, 256, 1]


def test_only_what_changed_is_named_since_an_earlier_size() -> None:
    for size in (1, 255, 256, 257, 511, 512, 65_536, 65_537, 70_000):
        for since in {0, 1, 254, 255, 256, 257, 65_535, size - 1, size} & set(range(size + 1)):
            assert set(tiles_of(size)) - set(tiles_of(since)) == set(tiles_of(size, since=since))


def test_tiles_hold_the_hashes_of_complete_subtrees() -> None:
    assert hashes(TREE, Tile(0, 273, 112)) == b"".join(TREE.levels[0][69_888:])
    assert hashes(TREE, Tile(1, 1, 17)) == b"".join(TREE.levels[8][256:273])
    assert hashes(TREE, Tile(2, 0, 1)) == TREE.levels[16][0]


@pytest.mark.parametrize(
    "tile", [Tile(0, 273, 113), Tile(1, 1, 18), Tile(2, 0), Tile(3, 0, 1), Tile(None, 0)]
)
def test_a_tile_beyond_the_tree_has_no_content(tile: Tile) -> None:
    with pytest.raises(MalformedError, match=r"a tile of 70000 entries, found one beyond"):
        hashes(TREE, tile)


def test_no_tile_is_named_where_the_tree_does_not_reach() -> None:
    assert tile_at(0, 273, size=70_000) == Tile(0, 273, 112)
    assert tile_at(0, 274, size=70_000) is None
    assert tile_at(1, 0, size=255) is None
    assert Tile(1, 1, 17).start == 65_536
    with pytest.raises(MalformedError, match="0 to 3, found 4"):
        list(tiles_of(3, since=4))


def test_a_bundle_gives_its_entries_back_empty_ones_as_well() -> None:
    entries = (b"", b"a", bytes(65_535))
    assert read_bundle(bundle(entries), Tile(None, 0, 3)) == entries


def test_an_entry_that_no_bundle_can_hold_is_refused() -> None:
    with pytest.raises(MalformedError, match="at most 65,535 bytes, found 65536") as refusal:
        bundle([bytes(65_536)])
    assert refusal.value.code == "format.too_large"


GOOD = bundle(ENTRIES[:7])


@pytest.mark.parametrize(
    "raw", [GOOD[:-1], GOOD[:-5], GOOD + b"\x00", GOOD + b"\x00\x00", b"", GOOD + bundle([b"more"])]
)
def test_a_truncated_or_padded_bundle_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedError, match=r"tile/entries/000\.p/7: expected 7 whole entries"):
        read_bundle(raw, Tile(None, 0, 7))


def test_a_bundle_that_was_cut_off_is_told_from_one_with_too_many_entries() -> None:
    with pytest.raises(MalformedError, match="expected 7 whole entries, found 7, the last one cut short"):
        read_bundle(GOOD[:-1], Tile(None, 0, 7))
    with pytest.raises(MalformedError, match=r"expected 7 whole entries, found 8$"):
        read_bundle(GOOD + bundle([b"more"]), Tile(None, 0, 7))


@pytest.mark.parametrize("raw", [bytes(31), bytes(33), bytes(96), b""])
def test_a_truncated_tile_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedError, match=r"tile/0/000\.p/2: expected 2 hashes of 32 bytes"):
        read_hashes(raw, Tile(0, 0, 2))


def read(tile: Tile) -> bytes:
    return hashes(TREE, tile)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 69_999, 70_000])
def test_roots_and_proofs_out_of_tiles_are_those_of_the_whole_tree(size: int) -> None:
    tiled = TiledTree(size, read)
    assert tiled.root == TREE.root_at(size)
    for index in {0, 1, size // 3, size - 1} & set(range(size)):
        assert tiled.inclusion(index, size=size) == TREE.inclusion(index, size=size)
        older = index + 1
        assert tiled.root_at(older) == TREE.root_at(older)
        assert tiled.consistency(older, size=size) == TREE.consistency(older, size=size)


def test_a_proof_reads_one_tile_a_level_and_no_more() -> None:
    asked: list[Tile] = []

    def counted(tile: Tile) -> bytes:
        asked.append(tile)
        return read(tile)

    TiledTree(70_000, counted).inclusion(1_000, size=70_000)
    assert len(asked) == len(set(asked)) <= 6


def test_swapped_tiles_and_those_of_another_log_do_not_lead_to_the_root() -> None:
    other = Tree.of(map(leaf_hash, ENTRIES[1:] + ENTRIES[:1]))

    def swapped(tile: Tile) -> bytes:
        return read(Tile(0, 1 - tile.index) if tile.level == 0 and tile.index < 2 else tile)

    def foreign(tile: Tile) -> bytes:
        return hashes(other, tile)

    for wrong in (swapped, foreign):
        tree = TiledTree(70_000, wrong)
        proof = tree.inclusion(300, size=70_000)
        with pytest.raises(MalformedError, match="expected the root") as refusal:
            verify_inclusion(TREE.node(0, 300), index=300, size=70_000, proof=proof, root=TREE.root)
        assert refusal.value.code == "register.forked"
    with pytest.raises(MalformedError, match="expected the root"):
        verify_consistency(
            300,
            older_root=TREE.root_at(300),
            size=70_000,
            root=other.root,
            proof=TiledTree(70_000, foreign).consistency(300, size=70_000),
        )


def test_a_tile_that_holds_too_little_is_named() -> None:
    with pytest.raises(
        MalformedError, match=r"tile/0/000: expected 256 hashes of 32 bytes, found 8191 bytes"
    ):
        TiledTree(300, lambda tile: read(tile)[:-1]).node(0, 3)
    with pytest.raises(MalformedError, match="one of 300 entries"):
        TiledTree(300, read).node(0, 512)
