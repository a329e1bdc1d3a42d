"""Consent: who lets whom use which data, for what, until when; and its withdrawal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from trust.claims.halfhour import Period
from trust.did import Did
from trust.digest import Digest
from trust.errors import MalformedError

LONGEST = timedelta(days=366)


class Data(StrEnum):
    """What may pass: the readings to the accounting provider, or the monthly figures to the bank."""

    CONSUMPTION = "energyConsumptionHalfHourly"
    EMISSIONS = "emissionsMonthly"


@dataclass(frozen=True, slots=True)
class Words:
    """The exact words the account holder agreed to, by address, digest and language."""

    id: str
    digest_multibase: Digest
    language: str


@dataclass(frozen=True, slots=True)
class Consent:
    """What the account holder lets one party receive from another (IB1 Permission Records 1.0).

    `data_from` to `data_to` bounds the half-hours concerned, `expires` the use of them; `customer` is the
    salted digest of the bank's own reference for this firm; `depends_on` names the consents that this one may
    only narrow.
    """

    from_: Did
    to: Did
    data: Data
    purposes: tuple[str, ...]
    licence: str
    sources: tuple[str, ...]
    data_from: datetime
    data_to: datetime
    expires: datetime
    words: Words
    status_keeper: Did
    customer: Digest | None = None
    depends_on: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a consent that names nothing.

        Raises:
            MalformedError: without a purpose or a source, or with its dates the wrong way round.
        """
        if not self.purposes or not self.sources:
            raise MalformedError(
                "consent", expected="at least one purpose and one source", found="none", code="format.schema"
            )
        if self.data_from >= self.data_to:
            raise MalformedError(
                "consent/dataTo",
                expected="a time after dataFrom",
                found=str(self.data_to),
                code="format.schema",
            )

    @property
    def period(self) -> Period:
        """Give the half-hours that the consent lets pass."""
        return Period.of(self.data_from, self.data_to)

    def covers(self, *, source: str, purpose: str, period: Period) -> bool:
        """Tell whether this use of one source, for one purpose, over a period lies inside the consent."""
        return source in self.sources and purpose in self.purposes and self.period.covers(period)

    def narrows(self, wider: "Consent") -> bool:
        """Tell whether nothing in this consent reaches beyond the one it depends on."""
        return (
            set(self.sources) <= set(wider.sources)
            and wider.period.covers(self.period)
            and self.expires <= wider.expires
            and self.from_ == wider.to
        )


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The end of a consent, effective when it is signed (GDPR, article 7(3))."""

    consent: str
    reason: str | None = None
