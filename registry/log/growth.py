"""Did a log only grow from the checkpoint that is held to the one that it gives out (RFC 9162, section 2.1.4)?"""

from registry.errors import RegisterError
from registry.log.checkpoint import Checkpoint
from registry.log.merkle import Proving, verify_consistency
from registry.log.tiled import Read, TiledTree
from trust.errors import MalformedError


def require_growth(held: Checkpoint, offered: Checkpoint, *, read: Read) -> None:
    """Demand a proof, from the log's own tiles, that a larger checkpoint contains the one that is held.

    Both are signed. Tiles that lead to the offered root and hold another beginning convict the log; tiles that lead
    nowhere convict nobody, because a file may have been harmed on the way.

    Raises:
        RegisterError: the log tells its past otherwise (register.forked), or its tiles do not lead to what it signed.
    """
    if offered.size == held.size:
        if offered.root != held.root:
            raise _forked(held, offered, offered.root)
        return
    if held.size == 0:
        return  # every log grew from nothing
    tree = TiledTree(offered.size, read)
    try:
        if _leads(tree, held.size, held.root, offered):
            return
        other = tree.root_at(held.size)
        convicted = _leads(tree, held.size, other, offered)
    except MalformedError as error:
        raise _other_tiles(offered) from error
    raise _forked(held, offered, other) if convicted else _other_tiles(offered)


def _leads(tree: Proving, size: int, root: bytes, offered: Checkpoint) -> bool:
    """Tell whether the tiles prove that what had this root at this size became what the log signed."""
    proof = tree.consistency(size, size=offered.size)
    try:
        verify_consistency(size, older_root=root, size=offered.size, root=offered.root, proof=proof)
    except MalformedError:
        return False
    return True


def _forked(held: Checkpoint, offered: Checkpoint, other: bytes) -> RegisterError:
    return RegisterError(
        f"The log {held.origin} tells its first {held.size} entries otherwise than before: its checkpoint over "
        f"{offered.size} entries has the root {other.hex()} there, and {held.root.hex()} is held.",
        code="register.forked",
        expected=held.root.hex(),
        found=other.hex(),
    )


def _other_tiles(offered: Checkpoint) -> RegisterError:
    return RegisterError(
        f"The tiles of the log {offered.origin} do not lead to the root {offered.root.hex()} that it signed over "
        f"{offered.size} entries.",
        code="register.other_entries",
    )
