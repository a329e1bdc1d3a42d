"""Bringing a copy of the register up to date: everything is checked before a file is changed, and nothing goes back.

(1) The checkpoint is of the anchor's log, and not older than the one that is held.
(2) The entries lead to the root that it states; what is held is their beginning.
(3) The log signed it, and as many witnesses cosigned it as the anchor, and the verifier's own policy, demand.
(4) Only then the new files are written, the checkpoint last.
"""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from perseus.copies.folder import (
    Copy,
    copy_of,
    has_copy,
    keep_note,
    keep_seen,
    note_asked,
    notes_in,
    open_copy,
    read_entries,
    size_of,
    write_log,
)
from perseus.copies.source import Source, read_note, read_tiles
from registry.anchor import Anchor
from registry.errors import RegisterError
from registry.log.checkpoint import Checkpoint
from registry.log.merkle import Tree, leaf_hash
from registry.log.note import Note
from registry.log.quorum import NONE, WitnessPolicy
from registry.log.tiles import read_hashes, tiles_of
from registry.register import Register
from trust.errors import MalformedError, PerseusError, SignatureMismatchError, UnavailableError


@dataclass(frozen=True, slots=True)
class Synced:
    """The copy as it now is, and how many entries it had before."""

    copy: Copy
    since: int


@dataclass(frozen=True, slots=True)
class Demand:
    """Whom a verifier believes: the trust anchor, and a witness policy of its own beside the anchor's."""

    anchor: Anchor
    policy: WitnessPolicy

    def require(self, note: str) -> None:
        """Demand the quorum of the verifier's own policy; the anchor's is demanded wherever a register is read.

        Raises:
            RegisterError: too few cosigned, or a cosignature does not fit.
        """
        if self.policy.logs and all(key.key != self.anchor.log_key.key for key in self.policy.logs):
            raise RegisterError(
                f"The witness policy is for other logs than {self.anchor.scheme}.", code="register.no_anchor"
            )
        try:
            witnessed = self.policy.witnessed(Note.parse(note))
        except (MalformedError, SignatureMismatchError) as error:
            raise RegisterError(
                f"A cosignature under the checkpoint is not one of its witness: {error}.",
                code="register.forked",
            ) from error
        if self.policy.quorum != NONE and witnessed is None:
            raise RegisterError(
                f"The witness policy demands {self.policy.quorum}, and too few of its witnesses cosigned.",
                code="register.unwitnessed",
            )


def synchronise(source: Source, folder: Path, demand: Demand, *, at: datetime, served: bool) -> Synced:
    """Bring the copy in a folder up to what a log now is; `served` says that the log's own server was asked at `at`.

    Raises:
        UnavailableError: a file of the log cannot be had.
        MalformedError: a file is not what it must be.
        RegisterError: the log is another, forked, older, or lacks the quorum; then nothing but the note is kept.
    """
    with _alone(folder):
        held = open_copy(folder, demand.anchor) if has_copy(folder) else None
        note = read_note(source)
        size = size_of(note)
        try:
            _require_log(note, demand.anchor)
            if held is not None and size <= held.register.size:
                grown = _held_again(held, note)
            else:
                grown = _grown(source, held, note, demand.anchor, seen=notes_in(folder))
            demand.require(note)
        except RegisterError:
            _keep_refused(folder, note, size)
            raise
        return _stored(folder, held, grown, note, asked=at if served else None)


def _require_log(note: str, anchor: Anchor) -> None:
    origin = note.partition("\n")[0]
    if origin != anchor.scheme:
        raise RegisterError(
            f"The checkpoint is of the log {origin[:80]!a}, and the trust anchor is for {anchor.scheme}.",
            code="register.no_anchor",
        )


def _held_again(held: Copy, note: str) -> Register:
    """Give the held register under a checkpoint that does not go beyond it."""
    register = held.register
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    if checkpoint.size == register.size and checkpoint.root == register.root:
        return register.under(note)
    signed = _signed(note, register)
    if signed and checkpoint.root != register.root_at(checkpoint.size):
        raise RegisterError(
            f"The log signed another root of its first {checkpoint.size} entries than this copy has: "
            f"{checkpoint.root.hex()}, and {register.root_at(checkpoint.size).hex()} is held.",
            code="register.forked",
        )
    if not signed:
        raise RegisterError(
            f"The checkpoint over {checkpoint.size} entries is not one that the log of {register.anchor.scheme} "
            "signed.",
            code="register.forked",
        )
    raise RegisterError(
        f"The log now shows {checkpoint.size} entries, fewer than the {register.size} seen before.",
        code="register.rolled_back",
    )


def _grown(source: Source, held: Copy | None, note: str, anchor: Anchor, *, seen: Sequence[str]) -> Register:
    """Read what is new, and demand that it leads from what is held to the root that the log signed."""
    since = 0 if held is None else held.register.size
    added = read_entries(source, size_of(note), since=since)
    before = Tree() if held is None else held.register.tree
    tree = before.extended(map(leaf_hash, added))
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    if tree.root != checkpoint.root:
        raise _explained(source, held, note, tree)
    entries = added if held is None else (*held.register.entries, *added)
    return Register.replay(entries, anchor=anchor, checkpoint=note, seen=(*seen, note))


def _explained(source: Source, held: Copy | None, note: str, tree: Tree) -> RegisterError:
    """Say from the log's tiles of hashes whether its past changed, or which of its files does not belong to it."""
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    try:
        row = [tile for tile in tiles_of(tree.size) if tile.level == 0]
        found = zip(read_tiles(source, row), row, strict=True)
        leaves = Tree.of(leaf for raw, tile in found for leaf in read_hashes(raw, tile))
    except (UnavailableError, MalformedError):
        leaves = Tree()
    if leaves.size != tree.size or leaves.root != checkpoint.root:
        return _other_entries("its files are those of another log, or of none", checkpoint)
    if held is not None and leaves.root_at(held.register.size) != held.register.root:
        if _signed(note, held.register):
            return RegisterError(
                f"The log tells its first {held.register.size} entries otherwise than before: "
                f"root {leaves.root_at(held.register.size).hex()}, {held.register.root.hex()} is held.",
                code="register.forked",
            )
        return _other_entries("its past is another, and no key of the log signed that", checkpoint)
    pairs = zip(leaves.levels[0], tree.levels[0], strict=True)
    wrong = next(index for index, (told, read) in enumerate(pairs) if told != read)
    return _other_entries(f"entry {wrong} in its bundle is not the one that its tile names", checkpoint)


def _other_entries(why: str, checkpoint: Checkpoint) -> RegisterError:
    return RegisterError(
        f"The entries do not lead to the root {checkpoint.root.hex()} of the checkpoint over {checkpoint.size}: "
        f"{why}.",
        code="register.other_entries",
    )


def _signed(note: str, register: Register) -> bool:
    """Tell whether a key that the log has had signed the note."""
    for item in register.scheme.log_keys:
        try:
            Checkpoint.open(note, key=item.key)
        except PerseusError:
            continue
        return True
    return False


def _stored(folder: Path, held: Copy | None, grown: Register, note: str, *, asked: datetime | None) -> Synced:
    """Write what is new; a checkpoint of the same size takes the place of the held one only if it is newer."""
    since = 0 if held is None else held.register.size
    fresh = copy_of(grown, note, asked=asked)
    if held is not None and grown.size == since and _older(fresh, held):
        return Synced(held, since)
    keep_seen(folder, grown.size, note)
    write_log(folder, grown.tree, grown.entries, note, since=since)
    if asked is not None:
        note_asked(folder, asked)
    return Synced(fresh, since)


def _older(fresh: Copy, held: Copy) -> bool:
    return fresh.as_of is None or (held.as_of is not None and fresh.as_of < held.as_of)


def _keep_refused(folder: Path, note: str, size: int) -> None:
    name = f"refused/{size}-{sha256(note.encode()).hexdigest()[:16]}"
    keep_note(folder, name, note)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time change a copy."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
