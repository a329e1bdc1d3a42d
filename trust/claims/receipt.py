"""Receipts: what a party received, and what it stopped, deleted or kept after a withdrawal."""

from dataclasses import dataclass
from datetime import datetime

from trust.did import Did
from trust.digest import Digest


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was received from whom, when, and whether it was authentic; credit policy has no place here.

    `channel` is the party in the certificate of the connection, or None where the connection had none.
    """

    presentation: str
    digest_multibase: Digest
    received_from: Did
    received_at: datetime
    challenge: str
    audience: Did
    authentic: str
    channel: Did | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Something kept after a withdrawal, on what basis, until when."""

    what: str
    basis: str
    until: datetime


@dataclass(frozen=True, slots=True)
class WithdrawalReceipt:
    """A party's answer to a withdrawal: when it stopped, what it deleted and kept, whom it told."""

    withdrawal: str
    stopped_at: datetime
    deleted: tuple[str, ...]
    kept: tuple[Kept, ...]
    notified: tuple[Did, ...]
