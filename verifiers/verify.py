"""Verify: turn a document and the evidence beside it into a report.

(1) Open the target and all that it rests on: strict bytes, kind, schema, proof, key, signature, then the claim.
(2) Ask of the register whether it is the trusted one, and whole.
(3) Ask of every document, bottom-up, each question of the plan; one that waits for another that does not hold
    is not run, and says for which.
(4) Tell each finding in the words of the catalogue, and give the claim to whoever requires the report.
"""

from datetime import datetime

from registry.anchor import Anchor
from trust.report import About, Report
from trust.secured import Secured
from verifiers.asking import ask_chain, ask_lone
from verifiers.case import Case
from verifiers.chain import Chain
from verifiers.dossier import Dossier, about_of
from verifiers.evidence import Evidence
from verifiers.lone import open_lone
from verifiers.policy import Policy, Scope
from verifiers.resources import Resources
from verifiers.telling import tell

_CREDENTIAL = Scope.CREDENTIAL
_ABOUT_ONE = About(scope=_CREDENTIAL)


def verify(
    secured: Secured,
    evidence: Evidence,
    *,
    policy: Policy,
    anchor: Anchor | None,
    at: datetime,
    known_at: datetime | int | None = None,
) -> Report[object]:
    """Judge a presentation, or one credential of any kind, at a moment and by what was known at a size of the register.

    It never raises on bad input. The report's claim is a `Dossier` for a presentation, else the credential's claim.
    """
    # (1) Everything is opened once; the claims come out of the bytes whose signatures fit.
    lone = policy.scope is _CREDENTIAL
    register = evidence.register
    chain = (
        open_lone(secured)
        if lone
        else Chain.of(secured, beside=evidence.credentials, receipt=evidence.receipt, register=register)
    )
    size = _size(evidence, known_at) if isinstance(known_at, datetime) else known_at
    case = Case(chain, evidence, policy, anchor, at, size, Resources(evidence.resources))
    # (2) The register is asked about first, then (3) each document, bottom-up.
    rows = ask_lone(case) if lone else ask_chain(case)
    # (4) What was found is told, good or bad, with nothing left out.
    claim = chain.target.members if lone else _claim(chain)
    about = _ABOUT_ONE if lone else about_of(chain, _counted(evidence, size), policy.scope)
    return Report(tell(case, rows), secured, claim, about)


def _size(evidence: Evidence, known_at: datetime) -> int | None:
    """Turn a moment into the size that the register surely had then."""
    return None if evidence.register is None else evidence.register.size_at(known_at)


def _counted(evidence: Evidence, size: int | None) -> int | None:
    """Tell how many entries of the register counted: those asked for, else all at hand."""
    return size if size is not None or evidence.register is None else evidence.register.size


def _claim(chain: Chain) -> object:
    target = chain.target
    if target.presentation is not None:
        return Dossier.of(chain, target.presentation.holder)
    return None if target.credential is None else target.credential.claim
