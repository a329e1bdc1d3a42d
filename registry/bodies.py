"""The bodies of the events, one frozen value a type; how they stand in JSON follows from their fields (trust.codec)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from registry.errors import EventRefusedError
from registry.history import Service
from trust.canonical import Json
from trust.codec import decode, encode
from trust.digest import Digest
from trust.errors import MalformedError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Demand:
    """Who must sign an event of this type: so many officers, and the member where it says so.

    `full` is the larger number of officers for what one alone may not do: suspend beyond 72 hours, let a
    compromise reach back, add a key without an old one.
    """

    type: str
    officers: int
    member: bool = False
    full: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules that the scheme set for its register: quorums, and seconds of skew, heartbeat and staleness."""

    quorum: tuple[Demand, ...]
    skew: int
    heartbeat: int
    staleness: int
    next_officers: Digest

    def demand(self, event: str) -> Demand | None:
        """Give the demand for a type of event, or None where the policy allows none."""
        return next((demand for demand in self.quorum if demand.type == event), None)


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer by pseudonym, with the Multikeys that sign for this person."""

    pseudonym: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Genesis:
    """scheme.genesis: the first officers and policy, the log key, and the environment."""

    environment: str
    officers: tuple[Officer, ...]
    policy: Policy
    log_key: str


@dataclass(frozen=True, slots=True)
class NewOfficers:
    """scheme.officers: the set whose digest the policy committed to, and the digest of the set after it."""

    officers: tuple[Officer, ...]
    next_officers: Digest


@dataclass(frozen=True, slots=True)
class NewLogKey:
    """scheme.logkey.rotated: the key that signs checkpoints of all later sizes."""

    log_key: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """scheme.recognised: another scheme whose members may be relied on, by its origin and genesis."""

    scheme: str
    genesis: Digest


@dataclass(frozen=True, slots=True)
class Admission:
    """member.admitted: the name and the services of a new member."""

    name: str
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """member.updated: another name, or other services."""

    name: str | None = None
    services: tuple[Service, ...] | None = None


@dataclass(frozen=True, slots=True)
class SuspensionOrder:
    """member.suspended: a new suspension, or the confirmation of the one at log index `confirms`."""

    confirms: int | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """A body without members: the type and the subject say it all."""


@dataclass(frozen=True, slots=True)
class Expulsion:
    """member.expelled: from `effective`, or from `since` where a fraud reaches back."""

    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """agreement.executed: which version the member signed, the digest of the document, and when it ends, if it does."""

    version: str
    digest: Digest
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CertificateDates:
    """certificate.recorded: the digest of a member's certificate in DER, and the two moments it is valid between."""

    digest: Digest
    from_: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """role.granted: a role by its URL, until a moment where one is set."""

    role: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RoleEnd:
    """role.ended: a role by its URL."""

    role: str


@dataclass(frozen=True, slots=True)
class NewKey:
    """key.added: a Multikey, its signature over a checkpoint as proof that somebody holds it, and its expiry."""

    key: str
    size: int
    root: bytes
    signature: bytes
    lost: bool | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeyEnd:
    """key.retired: the key that signs no more from `effective`."""

    thumbprint: str


@dataclass(frozen=True, slots=True)
class KeyCompromise:
    """key.compromised: the key, since when, and the earlier report that this one confirms."""

    thumbprint: str
    since: datetime | None = None
    confirms: int | None = None


@dataclass(frozen=True, slots=True)
class StatusPublication:
    """status.published: the digest of the status list that a member published for an interval."""

    status_list: str
    interval: int
    digest: Digest


BODIES: Mapping[str, type[object]] = MappingProxyType(
    {
        "scheme.genesis": Genesis,
        "scheme.policy": Policy,
        "scheme.officers": NewOfficers,
        "scheme.logkey.rotated": NewLogKey,
        "scheme.recognised": Recognition,
        "member.admitted": Admission,
        "member.updated": Update,
        "member.suspended": SuspensionOrder,
        "member.reinstated": Nothing,
        "member.exit-requested": Nothing,
        "member.exited": Nothing,
        "member.expelled": Expulsion,
        "agreement.executed": Agreement,
        "certificate.recorded": CertificateDates,
        "role.granted": Grant,
        "role.ended": RoleEnd,
        "key.added": NewKey,
        "key.retired": KeyEnd,
        "key.compromised": KeyCompromise,
        "status.published": StatusPublication,
    }
)
"""Which body each type of event has."""


def read(cls: type[T], body: Mapping[str, Json]) -> T:
    """Read the body of an event, every member of it and no other.

    Raises:
        EventRefusedError: a member is missing, unknown or of another shape.
    """
    try:
        found = decode(cls, body)
    except MalformedError as error:
        raise EventRefusedError(f"the body is not that of this type: {error}", code="event.body") from error
    if encode(found) != body:
        names = ", ".join(sorted(body.keys() ^ encode(found).keys())) or "a member in another form"
        raise EventRefusedError(f"the body has what its type does not know: {names}", code="event.body")
    return found


def write(body: object) -> Mapping[str, Json]:
    """Write the body of an event as JSON."""
    return encode(body)
