"""One firm's month from meter to bank, in memory: every credential of the chain, from fixed seeds.

    story = Story()
    story.emissions.credential      # the signed EmissionsCredential
    story.presentation              # what the accounting provider shows the bank

`Story(opening="second")` draws other ids, salts and k; every part is made when it is first asked for. Nothing here
verifies: `believed` makes the Verified that a verifier would give for a good credential.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TypeVar

import pytest

from holders.answer import answer_challenge, firm_of, pair
from holders.grant import Granting, Slip, grant
from holders.present import present
from holders.request import Asked, ConsentRequest, ask
from issuers.account_holder import Account, issue_account_holder
from issuers.consumption import Grounds, Issued, Meter, issue_consumption
from issuers.emissions import Grid, Leave, Reported, issue_emissions
from issuers.intensity import IssuedSeries, Retrieval, issue_intensity
from issuers.issue import Signing
from issuers.openings import Delivered
from support.keys import signer
from trust.challenge import Challenge, customer_digest
from trust.claims.account import AccountHolder, Method
from trust.claims.account import Assurance as AccountAssurance
from trust.claims.consent import Consent, Data, Words
from trust.claims.consumption import Assurance, Consumption, Fuel, Readings, UnitCode
from trust.claims.halfhour import Month
from trust.claims.intensity import Intensity, IntensityKind, IntensitySeries, Upstream
from trust.claims.region import Region
from trust.credential import Credential
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope, link
from trust.errors import NotPermittedError
from trust.keys import Signer
from trust.links import Relation
from trust.report import Bearing, Check, Outcome, Report, Subject, Verified
from trust.secured import Secured
from trust.signing import sign
from trust.status import StatusEntry

C = TypeVar("C")
BASE = "https://registry.ib1.org/scheme/perseus/"
PURPOSE = BASE + "process/emissions-calculations"
REPORTING = BASE + "process/emissions-reporting"
LICENCE = BASE + "license/energy-consumption-emissions-edp-cap-fsp/2026-03-12"
WORDS = (
    b"Green Ledger may read your half-hourly electricity use, and show your monthly figures to Northern Bank."
)
REFERENCE = "NB-2231"
MONTH = Month(2026, 10)
LONDON = Region.of(13)
EDP = Did.parse("did:web:edp.demo.perseus.example")
GRID = Did.parse("did:web:grid.demo.perseus.example")
CAP = Did.parse("did:web:cap.demo.perseus.example")
BANK = Did.parse("did:web:bank.demo.perseus.example")
OPERATOR = Did.parse("did:web:operator.demo.perseus.example")
LIST_URL = "https://operator.demo.perseus.example/status/1"
ASKED_AT = datetime(2026, 9, 20, 10, tzinfo=UTC)
METERED_AT = datetime(2026, 11, 3, 3, 10, tzinfo=UTC)
REPORTED_AT = datetime(2026, 11, 4, 14, 2, tzinfo=UTC)
SHOWN_AT = datetime(2026, 11, 5, 9, tzinfo=UTC)


def drawn(name: str) -> bytes:
    """Give 32 bytes that stand in for random ones."""
    return hashlib.sha256(name.encode()).digest()


def urn(name: str) -> str:
    """Give a version 4 UUID that stands in for a random one."""
    raw = hashlib.sha256(f"urn {name}".encode()).hexdigest()
    return f"urn:uuid:{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-8{raw[17:20]}-{raw[20:32]}"


@contextmanager
def refused(code: str, *words: str) -> Iterator[None]:
    """Expect that an act is refused with this code, and with these words in its sentence."""
    with pytest.raises(NotPermittedError) as refusal:
        yield
    assert refusal.value.code == code
    for word in words:
        assert word in str(refusal.value)


def believed(secured: Secured, claim: type[C]) -> Verified[C]:
    """Give what a verifier would give for a credential of this claim, in which every check passed."""
    credential = envelope(secured)
    assert isinstance(credential.claim, claim)
    subject = Subject(credential.id, str(credential.kind), "alone", str(credential.issuer))
    passed = Check(
        "format.parses",
        "format.parses",
        "format",
        Outcome.PASSED,
        Bearing.SIGNING,
        subject,
        title="It can be read",
        detail="It can be read.",
        clause="",
    )
    return Report((passed, replace(passed, bearing=Bearing.USE)), secured, credential.claim).require()


@dataclass
class Story:
    """The parties, and each credential as it is first asked for; `sources` meters stand in London."""

    opening: str = "first"
    sources: int = 1
    ed25519: bool = False
    month: Month = MONTH
    missing: tuple[int, ...] = (5, 700)
    grid_region: Region = LONDON
    fuel: Fuel = Fuel.ELECTRICITY
    exponents: tuple[int, ...] = (0, 0)
    metered: tuple[Readings, ...] = ()
    series_of: IntensitySeries | None = None
    kind: IntensityKind = IntensityKind.FORECAST
    fresh: str = ""  # another word here draws another k for the same readings
    lie: bytes | None = None  # readings that the credential binds, though its commitments are to others
    signers: dict[Did, Signer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Give every member its key."""
        for did in (EDP, GRID, CAP, BANK, OPERATOR):
            self.signers.setdefault(did, signer(f"scheme/{did}"))

    @cached_property
    def firm_signer(self) -> Signer:
        """Give the firm's key."""
        return signer(f"{self.opening}/firm", ed25519=self.ed25519)

    @property
    def firm(self) -> Did:
        """Name the firm by its key."""
        return firm_of(self.firm_signer)

    def id(self, name: str) -> str:
        """Name a document of this story."""
        return urn(f"{self.opening}/{name}")

    @property
    def source_ids(self) -> tuple[str, ...]:
        """Name the firm's meters."""
        return tuple(self.id(f"source {number}") for number in range(self.sources))

    def signing(self, issuer: Did, at: datetime, name: str, index: int | None = None) -> Signing:
        """Let a member sign one credential."""
        status = () if index is None else (StatusEntry("revocation", index, LIST_URL),)
        return Signing(issuer, self.signers[issuer], at, self.id(name), status)

    @cached_property
    def challenge(self) -> Challenge:
        """Give the energy data provider's challenge to the firm."""
        return Challenge("edp-nonce-0001", EDP, ASKED_AT + timedelta(minutes=10))

    @cached_property
    def account(self) -> Account:
        """Give what the energy data provider's records say."""
        return Account(
            sources=self.source_ids,
            control_from=datetime(2024, 4, 1, tzinfo=UTC),
            control_until=datetime(2027, 9, 20, 10, tzinfo=UTC),
            method=Method.LOGIN_AND_PAIRING,
            assurance=AccountAssurance.SUBSTANTIAL,
        )

    @cached_property
    def account_holder(self) -> Secured:
        """Give the account holder credential."""
        return issue_account_holder(
            answer_challenge(self.challenge, signer=self.firm_signer, at=ASKED_AT),
            challenge=self.challenge,
            account=self.account,
            signing=self.signing(EDP, ASKED_AT, "account holder", 1),
        )

    @cached_property
    def pairing(self) -> Secured:
        """Give the pairing of the firm's key with the bank's customer."""
        challenge = Challenge("bank-nonce-0001", BANK, ASKED_AT + timedelta(minutes=10))
        return pair(challenge, reference=REFERENCE, salt=self.salt, signer=self.firm_signer, at=ASKED_AT)

    @property
    def salt(self) -> bytes:
        """Give what hides the bank's reference, in the pairing and in the consent alike."""
        return drawn(f"{self.opening}/pairing")

    @cached_property
    def request(self) -> ConsentRequest:
        """Give what the accounting provider asks for."""
        return ConsentRequest(
            id=self.id("request"),
            requester=CAP,
            uses=(
                Asked(EDP, CAP, Data.CONSUMPTION, (PURPOSE,)),
                Asked(CAP, BANK, Data.EMISSIONS, (REPORTING,)),
            ),
            licence=LICENCE,
            sources=self.source_ids,
            data_from=datetime(2025, 10, 1, tzinfo=UTC),
            data_to=datetime(2027, 9, 1, tzinfo=UTC),
            expires=datetime(2027, 9, 20, 10, tzinfo=UTC),
            words=Words("https://wallet.demo.perseus.example/words/1/en", Digest.of(WORDS), "en-GB"),
            status_keeper=OPERATOR,
        )

    @cached_property
    def signed_request(self) -> Secured:
        """Give the request as the accounting provider signed it."""
        return ask(self.request, signer=self.signers[CAP], at=ASKED_AT)

    @cached_property
    def consents(self) -> tuple[Secured, ...]:
        """Give both consents: readings to the accounting provider, monthly figures to the bank."""
        granting = Granting(
            self.account_holder, self.firm_signer, ASKED_AT, customer_digest(REFERENCE, salt=self.salt)
        )
        slips = [
            Slip(self.id(f"consent {number}"), (StatusEntry("revocation", 10 + number, LIST_URL),))
            for number in range(2)
        ]
        return grant(self.request, granting=granting, slips=slips)

    def given(self, consent: Consent) -> Verified[Consent]:
        """Sign another consent in the firm's name, whatever it says."""
        credential: Credential[object] = Credential(
            self.id("another consent"),
            self.firm,
            consent,
            ASKED_AT,
            links=(link(Relation.DERIVED, self.account_holder),),
        )
        return believed(sign(credential, signer=self.firm_signer), Consent)

    def readings(self, source: int = 0) -> Readings:
        """Give a month of readings in watt-hours, with a few half-hours missing."""
        if self.metered:
            return self.metered[source]
        slots = range(len(self.month.period))
        values = tuple(None if i in self.missing else (i * 37 + source * 11) % 1_993 for i in slots)
        quality = "".join("-" if i in self.missing else "M" for i in slots)
        salt = drawn(f"{self.opening}/salt {source}")
        return Readings(self.month.period, UnitCode.WATT_HOUR, self.exponents[source], values, quality, salt)

    def meter(self, source: int = 0) -> Meter:
        """Give what is known of a meter."""
        level = Assurance(BASE + "assurance/missing-data/Complete", BASE + "assurance/originator/SmartMeter")
        return Meter(self.source_ids[source], self.fuel, "SW1A", LONDON, level)

    @property
    def grounds(self) -> Grounds:
        """Give the grounds on which the readings leave."""
        return Grounds(
            believed(self.consents[0], Consent), believed(self.account_holder, AccountHolder), CAP, PURPOSE
        )

    @cached_property
    def consumption(self) -> tuple[Issued, ...]:
        """Give what the energy data provider issues, one for each meter."""
        return tuple(
            issue_consumption(
                self.readings(source),
                meter=self.meter(source),
                grounds=self.grounds,
                signing=self.signing(EDP, METERED_AT, f"consumption {source}", 20 + source),
                k=drawn(f"{self.opening}/k {source}{self.fresh}"),
                resource_ids=(self.id(f"readings {source}"), self.id(f"commitments {source}")),
            )
            for source in range(self.sources)
        )

    @cached_property
    def series(self) -> IntensitySeries:
        """Give the month's intensity, one half-hour of it zero."""
        if self.series_of is not None:
            return self.series_of
        slots = range(len(self.month.period))
        values = tuple(0 if i == 9 else 40 + (i * 13) % 247 for i in slots)
        return IntensitySeries(self.month.period, values, "F" * len(slots))

    @cached_property
    def intensity(self) -> IssuedSeries:
        """Give what the grid data provider issues."""
        return self.intensity_by(GRID)

    def intensity_by(self, issuer: Did) -> IssuedSeries:
        """Give what a member issues as the grid data provider."""
        upstream = Upstream("https://api.carbonintensity.org.uk/regional", Digest.of(b"the raw answer"))
        return issue_intensity(
            self.series,
            region=self.grid_region,
            kind=self.kind,
            retrieval=Retrieval(METERED_AT, upstream),
            series_id=self.id("series"),
            signing=self.signing(issuer, METERED_AT, "intensity", 30),
        )

    @cached_property
    def delivered(self) -> tuple[Delivered, ...]:
        """Give what the accounting provider holds of each meter."""
        return tuple(self._delivered(one) for one in self.consumption)

    def _delivered(self, one: Issued) -> Delivered:
        if self.lie is None:
            return Delivered(believed(one.credential, Consumption), one.readings, one.commitments, one.k)
        claim = believed(one.credential, Consumption).claim
        bound = replace(claim.readings, digest_multibase=Digest.of(self.lie))
        lied = self.signing(EDP, METERED_AT, "lie").issue(
            replace(claim, readings=bound), links=envelope(one.credential).links
        )
        return Delivered(believed(lied, Consumption), self.lie, one.commitments, one.k)

    @property
    def grid(self) -> Grid:
        """Give what the accounting provider holds of the grid."""
        return Grid(believed(self.intensity.credential, Intensity), self.intensity.series)

    @property
    def leave(self) -> Leave:
        """Give by whose leave the accounting provider calculates."""
        return Leave((believed(self.consents[0], Consent),), PURPOSE)

    @cached_property
    def emissions(self) -> Reported:
        """Give the month's emissions credential."""
        return issue_emissions(
            self.delivered,
            grids=(self.grid,),
            leave=self.leave,
            signing=self.signing(CAP, REPORTED_AT, "emissions", 40),
            started_at=REPORTED_AT - timedelta(seconds=2),
        )

    @property
    def chain(self) -> tuple[Secured, ...]:
        """Give every credential of the chain, the figure first."""
        return (
            self.emissions.credential,
            *(one.credential for one in self.consumption),
            self.intensity.credential,
            *self.consents,
            self.account_holder,
        )

    @cached_property
    def presentation(self) -> Secured:
        """Give what the accounting provider shows the bank."""
        return present(
            self.chain,
            holder=CAP,
            signer=self.signers[CAP],
            audience=BANK,
            challenge="bank-nonce-0002",
            at=SHOWN_AT,
            id=self.id("presentation"),
        )
