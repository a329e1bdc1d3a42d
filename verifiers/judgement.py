"""From a report to the judgement that a member signs: both answers, what they rest on, and every finding."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from registry.anchor import Anchor
from registry.register import Register
from trust.claims.emissions import Gases
from trust.claims.judgement import (
    JudgedFigure,
    JudgedFinding,
    Judgement,
    PolicyApplied,
    RegisterState,
    TrustedAnchor,
)
from trust.did import Did
from trust.digest import Digest
from trust.errors import MalformedError, NotPermittedError
from trust.report import Check, Outcome, Report
from trust.secured import Secured
from verifiers.dossier import Dossier
from verifiers.policy import Policy
from verifiers.verdict import verdict_bytes

_MOST_DETAILS, _LONGEST = 50, 300
_WITHOUT_WORDS = frozenset({Outcome.PASSED, Outcome.NOT_APPLICABLE})
_ACT = "signing a verdict"


def judgement_of(
    report: Report[object],
    *,
    file: bytes,
    presentation: Secured,
    at: datetime,
    anchor: Anchor | None,
    register: Register | None,
    policy: Policy,
    audience: Did | None = None,
) -> Judgement:
    """Give what is to be signed about an evidence file that was judged with nothing beside it.

    Raises:
        NotPermittedError: there is no trust anchor or no register, so that nobody could judge it again.
    """
    if anchor is None or register is None:
        missing, code = (
            ("trust anchor", "register.no_anchor") if anchor is None else ("register", "register.unreachable")
        )
        raise NotPermittedError(_ACT, because=f"there is no {missing} that it rests on", code=code)
    size = report.about.size or register.size
    return Judgement(
        presentation=_id_of(report, presentation),
        digest_multibase=presentation.digest,
        evidence_digest=Digest.of(file),
        verdict_digest=Digest.of(verdict_bytes(report, at=at, known_at=size, anchor=anchor, policy=policy)),
        overall=report.overall.value,
        authentic_at_signing=report.authentic_at_signing.value,
        usable_now=report.usable_now.value,
        judged_at=at,
        anchor=TrustedAnchor(anchor.scheme, anchor.environment, Digest.of(anchor.to_json())),
        register=RegisterState(size, Digest(register.root_at(size))),
        policy=PolicyApplied(policy.name, policy.digest),
        figures=_figures(report),
        findings=tuple(_findings(report)),
        firm=None if report.about.firm is None else Did.parse(report.about.firm),
        audience=audience,
    )


def _id_of(report: Report[object], presentation: Secured) -> str:
    """Name the presentation by its own id.

    Raises:
        NotPermittedError: it has none, so that the verdict would be about nothing.
    """
    targets = [check.subject.id for check in report if check.subject.kind == "VerifiablePresentation"]
    try:
        return next(filter(None, targets))
    except StopIteration as error:
        because = f"the file holds no presentation that can be named ({presentation.digest})"
        raise NotPermittedError(_ACT, because=because, code="format.unknown_type") from error


def _figures(report: Report[object]) -> tuple[JudgedFigure, ...]:
    claim = report.genuine
    if not isinstance(claim, Dossier):
        return ()
    return tuple(JudgedFigure(f.month.period, f.fuel, f.kg, Gases(f.gases), f.scope) for f in claim.figures)


def _findings(report: Iterable[Check]) -> Iterator[JudgedFinding]:
    """Tell a thing once that came out alike for many documents, in plan order."""
    alike: dict[tuple[str, str, str, str], list[Check]] = {}
    for check in report:
        told_by = (check.name, check.code, check.outcome.value, check.bearing.value)
        alike.setdefault(told_by, []).append(check)
    for (name, code, outcome, bearing), checks in alike.items():
        told = [] if checks[0].outcome in _WITHOUT_WORDS else checks[:_MOST_DETAILS]
        details = tuple(check.detail[:_LONGEST] for check in told)
        yield JudgedFinding(name, code, outcome, bearing, len(checks), details)


def policy_named(applied: PolicyApplied, others: Iterable[Policy] = ()) -> Policy:
    """Give the policy that a judgement names by its digest: one of the presets, or one of those at hand.

    Raises:
        MalformedError: none of them has that digest.
    """
    presets = (Policy.bank(), Policy.auditor(), Policy.cap(), Policy.edp())
    found = next((one for one in (*others, *presets) if one.digest == applied.digest_multibase), None)
    if found is None:
        raise MalformedError(
            "policy",
            expected="the file of the policy that was judged by",
            found=f"none with the digest {applied.digest_multibase}",
            code="verdict.policy_unknown",
        )
    return found
