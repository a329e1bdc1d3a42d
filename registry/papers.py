"""What a member has on paper or has published: it decides no standing, but its end can be seen coming."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from trust.digest import Digest


@dataclass(slots=True, unsafe_hash=True)
class Signed:
    """The version of the scheme's agreement that a member signed, by the entry `index`, and when it ends."""

    index: Final[int]
    version: Final[str]
    until: Final[datetime | None] = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of a member, by its digest, and when it begins and ends to be valid; it decides no standing."""

    index: int
    digest: Digest
    start: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Published:
    """The digest of the status list that a member published for an interval, by the entry `index`."""

    index: int
    url: str
    interval: int
    digest: Digest
