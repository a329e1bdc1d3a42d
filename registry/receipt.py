"""What a member keeps of a decision about it: the entry, and the proof of its place in the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from registry.anchor import Anchor
from registry.events import LARGEST_ENTRY, SignedEvent
from registry.log.note import VerifierKey
from registry.log.proof import InclusionProof, Proven
from registry.register import Register
from registry.shape import count, exactly, text
from trust.canonical import Json, canonicalize, parse
from trust.errors import MalformedError

TYPE = "PerseusEventReceipt"
_VERSION = 1
_MEMBERS = frozenset(("type", "version", "index", "entry", "proof"))
_LARGEST = LARGEST_ENTRY + 1_500_000
_WHERE = "receipt"


@dataclass(frozen=True, slots=True)
class EventReceipt:
    """An entry of the register, and its proof of inclusion under a checkpoint."""

    signed: SignedEvent
    proof: InclusionProof

    @classmethod
    def of(cls, register: Register, index: int, *, checkpoint: str) -> Self:
        """Make the receipt for an entry, under the checkpoint over all entries of the register.

        Raises:
            MalformedError: the register has no such entry, or it is no event.
        """
        if not 0 <= index < register.size:
            raise MalformedError(_WHERE, expected=f"entry 0 to {register.size - 1}", found=str(index))
        hashes = tuple(register.tree.inclusion(index, size=register.size))
        return cls(register.event(index), InclusionProof(index, hashes, checkpoint))

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        """Read a receipt.

        Raises:
            MalformedError: it is none, or its proof is of another entry than it says.
        """
        members = exactly(parse(raw, where=_WHERE, limit=_LARGEST), _MEMBERS, where=_WHERE)
        if (members["type"], members["version"]) != (TYPE, _VERSION):
            found = ascii(f"{members['type']} {members['version']}")
            raise MalformedError(
                _WHERE, expected=f"{TYPE} {_VERSION}", found=found, code="format.unknown_type"
            )
        proof = InclusionProof.parse(text(members["proof"], where=f"{_WHERE}/proof"))
        index = count(members["index"], where=f"{_WHERE}/index")
        if index != proof.index:
            raise MalformedError(f"{_WHERE}/index", expected=f"{proof.index}, as proven", found=str(index))
        return cls(SignedEvent.parse(canonicalize(members["entry"])), proof)

    def to_json(self) -> bytes:
        """Write the receipt in its RFC 8785 bytes."""
        document: Mapping[str, Json] = {
            "type": TYPE,
            "version": _VERSION,
            "index": self.proof.index,
            "entry": parse(self.signed.entry, where="entry"),
            "proof": str(self.proof),
        }
        return canonicalize(document)

    def verify(self, anchor: Anchor, *, log_key: VerifierKey | None = None) -> Proven:
        """Check, with the trust anchor alone, that the log holds this entry here; its effect is another matter.

        `log_key` is the one that a copy of the register names, where the log has rotated its key since.

        Raises:
            MalformedError: the event is of another scheme, or the proof leads elsewhere or lacks witnesses.
            SignatureMismatchError: the checkpoint was not signed by the log.
        """
        scheme = self.signed.event.scheme
        if scheme != anchor.scheme:
            raise MalformedError(
                _WHERE, expected=f"an event of {anchor.scheme}", found=ascii(scheme), code="event.scheme"
            )
        return self.proof.verify(self.signed.leaf, key=log_key or anchor.log_key, policy=anchor.policy)
