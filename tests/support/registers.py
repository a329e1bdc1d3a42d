"""Logs of events as a scheme of thousands of members would have them, every event signed and with effect."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from registry import bodies
from registry.anchor import Anchor
from registry.events import Event
from registry.fold.keys import possession
from registry.log.merkle import Tree, leaf_hash
from support.keys import signer
from support.scheme import ORIGIN, ROLE, START, SchemeSimulator
from trust.digest import Digest
from trust.keys import Signer

ROLE_URLS = tuple(f"{ROLE}{name}" for name in ("auditor", "energy-data-provider"))
DIGEST = Digest.of(b"an agreement")


@dataclass
class Log:
    """A log while it grows; nothing is folded while it is written."""

    scheme: SchemeSimulator = field(default_factory=SchemeSimulator)
    entries: list[bytes] = field(default_factory=list)
    last: dict[str, int] = field(default_factory=dict)
    now: datetime = START

    def __post_init__(self) -> None:
        """Begin with the genesis."""
        self.entries.extend(self.scheme.entries)

    @property
    def anchor(self) -> Anchor:
        """The trust anchor of the scheme."""
        return self.scheme.anchor

    def take(self, kind: str, subject: str, body: object, *signers: Signer) -> None:
        """Append an event that these people sign."""
        self.now += timedelta(seconds=1)
        prev = self.last.get(subject)
        event = Event(kind, ORIGIN, subject, self.now, prev, 0, "", "", bodies.write(body))
        self.last[subject] = len(self.entries)
        self.entries.append(event.signed(*signers).entry)

    def officers(self, letters: str) -> tuple[Signer, ...]:
        """Give officers by letter."""
        return tuple(self.scheme.officers[f"officer-{letter}"] for letter in letters)


@lru_cache(maxsize=2)
def grown(count: int) -> tuple[tuple[bytes, ...], Anchor]:
    """Write a log of so many events: a tenth are members, who join, and whose roles and standing change since."""
    log = Log()
    names = [f"did:web:member-{number}.example" for number in range(count // 10)]
    keys = {name: signer(name) for name in names}
    for name in names:
        log.take("member.admitted", name, bodies.Admission(name, ()), *log.officers("ab"))
    size, root = len(log.entries), Tree.of(map(leaf_hash, log.entries)).root
    for name in names:
        log.take("key.added", name, _key(keys[name], name, size, root), *log.officers("ab"))
        for url in ROLE_URLS:
            log.take("role.granted", name, bodies.Grant(url), *log.officers("ab"))
        log.take("agreement.executed", name, bodies.Agreement("2026", DIGEST), keys[name])
    changes = _changes(log, names)
    while len(log.entries) < count:
        next(changes)
    return tuple(log.entries), log.anchor


def _changes(log: Log, names: list[str]) -> Iterator[None]:
    """Suspend and reinstate members, and end and grant a role, round after round."""
    while True:
        for name in names:
            log.take("member.suspended", name, bodies.SuspensionOrder(), *log.officers("ab"))
            yield
            log.take("member.reinstated", name, bodies.Nothing(), *log.officers("bc"))
            yield
            log.take("role.ended", name, bodies.RoleEnd(ROLE_URLS[1]), *log.officers("ab"))
            yield
            log.take("role.granted", name, bodies.Grant(ROLE_URLS[1]), *log.officers("ab"))
            yield


def _key(key: Signer, name: str, size: int, root: bytes) -> bodies.NewKey:
    thumbprint = key.key.thumbprint
    message = possession(origin=ORIGIN, size=size, root=root, member=name, thumbprint=thumbprint)
    return bodies.NewKey(key.key.multikey, size, root, key.sign(message))
