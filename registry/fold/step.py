"""One entry after another: each changes one value whole, or nothing at all, and then says why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from registry.errors import EventRefusedError, RegisterError
from registry.events import VERSION, Event, SignedEvent
from registry.fold import keys, members, roles, scheme
from registry.fold.act import Act
from registry.fold.record import Pen, Record
from registry.fold.roots import Roots
from registry.fold.signing import everybody, signers
from registry.history import History
from registry.log.merkle import Tree
from registry.recording import Time, around
from registry.scheme import Scheme
from trust.did import Did
from trust.errors import MalformedError, PerseusError

MEMBER_EVENTS: Mapping[str, Callable[[Act], None]] = {
    "member.admitted": members.admitted,
    "member.updated": members.updated,
    "member.suspended": members.suspended,
    "member.reinstated": members.reinstated,
    "member.exit-requested": members.exit_requested,
    "member.exited": members.exited,
    "member.expelled": members.expelled,
    "agreement.executed": roles.agreed,
    "certificate.recorded": roles.certified,
    "role.granted": roles.granted,
    "role.ended": roles.ended,
    "key.added": keys.added,
    "key.retired": keys.retired,
    "key.compromised": keys.compromised,
    "status.published": roles.status_published,
}
SCHEME_EVENTS: Mapping[str, Callable[[Act], Scheme]] = {
    "scheme.policy": scheme.policy,
    "scheme.officers": scheme.officers,
    "scheme.logkey.rotated": scheme.log_key,
    "scheme.recognised": scheme.recognised,
}
KNOWN = frozenset((*MEMBER_EVENTS, *SCHEME_EVENTS, "scheme.genesis"))


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
    last: dict[str, int] = field(default_factory=dict)
    effective: list[datetime | None] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    wide: list[int] = field(default_factory=list)
    _pen: Pen = field(default_factory=Pen)
    _roots: Roots | None = None

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
        state.last[founded.origin] = 0
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
            dict(self.last),
            list(self.effective),
            list(self.ignored),
            list(self.wide),
        )

    def step(self, entry: bytes, *, tree: Tree, recorded: Time) -> None:
        """Take the next entry in; one that breaks a rule is put on the list of the ignored."""
        try:
            signed = SignedEvent.parse(entry)
        except MalformedError as error:
            self.ignored.append(Ignored(len(self.effective), error.code, str(error)))
            self.effective.append(None)
            return
        self.take(signed, tree=tree, recorded=recorded)

    def take(self, signed: SignedEvent, *, tree: Tree, recorded: Time) -> None:
        """Take in the next entry as it was read."""
        index = len(self.effective)
        self.effective.append(None)
        try:
            self._apply(signed, index, tree, recorded)
        except (MalformedError, EventRefusedError) as error:
            self.ignored.append(Ignored(index, error.code, str(error)))
            return
        event = signed.event
        self.effective[index] = event.effective
        self.latest = max(self.latest, event.effective)
        self.last[event.subject] = index

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
        act = Act(index, event, who, self.scheme, record, self._roots_of(tree), self.owners, reach)
        self._decide(act, recorded, known=is_known(event))

    def _apply(self, signed: SignedEvent, index: int, tree: Tree, recorded: Time) -> None:
        event = signed.event
        record = self._record(event.subject)
        leaf, known = tree.levels[0][index], is_known(event)
        who = signers(signed, leaf=leaf, scheme=self.scheme, record=record, strict=known)
        reach = self.latest if recorded is None else self._reach(recorded, index)
        act = Act(index, event, who, self.scheme, record, self._roots_of(tree), self.owners, reach)
        self._decide(act, recorded, known=known)

    def _record(self, subject: str) -> Record:
        """Give the record of a subject to be written by this state; that of another state is copied before."""
        found = self.records.get(subject)
        if found is None:
            did = None if subject == self.scheme.origin else Did.parse(subject)
            return Record(subject, did, self._pen)
        if found.pen is not self._pen:
            found = self.records[subject] = found.copy(self._pen)
        return found

    def _roots_of(self, tree: Tree) -> Roots:
        if self._roots is None or self._roots.tree is not tree:
            self._roots = Roots(tree)
        return self._roots

    def _decide(self, act: Act, recorded: Time, *, known: bool) -> None:
        since = None if recorded is None else around(recorded).since
        bound = self.founded if since is None else max(since, self.founded)
        act.require_place(self.last.get(act.event.subject), bound)
        if not known:
            act.require_somebody()
        if act.record.did is None:
            self._take_scheme(act, known=known)
        else:
            self._take_member(act, act.record.did, known=known)

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

    def _take_scheme(self, act: Act, *, known: bool) -> None:
        if not known:
            self.scheme = replace(self.scheme, unknown=(*self.scheme.unknown, act.index))
            return
        rule = SCHEME_EVENTS.get(act.event.type)
        if rule is None:
            raise act.refuse("an event of this type cannot be about the scheme here", "event.body")
        self.scheme = rule(act)

    def _take_member(self, act: Act, did: Did, *, known: bool) -> None:
        rule, record = MEMBER_EVENTS.get(act.event.type), act.record
        if not known:
            record.unknown.append(act.index)
        elif rule is None:
            raise act.refuse("an event of this type cannot be about a member", "event.body")
        else:
            rule(act)
        if not record.events:
            self.records[record.subject] = record
        record.took(act.index)
        if rule is keys.added:
            self.owners[next(reversed(record.keys))] = did


def is_known(event: Event) -> bool:
    """Tell whether this version can read what the event says."""
    return event.v == VERSION and event.type in KNOWN


def require_known(event: Event) -> None:
    """Demand an event of a type that this version can read, before it is put into a log.

    Raises:
        EventRefusedError: it is of another, which would leave its subject undetermined for everybody.
    """
    if not is_known(event):
        what = f"{event.type} (version {event.v})"
        raise EventRefusedError(
            f"{what} is no event that this version of Perseus can read", code="event.type"
        )
