"""What the log has recorded about the scheme itself: its officers, its policy, its log keys, its environment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from registry.bodies import Demand, Officer, Policy
from registry.errors import EventRefusedError
from registry.log.note import VerifierKey
from trust.canonical import canonicalize
from trust.codec import encode
from trust.digest import Digest
from trust.errors import MalformedError
from trust.keys import PublicKey

_FEWEST = 2


@dataclass(frozen=True, slots=True)
class OfficerKey:
    """A key, and the person it signs for, by pseudonym."""

    pseudonym: str
    key: PublicKey


@dataclass(frozen=True, slots=True)
class LogKey:
    """A key that signs the checkpoints of all sizes above the entry that named it."""

    index: int
    key: VerifierKey


@dataclass(frozen=True, slots=True, eq=False)
class Scheme:
    """The rules in force, and by whose signatures they may change."""

    origin: str
    environment: str
    policy: Policy
    policy_index: int
    officers: Mapping[str, OfficerKey]
    log_keys: tuple[LogKey, ...]
    recognised: tuple[str, ...] = ()
    unknown: tuple[int, ...] = ()
    demands: Mapping[str, Demand] = field(init=False, repr=False)
    skew: timedelta = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the policy once, because every event asks it."""
        object.__setattr__(self, "demands", {demand.type: demand for demand in self.policy.quorum})
        object.__setattr__(self, "skew", timedelta(seconds=self.policy.skew))

    def log_key(self, size: int) -> VerifierKey:
        """Give the key that signs the checkpoint of this size."""
        return next(item.key for item in reversed(self.log_keys) if item.index < max(size, 1))

    @property
    def people(self) -> frozenset[str]:
        """The officers by pseudonym."""
        return frozenset(item.pseudonym for item in self.officers.values())


def officer_keys(officers: Iterable[Officer]) -> Mapping[str, OfficerKey]:
    """Index the keys of a set of officers by thumbprint.

    Raises:
        EventRefusedError: there are fewer than two people, a name or a key occurs twice, or a key is none.
    """
    found: dict[str, OfficerKey] = {}
    names = [officer.pseudonym for officer in officers]
    if len(names) < _FEWEST or len(set(names)) != len(names):
        raise EventRefusedError("a scheme needs two officers or more, each named once", code="event.body")
    for officer in officers:
        for multikey in officer.keys:
            key = read_key(multikey)
            if key.thumbprint in found:
                raise EventRefusedError(f"the key {multikey} stands twice among officers", code="event.body")
            found[key.thumbprint] = OfficerKey(officer.pseudonym, key)
    if {item.pseudonym for item in found.values()} != set(names):
        raise EventRefusedError("an officer has no key", code="event.body")
    return found


def officers_digest(officers: Iterable[Officer]) -> Digest:
    """Digest a set of officers, as a policy commits to the next one before it is known."""
    return Digest.of(canonicalize([encode(officer) for officer in officers]))


def read_key(multikey: str) -> PublicKey:
    """Read a key of an officer or a member.

    Raises:
        EventRefusedError: it is no Multikey, or a weak key.
    """
    try:
        return PublicKey.from_multikey(multikey)
    except MalformedError as error:
        raise EventRefusedError(f"the key cannot be used: {error}", code=error.code) from error


def read_log_key(text: str) -> VerifierKey:
    """Read a key of the log.

    Raises:
        EventRefusedError: it is no verifier key.
    """
    try:
        return VerifierKey.parse(text)
    except MalformedError as error:
        raise EventRefusedError(f"the log key cannot be used: {error}", code=error.code) from error
