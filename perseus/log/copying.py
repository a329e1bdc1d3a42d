"""Does what a log gives out continue one's own copy of it? Told apart: older, forked, and merely broken on the way."""

from perseus.log.following import Get, Offered, entries
from registry.errors import RegisterError
from registry.log.merkle import Tree, leaf_hash
from registry.log.note import Note
from registry.register import Register
from trust.errors import MalformedError, SignatureMismatchError, UnavailableError


class TwoHistoriesError(RegisterError):
    """The log signed something that contradicts the copy: the two notes are the proof."""

    def __init__(self, held: Register, offered: Offered) -> None:
        super().__init__(
            f"The log of {held.scheme.origin} signed two histories: {held.size} entries with the root "
            f"{held.root.hex()}, and {offered.checkpoint.size} entries with the root "
            f"{offered.checkpoint.root.hex()}, which do not fit together.",
            code="register.forked",
        )


class OlderError(RegisterError):
    """The log gives out less than was seen before."""

    def __init__(self, held: Register, offered: Offered) -> None:
        super().__init__(
            f"The register has {offered.checkpoint.size} entries, fewer than the {held.size} seen before.",
            code="register.rolled_back",
        )


def continued(get: Get, prefix: str, held: Register, offered: Offered) -> Register:
    """Give the copy as the log continues it, its root, signature and cosignatures checked.

    Raises:
        TwoHistoriesError: the log contradicts the copy.
        OlderError: the log gives out an earlier state of the copy.
        RegisterError: the checkpoint is not one of the log, or lacks the quorum.
        UnavailableError: the entries that are given out are not those that the log signed.
    """
    size, root = offered.checkpoint.size, offered.checkpoint.root
    genuine = _signed_by_log(held, offered.note)
    if size < held.size:
        if genuine and held.root_at(size) != root:
            raise TwoHistoriesError(held, offered)
        raise OlderError(held, offered)
    try:
        return held.extend(offered.entries, checkpoint=offered.note)
    except RegisterError:
        tree = held.tree.extended(map(leaf_hash, offered.entries))
        if genuine and tree.root != root:
            _examine(get, prefix, held, offered)
        raise


def _examine(get: Get, prefix: str, held: Register, offered: Offered) -> None:
    """Tell a log that tells its past otherwise from bundles that were broken on the way, by its own whole account."""
    size, root = offered.checkpoint.size, offered.checkpoint.root
    if size == held.size:
        raise TwoHistoriesError(held, offered)
    told = Tree.of(map(leaf_hash, entries(get, prefix, start=0, size=size)))
    if told.root == root and told.root_at(held.size) != held.root:
        raise TwoHistoriesError(held, offered)
    because = f"the entries that were answered are not the {size} that its checkpoint covers"
    raise UnavailableError(prefix, because=because, code="register.unreachable")


def _signed_by_log(held: Register, note: str) -> bool:
    """Tell whether a key that the log has had signed a note; a stranger's word proves nothing against the log."""
    parsed = Note.parse(note)
    for item in held.scheme.log_keys:
        try:
            parsed.verify(item.key)
        except (MalformedError, SignatureMismatchError):
            continue
        return True
    return False
