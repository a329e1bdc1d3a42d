"""The one status list that its keeper signs for an interval, kept before anybody sees it, and logged by its digest."""

from datetime import timedelta

from issuers.issue import Signing
from issuers.status_list import StatusListKeeper
from perseus.apps.party import Party
from perseus.problems import NotFoundError
from perseus.storage import evidence, statuses
from perseus.storage.evidence import Said
from registry.evidence.statement import ListDigest, SignedStatement
from registry.intervals import EvidenceLog
from trust.secured import Secured

LIFETIME = timedelta(hours=24)
_LONGEST_TTL = timedelta(minutes=1)


def list_of_interval(party: Party, log: EvidenceLog, url: str) -> Secured:
    """Give the list of the present interval; a mark that is set meanwhile stands in the next.

    Raises:
        NotFoundError: this party keeps no such list.
    """
    at = party.now()
    number = log.number(at)
    with party.store.read() as connection:
        known = evidence.said(connection, url, number)
        found = statuses.bits_of(connection, url)
    if known is not None and known.listed is not None:
        return Secured(known.listed)
    if found is None:
        raise NotFoundError(f"the status list {url}")
    purpose, _, marked = found
    keeper = StatusListKeeper(url, purpose, frozenset(marked), statuses.SIZE)
    signing = Signing(party.did, party.signer, at, url, checkpoint=party.register.note())
    secured = keeper.publish(signing=signing, lifetime=LIFETIME, ttl=min(log.length, _LONGEST_TTL))
    statement = ListDigest(log.origin, party.did, url, number, secured.digest)
    entry = SignedStatement.make(statement, signer=party.signer).entry
    with party.store.write() as connection:
        # Another request may have been faster: the list that is kept is the list of the interval.
        known = evidence.said(connection, url, number)
        if known is not None and known.listed is not None:
            return Secured(known.listed)
        said = Said(url, number, entry, listed=secured.raw, digest=secured.digest.multibase)
        evidence.say(connection, said)
    return secured
