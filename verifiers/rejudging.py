"""Verify a signed verdict: its own signature and signer, then whether the same question has the same answer again.

(1) Judge the credential as any other: format, signature, key, and the signer's membership as it stood.
(2) Hold what it was judged by against what is at hand: the trust anchor, the register at its size, the policy.
(3) Judge the evidence file again at that moment, by those entries; the verdict's bytes must have the signed digest.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from registry.anchor import Anchor
from trust.claims.judgement import Judgement
from trust.report import Check, Outcome, Report, Subject
from trust.secured import Secured
from verifiers.catalogue import bearing_of, questions, reasons
from verifiers.evidence import Evidence
from verifiers.finding import HOLD, Finding, failed, not_run
from verifiers.hand import Hand, judged_again, policy_known, same_anchor, same_file, same_register
from verifiers.item import Item, open_item
from verifiers.policy import Policy
from verifiers.verify import verify

POLICY = Policy(name="verdict")
_FILE, _AGAIN = "verdict.file_same", "verdict.judged_again"


class Asked(NamedTuple):
    """One question about what a verdict says, and those that must hold before it is asked."""

    name: str
    ask: Callable[[Hand], Finding]
    waits: tuple[str, ...] = ()


def verify_verdict(
    raw: bytes,
    evidence: Evidence,
    *,
    file: bytes | None,
    anchor: Anchor | None,
    at: datetime,
    policies: Sequence[Policy] = (),
) -> Report[object]:
    """Judge a signed verdict, and with the evidence file the judgement itself; it never raises on bad input.

    `evidence` holds the register to look the signer up in; `policies` are files that a verdict may name.
    """
    # (1) The credential, by the plan of every credential.
    secured = Secured(raw)
    own = verify(secured, evidence, policy=POLICY, anchor=anchor, at=at)
    item = open_item(secured, place="", register=evidence.register)
    claim = None if item.credential is None else item.credential.claim
    # (2) and (3) wait for a claim that somebody signed.
    if not isinstance(claim, Judgement):
        return Report((*own, *_unasked(item)), secured, None, own.about)
    hand = Hand(claim, file, evidence.register, anchor, policies)
    return Report((*own, *_asked(item, hand)), secured, claim, own.about)


PLAN = (
    Asked("verdict.anchor_same", same_anchor),
    Asked("verdict.register_agrees", same_register),
    Asked("verdict.policy_known", policy_known),
    Asked(_FILE, same_file),
    Asked(
        _AGAIN,
        judged_again,
        ("verdict.anchor_same", "verdict.register_agrees", "verdict.policy_known", _FILE),
    ),
)


def _asked(item: Item, hand: Hand) -> Iterator[Check]:
    """Ask each question, unless one that it waits for does not hold."""
    trouble: set[str] = set()
    for asked in PLAN:
        blocked = next((name for name in asked.waits if name in trouble), None)
        finding = not_run(blocked, f"It waits for {blocked}.") if blocked else asked.ask(hand)
        if finding.outcome not in HOLD:
            trouble.add(asked.name)
        yield _check(asked, item.subject, finding)


def _unasked(item: Item) -> Iterator[Check]:
    """Say of every question what it waits for: a verdict that somebody signed."""
    if item.credential is not None:
        because = failed(
            "verdict.no_verdict",
            f"The file is a {item.kind}, and no signed verdict.",
            expected="a VerdictCredential",
            found=item.kind,
        )
        yield _check(PLAN[0], item.subject, because)
        return
    for asked in PLAN:
        yield _check(asked, item.subject, not_run("signature.fits", "It waits for signature.fits."))


def _check(asked: Asked, subject: Subject, finding: Finding) -> Check:
    """Tell a finding in the words of the catalogue."""
    question, reason = questions()[asked.name], reasons().get(finding.code)
    waiting = finding.outcome is Outcome.NOT_RUN
    worded = None if waiting or reason is None else reason
    title = question.passed if worded is None else worded.title
    return Check(
        name=asked.name,
        code=asked.name if waiting or not finding.code else finding.code,
        area=question.area,
        outcome=finding.outcome,
        bearing=bearing_of(asked.name, finding.code),
        subject=subject,
        title=f"Not asked: {title[0].lower()}{title[1:]}" if waiting else title,
        detail=str(finding.detail),
        clause=question.clause if worded is None else worded.clause,
        expected=finding.expected,
        found=finding.found,
        remedy="" if worded is None else worded.remedy,
        depends_on=(finding.code,) if waiting else asked.waits,
    )
