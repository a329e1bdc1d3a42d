"""An audit as everybody else sees it: the JSON that command line and programs share (specs/audit)."""

from datetime import datetime

from trust.canonical import Json
from trust.claims.halfhour import stamp
from trust.report import Report
from verifiers.ib1.proven import Audited, Signing, does_not_prove, proves
from verifiers.verdict import write_check

_LONGEST, _MOST = 2_000, 256


def audit_verdict(report: Report[Audited], *, at: datetime) -> dict[str, Json]:
    """Write an audit as its published JSON; who signed stands in it only where the record is genuine."""
    audited = report.genuine
    return {
        "overall": report.overall.value,
        "authentic_at_signing": report.authentic_at_signing.value,
        "usable_now": report.usable_now.value,
        "at": stamp(at),
        "trust_framework": None if audited is None else audited.framework,
        "signings": [] if audited is None else [_signing(signing) for signing in audited.signings],
        "proves": [sentence[:_LONGEST] for sentence in proves(report)[:_MOST]],
        "does_not_prove": list(does_not_prove(report)),
        "counts": {outcome.value: count for outcome, count in report.counts.items()},
        "checks": [write_check(check) for check in report],
    }


def _signing(signing: Signing) -> Json:
    return {
        "member": signing.member[:_LONGEST],
        "application": signing.application[:_LONGEST],
        "name": signing.name[:_LONGEST],
        "roles": [role[:_LONGEST] for role in signing.roles],
        "serial": signing.serial,
        "signed_at": signing.signed_at,
        "steps": [{"id": step.id, "type": step.kind.value, "place": step.place} for step in signing.steps],
    }
