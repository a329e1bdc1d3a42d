"""What every check may look at: the chain, the evidence, the policy, and the moments asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Final, NamedTuple, TypeAlias

from registry.anchor import Anchor
from registry.evidence.proof import LogTrust
from registry.log.note import VerifierKey
from registry.register import Register
from registry.standing import Standing
from trust.claims.consent import Consent, Data
from trust.claims.halfhour import Period
from trust.did import Did
from trust.errors import PerseusError
from verifiers.chain import Chain
from verifiers.evidence import Evidence
from verifiers.finding import Finding
from verifiers.item import Item
from verifiers.policy import Policy
from verifiers.resources import Resources
from verifiers.wording import party

_MOST_REGISTERS = 16
Held = tuple[Item, Consent]


@dataclass(frozen=True, slots=True)
class Use:
    """One use of data: who let whom have what, of which meters and half-hours, and the consents behind it."""

    data: Data
    sender: Did | None
    recipients: tuple[Did, ...]
    sources: frozenset[str]
    period: Period
    consents: tuple[Held, ...]


class Span(NamedTuple):
    """Between which moments a document was signed, as far as that is shown; `fault` says why a proof shows nothing.

    `told_by` is what a receipt says of itself, which bounds nothing: its writer may have dated it back.
    """

    not_before: datetime | None = None
    proven_by: datetime | None = None
    fault: PerseusError | None = None
    told_by: datetime | None = None


@dataclass(slots=True, eq=False)
class Case:
    """One question put to a verifier: is this chain good, at this moment, by what is known at that size?

    `trouble` holds, by document, what was asked of it and does not hold; `spans` its bounds in time, once looked for.
    """

    chain: Final[Chain]
    evidence: Final[Evidence]
    policy: Final[Policy]
    anchor: Final[Anchor | None]
    at: Final[datetime]
    known_at: Final[int | None]
    resources: Final[Resources]
    trouble: Final[dict[int, dict[str, Finding]]] = field(default_factory=dict)
    standings: Final[dict[int, Standing | None]] = field(default_factory=dict)
    uses: Final[dict[int, tuple[Use, ...]]] = field(default_factory=dict)
    sources: Final[dict[int, object]] = field(default_factory=dict)
    spans: Final[dict[int, Span]] = field(default_factory=dict)

    @property
    def register(self) -> Register | None:
        """Give the copy of the register at hand."""
        return self.evidence.register

    @property
    def skew(self) -> timedelta:
        """Give how far two honest clocks may lie apart."""
        return _seconds(self.policy.clock_skew)

    @property
    def audience(self) -> Did | None:
        """Give the party that the chain is shown to: this verifier, where it says who it is, else whom the proof names.

        Without a proof it is whoever had the door.
        """
        if self.evidence.own is not None:
            return self.evidence.own
        proof = self.chain.target.proof
        if proof is not None and proof.domain is not None:
            return Did.parse(str(proof.domain))
        return self.evidence.door.audience if self.evidence.door is not None else None

    @property
    def log_trust(self) -> LogTrust | None:
        """Give what checkpoints of the evidence log must show; None where the trust anchor names no such log."""
        return None if self.anchor is None else _trust(self.anchor, self.register)

    @property
    def register_trust(self) -> LogTrust | None:
        """Give what checkpoints of the register's log must show before they bound a time; None without an anchor."""
        return None if self.anchor is None else _register_trust(self.anchor, self.register)

    def name(self, did: Did | str) -> str:
        """Name a party."""
        return party(self.register, did)


@lru_cache(maxsize=_MOST_REGISTERS)
def _trust(anchor: Anchor, register: Register | None) -> LogTrust | None:
    return LogTrust.of(anchor, keys=_keys(register))


@lru_cache(maxsize=_MOST_REGISTERS)
def _register_trust(anchor: Anchor, register: Register | None) -> LogTrust:
    return LogTrust.register(anchor, keys=_keys(register))


def _keys(register: Register | None) -> tuple[VerifierKey, ...]:
    return () if register is None else tuple([item.key for item in register.scheme.log_keys])


@cache
def _seconds(number: int) -> timedelta:
    return timedelta(seconds=number)


Ask: TypeAlias = Callable[[Case, Item], Finding]
