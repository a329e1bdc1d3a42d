"""How the accounting provider makes a firm's report: month by month, each kept as soon as it is signed.

The plan: (1) which consents of the firm are in force; (2) for each month, gather readings and intensity, verify
both, calculate, sign, keep, and send the firm its copy; (3) present the chain to the bank, and keep its receipt.
A crash between any two steps costs only the step.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection

from issuers.emissions import Leave, Past, issue_emissions
from issuers.openings import Delivered, Opened
from perseus.apps.courier import Courier
from perseus.apps.frame import CREDENTIAL
from perseus.apps.gathering import Gathering
from perseus.apps.issuing import keep, signing
from perseus.apps.reporting import present_report
from perseus.apps.service import Service
from perseus.keystore import fresh_urn
from perseus.storage import consents, credentials, deliveries, openings, operations
from perseus.storage import readings as kept_readings
from perseus.storage.deliveries import Delivery
from perseus.storage.operations import Operation
from trust.claims.account import AccountHolder
from trust.claims.consent import Consent, Data
from trust.claims.halfhour import Month
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope, links_to
from trust.errors import NotPermittedError
from trust.links import Relation
from trust.report import Verified
from trust.secured import Secured
from verifiers.policy import PROCESS, Policy

CALCULATION = PROCESS + "emissions-calculations"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report was asked for."""

    firm: Did
    wallet: str
    grid: Did
    bank: Did
    months: tuple[Month, ...]
    kind: str
    region: int | None

    @classmethod
    def of(cls, operation: Operation) -> "Asked":
        """Read it from the operation that was written down."""
        asked = orjson.loads(operation.asked)
        months = tuple(Month.parse(month) for month in asked["months"])
        grid, bank = Did(asked["grid"]), Did(asked["bank"])
        return cls(
            Did(asked["firm"]), asked["wallet"], grid, bank, months, asked["kind"], asked.get("region")
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """The firm's consents and account, as they are kept here and as they were verified just now."""

    account_holder: Secured
    readings: Verified[Consent]
    figures: Verified[Consent]

    @property
    def beside(self) -> tuple[Secured, ...]:
        """Give what stands beside every credential that rests on them."""
        return self.account_holder, self.readings.secured, self.figures.secured


class Accounting:
    """The work behind one operation."""

    def __init__(self, service: Service, courier: Courier) -> None:
        self._service = service
        self._party = service.party
        self._courier = courier

    def run(self, operation: Operation) -> Mapping[str, object]:
        """Report every month that is asked for, then present the chain.

        Raises:
            NotPermittedError: no consent lets it, or another party refuses.
            UnavailableError: another party does not answer; the work is taken up again.
        """
        asked = Asked.of(operation)
        # (1) A consent that ended since yesterday stops the report today.
        ground = self._ground(asked)
        # (2) One month is one credential, and is never made twice.
        for number, month in enumerate(asked.months, start=1):
            if not self._known(asked, ground, month):
                self._month(asked, ground, month)
            with self._party.store.write() as connection:
                operations.advance(connection, operation.id, done=number, at=self._party.now())
        # (3) The bank's receipt ends the work.
        figures = [self._known(asked, ground, month) for month in asked.months]
        held = tuple(one for one in figures if one is not None)
        return present_report(self._party, operation, bank=asked.bank, figures=held, beside=ground.beside)

    def _ground(self, asked: Asked) -> Ground:
        with self._party.store.read() as connection:
            accounts = credentials.of_kind(connection, "AccountHolderCredential", about=str(asked.firm))
            figures = self._consent(connection, asked, Data.EMISSIONS, asked.bank)
            readings = self._consent(
                connection, asked, Data.CONSUMPTION, self._party.did, among=_rests_on(figures)
            )
        holders = tuple(one.secured for one in accounts)
        policy, judge = Policy.cap(), self._service.judge
        first = judge.verified(readings, Consent, policy=policy, beside=holders)
        second = judge.verified(figures, Consent, policy=policy, beside=(*holders, readings))
        account = next(one for one in holders if envelope(one).id in _rests_on(readings))
        judge.verified(account, AccountHolder, policy=policy)
        return Ground(account, first, second)

    def _consent(
        self,
        connection: Connection,
        asked: Asked,
        data: Data,
        receiver: Did,
        among: AbstractSet[str] | None = None,
    ) -> Secured:
        """Find the newest consent for this data; the one to readings is that which the one to figures rests on."""
        wanted = (str(asked.firm), str(receiver), data.value)
        every = [one for one in consents.all_of(connection) if (one.holder, one.receiver, one.data) == wanted]
        standing = [one for one in every if among is None or one.id in among]
        if not standing:
            reason = f"no consent lets {receiver} have {data.value}"
            raise NotPermittedError(f"reporting on {asked.firm}", because=reason, code="consent.missing")
        newest = standing[-1]
        if newest.withdrawn_at is not None:
            reason = f"it was withdrawn at {newest.withdrawn_at:%Y-%m-%dT%H:%MZ}"
            raise NotPermittedError(f"reporting on {asked.firm}", because=reason, code="consent.withdrawn")
        found = credentials.find(connection, newest.id)
        if found is None:
            raise NotPermittedError(
                f"reporting on {asked.firm}", because="it is gone", code="consent.missing"
            )
        return found.secured

    def _known(self, asked: Asked, ground: Ground, month: Month) -> Secured | None:
        """Find the month's figure for this bank; another bank's names another consent."""
        with self._party.store.read() as connection:
            held = credentials.of_kind(connection, "EmissionsCredential", about=f"{asked.firm} {month}")
        own = [one.secured for one in held if links_to(one.secured, Relation.PERMITTED, ground.figures)]
        return own[-1] if own else None

    def _month(self, asked: Asked, ground: Ground, month: Month) -> None:
        started = self._party.now()
        gathering = Gathering(self._service, ground.readings, ground.account_holder)
        delivered, absent = gathering.sources(month)
        grids = gathering.grids(asked.grid, delivered, month, kind=asked.kind, region=asked.region)
        with self._party.store.write() as connection:
            made = issue_emissions(
                delivered,
                grids=grids,
                leave=Leave(
                    (ground.readings, ground.figures),
                    CALCULATION,
                    absent=absent,
                    withdrawn=_withdrawn(connection),
                ),
                signing=signing(self._party, connection),
                started_at=started,
                past=Past(_past(connection, delivered, month), keys=kept_readings.owners(connection)),
            )
            openings.remember(connection, made.opened)
            self._keep(connection, asked, made.credential)
        self._courier.wake()

    def _keep(self, connection: Connection, asked: Asked, secured: Secured) -> None:
        """Keep a figure, and put the firm's copy into the outbox with it."""
        found, now = keep(self._party, connection, secured), self._party.now()
        url = f"https://{asked.wallet}/v1/credentials"
        copy = Delivery(fresh_urn(), url, CREDENTIAL, secured.raw, found.id, str(asked.firm), now, now)
        deliveries.post(connection, copy)


def _withdrawn(connection: Connection) -> dict[str, datetime]:
    ended = {one.id: one.withdrawn_at for one in consents.all_of(connection)}
    return {name: moment for name, moment in ended.items() if moment is not None}


def _past(connection: Connection, delivered: tuple[Delivered, ...], month: Month) -> tuple[Opened, ...]:
    vectors = tuple(Digest.of(one.commitments) for one in delivered)
    sources = tuple(one.consumption.claim.id for one in delivered)
    return openings.past(connection, vectors, sources=sources, month=str(month))


def _rests_on(consent: Secured) -> set[str]:
    return {link.id for link in envelope(consent).links}
