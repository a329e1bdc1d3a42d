"""The register: the fold of the log up to one size, and the questions that it answers (register.md)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from registry.anchor import Anchor
from registry.answers import answer
from registry.checkpoints import (
    check_checkpoint,
    check_kept,
    require_anchor,
    require_genesis,
    require_log_key,
    times,
)
from registry.errors import EventRefusedError, RegisterError
from registry.events import SignedEvent
from registry.fold.rules import require_known
from registry.fold.step import Ignored, State, read
from registry.history import History
from registry.kept import Kept
from registry.log.checkpoint import Checkpoint
from registry.log.merkle import Tree, leaf_hash
from registry.members import Member
from registry.recording import Time, recorded_by
from registry.scheme import Scheme
from registry.standing import Question, Standing
from registry.views import Views
from trust.did import Did
from trust.keys import PublicKey

_MOST = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Register:
    """A copy of the log, and what follows from it; a value that never changes, so that it can be shared.

    `checkpoint` is what the log signed about exactly these entries, or None for a part of them.
    """

    anchor: Anchor
    entries: tuple[bytes, ...]
    tree: Tree
    checkpoint: Checkpoint | None
    recorded: tuple[Time, ...]
    _views: Views
    _answers: Kept[tuple[object, ...], Standing] = field(default_factory=lambda: Kept(_MOST))
    _roots: Kept[int, bytes] = field(default_factory=lambda: Kept(_MOST))

    @staticmethod
    def replay(
        entries: Sequence[bytes],
        *,
        anchor: Anchor,
        checkpoint: str | None = None,
        recorded: Sequence[Time] = (),
        seen: Sequence[str] = (),
        kept: Checkpoint | None = None,
    ) -> "Register":
        """Replay the log from its first entry.

        `checkpoint` is the signed note over these entries, `recorded` when each entry was recorded (as far as
        known), `seen` earlier checkpoints that tell it where witnesses cosigned them, `kept` what this verifier
        saw last and must never go back from.

        Raises:
            RegisterError: the entries are of another scheme or environment, or do not fit the checkpoint.
        """
        tree = Tree.of(map(leaf_hash, entries))
        require_genesis(tree, anchor)
        recorded = recorded or times(seen, anchor=anchor, tree=tree)
        name = (anchor, tree.size, tree.root, tuple(recorded))
        known = _REPLAYED.get(name) or _REPLAYED.put(name, _replayed(entries, tree, anchor, tuple(recorded)))
        if kept is not None:
            check_kept(kept, tree)
        if checkpoint is None:
            return known
        signed = (*name, checkpoint)
        return _SIGNED.get(signed) or _SIGNED.put(signed, known.under(checkpoint))

    @property
    def size(self) -> int:
        """How many entries the copy has."""
        return len(self.entries)

    @property
    def root(self) -> bytes:
        """The root over all entries."""
        return self.root_at(self.size)

    @property
    def scheme(self) -> Scheme:
        """The officers, the policy and the log keys in force."""
        return self._views.state.scheme

    @property
    def ignored(self) -> tuple[Ignored, ...]:
        """The entries without effect, each with the rule that it breaks."""
        return tuple(self._views.state.ignored)

    @property
    def members(self) -> tuple[Member, ...]:
        """Everybody who was ever admitted, in the order of admission, as recorded now."""
        found = self._views.state.histories.items()
        return tuple(Member.of(did, item) for did, item in found if item.memberships)

    def member(self, did: Did, *, at: datetime | None = None) -> Member | None:
        """Give a member as it stood at a moment, or by everything recorded; None if it was never admitted."""
        history = self._views.state.history(did)
        return Member.of(did, history, at=at) if history is not None and history.memberships else None

    def key(self, member: Did, thumbprint: str) -> PublicKey | None:
        """Give any key that the member ever had, also one retired or compromised since."""
        found = self.history(member).key(thumbprint)
        return None if found is None else found.key

    def history(self, member: Did, *, size: int | None = None) -> History:
        """Give all that the first entries hold about an organisation; an empty history for a stranger."""
        return self._views.history(member, size=self.size if size is None else size)

    def event(self, index: int) -> SignedEvent:
        """Read one entry, be it one with effect or an ignored one.

        Raises:
            MalformedError: the entry is no event.
        """
        return SignedEvent.parse(self.entries[index])

    def last_event(self, subject: str) -> int | None:
        """Give the index of the last event about a subject, which its next event must name as `prev`."""
        found = self._views.state.records.get(subject)
        return None if found is None else found.last

    def root_at(self, size: int) -> bytes:
        """Give the root over the first entries.

        Raises:
            MalformedError: the copy has fewer.
        """
        return self._roots.get(size) or self._roots.put(size, self.tree.root_at(size))

    def size_at(self, moment: datetime) -> int:
        """Give how many entries were surely recorded by a moment; `known_at` takes such a size."""
        return recorded_by(moment, recorded=self.recorded, effective=self._views.state.effective)

    def standing(
        self,
        member: Did,
        role: str | None,
        key: PublicKey | str | None,
        *,
        signed_at: datetime,
        known_at: int | None = None,
        proven_by: datetime | None = None,
        not_before: datetime | None = None,
    ) -> Standing:
        """Answer whether the member stood in the role, with the key (or its thumbprint), when it signed.

        `known_at` is a size of the log: no later entry changes the answer. `proven_by` is a moment by which
        the signature is proven to have existed, `not_before` one before which it cannot have been made.

        Raises:
            RegisterError: the copy has fewer entries than `known_at`.
        """
        size = self.size if known_at is None else known_at
        if not 0 < size <= self.size:
            raise RegisterError(
                f"This copy of the register has {self.size} entries, and entry {size} was asked for.",
                code="register.stale",
            )
        thumbprint = key.thumbprint if isinstance(key, PublicKey) else key
        asked = Question(role, thumbprint, signed_at, proven_by, not_before)
        return answer(
            self._views,
            self._answers,
            member,
            asked,
            size=size,
            root=self.root_at,
            recorded=self.recorded,
        )

    def prefix(self, size: int) -> "Register":
        """Give the register as its first entries tell it.

        Raises:
            RegisterError: the size is 0.
        """
        return self.replay(self.entries[:size], anchor=self.anchor, recorded=self.recorded[:size])

    def extend(
        self,
        entries: Iterable[bytes],
        *,
        checkpoint: str | None = None,
        recorded: Sequence[Time] = (),
    ) -> Self:
        """Give the register with these entries after its own; this one stays as it is.

        Raises:
            RegisterError: the entries do not fit the checkpoint.
        """
        added = tuple(entries)
        tree = self.tree.extended(map(leaf_hash, added))
        state = self._views.state.copy()
        state.take(read(added), tree=tree, recorded=recorded)
        complete = len(self.recorded) == self.size
        known = (*self.recorded, *recorded) if complete else self.recorded
        grown = type(self)(self.anchor, (*self.entries, *added), tree, None, known, Views(state))
        return grown if checkpoint is None else grown.under(checkpoint)

    def under(self, checkpoint: str) -> Self:
        """Give the same register with the checkpoint that the log signed about exactly its entries.

        Raises:
            RegisterError: it signed none such.
        """
        return replace(self, checkpoint=check_checkpoint(checkpoint, self.anchor, self.scheme, self.tree))

    def accept(self, entry: bytes, *, recorded: datetime | None = None) -> Self:
        """Give the register with one more entry, and refuse what the fold would ignore.

        Raises:
            EventRefusedError: the event breaks a rule.
        """
        grown = self.extend((entry,), recorded=() if recorded is None else (recorded,))
        for refused in grown.ignored[len(self.ignored) :]:
            raise EventRefusedError(refused.sentence, code=refused.code)
        require_known(grown.event(self.size).event)
        return grown


def _replayed(entries: Sequence[bytes], tree: Tree, anchor: Anchor, recorded: tuple[Time, ...]) -> Register:
    """Fold all entries; a log that was folded before is not folded again, because its root names it whole."""
    state = State.of_genesis(entries[0], tree.levels[0][0])
    require_anchor(state.scheme, anchor)
    state.take(read(entries[1:]), tree=tree, recorded=recorded[1:])
    require_log_key(state.scheme, anchor)
    return Register(anchor, tuple(entries), tree, None, recorded, Views(state))


_REPLAYED: Kept[tuple[Anchor, int, bytes, tuple[Time, ...]], Register] = Kept(16)
_SIGNED: Kept[tuple[Anchor, int, bytes, tuple[Time, ...], str], Register] = Kept(64)
