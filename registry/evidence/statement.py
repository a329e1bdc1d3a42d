"""What a member says to the evidence log: the root of its batch, and the digest of its status list, once an interval.

An entry is a JWS in JSON general serialization with exactly one signature, in its RFC 8785 bytes, of a type of its
own, so that no signature over a register event can stand here, nor the other way round.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Self, TypeAlias

from registry.jws import EventSignature
from registry.log.merkle import HASH_SIZE, leaf_hash
from registry.shape import exactly, listed, mapped, text
from trust.canonical import Json, canonicalize, parse
from trust.codec import decode, encode
from trust.did import Did
from trust.digest import Digest, b64url_decode, b64url_encode
from trust.errors import MalformedError
from trust.keys import PublicKey, Signer

TYPE = "perseus-evidence+json"
VERSION = 1
LARGEST = 4_096
_LAST = (1 << 53) - 1
_LONGEST = 500
_WHERE = "evidence"


@dataclass(frozen=True, slots=True)
class Batch:
    """The root over everything that a member committed to in one interval; sent also where that was nothing.

    Raises:
        MalformedError: the root has not 32 bytes, or the interval has no number.
    """

    kind: ClassVar[str] = "batch"

    log: str
    member: Did
    interval: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuse what no batch could have."""
        _require_interval(self.interval)
        if len(self.root) != HASH_SIZE:
            raise MalformedError(f"{_WHERE}/root", expected="32 bytes", found=f"{len(self.root)}")

    @property
    def slot(self) -> tuple[str, int]:
        """Name what may be said once: a member's one batch of an interval."""
        return "", self.interval


@dataclass(frozen=True, slots=True)
class ListDigest:
    """The digest of the one status list that its keeper published under a URL for an interval.

    Raises:
        MalformedError: the URL is no https address of at most 500 characters, or the interval has no number.
    """

    kind: ClassVar[str] = "status-list"

    log: str
    member: Did
    status_list: str
    interval: int
    digest: Digest

    def __post_init__(self) -> None:
        """Refuse what no list could have."""
        _require_interval(self.interval)
        url = self.status_list
        if not url.startswith("https://") or len(url) > _LONGEST or not url.isprintable():
            raise MalformedError(f"{_WHERE}/statusList", expected="an https URL", found=ascii(url[:80]))

    @property
    def slot(self) -> tuple[str, int]:
        """Name what may be said once: the digest of one list of an interval."""
        return self.status_list, self.interval


Statement: TypeAlias = Batch | ListDigest
_KINDS: Mapping[str, type[Batch] | type[ListDigest]] = MappingProxyType(
    {cls.kind: cls for cls in (Batch, ListDigest)}
)


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A statement with its member's signature, which is what an entry of the evidence log holds.

    Raises:
        MalformedError: the entry exceeds 4,096 bytes.
    """

    statement: Statement
    payload: str
    signature: EventSignature

    def __post_init__(self) -> None:
        """Refuse an entry in which more could be hidden than a statement."""
        if len(self.entry) > LARGEST:
            found = f"{len(self.entry)}"
            raise MalformedError(_WHERE, expected="at most 4,096 bytes", found=found, code="format.too_large")

    @classmethod
    def make(cls, statement: Statement, *, signer: Signer) -> Self:
        """Sign a statement with a key that the register has for its member."""
        payload = b64url_encode(canonicalize(_document(statement)))
        return cls(statement, payload, EventSignature.make(payload, signer=signer, typ=TYPE))

    @classmethod
    def parse(cls, entry: bytes) -> Self:
        """Read an entry of the evidence log.

        Raises:
            MalformedError: the entry is not the one form of a signed statement.
        """
        members = exactly(
            parse(entry, where="entry", limit=LARGEST, canonical=True),
            {"payload", "signatures"},
            where="entry",
        )
        payload = text(members["payload"], where="entry/payload")
        signatures = listed(members["signatures"], where="entry/signatures")
        if len(signatures) != 1:
            raise MalformedError("entry/signatures", expected="exactly one", found=f"{len(signatures)}")
        raw = b64url_decode(payload, where="entry/payload")
        statement = _statement(parse(raw, where=_WHERE, limit=LARGEST, canonical=True))
        return cls(statement, payload, EventSignature.read(signatures[0], typ=TYPE))

    @property
    def entry(self) -> bytes:
        """The bytes that the log stores and hashes."""
        return canonicalize({"payload": self.payload, "signatures": [self.signature.write()]})

    @property
    def leaf(self) -> bytes:
        """The hash of the entry in the log's tree (RFC 6962, section 2.1)."""
        return leaf_hash(self.entry)

    def verify(self, key: PublicKey) -> None:
        """Check the signature against the key that it names.

        Raises:
            MalformedError: it names another key.
            SignatureMismatchError: it does not fit.
        """
        if self.signature.kid != key.thumbprint:
            raise MalformedError(
                "entry/signatures", expected=f"the key {key.thumbprint}", found=ascii(self.signature.kid[:80])
            )
        self.signature.verify(self.payload, key=key)


def _document(statement: Statement) -> dict[str, Json]:
    return {"v": VERSION, "type": statement.kind, **encode(statement)}


def _statement(value: Json) -> Statement:
    members = mapped(value, where=_WHERE)
    cls = _KINDS.get(text(members.get("type"), where=f"{_WHERE}/type"))
    if cls is None or members.get("v") != VERSION:
        found = ascii(f"{members['type']}, version {members.get('v')}"[:80])
        raise MalformedError(_WHERE, expected=f"{' or '.join(_KINDS)}, version 1", found=found)
    statement: Statement = decode(cls, members)
    if _document(statement) != members:
        names = ", ".join(sorted(members.keys() ^ _document(statement).keys())) or "another form"
        raise MalformedError(
            _WHERE, expected="the members of its type", found=ascii(names[:80]), code="format.schema"
        )
    return statement


def _require_interval(number: int) -> None:
    if not 0 <= number <= _LAST:
        raise MalformedError(f"{_WHERE}/interval", expected="a number from 0", found=str(number))
