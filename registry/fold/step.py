"""One entry after another: each changes one value whole, or nothing at all, and then says why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

from registry.errors import EventRefusedError, RegisterError
from registry.events import VERSION, Event, SignedEvent
from registry.fold import scheme
from registry.fold.act import Act, Ground, Signers
from registry.fold.record import Pen, Record
from registry.fold.roots import Roots
from registry.fold.rules import MEMBER_EVENTS, SCHEME_EVENTS, is_known
from registry.fold.signing import VERIFIED, everybody, signers
from registry.history import History, Mark
from registry.log.merkle import Tree
from registry.recording import Time, around, bound
from registry.scheme import Scheme
from trust.did import Did
from trust.errors import MalformedError, PerseusError

Read: TypeAlias = SignedEvent | MalformedError
"""An entry as it was read: a signed event, or why it is none."""


def read(entries: Iterable[bytes]) -> Iterator[Read]:
    """Read entries of the log one by one."""
    for entry in entries:
        try:
            yield SignedEvent.parse(entry)
        except MalformedError as error:
            yield error


@dataclass(frozen=True, slots=True)
class Ignored:
    """An entry without effect: where it stands, which rule it breaks, and the sentence that says so."""

    index: int
    code: str
    sentence: str


@dataclass(slots=True)
class State:
    """What the entries so far have made; only the fold changes it, entry by entry."""

    scheme: Scheme
    founded: datetime
    latest: datetime
    records: dict[str, Record] = field(default_factory=dict)
    owners: dict[str, Did] = field(default_factory=dict)
    effective: list[datetime | None] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    wide: list[int] = field(default_factory=list)
    _pen: Pen = field(default_factory=Pen)
    _teams: dict[tuple[str, ...], Signers] = field(default_factory=dict)
    _ground: Ground = field(init=False)

    def __post_init__(self) -> None:
        """Stand on no log yet."""
        self._ground = Ground(self.scheme, Roots(Tree.of(())), self.owners)

    @classmethod
    def of_genesis(cls, entry: bytes, leaf: bytes) -> "State":
        """Begin with the first entry.

        Raises:
            RegisterError: the first entry founds no scheme.
        """
        try:
            signed = SignedEvent.parse(entry)
            who = signers(signed, leaf=leaf, scheme=None, record=Record(signed.event.subject, None, Pen()))
            founded = scheme.genesis(signed.event, who)
        except PerseusError as error:
            raise RegisterError(
                f"the first entry founds no scheme: {error}", code="register.no_anchor"
            ) from error
        state = cls(founded, signed.event.effective, signed.event.effective)
        state.records[founded.origin] = Record(founded.origin, None, state._pen, [0])
        state.effective.append(signed.event.effective)
        return state

    def copy(self) -> "State":
        """Give a state that can go on without changing this one; neither writes the records of both any more."""
        self._pen = Pen()
        return State(
            self.scheme,
            self.founded,
            self.latest,
            dict(self.records),
            dict(self.owners),
            list(self.effective),
            list(self.ignored),
            list(self.wide),
        )

    def take(self, entries: Iterable[Read], *, tree: Tree, recorded: Sequence[Time] = ()) -> None:
        """Take in the next entries as they were read; one that breaks a rule is put on the list of the ignored.

        A replay spends its time in this loop, so that what it asks for every entry stands here and not in calls.
        """
        times, leaves, records = self.effective, tree.levels[0], self.records
        teams, pen, first = self._teams, self._pen, len(times)
        latest, founded = self.latest, self.founded
        self._stand_on(tree)
        for index, entry in enumerate(entries, first):
            try:
                if isinstance(entry, MalformedError):
                    raise entry
                event = entry.event
                record = records.get(event.subject)
                if record is None or record.pen is not pen:
                    record = self._record(event.subject)
                who = teams.get(entry.kids)
                if who is None or VERIFIED.get(leaves[index]) != who.keys or record.did is None:
                    who = self._signers(entry, leaves[index], record)
                reach, since = latest, founded
                if recorded and (when := bound(recorded, index - first)) is not None:
                    reach, since = self._reach(when, index), self._bound(when)
                at = event.effective
                act = Act(Mark(at, index), event, who, record, reach, self._ground)
                rule = MEMBER_EVENTS.get(event.type)
                act.require_place(since)
                if rule is None or record.did is None or event.v != VERSION:
                    self._take_rare(act)
                else:
                    rule(act)
            except (MalformedError, EventRefusedError) as error:
                self.ignored.append(Ignored(index, error.code, str(error)))
                times.append(None)
                continue
            if not record.events:
                records[event.subject] = record
            record.events.append(index)
            record.known = None
            times.append(at)
            if at > latest:
                latest = self.latest = at

    @property
    def histories(self) -> Mapping[Did, History]:
        """All that is recorded about every organisation, in the order of their first events."""
        return {one.did: one.history for one in self.records.values() if one.did is not None}

    def history(self, subject: Did) -> History | None:
        """Give all that is recorded about one organisation, or None for a stranger."""
        found = self.records.get(subject.text)
        return None if found is None else found.history

    def foresee(self, event: Event, *, tree: Tree, recorded: Time) -> None:
        """Take in an event as if everybody had signed it who may, to learn whether signatures are all it lacks.

        Raises:
            EventRefusedError: the rules refuse it, whoever signs.
            MalformedError: its subject is no DID.
        """
        index = len(self.effective)
        record = self._record(event.subject)
        who, reach = everybody(event, self.scheme, record), self._reach(recorded, index)
        self._stand_on(tree)
        act = Act(Mark(event.effective, index), event, who, record, reach, self._ground)
        act.require_place(self._bound(recorded))
        rule = MEMBER_EVENTS.get(event.type)
        if rule is None or record.did is None or event.v != VERSION:
            self._take_rare(act)
        else:
            rule(act)

    def _signers(self, signed: SignedEvent, leaf: bytes, record: Record) -> Signers:
        """Tell who signed an event; officers alone are remembered, because they sign together again."""
        who = signers(signed, leaf=leaf, scheme=self.scheme, record=record, strict=is_known(signed.event))
        if None not in who.keys and not who.member and not who.incoming:
            self._teams[signed.kids] = who
        return who

    def _record(self, subject: str) -> Record:
        """Give the record of a subject to be written by this state; that of another state is copied before."""
        found = self.records.get(subject)
        if found is None:
            did = None if subject == self.scheme.origin else _did(subject)
            return Record(subject, did, self._pen)
        if found.pen is not self._pen:
            found = self.records[subject] = found.copy(self._pen)
        return found

    def _stand_on(self, tree: Tree) -> None:
        """Let proofs of possession name the roots of this tree."""
        if self._ground.roots.tree is not tree:
            self._ground = Ground(self.scheme, Roots(tree), self.owners)

    def _take_rare(self, act: Act) -> None:
        """Take in an event that is about the scheme, or about a member and of a type that this version cannot read."""
        if act.record.did is None:
            self._take_rules(act)
        elif is_known(act.event):
            raise act.refuse("an event of this type cannot be about a member", "event.body")
        else:
            act.require_somebody()
            act.record.unknown.append(act.index)

    def _bound(self, recorded: Time) -> datetime:
        """Give the moment that an event recorded then may not be dated behind."""
        since = around(recorded).since
        return self.founded if since is None else max(since, self.founded)

    def _reach(self, recorded: Time, index: int) -> datetime:
        """Give the moment that one person alone cannot reach behind.

        Where the bounds of recording lie further apart than the heartbeat, the earlier one says too little: the
        later one less a heartbeat is used, and the entry is noted (register.md, two clocks an event). Where there
        is no earlier one, the log may speak of days to come, and the later one says that they had not.
        """
        since, by = around(recorded)
        if since is None:
            return self.latest if by is None else min(self.latest, by)
        heartbeat = timedelta(seconds=self.scheme.policy.heartbeat)
        if by is not None and by - since > heartbeat:
            self.wide.append(index)
            since = by - heartbeat
        return since - self.scheme.skew

    def _take_rules(self, act: Act) -> None:
        """Take in an event about the scheme: those that follow are judged by other rules, or by other officers."""
        rule = SCHEME_EVENTS.get(act.event.type)
        if not is_known(act.event):
            act.require_somebody()
            self.scheme = replace(self.scheme, unknown=(*self.scheme.unknown, act.index))
        elif rule is None:
            raise act.refuse("an event of this type cannot be about the scheme here", "event.body")
        else:
            self.scheme = rule(act)
        self._teams.clear()
        self._ground = Ground(self.scheme, self._ground.roots, self.owners)


@lru_cache(maxsize=1 << 14)
def _did(subject: str) -> Did:
    return Did.parse(subject)
