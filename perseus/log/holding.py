"""One log as its sequencer has it in memory: its tree, and for the members' log the register that follows from it.

When an entry was recorded is told by the heads that the log signed, and by no other clock: each is the moment at which
exactly so many entries existed. So a register that grew in memory and one read from the database are the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, Self

from sqlalchemy import Connection

from perseus.log.names import LogName
from registry.anchor import Anchor
from registry.foresight import require_near
from registry.log.checkpoint import Checkpoint
from registry.log.merkle import Tree, leaf_hash
from registry.log.note import VerifierKey
from registry.recording import Recorded, between
from registry.register import Register
from trust.errors import MalformedError, PerseusError
from trust.keys import Signer

LARGEST_ENTRY = 0xFFFF
OpenKey = Callable[[VerifierKey], Signer]


class Judged(NamedTuple):
    """What becomes of offered entries: an index or a refusal for each, and those that are new, in order."""

    answers: tuple[int | PerseusError, ...]
    added: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """A log up to its last entry; the next state is another value, made before anything is written.

    `signed_at` is the latest moment at which a size of it was signed, which no later head goes behind.
    """

    log: LogName
    tree: Tree
    register: Register
    places: Mapping[bytes, int]
    signed_at: datetime | None = None

    @classmethod
    def load(cls, connection: Connection, log: LogName, *, anchor: Anchor) -> Self:
        """Read a log from the database.

        Raises:
            RegisterError: the members' log is empty, or not that of the anchor.
        """
        members = LogName.MEMBERS.tables.read(connection)
        recorded = between(LogName.MEMBERS.tables.signings(connection), size=len(members))
        register = Register.replay(members, anchor=anchor, recorded=recorded)
        others = () if log is LogName.MEMBERS else log.tables.read(connection)
        tree = register.tree if log is LogName.MEMBERS else Tree.of(map(leaf_hash, others))
        places = {leaf: index for index, leaf in enumerate(tree.levels[0])}
        return cls(log, tree, register, places, log.tables.last_signing(connection))

    def moment(self, now: datetime) -> datetime:
        """Give the moment at which entries are judged and signed: a clock that was set back holds still until then."""
        return now if self.signed_at is None else max(now, self.signed_at)

    def judge(self, offered: Sequence[bytes], *, at: datetime) -> Judged:
        """Judge entries one after the other, each as if those before it that hold stood in the log already.

        An entry that stands there is answered with its place, so that a caller may send it again.
        """
        register, places = self.register, dict[bytes, int]()
        answers: list[int | PerseusError] = []
        added: list[bytes] = []
        for entry in offered:
            leaf = leaf_hash(entry)
            known = self.places.get(leaf, places.get(leaf))
            if known is not None:
                answers.append(known)
                continue
            try:
                register = self._accepted(register, entry, at)
            except PerseusError as refusal:
                answers.append(refusal)
                continue
            places[leaf] = self.tree.size + len(added)
            answers.append(places[leaf])
            added.append(entry)
        return Judged(tuple(answers), tuple(added))

    def grown(self, added: Sequence[bytes], *, at: datetime) -> Self:
        """Give the log with these entries after its own, as it is signed at this moment."""
        leaves = list(map(leaf_hash, added))
        places = {**self.places, **{leaf: self.tree.size + place for place, leaf in enumerate(leaves)}}
        if self.log is LogName.MEMBERS:
            recorded = (Recorded(self.signed_at, at),) * len(added)
            register = self.register.extend(added, recorded=recorded)
            return replace(self, tree=register.tree, register=register, places=places, signed_at=at)
        return replace(self, tree=self.tree.extended(leaves), places=places, signed_at=at)

    def following(self, register: Register) -> Self:
        """Give the same log beside a newer register, which may name another key for it."""
        return replace(self, register=register)

    def note(self, open_key: OpenKey) -> str:
        """Let the log sign its size and root, by the key that the register names for them.

        Raises:
            UnavailableError: the key is not at hand.
        """
        scheme = self.register.scheme
        of_members = scheme.log_key(self.tree.size if self.log is LogName.MEMBERS else self.register.size)
        signer = open_key(of_members)
        return Checkpoint(self.log.origin(scheme.origin), self.tree.size, self.tree.root).sign(signer)

    def _accepted(self, register: Register, entry: bytes, at: datetime) -> Register:
        if len(entry) > LARGEST_ENTRY:
            found = f"{len(entry):,}"
            raise MalformedError(
                "entry", expected="at most 65,535 bytes", found=found, code="format.too_large"
            )
        if self.log is not LogName.MEMBERS:
            return register
        # The moment decides whether the event may enter; what follows from it, the heads around it decide.
        accepted = register.accept(entry, recorded=at)
        require_near(accepted.event(register.size).event, recorded=at)
        return register.extend((entry,), recorded=(Recorded(self.signed_at, at),))
