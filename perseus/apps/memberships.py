"""Membership credentials: what the operator signs for a member to show, a convenience copy of the register."""

from datetime import datetime, timedelta

from perseus.apps.issuing import keep, signing
from perseus.apps.party import Party
from perseus.problems import NotFoundError
from perseus.storage import credentials
from trust.claims.halfhour import Period
from trust.claims.membership import Membership
from trust.did import Did
from trust.secured import Secured

AGREEMENT = "2026-03-12"
YEAR = timedelta(days=365)


def membership_of(party: Party, did: Did) -> Secured:
    """Give a member's credential, signing it when it is first asked for.

    Raises:
        NotFoundError: no member of that name has a role now.
    """
    now = party.now()
    member = party.register.current().member(did, at=now)
    if member is None or not member.roles:
        raise NotFoundError(f"a member {did} with a role")
    period = Period.of(_day(now), _day(now + YEAR))
    claim = Membership(member.did, member.name, member.roles, AGREEMENT, period)
    with party.store.write() as connection:
        known = credentials.of_kind(connection, "MembershipCredential", about=str(did))
        if known:
            return known[-1].secured
        made = signing(party, connection).issue(claim, valid_until=now + YEAR)
        keep(party, connection, made)
    return made


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0)
