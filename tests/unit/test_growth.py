"""Two checkpoints of one log: does the later contain the earlier, by proof from tiles that may lie?"""

from collections.abc import Callable

import pytest

from registry.errors import RegisterError
from registry.log.checkpoint import Checkpoint
from registry.log.growth import require_growth
from registry.log.merkle import Tree, leaf_hash
from registry.log.tiled import Read
from registry.log.tiles import Tile, hashes
from trust.errors import UnavailableError

ORIGIN = "perseus.example/register/evidence"
TRUE = Tree.of(leaf_hash(bytes([number % 251, number // 251])) for number in range(700))
OTHER = Tree.of([leaf_hash(b"another beginning"), *TRUE.levels[0][1:]])


def of(tree: Tree, size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, tree.root_at(size))


def from_tree(tree: Tree) -> Read:
    return lambda tile: hashes(tree, tile)


def nothing(tile: Tile) -> bytes:
    raise UnavailableError(str(tile), because="there is no such file", code="register.unreachable")


def mixed(tile: Tile) -> bytes:
    """Lead to the true root from above, and hold another beginning below."""
    return hashes(TRUE if tile.level else OTHER, tile)


@pytest.mark.parametrize(
    ("held", "size"), [(0, 5), (1, 2), (3, 7), (8, 700), (256, 512), (257, 699), (700, 700)]
)
def test_a_log_that_only_grew_is_let_through(held: int, size: int) -> None:
    require_growth(of(TRUE, held), of(TRUE, size), read=from_tree(TRUE))
    assert of(TRUE, size).size == size


@pytest.mark.parametrize(("held", "size"), [(1, 2), (3, 7), (8, 700), (256, 512), (257, 699), (700, 700)])
def test_a_log_that_signed_another_past_is_forked(held: int, size: int) -> None:
    with pytest.raises(RegisterError, match="otherwise than before") as refused:
        require_growth(of(TRUE, held), of(OTHER, size), read=from_tree(OTHER))
    assert refused.value.code == "register.forked"
    assert refused.value.expected == TRUE.root_at(held).hex()
    assert refused.value.found == OTHER.root_at(held).hex()


@pytest.mark.parametrize(
    "read", [from_tree(OTHER), mixed, lambda _tile: b""], ids=["other", "mixed", "empty"]
)
def test_tiles_that_lead_nowhere_convict_nobody_and_let_nothing_through(
    read: Callable[[Tile], bytes],
) -> None:
    with pytest.raises(RegisterError, match="do not lead to the root") as refused:
        require_growth(of(TRUE, 3), of(TRUE, 699), read=read)
    assert refused.value.code == "register.other_entries"


def test_without_tiles_nothing_is_taken_over() -> None:
    with pytest.raises(UnavailableError, match="no such file"):
        require_growth(of(TRUE, 3), of(TRUE, 699), read=nothing)
    # The same size needs none.
    with pytest.raises(RegisterError, match="otherwise than before"):
        require_growth(of(TRUE, 3), of(OTHER, 3), read=nothing)
