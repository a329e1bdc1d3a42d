"""Governance events and their signatures: what officers and members put into the log.

An entry is a JWS in JSON general serialization (RFC 7515, section 7.2.1) in its RFC 8785 bytes, its signatures
in the order of their key ids, so that the order of signing leaves no trace; it is hashed as it is stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from sys import intern
from typing import Self, TypeAlias, TypeVar

from registry.bodies import BODIES, read
from registry.errors import EventRefusedError
from registry.jws import EventSignature
from registry.log.merkle import leaf_hash
from registry.shape import count, exactly, listed, mapped, text
from trust.canonical import Json, canonicalize, parse
from trust.claims.halfhour import instant, stamp
from trust.digest import Digest, b64url_decode, b64url_encode
from trust.errors import MalformedError
from trust.keys import Signer

T = TypeVar("T")
Class: TypeAlias = type[T]  # an event has a field of the name type
VERSION = 1
LARGEST_ENTRY = 65_535
_MOST_SIGNATURES = 32
_LONGEST = 500
_YEARS = range(2000, 9000)
_MEMBERS = frozenset(
    ("v", "type", "scheme", "subject", "effective", "prev", "policy", "case", "reason", "body", "evidence")
)


@dataclass(frozen=True, slots=True)
class Event:
    """One decision about one subject: a member by its DID, or the scheme by its origin.

    `prev` is the log index of the subject's last event, `policy` that of the policy in force, `case` the operator's
    file, `evidence` the digests of documents that stay outside the log.

    Raises:
        MalformedError: a text is longer than 500 characters or has a control character, or the time is absurd.
    """

    type: str
    scheme: str
    subject: str
    effective: datetime
    prev: int | None
    policy: int
    case: str
    reason: str
    body: Mapping[str, Json]
    evidence: tuple[Digest, ...] = ()
    v: int = VERSION
    _said: object = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        """Refuse words that no line could show, and moments that no calendar could add a week to."""
        if self.effective.year not in _YEARS:
            found = stamp(self.effective)
            expected = f"a year from {_YEARS[0]} to {_YEARS[-1]}"
            raise MalformedError("event/effective", expected=expected, found=found, code="time.malformed")
        for words in (self.type, self.scheme, self.subject, self.case, self.reason):
            if len(words) > _LONGEST or not (words.isprintable() or not words):
                found = f"{len(words)} characters"
                raise MalformedError("event", expected="a line of at most 500 characters", found=found)
        object.__setattr__(self, "_said", _said(self.type, self.body))

    def says(self, cls: Class[T]) -> T:
        """Give the body as it was read with the event.

        Raises:
            EventRefusedError: the body is not exactly that of its type.
        """
        said = self._said
        return said if isinstance(said, cls) else read(cls, self.body)

    @staticmethod
    def parse(payload: bytes) -> "Event":
        """Read the payload of an entry.

        Raises:
            MalformedError: it is not RFC 8785 JSON with exactly the members of an event.
        """
        return _payload(parse(payload, where="event", limit=LARGEST_ENTRY, canonical=True))

    @property
    def payload(self) -> bytes:
        """The bytes that are signed, in RFC 8785 form."""
        return canonicalize(
            {
                "v": self.v,
                "type": self.type,
                "scheme": self.scheme,
                "subject": self.subject,
                "effective": stamp(self.effective),
                "prev": self.prev,
                "policy": self.policy,
                "case": self.case,
                "reason": self.reason,
                "body": self.body,
                "evidence": [digest.multibase for digest in self.evidence],
            }
        )

    def signed(self, *signers: Signer) -> "SignedEvent":
        """Sign the event, once for each signer.

        Raises:
            MalformedError: no signer is given, or one signs twice.
        """
        encoded = b64url_encode(self.payload)
        return SignedEvent(
            self, encoded, tuple(EventSignature.make(encoded, signer=signer) for signer in signers)
        )


@dataclass(frozen=True, slots=True)
class SignedEvent:
    """An event with its signatures, which is what an entry of the log holds (RFC 7515, section 7.2.1).

    Raises:
        MalformedError: there is no signature, one key signed twice, or the entry exceeds 65,535 bytes.
    """

    event: Event
    payload: str
    signatures: tuple[EventSignature, ...]
    kids: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Put the signatures in their one order, and refuse one key twice."""
        kids = sorted(signature.kid for signature in self.signatures)
        if not kids or len(set(kids)) != len(kids) or len(kids) > _MOST_SIGNATURES:
            raise _too_few_or_many(kids)
        object.__setattr__(self, "signatures", tuple(sorted(self.signatures, key=lambda item: item.kid)))
        object.__setattr__(self, "kids", tuple([item.kid for item in self.signatures]))
        if len(self.entry) > LARGEST_ENTRY:
            raise MalformedError(
                "event", expected="at most 65,535 bytes", found=f"{len(self.entry)}", code="format.too_large"
            )

    @classmethod
    def parse(cls, entry: bytes) -> Self:
        """Read an entry of the log.

        Raises:
            MalformedError: the entry is not the one form of a signed event.
        """
        document = parse(entry, where="entry", limit=LARGEST_ENTRY, canonical=True)
        members = exactly(document, {"payload", "signatures"}, where="entry")
        payload = text(members["payload"], where="entry/payload")
        items = listed(members["signatures"], where="entry/signatures")
        given = tuple([EventSignature.read(item) for item in items])
        signed = cls(Event.parse(b64url_decode(payload, where="entry/payload")), payload, given)
        if signed.signatures != given:
            code = "format.not_canonical"
            raise MalformedError("entry/signatures", expected="the order of kid", found="another", code=code)
        return signed

    @property
    def entry(self) -> bytes:
        """The bytes that the log stores and hashes."""
        signatures = [signature.write() for signature in self.signatures]
        return canonicalize({"payload": self.payload, "signatures": signatures})

    @property
    def leaf(self) -> bytes:
        """The hash of the entry in the log's tree (RFC 6962, section 2.1)."""
        return leaf_hash(self.entry)

    def signed(self, *signers: Signer) -> Self:
        """Add a signature for each signer; what was signed before stays.

        Raises:
            MalformedError: a signer has signed already.
        """
        added = tuple(EventSignature.make(self.payload, signer=signer) for signer in signers)
        return replace(self, signatures=self.signatures + added)


def _too_few_or_many(kids: Sequence[str]) -> MalformedError:
    """Say whose signatures are missing, doubled or too many, by the key ids in their order."""
    expected = f"1 to {_MOST_SIGNATURES} signatures by different keys"
    twice = next((one for one, other in pairwise(kids) if one == other), None)
    found = "none" if not kids else f"{len(kids)}" if twice is None else f"two by the key {twice[:_LONGEST]}"
    return MalformedError("event/signatures", expected=expected, found=found, code="event.quorum")


def _said(kind: str, body: Mapping[str, Json]) -> object:
    """Read a body once; of one that breaks the rules, whoever asks what it says is told why."""
    try:
        return read(BODIES[kind], body) if kind in BODIES else None
    except EventRefusedError:
        return None


def _payload(document: Json) -> Event:
    member = exactly(document, _MEMBERS, where="event")
    evidence = listed(member["evidence"], where="event/evidence")
    return Event(
        v=count(member["v"], where="event/v"),
        type=intern(
            text(member["type"], where="event/type")
        ),  # many events share these words: one text of each
        scheme=intern(text(member["scheme"], where="event/scheme")),
        subject=intern(text(member["subject"], where="event/subject")),
        effective=instant(text(member["effective"], where="event/effective")),
        prev=None if member["prev"] is None else count(member["prev"], where="event/prev"),
        policy=count(member["policy"], where="event/policy"),
        case=text(member["case"], where="event/case"),
        reason=text(member["reason"], where="event/reason"),
        body=mapped(member["body"], where="event/body"),
        evidence=tuple([Digest.parse(text(item, where="event/evidence")) for item in evidence]),
    )
