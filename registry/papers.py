"""What a member has on paper or has published: it decides no standing, but its end can be seen coming."""

from datetime import datetime

from msgspec import Struct

from trust.digest import Digest


class Signed(Struct, frozen=True, gc=False):
    """The version of the scheme's agreement that a member signed, by the entry `index`, and when it ends."""

    index: int
    version: str
    until: datetime | None = None


class Certificate(Struct, frozen=True, gc=False):
    """A certificate of a member, by its digest, and when it begins and ends to be valid; it decides no standing."""

    index: int
    digest: Digest
    start: datetime
    until: datetime


class Published(Struct, frozen=True, gc=False):
    """The digest of the status list that a member published for an interval, by the entry `index`."""

    index: int
    url: str
    interval: int
    digest: Digest
