"""Account holding: which key of a small firm answered for which meters, from when to when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from trust.claims.halfhour import Period
from trust.did import Did
from trust.digest import Digest


class Method(StrEnum):
    """How the energy data provider established that this key belongs to its account holder."""

    LOGIN_AND_PAIRING = "accountLoginAndMeterPairing"
    BILL_AND_READ = "billAndMeterRead"
    LETTER = "letterToPremises"


class Assurance(StrEnum):
    """How sure the method lets anybody be (eIDAS, article 8)."""

    LOW = "low"
    SUBSTANTIAL = "substantial"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class AccountHolder:
    """That a key answered the energy data provider's challenge, and controls these sources for this long.

    `replaces` names the credential of a lost or stolen key; `compromised_since` is set when it was stolen.
    """

    id: Did
    sources: tuple[str, ...]
    control_from: datetime
    control_until: datetime
    method: Method
    assurance_level: Assurance
    challenge_digest: Digest
    replaces: str | None = None
    compromised_since: datetime | None = None

    def controls(self, source: str, period: Period) -> bool:
        """Tell whether the source was this account holder's for the whole of the period."""
        return (
            source in self.sources and self.control_from <= period.start and period.end <= self.control_until
        )
