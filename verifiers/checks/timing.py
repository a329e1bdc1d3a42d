"""Does the moment of signing rest on more than the signer's word?"""

from datetime import datetime

from trust.report import Outcome
from verifiers.case import Case, Span
from verifiers.checks.membership import asked, signed_at_of, standing_of
from verifiers.finding import Finding, passed, warning
from verifiers.item import Item
from verifiers.span import RECEIPT, span_of, wants_proof
from verifiers.wording import moment, sentence

CHECK = "signature.time_proven"


def time_proven(case: Case, item: Item) -> Finding:
    """Ask when it was signed at the earliest and at the latest (register.md, two clocks an event).

    Where the register's answer depends on it, that is unknown without proof; elsewhere a missing proof is a warning,
    once it is due, or once the signer may sign no more. A receipt needs none as long as its writer may.
    """
    found = asked(case, item, CHECK, lambda: "No event reaches back to the time of signing.")
    signed_at = signed_at_of(item)
    if found.outcome is not Outcome.PASSED or signed_at is None:
        return found
    since = _since_ended(case, item)
    if since is not None or item.kind == RECEIPT:
        return since or found
    return _in_time(case, span_of(case, item), signed_at) if wants_proof(case) else found


def _since_ended(case: Case, item: Item) -> Finding | None:
    """Say that the signer, its role or its key was gone before anything shows this document, if so."""
    standing = standing_of(case, item)
    over = () if standing is None else [one for one in standing.ended if one.at <= case.at]
    if not over:
        return None
    shown, first = span_of(case, item).proven_by, over[0]
    return warning(
        "signature.time_unproven",
        " ".join(one.sentence for one in over),
        expected=first.expected,
        found="nothing" if shown is None else f"shown to exist by {moment(shown)}",
        remedy=first.remedy,
    )


def _in_time(case: Case, span: Span, signed_at: datetime) -> Finding:
    log, number = case.anchor and case.anchor.evidence, case.policy.proof_intervals
    due = signed_at + number * log.length if log else signed_at
    shown = min((at for at in (span.proven_by, span.told_by) if at is not None), default=None)
    if shown is not None and shown <= due + case.skew:
        how = "shown" if shown == span.proven_by else "said by its receipt"
        return passed(lambda: f"It is {how} to have existed by {moment(shown)}.")
    if shown is None and span.fault is None and case.at <= due + case.skew:
        return passed(lambda: f"A proof of its time is due by {moment(due)}.")
    why = "no proof of its time is at hand"
    if span.fault is not None:
        why = f"the proof of its time proves nothing: {sentence(span.fault)}".rstrip(".")
    elif shown is not None:
        why = f"it is shown to have existed only by {moment(shown)}"
    return warning(
        "signature.time_unproven",
        f"It says that it was signed on {moment(signed_at)}, and {why}.",
        expected=f"shown to exist by {moment(due)}",
        found="nothing" if shown is None else moment(shown),
    )
