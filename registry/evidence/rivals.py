"""Two statements where there may be one: a proof of misbehaviour that anybody can check, without the log."""

from dataclasses import dataclass

from registry.evidence.statement import SignedStatement
from registry.shape import exactly, listed
from trust.canonical import Json, canonicalize, parse
from trust.errors import MalformedError
from trust.keys import PublicKey

TYPE = "EvidenceConflict"
_LARGEST = 16_384
_WHERE = "conflict"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two entries by one member for one slot: two batches, or two digests of a list, of one interval.

    Raises:
        MalformedError: they are for different slots, by different members, or say the same.
    """

    first: SignedStatement
    second: SignedStatement

    def __post_init__(self) -> None:
        """Refuse two entries that do not contradict each other."""
        one, other = self.first.statement, self.second.statement
        if (one.log, one.member, one.slot) != (other.log, other.member, other.slot):
            raise MalformedError(_WHERE, expected="one log, member and slot", found="two of them")
        if one == other:
            raise MalformedError(_WHERE, expected="two different statements", found="one twice")

    @classmethod
    def parse(cls, raw: bytes) -> "Conflict":
        """Read a proof of misbehaviour.

        Raises:
            MalformedError: it has another shape, or the entries do not contradict each other.
        """
        document = parse(raw, where=_WHERE, limit=_LARGEST, canonical=True)
        members = exactly(document, {"type", "entries"}, where=_WHERE)
        entries = listed(members["entries"], where=f"{_WHERE}/entries")
        if members["type"] != TYPE or len(entries) != 2:  # noqa: PLR2004 - the two that contradict each other
            raise MalformedError(_WHERE, expected=f"{TYPE} of two entries", found=f"{len(entries)} entries")
        one, other = [SignedStatement.parse(canonicalize(entry)) for entry in entries]
        return cls(one, other)

    def to_json(self) -> bytes:
        """Write the proof in its one form."""
        entries: list[Json] = [parse(one.entry, where=_WHERE) for one in (self.first, self.second)]
        return canonicalize({"type": TYPE, "entries": entries})

    def verify(self, *keys: PublicKey) -> None:
        """Check that the member signed both; `keys` are all that the register ever had for it.

        Raises:
            MalformedError: an entry is signed by none of them.
            SignatureMismatchError: a signature does not fit.
        """
        known = {key.thumbprint: key for key in keys}
        for one in (self.first, self.second):
            key = known.get(one.signature.kid)
            if key is None:
                found = ascii(one.signature.kid[:80])
                raise MalformedError(_WHERE, expected="a key of the member", found=found, code="key.unknown")
            one.verify(key)
