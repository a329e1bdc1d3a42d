"""Membership: an organisation's roles in the scheme, as a convenience copy of the register."""

from dataclasses import dataclass

from trust.claims.halfhour import Period
from trust.did import Did


@dataclass(frozen=True, slots=True)
class Membership:
    """Which roles a member held from when to when; the register stays the truth."""

    id: Did
    name: str
    roles: tuple[str, ...]
    agreement_version: str
    period: Period
