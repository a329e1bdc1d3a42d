"""A spot audit as JSON: the verdict on the chain, each half-hour that was opened, and the totals that they stand in."""

from collections.abc import Mapping
from datetime import datetime

from trust.canonical import Json
from trust.claims.consumption import UnitCode
from trust.claims.halfhour import Month, stamp
from verifiers.spot_audit import Seen, SpotAudit

_UNITS = {UnitCode.WATT_HOUR: "kWh", UnitCode.CUBIC_METRE: "m3"}
_PER_UNIT = {UnitCode.WATT_HOUR: -3, UnitCode.CUBIC_METRE: 0}


def spot_verdict(audit: SpotAudit, *, at: datetime) -> Mapping[str, Json]:
    """Write the answer of `perseus spot-audit check --json`; readings are decimal strings in `unit`."""
    shown, claim = audit.shown, audit.claim
    return {
        "overall": audit.overall.value,
        "authentic_at_signing": audit.report.authentic_at_signing.value,
        "at": stamp(at),
        "credential": shown.credential,
        "source": None if claim is None else claim.id,
        "month": str(Month.of(shown.period.start)),
        "fuel": None if claim is None else claim.fuel.value,
        "unit": None if claim is None else _UNITS[claim.unit_code],
        "auditor": str(shown.auditor),
        "opened_at": stamp(shown.opened_at),
        "half_hours": [_half_hour(audit, one) for one in audit.seen],
        "sums": [_told(one) for one in audit.sums],
    }


def reading(audit: SpotAudit, value: int) -> str | None:
    """Write a reading in kilowatt-hours or cubic metres, exactly."""
    claim = audit.claim
    if claim is None:
        return None
    exponent = claim.exponent + _PER_UNIT[claim.unit_code]
    whole, places = value * 10 ** max(exponent, 0), max(-exponent, 0)
    digits = f"{whole:0{places + 1}}"
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def _half_hour(audit: SpotAudit, one: Seen) -> Mapping[str, Json]:
    opening = one.opening
    if opening is None:
        return {"slot": None, "from": None, "reading": None, **_told(one)}
    return {
        "slot": opening.slot,
        "from": str(audit.shown.half_hour(opening.slot)),
        "reading": reading(audit, opening.value),
        **_told(one),
    }


def _told(one: Seen) -> Mapping[str, Json]:
    return {"outcome": one.outcome.value, "code": one.code, "detail": one.detail}
