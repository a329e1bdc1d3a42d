"""The auditor's side of a spot audit: half-hours drawn by lot, and what was opened held against the evidence."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from perseus.keystore import fresh_bytes
from perseus.verification import anchor_of
from trust.canonical import Json
from trust.spot_audit import read_slot_openings
from verifiers.policy import Policy
from verifiers.spot_audit import audit_slots, slots_of
from verifiers.spot_verdict import spot_verdict


@dataclass(frozen=True, slots=True)
class Lot:
    """Half-hours of one meter's month, drawn among those that have a reading."""

    credential: str
    source: str
    month: str
    fuel: str
    slots: tuple[int, ...]

    def as_json(self) -> dict[str, Json]:
        """Write the lot for a program."""
        return {**asdict(self), "slots": list(self.slots)}


def chosen(raw: bytes, *, trust: Path | None, count: int) -> tuple[Lot, ...]:
    """Draw half-hours of every meter's month in an evidence file.

    Raises:
        MalformedError: the bytes are no evidence file.
    """
    months = slots_of(raw, anchor=anchor_of(trust))
    return tuple(
        Lot(
            name,
            claim.id,
            str(claim.period.month),
            claim.fuel.value,
            _drawn(there, count),
        )
        for name, claim, there in months
    )


def _drawn(slots: Sequence[int], count: int) -> tuple[int, ...]:
    """Draw by lot: the half-hours come in the order of digests that a fresh secret makes."""
    secret = fresh_bytes()
    shuffled = sorted(slots, key=lambda slot: hmac.digest(secret, slot.to_bytes(4), "sha256"))
    return tuple(sorted(shuffled[:count]))


def checked(raw: bytes, shown: bytes, *, trust: Path | None, at: datetime) -> Mapping[str, Json]:
    """Check what was opened, and give the verdict.

    Raises:
        MalformedError: the document is none of openings, or the anchor is none.
    """
    openings = read_slot_openings(shown, where="openings")
    audit = audit_slots(raw, openings, policy=Policy.auditor(), anchor=anchor_of(trust), at=at)
    return spot_verdict(audit, at=at)
