"""Judgement: what one member found when it judged a chain, and everything by which it judged."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from trust.claims.consumption import Fuel
from trust.claims.emissions import Gases
from trust.claims.halfhour import Period
from trust.did import Did
from trust.digest import Digest


@dataclass(frozen=True, slots=True)
class TrustedAnchor:
    """The trust anchor that a judgement rests on; the digest is that of its file in its one form."""

    scheme: str
    environment: str
    digest_multibase: Digest


@dataclass(frozen=True, slots=True)
class RegisterState:
    """How many entries of the register counted, and the root over exactly those (RFC 9162, section 2.1.1)."""

    size: int
    root: Digest


@dataclass(frozen=True, slots=True)
class PolicyApplied:
    """The demands that were made, by name and by the digest of their one form."""

    name: str
    digest_multibase: Digest


@dataclass(frozen=True, slots=True)
class JudgedFigure:
    """The kilograms of one fuel in one month, as the verdict shows them."""

    period: Period
    fuel: Fuel
    kg: Decimal
    gases: Gases
    scope: str


@dataclass(frozen=True, slots=True)
class JudgedFinding:
    """One question and how it came out, for all documents of which it came out alike.

    `count` is how many those are; `details` are the sentences about what did not pass, the first of them at most.
    """

    name: str
    code: str
    outcome: str
    bearing: str
    count: int
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Both answers about one presentation, what they were judged by, and every finding.

    `digest_multibase` is of the presentation, `evidence_digest` of the whole evidence file, `verdict_digest` of the
    verdict's RFC 8785 bytes, which whoever has the file makes again; `audience` is the party that it was
    judged as, where that was said: what was made for another is refused then.
    """

    presentation: str
    digest_multibase: Digest
    evidence_digest: Digest
    verdict_digest: Digest
    overall: str
    authentic_at_signing: str
    usable_now: str
    judged_at: datetime
    anchor: TrustedAnchor
    register: RegisterState
    policy: PolicyApplied
    figures: tuple[JudgedFigure, ...]
    findings: tuple[JudgedFinding, ...]
    firm: Did | None = None
    audience: Did | None = None
