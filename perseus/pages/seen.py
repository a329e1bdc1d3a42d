"""What the bank saw of the firm and what it did not see, counted in the very file that it received."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from perseus.pages.signatures import documents_of, kind_of, subject_of
from trust.canonical import EVIDENCE_LIMIT, Json, parse_object


@dataclass(frozen=True, slots=True)
class Seen:
    """Counts of what the bank's evidence file holds."""

    months: int
    sealed: int
    intensities: int
    readings: int
    outcodes: tuple[str, ...]
    regions: tuple[str, ...]
    meters: int


@lru_cache(maxsize=2)
def seen_in(evidence: bytes) -> Seen:
    """Count what stands in an evidence file.

    Raises:
        MalformedError: the evidence is not a JSON object.
    """
    held = parse_object(evidence, where="evidence", limit=EVIDENCE_LIMIT)
    resources = held.get("resources")
    listed = resources.values() if isinstance(resources, Mapping) else ()
    metered = [
        subject_of(found) for found in documents_of(evidence) if kind_of(found) == "ConsumptionCredential"
    ]
    reports = [found for found in documents_of(evidence) if kind_of(found) == "EmissionsCredential"]
    found = [cast("Mapping[str, Json]", resource) for resource in listed]
    return Seen(
        months=len(reports),
        sealed=_slots(found, "Commitments", "points"),
        intensities=_slots(found, "IntensitySeries", "values"),
        readings=_slots(found, "HalfHourSeries", "values"),
        outcodes=tuple(sorted({str(subject["outcode"]) for subject in metered})),
        regions=tuple(sorted({_region(subject) for subject in metered})),
        meters=len({str(subject["id"]) for subject in metered}),
    )


def _slots(resources: list[Mapping[str, Json]], kind: str, member: str) -> int:
    """Count the half-hours that the resources of one kind have something to say of."""
    series = (cast("list[Json]", held[member]) for held in resources if held["type"] == kind)
    return sum(value is not None for values in series for value in values)


def _region(subject: Mapping[str, Json]) -> str:
    return str(cast("Mapping[str, Json]", subject["region"])["name"])
