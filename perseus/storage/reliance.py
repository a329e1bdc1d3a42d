"""How much of what is kept here rests on one member: bare counts, in which no firm and no account can be seen."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from perseus.storage.consents import consents
from perseus.storage.presentations import presentations, reports


@dataclass(frozen=True, slots=True)
class Reliance:
    """How many verdicts, banks and consents in force rest on a member."""

    reports: int = 0
    banks: int = 0
    consents: int = 0

    def __add__(self, other: "Reliance") -> "Reliance":
        """Add the counts of two members, which never count the same thing."""
        return Reliance(
            self.reports + other.reports, self.banks + other.banks, self.consents + other.consents
        )


def consents_with(connection: Connection, member: str) -> int:
    """Count the consents in force here that let this member send or receive.

    A consent names two members, and each keeps it: asked of all but the one, every consent is counted once.
    """
    named = or_(consents.c.sender == member, consents.c.receiver == member)
    chosen = select(func.count()).select_from(consents).where(named, consents.c.withdrawn_at.is_(None))
    return int(connection.execute(chosen).scalar_one())


def reports_on(connection: Connection, member: str) -> int:
    """Count the verdicts on chains that this member presented, or in which it signed something."""
    shown = select(presentations.c.holder, presentations.c.body).join(
        reports, reports.c.presentation == presentations.c.id
    )
    # What is kept is canonical JSON, in which these bytes stand for the member's name there and nowhere else.
    signed = f'"issuer":"{member}"'.encode()
    found = connection.execute(shown)
    return sum(row.holder == member or signed in bytes(row.body) for row in found)
