"""Governance events and their signatures: what officers and members put into the log.

An entry is a JWS in JSON general serialization (RFC 7515, section 7.2.1) in its RFC 8785 bytes, its signatures
in the order of their key ids, so that the order of signing leaves no trace; it is hashed as it is stored.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from registry.log.merkle import leaf_hash
from trust.canonical import Json, canonicalize, parse
from trust.claims.halfhour import instant, stamp
from trust.digest import Digest, b64url_decode, b64url_encode
from trust.errors import MalformedError
from trust.keys import Algorithm, PublicKey, Signer

VERSION = 1
LARGEST_ENTRY = 65_535
TYPE = "perseus-event+json"
ALGORITHMS: Mapping[str, Algorithm] = {"ES256": Algorithm.P256, "EdDSA": Algorithm.ED25519}
_NAMES = {algorithm: name for name, algorithm in ALGORITHMS.items()}
_SIGNATURE_SIZE = 64
_MOST_SIGNATURES = 32
_MEMBERS = frozenset(
    ("v", "type", "scheme", "subject", "effective", "prev", "policy", "case", "reason", "body", "evidence")
)


@dataclass(frozen=True, slots=True)
class Event:
    """One decision about one subject: a member by its DID, or the scheme by its origin.

    `prev` is the log index of the subject's last event, `policy` that of the policy in force, `case` the operator's
    file, `evidence` the digests of documents that stay outside the log.
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
        return SignedEvent(self, encoded, tuple(_sign(encoded, signer) for signer in signers))


@dataclass(frozen=True, slots=True)
class EventSignature:
    """One signature over an event: the protected header as it stood, its key id, its algorithm, 64 bytes."""

    kid: str
    algorithm: Algorithm
    protected: str
    value: bytes


@dataclass(frozen=True, slots=True)
class SignedEvent:
    """An event with its signatures, which is what an entry of the log holds (RFC 7515, section 7.2.1).

    Raises:
        MalformedError: there is no signature, one key signed twice, or the entry exceeds 65,535 bytes.
    """

    event: Event
    payload: str
    signatures: tuple[EventSignature, ...]

    def __post_init__(self) -> None:
        """Put the signatures in their one order, and refuse one key twice."""
        kids = sorted(signature.kid for signature in self.signatures)
        if not kids or len(set(kids)) != len(kids) or len(kids) > _MOST_SIGNATURES:
            expected = f"1 to {_MOST_SIGNATURES} signatures by different keys"
            raise MalformedError("event/signatures", expected=expected, found=f"{len(kids)}")
        object.__setattr__(self, "signatures", tuple(sorted(self.signatures, key=lambda item: item.kid)))
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
        members = _exactly(document, {"payload", "signatures"})
        payload = _text(members, "payload")
        event = Event.parse(b64url_decode(payload, where="entry/payload"))
        signed = cls(event, payload, tuple([_signature(item) for item in _listed(members["signatures"])]))
        if signed.entry != entry:
            raise MalformedError(
                "entry/signatures",
                expected="the order of key ids",
                found="another",
                code="format.not_canonical",
            )
        return signed

    @property
    def entry(self) -> bytes:
        """The bytes that the log stores and hashes."""
        signatures: list[Json] = [
            {"protected": item.protected, "signature": b64url_encode(item.value)} for item in self.signatures
        ]
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
        added = tuple(_sign(self.payload, signer) for signer in signers)
        return replace(self, signatures=self.signatures + added)

    def verify(self, signature: EventSignature, key: PublicKey) -> None:
        """Check one signature against the key that its id names (RFC 7515, section 5.2).

        Raises:
            MalformedError: the header names an algorithm of another kind of key.
            SignatureMismatchError: the signature does not fit.
        """
        if signature.algorithm is not key.algorithm:
            found = _NAMES[signature.algorithm]
            raise MalformedError(
                "event/signatures/alg", expected=f"that of {key.algorithm.name}", found=found
            )
        key.verify(signature.value, f"{signature.protected}.{self.payload}".encode("ascii"))


def _sign(payload: str, signer: Signer) -> EventSignature:
    algorithm, kid = signer.key.algorithm, signer.key.thumbprint
    protected = b64url_encode(canonicalize({"alg": _NAMES[algorithm], "kid": kid, "typ": TYPE}))
    return EventSignature(kid, algorithm, protected, signer.sign(f"{protected}.{payload}".encode("ascii")))


def _listed(value: Json) -> Sequence[Json]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise MalformedError("entry/signatures", expected="an array", found=type(value).__name__)
    return value


def _signature(item: Json) -> EventSignature:
    where = "entry/signatures"
    member = _exactly(item, {"protected", "signature"})
    protected = _text(member, "protected")
    raw = b64url_decode(protected, where=f"{where}/protected")
    header = _exactly(parse(raw, where=where, limit=LARGEST_ENTRY, canonical=True), {"alg", "kid", "typ"})
    name = _text(header, "alg")
    if name not in ALGORITHMS or header["typ"] != TYPE:
        found = ascii(f"{name}, {header['typ']}")
        raise MalformedError(where, expected=f"ES256 or EdDSA, {TYPE}", found=found, code="jose.header")
    value = b64url_decode(_text(member, "signature"), where=f"{where}/signature")
    if len(value) != _SIGNATURE_SIZE:
        raise MalformedError(where, expected="64 bytes", found=f"{len(value)}", code="jose.encoding")
    return EventSignature(_text(header, "kid"), ALGORITHMS[name], protected, value)


def _payload(document: Json) -> Event:
    member = _exactly(document, _MEMBERS)
    body, evidence, prev = member["body"], member["evidence"], member["prev"]
    if not isinstance(body, Mapping):
        raise MalformedError("event/body", expected="an object", found=type(body).__name__)
    if isinstance(evidence, str) or not isinstance(evidence, Sequence):
        raise MalformedError("event/evidence", expected="an array", found=type(evidence).__name__)
    return Event(
        v=_integer(member, "v"),
        type=_text(member, "type"),
        scheme=_text(member, "scheme"),
        subject=_text(member, "subject"),
        effective=instant(_text(member, "effective")),
        prev=None if prev is None else _integer(member, "prev"),
        policy=_integer(member, "policy"),
        case=_text(member, "case"),
        reason=_text(member, "reason"),
        body=body,
        evidence=tuple([Digest.parse(_text({"evidence": item}, "evidence")) for item in evidence]),
    )


def _exactly(value: Json, names: AbstractSet[str]) -> Mapping[str, Json]:
    if not isinstance(value, Mapping) or value.keys() != names:
        found = ", ".join(sorted(value)) if isinstance(value, Mapping) else type(value).__name__
        expected = f"an object of {', '.join(sorted(names))}"
        raise MalformedError("entry", expected=expected, found=found[:200], code="format.schema")
    return value


def _text(member: Mapping[str, Json], name: str) -> str:
    value = member[name]
    if not isinstance(value, str):
        raise MalformedError(name, expected="text", found=type(value).__name__, code="format.schema")
    return value


def _integer(member: Mapping[str, Json], name: str) -> int:
    value = member[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        found = type(value).__name__
        raise MalformedError(name, expected="an integer from 0", found=found, code="format.schema")
    return value
