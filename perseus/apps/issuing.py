"""How a party signs what it issues: a fresh id, a place in its own status list, the newest checkpoint it saw."""

import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from sqlalchemy import Connection

from issuers.issue import Signing
from issuers.status_list import StatusListKeeper
from perseus.apps.party import Party
from perseus.evidence import committing
from perseus.evidence.gathering import want
from perseus.evidence.listing import list_of_interval
from perseus.keystore import fresh_number, fresh_urn
from perseus.problems import NotFoundError
from perseus.storage import credentials, statuses
from perseus.storage.log import EVIDENCE
from trust.claims.account import AccountHolder
from trust.claims.consent import Withdrawal
from trust.claims.consumption import Consumption
from trust.claims.emissions import Emissions
from trust.claims.intensity import Intensity
from trust.claims.membership import Membership
from trust.claims.receipt import Receipt, WithdrawalReceipt
from trust.credential import Credential
from trust.envelope import envelope
from trust.secured import Secured
from trust.status import StatusEntry

LIFETIME = timedelta(hours=24)
TTL = timedelta(minutes=1)
_NAMED: Mapping[type[object], str] = MappingProxyType(
    {
        AccountHolder: "id",
        Membership: "id",
        Withdrawal: "consent",
        Receipt: "presentation",
        WithdrawalReceipt: "withdrawal",
    }
)
_RENEWED = 1_800.0  # seconds after which an unchanged list is signed anew


def list_url(party: Party) -> str:
    """Name the list that this party's own credentials stand in."""
    return f"{party.settings.url}/status/1"


def open_lists(party: Party) -> None:
    """Open this party's list, before anything is issued."""
    with party.store.write() as connection:
        statuses.open_list(connection, list_url(party), purpose="revocation", draw=fresh_number)


def signing(party: Party, connection: Connection, *, revocable: bool = True) -> Signing:
    """Prepare to sign one credential; its place in the list is taken in the transaction that keeps it."""
    id_ = fresh_urn()
    place = None
    if revocable:
        place = statuses.allocate(connection, list_url(party), credential=id_, holder=str(party.did))
    status = () if place is None else (StatusEntry(place.purpose, place.index, place.list_url),)
    checkpoint = _newest_of_evidence(party, connection) or party.register.note()
    return Signing(party.did, party.signer, party.now(), id_, status, checkpoint)


def vouching(party: Party, connection: Connection) -> Signing:
    """Prepare to sign what the party says about itself: its receipts show how far it had seen the register."""
    return replace(signing(party, connection, revocable=False), checkpoint=party.register.note())


def _newest_of_evidence(party: Party, connection: Connection) -> str | None:
    """Give the newest checkpoint of the evidence log: whoever embeds it cannot have signed before it was witnessed."""
    seen = None if party.evidence is None else EVIDENCE.newest(connection)
    return None if seen is None else seen.note


def keep(party: Party, connection: Connection, secured: Secured) -> Credential[object]:
    """Keep a credential, issued here or verified, under what it is about.

    Raises:
        ConflictError: other bytes are kept under its id.
        MalformedError: it is no credential of the scheme.
    """
    found = envelope(secured)
    row = {"id_": found.id, "issuer": str(found.issuer), "kind": str(found.kind), "about": about(found.claim)}
    credentials.keep(connection, secured, **row, at=party.now())
    if party.evidence is not None and found.issuer == party.did:
        committing.note(connection, secured.digest, at=party.now())
    else:
        want(party, connection, secured)
    return found


def about(claim: object) -> str:
    """Say what a claim is about, so that it is found again: one text for one firm, source or region and month."""
    match claim:
        case Consumption() | Emissions():
            return f"{claim.id} {claim.period.month}"
        case Intensity():
            return f"{claim.region.id} {claim.kind.value} {claim.period.month}"
    named = _NAMED.get(type(claim))
    return "" if named is None else str(getattr(claim, named))


class StatusLists:
    """This party's lists as they are published: signed anew when a bit is set, and every half-hour."""

    def __init__(self, party: Party) -> None:
        self._party = party
        self._lock = threading.Lock()
        self._published: dict[str, tuple[int, float, Secured]] = {}

    def publish(self) -> None:
        """Sign every list for the present interval, be it asked for or not."""
        with self._party.store.read() as connection:
            urls = statuses.lists(connection)
        for url in urls:
            self.published(url)

    def published(self, url: str) -> Secured:
        """Give a list in its newest signed form: where the scheme has an evidence log, the one of this interval.

        Raises:
            NotFoundError: this party keeps no such list.
        """
        log = self._party.evidence
        if log is not None:
            return list_of_interval(self._party, log, url)
        with self._party.store.read() as connection:
            found = statuses.bits_of(connection, url)
        if found is None:
            raise NotFoundError(f"the status list {url}")
        purpose, sequence, marked = found
        with self._lock:
            known = self._published.get(url)
            if known and known[0] == sequence and time.monotonic() - known[1] < _RENEWED:
                return known[2]
            keeper = StatusListKeeper(url, purpose, frozenset(marked), statuses.SIZE)
            note = self._party.register.note()
            sign = Signing(self._party.did, self._party.signer, self._party.now(), url, checkpoint=note)
            secured = keeper.publish(signing=sign, lifetime=LIFETIME, ttl=TTL)
            self._published[url] = (sequence, time.monotonic(), secured)
            return secured
