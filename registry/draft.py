"""A proposal on its way from hand to hand: the exact bytes to sign, where in the log they belong, and who has signed.

It travels as a file of its own (specs/schemas/register-proposal.json), so that officers sign on machines that no
network reaches, in any order, and their copies are brought together afterwards.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from registry.events import LARGEST_ENTRY, Event, SignedEvent
from registry.jws import EventSignature
from registry.register import Register
from registry.shape import count, exactly, listed, text
from trust.canonical import Json, canonicalize, parse
from trust.digest import Digest, b64url_decode, b64url_encode
from trust.errors import MalformedError
from trust.keys import Signer

TYPE = "PerseusProposal"
_VERSION = 1
_MEMBERS = frozenset(("type", "version", "size", "root", "payload", "signatures"))
_LARGEST = 2 * LARGEST_ENTRY
_WHERE = "proposal"


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that is being signed, and the size and root of the register that it was proposed for."""

    event: Event
    payload: str
    size: int
    root: bytes
    signatures: tuple[EventSignature, ...] = ()

    @classmethod
    def of(cls, event: Event, *, register: Register) -> Self:
        """Draft an event for the register as it stands."""
        return cls(event, b64url_encode(event.payload), register.size, register.root)

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        """Read a proposal file.

        Raises:
            MalformedError: it is none, or a member is not of its shape.
        """
        members = exactly(parse(raw, where=_WHERE, limit=_LARGEST), _MEMBERS, where=_WHERE)
        if (members["type"], members["version"]) != (TYPE, _VERSION):
            found = ascii(f"{members['type']} {members['version']}")
            raise MalformedError(
                _WHERE, expected=f"{TYPE} {_VERSION}", found=found, code="format.unknown_type"
            )
        payload = text(members["payload"], where=f"{_WHERE}/payload")
        return cls(
            Event.parse(b64url_decode(payload, where=f"{_WHERE}/payload")),
            payload,
            count(members["size"], where=f"{_WHERE}/size"),
            b64url_decode(text(members["root"], where=f"{_WHERE}/root"), where=f"{_WHERE}/root"),
            tuple(EventSignature.read(item) for item in listed(members["signatures"], where=_WHERE)),
        )

    def to_json(self) -> bytes:
        """Write the proposal file in its RFC 8785 bytes."""
        document: Mapping[str, Json] = {
            "type": TYPE,
            "version": _VERSION,
            "size": self.size,
            "root": b64url_encode(self.root),
            "payload": self.payload,
            "signatures": [signature.write() for signature in self.signatures],
        }
        return canonicalize(document)

    @property
    def id(self) -> str:
        """The digest of the bytes to sign, which names the proposal whoever has signed it."""
        return Digest.of(b64url_decode(self.payload)).multibase

    @property
    def entry(self) -> SignedEvent:
        """The event with the signatures so far.

        Raises:
            MalformedError: nobody has signed yet.
        """
        return SignedEvent(self.event, self.payload, self.signatures)

    def signed(self, *signers: Signer) -> Self:
        """Add a signature for each signer that has not signed yet."""
        made = [EventSignature.make(self.payload, signer=signer) for signer in signers]
        return self.with_signatures(made)

    def with_signatures(self, signatures: Iterable[EventSignature]) -> Self:
        """Add signatures that were made elsewhere; one key's first signature stays the only one."""
        found = {item.kid: item for item in self.signatures}
        for item in signatures:
            found.setdefault(item.kid, item)
        return replace(self, signatures=tuple(found[kid] for kid in sorted(found)))

    def joined(self, other: "Draft") -> Self:
        """Bring together the signatures of two copies.

        Raises:
            MalformedError: they are copies of two different proposals.
        """
        if other.payload != self.payload:
            raise MalformedError(_WHERE, expected=f"a copy of {self.id}", found=other.id)
        return self.with_signatures(other.signatures)

    def require_continues(self, register: Register) -> None:
        """Demand that a copy of the register begins with the log that this was proposed for.

        Raises:
            MalformedError: the copy is older than the proposal, or tells another past.
        """
        if register.size < self.size:
            expected, found = f"at least {self.size} entries, as the proposal has", f"{register.size}"
            raise MalformedError("the copy of the register", expected=expected, found=found)
        if register.root_at(self.size) != self.root:
            expected = f"the root over {self.size} entries that the proposal names"
            raise MalformedError(
                "the copy of the register", expected=expected, found="another", code="register.forked"
            )
