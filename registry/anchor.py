"""The trust anchor: the little that a verifier must be given by hand before it can rely on a register."""

from dataclasses import dataclass
from typing import Self

from registry.log.cosignature import WitnessKey
from registry.log.note import VerifierKey
from registry.log.quorum import WitnessPolicy
from registry.shape import count, exactly, listed, mapped, text
from trust.canonical import Json, canonicalize, parse
from trust.digest import Digest
from trust.errors import MalformedError

ENVIRONMENTS = ("demo", "test", "production")
"""Kept apart, so that nothing of a demonstration ever counts elsewhere."""
_MEMBERS = frozenset(("scheme", "genesis", "logKey", "quorum", "witnesses", "environment"))
_LARGEST = 65_536


@dataclass(frozen=True, slots=True)
class Anchor:
    """Which scheme, which first entry, which log key, how many witnesses, and for which environment.

    `genesis` is the RFC 6962 leaf hash of entry 0; `quorum` of the `witnesses` must have cosigned a checkpoint.

    Raises:
        MalformedError: the scheme or the environment is empty, or the quorum exceeds the witnesses.
    """

    scheme: str
    genesis: Digest
    log_key: VerifierKey
    quorum: int = 0
    environment: str = "test"
    witnesses: tuple[WitnessKey, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an anchor that could hold nothing."""
        if not self.scheme:
            raise MalformedError("anchor/scheme", expected="the origin of a log", found="nothing")
        if self.environment not in ENVIRONMENTS:
            raise MalformedError(
                "anchor/environment", expected=", ".join(ENVIRONMENTS), found=ascii(self.environment)
            )
        if not 0 <= self.quorum <= len(self.witnesses):
            raise MalformedError(
                "anchor/quorum", expected=f"0 to {len(self.witnesses)} witnesses", found=str(self.quorum)
            )
        if len({key.key for key in self.witnesses} | {key.name for key in self.witnesses}) < 2 * len(
            self.witnesses
        ):
            raise MalformedError("anchor/witnesses", expected="every witness once", found="one twice")

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        """Read a trust file.

        Raises:
            MalformedError: a member is missing, unknown, or of another shape.
        """
        document = mapped(parse(raw, where="anchor", limit=_LARGEST), where="anchor")
        # Witnesses may be left out, and what is found is told as it stands in the file.
        names = _MEMBERS if "witnesses" in document else _MEMBERS - {"witnesses"}
        members = exactly(document, names, where="anchor")
        witnesses = listed(members.get("witnesses", []), where="anchor/witnesses")
        return cls(
            scheme=text(members["scheme"], where="anchor/scheme"),
            genesis=Digest.parse(text(members["genesis"], where="anchor/genesis")),
            log_key=VerifierKey.parse(text(members["logKey"], where="anchor/logKey")),
            quorum=count(members["quorum"], where="anchor/quorum"),
            environment=text(members["environment"], where="anchor/environment"),
            witnesses=tuple(WitnessKey.parse(text(key, where="anchor/witnesses")) for key in witnesses),
        )

    @property
    def policy(self) -> WitnessPolicy:
        """Give the demand for cosignatures as a policy."""
        return WitnessPolicy.of(self.quorum, self.witnesses)

    def to_json(self) -> bytes:
        """Write the trust file in its one form."""
        document: dict[str, Json] = {
            "scheme": self.scheme,
            "genesis": self.genesis.multibase,
            "logKey": str(self.log_key),
            "quorum": self.quorum,
            "environment": self.environment,
        }
        if self.witnesses:
            document["witnesses"] = [str(key) for key in self.witnesses]
        return canonicalize(document)
