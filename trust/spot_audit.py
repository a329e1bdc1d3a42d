"""The document of a spot audit: which commitments, for whom, and what opens each half-hour that was chosen.

It carries no signature. What it shows proves itself against the commitments that the energy data provider signed: no
other reading opens them, and nobody without k can open them at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from trust.canonical import Json, canonicalize, parse_object
from trust.claims.halfhour import INTERVAL, HalfHour, Month, Period, instant, stamp
from trust.did import Did
from trust.digest import Digest, b64url_decode, b64url_encode
from trust.schema import fit
from trust.slot_opening import SlotOpening

TYPE = "SlotOpenings"
LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class SlotOpenings:
    """Openings of one consumption credential's month, made for one auditor at one moment."""

    credential: str
    commitments: Digest
    period: Period
    auditor: Did
    opened_at: datetime
    openings: tuple[SlotOpening, ...]

    def half_hour(self, slot: int) -> HalfHour:
        """Give the half-hour at a place in the month."""
        return HalfHour(self.period.first.number + slot)

    def write(self) -> bytes:
        """Write the document in its RFC 8785 bytes."""
        return canonicalize(
            {
                "type": TYPE,
                "credential": self.credential,
                "commitments": self.commitments.multibase,
                "from": stamp(self.period.start),
                "interval": INTERVAL,
                "auditor": str(self.auditor),
                "openedAt": stamp(self.opened_at),
                "openings": [
                    {"slot": one.slot, "value": str(one.value), "blinding": b64url_encode(one.blinding)}
                    for one in self.openings
                ],
            }
        )


def read_slot_openings(raw: bytes, *, where: str) -> SlotOpenings:
    """Read the document of a spot audit.

    Raises:
        MalformedError: the bytes are not one, at the JSON pointer of the first member that is not what it must be.
    """
    document = parse_object(raw, where=where, limit=LARGEST)
    fit("slot-openings", document)
    text = cast("Mapping[str, str]", document)
    return SlotOpenings(
        credential=text["credential"],
        commitments=Digest.parse(text["commitments"]),
        period=Month.of(instant(text["from"])).period,
        auditor=Did.parse(text["auditor"]),
        opened_at=instant(text["openedAt"]),
        openings=tuple(_opening(one) for one in cast("list[Mapping[str, Json]]", document["openings"])),
    )


def _opening(one: Mapping[str, Json]) -> SlotOpening:
    blinding = b64url_decode(cast("str", one["blinding"]), where="blinding")
    return SlotOpening(cast("int", one["slot"]), int(cast("str", one["value"])), blinding)
