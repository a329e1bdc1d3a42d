"""Judge an evidence file, or one bare document, whatever its bytes are."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from registry.anchor import Anchor
from trust.canonical import parse_object
from trust.errors import MalformedError
from trust.report import About, Report, Subject
from trust.secured import Secured
from verifiers.case import Case
from verifiers.catalogue import check_of
from verifiers.chain import Chain
from verifiers.evidence import LARGEST, TYPE, Evidence, read_evidence_document
from verifiers.finding import failed
from verifiers.item import Item
from verifiers.plan import step_alone
from verifiers.policy import Policy, Scope
from verifiers.resources import Resources
from verifiers.telling import Answered, tell
from verifiers.verify import verify

Refresh: TypeAlias = Callable[[Secured, Evidence], Evidence]


def _as_it_is(_secured: Secured, evidence: Evidence) -> Evidence:
    return evidence


def verify_file(
    raw: bytes,
    *,
    policy: Policy,
    anchor: Anchor | None,
    at: datetime,
    known_at: datetime | int | None = None,
    refresh: Refresh = _as_it_is,
) -> Report[object]:
    """Judge an evidence file, or one bare document; whatever the bytes are, the answer is a report.

    `refresh` may put newer copies of the register and the status lists, and withdrawals, beside what the file holds.
    """
    if policy.scope is Scope.CREDENTIAL:
        return verify(Secured(raw), Evidence(None), policy=policy, anchor=anchor, at=at, known_at=known_at)
    try:
        document = parse_object(raw, limit=LARGEST, canonical=True)
        if document.get("type") != TYPE:
            secured, evidence = Secured(raw), Evidence(None)
        else:
            secured, evidence = read_evidence_document(document, anchor=anchor)
    except MalformedError as error:
        return _unreadable(raw, error, policy=policy, anchor=anchor, at=at)
    newest = refresh(secured, evidence)
    return verify(secured, newest, policy=policy, anchor=anchor, at=at, known_at=known_at)


def _unreadable(
    raw: bytes, error: MalformedError, *, policy: Policy, anchor: Anchor | None, at: datetime
) -> Report[object]:
    """Say where and why a file cannot be read at all."""
    item = Item(Secured(raw), "", {}, Subject("", "", "", ""))
    chain = Chain(item, (item,), {}, {})
    case = Case(chain, Evidence(None), policy, anchor, at, None, Resources({}))
    check = check_of(error.code)
    name = check if check.startswith("format.") or check == "time.plausible" else "format.schema_fits"
    finding = failed(
        error.code,
        f"At {error.where or '/'}: expected {error.expected}, found {error.found}.",
        expected=error.expected,
        found=error.found,
    )
    return Report(tell(case, [Answered(item, (step_alone(name),), (finding,))]), Secured(raw), None, About())
