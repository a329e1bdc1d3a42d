"""What a verdict does not prove, and how to make it again: what an auditor must not have to guess."""

from collections.abc import Iterator
from datetime import datetime

from perseus.verification import PRESETS, Judged
from trust.claims.halfhour import stamp
from trust.report import Answer, Outcome, Overall

EVIDENCE, ANCHOR, SIGNED = "evidence.perseus.json", "trust.json", "signed-verdict.json"
POLICY = "policy.json"
_ALWAYS = (
    "That the firm has no other meters, sites, vehicles or fuels: the chain covers the sources that were consented to.",
    "That the meters read right: the energy data provider's signature stands for the readings.",
    "That the grid intensities are right: they are the grid data provider's, regional values are forecasts.",
    "Scope 3, and any part of Scope 1 and 2 that is not metered electricity or gas.",
    "Assurance: no auditor has looked at the firm. A verdict shows who said what, and that the sum follows from it.",
)
_OPENED = (
    "Single readings: none was seen. The total of each month was checked against sealed readings, which shows that "
    "the sum is right, and not how the month ran."
)
_RECALCULATED = "Anything beyond these months: their readings were seen, and each month was calculated again."
_UNPROVEN = (
    "When each document was signed: some times are the signer's own word, as the findings say "
    "(signature.time_unproven)."
)
_LATER = "Anything after {at}: what was withdrawn, revoked or reported later is not in here."
_NOT_GENUINE = "Any figure: the chain was not shown to be genuine, so that no kilogram of it may be used."


def limits(judged: Judged) -> Iterator[str]:
    """Name what is not proven, in this case and in every case."""
    checks = tuple(judged.report)
    if judged.report.authentic_at_signing is not Answer.YES:
        yield _NOT_GENUINE
    elif any(c.name == "calculation.recalculated" and c.outcome is Outcome.PASSED for c in checks):
        yield _RECALCULATED
    else:
        yield _OPENED
    yield from _ALWAYS
    if any(check.code == "signature.time_unproven" for check in checks):
        yield _UNPROVEN
    yield _LATER.format(at=stamp(judged.question.at))


def again(judged: Judged, *, signed_at: datetime | None) -> Iterator[str]:
    """Give the commands that make the verdict again from the files in the evidence zip."""
    for words in commands(judged, signed_at=signed_at):
        yield " ".join(words)


def commands(judged: Judged, *, signed_at: datetime | None) -> Iterator[tuple[str, ...]]:
    """Give each command as its words."""
    at, size = stamp(judged.question.at), judged.report.about.size
    anchor = () if judged.anchor is None else ("--trust", ANCHOR)
    known = () if size is None else ("--known-at", str(size))
    policy = policy_words(judged)
    named = judged.question.audience
    audience = () if named is None else ("--audience", str(named))
    yield ("perseus", "verify", "--offline", *anchor, *policy, *audience, "--at", at, *known, EVIDENCE)
    if signed_at is not None:
        own = policy if POLICY in policy else ()
        yield (
            "perseus",
            "verify-verdict",
            *anchor,
            *own,
            "--at",
            stamp(signed_at),
            "--evidence",
            EVIDENCE,
            SIGNED,
        )


def policy_words(judged: Judged) -> tuple[str, str]:
    """Name the policy: a preset by its name, one of the reader's own by its file."""
    preset = PRESETS.get(judged.policy.name)
    known = preset is not None and preset() == judged.policy
    return "--policy", judged.policy.name if known else POLICY


def expected_code(judged: Judged) -> int:
    """Give the exit code that the first command ends with."""
    return {Overall.VERIFIED: 0, Overall.NOT_VERIFIED: 1, Overall.UNDETERMINED: 3}[judged.report.overall]
