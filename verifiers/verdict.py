"""A report as everybody else sees it: the JSON that pages, command line and API share (specs/verdict)."""

from datetime import datetime

from registry.anchor import Anchor
from trust.canonical import Json, canonicalize
from trust.claims.emissions import Emissions
from trust.claims.halfhour import stamp
from trust.report import Check, Report
from verifiers.dossier import Dossier, Figure, figures_of
from verifiers.policy import Policy

_LONGEST = 2_000


def verdict(
    report: Report[object],
    *,
    at: datetime,
    known_at: datetime | int | None = None,
    anchor: Anchor | None,
    policy: Policy,
) -> dict[str, Json]:
    """Write a report as its published JSON; the figures stand in it only where they were genuine when signed."""
    period = report.about.period
    return {
        "overall": report.overall.value,
        "authentic_at_signing": report.authentic_at_signing.value,
        "usable_now": report.usable_now.value,
        "at": stamp(at),
        "known_at": known_at if isinstance(known_at, int) else report.about.size,
        "anchor": None if anchor is None else _anchor(anchor),
        "policy": {"name": policy.name, "digest": policy.digest.multibase},
        "scope": policy.scope.value,
        "subject": report.about.firm,
        "period": None if period is None else {"from": stamp(period.start), "to": stamp(period.end)},
        "figures": [_figure(figure) for figure in _figures(report)],
        "counts": {outcome.value: count for outcome, count in report.counts.items()},
        "checks": [write_check(check) for check in report],
    }


def verdict_bytes(
    report: Report[object],
    *,
    at: datetime,
    known_at: datetime | int | None = None,
    anchor: Anchor | None,
    policy: Policy,
) -> bytes:
    """Write the verdict in its one form: the same question always gives the same bytes (RFC 8785)."""
    return canonicalize(verdict(report, at=at, known_at=known_at, anchor=anchor, policy=policy))


def _anchor(anchor: Anchor) -> Json:
    return {"scheme": anchor.scheme, "environment": anchor.environment, "log_key": str(anchor.log_key)}


def _figures(report: Report[object]) -> tuple[Figure, ...]:
    claim = report.genuine
    if isinstance(claim, Dossier):
        return claim.figures
    return figures_of(claim) if isinstance(claim, Emissions) else ()


def _figure(figure: Figure) -> Json:
    period, coverage = figure.month.period, figure.coverage
    return {
        "from": stamp(period.start),
        "to": stamp(period.end),
        "fuel": figure.fuel.value,
        "kg": f"{figure.kg:f}",
        "gases": figure.gases,
        "scope": figure.scope,
        "coverage": {
            "expected": coverage.expected,
            "counted": coverage.counted,
            "missing_readings": coverage.missing_readings,
            "missing_intensity": coverage.missing_intensity,
        },
    }


def write_check(check: Check) -> dict[str, Json]:
    """Write one check as every verdict has it."""
    subject = check.subject
    return {
        "name": check.name,
        "code": check.code,
        "area": check.area,
        "outcome": check.outcome.value,
        "bearing": check.bearing.value,
        "subject": {
            "id": subject.id[:_LONGEST],
            "kind": subject.kind[:_LONGEST],
            "place": subject.place[:_LONGEST],
            "issuer": subject.issuer[:_LONGEST],
        },
        "title": check.title[:_LONGEST],
        "detail": check.detail[:_LONGEST],
        "expected": check.expected[:_LONGEST],
        "found": check.found[:_LONGEST],
        "remedy": check.remedy[:_LONGEST],
        "clause": check.clause,
        "depends_on": list(check.depends_on),
        "parent": check.parent[:_LONGEST],
    }
