"""What an auditor does with the firm's leave: adds the readings to the bank's file, and calculates everything again."""

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from perseus.demo.documents import credentials_of, kind_of
from trust.canonical import EVIDENCE_LIMIT, Json, canonicalize, parse_object
from trust.claims.consumption import Readings
from trust.claims.emissions import calculate
from trust.claims.halfhour import Month
from trust.claims.intensity import IntensitySeries
from trust.errors import MalformedError
from trust.resource import Resource, read_resource


def with_readings(evidence: bytes, readings: Mapping[str, Json]) -> bytes:
    """Give the bank's evidence with the readings beside it, each under its digest."""
    document = dict(parse_object(evidence, where="evidence", limit=EVIDENCE_LIMIT))
    held = cast("Mapping[str, Json]", document["resources"])
    return canonicalize({**document, "resources": {**held, **readings}})


def recalculate(evidence: bytes) -> dict[Month, Decimal]:
    """Calculate every month again from the readings and the intensities that a file's credentials bind.

    Raises:
        MalformedError: a reading or a series that a credential binds is not in the file.
    """
    document = dict(parse_object(evidence, where="evidence", limit=EVIDENCE_LIMIT))
    held = cast("Mapping[str, Json]", document["resources"])
    metered: dict[Month, list[Readings]] = {}
    series: dict[Month, IntensitySeries] = {}
    for credential in credentials_of(document):
        member = {"ConsumptionCredential": "readings", "GridIntensityCredential": "series"}.get(
            kind_of(credential)
        )
        found = None if member is None else _bound(credential, member, held)
        if isinstance(found, Readings):
            metered.setdefault(Month.of(found.period.start), []).append(found)
        elif isinstance(found, IntensitySeries):
            series[Month.of(found.period.start)] = found
    return {
        month: sum((calculate(one, series[month]).kg for one in sources), Decimal("0.000"))
        for month, sources in sorted(metered.items())
    }


def _bound(credential: Mapping[str, Json], member: str, held: Mapping[str, Json]) -> Resource:
    subject = cast("Mapping[str, Mapping[str, str]]", credential["credentialSubject"])
    digest = subject[member]["digestMultibase"]
    if digest not in held:
        raise MalformedError(
            f"resources/{digest}", expected=f"the {member}", found="nothing", code="link.missing"
        )
    return read_resource(canonicalize(held[digest]), where=member)
