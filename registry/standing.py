"""The answer to one question: was this party a member, in this role, with this key, when it signed?"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What the register can say about a signature."""

    VALID = "valid"
    INVALID = "invalid"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason why the answer is not valid, and the log entries that say so."""

    outcome: Outcome
    code: str
    sentence: str
    expected: str
    found: str
    remedy: str
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """What let a party sign and ended after the date on a signature that nothing proves to be as old.

    It refuses nothing (register.md, two clocks an event), but the date may have been set back across that moment.
    """

    at: datetime
    sentence: str
    expected: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The register's answer, the reasons, the window in which it stays the same, and the log it was read from.

    `since` and `until` bound the window around `signed_at` (until excluded; None is open). `obstacles` holds every
    reason; the other fields are those of the gravest. `warnings` never change the outcome, nor do `gaps`, which name
    those of its events whose time of recording is known only roughly, nor `ended`.
    """

    outcome: Outcome
    code: str
    sentence: str
    expected: str
    found: str
    remedy: str
    member: str
    since: datetime | None
    until: datetime | None
    events: tuple[int, ...]
    size: int
    root: bytes
    obstacles: tuple[Obstacle, ...] = ()
    warnings: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    ended: tuple[Ended, ...] = ()

    def covers(
        self,
        signed_at: datetime,
        *,
        proven_by: datetime | None = None,
        not_before: datetime | None = None,
    ) -> bool:
        """Tell whether no recorded moment lies between the signature asked about and this one."""
        if not_before is not None and signed_at < not_before:
            return False
        latest = signed_at if proven_by is None else max(proven_by, signed_at)
        begun = self.since is None or self.since <= signed_at
        return begun and (self.until is None or latest < self.until)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a member: a role, a key, the moment of signing, and by when it was proven to exist.

    Without `proven_by` the signing time is the signer's word, which a thief of the key can give as well; it cannot
    have signed earlier than `not_before`, because the document holds what did not exist then.
    """

    role: str | None
    key: str | None
    signed_at: datetime
    proven_by: datetime | None
    not_before: datetime | None = None
    owner: str | None = None
