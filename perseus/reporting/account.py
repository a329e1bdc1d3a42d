"""The account of a verdict: all that stands in the PDF report, as data, from what was judged and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from perseus.loans import headline as loan_headline
from perseus.loans import rows as loan_rows
from perseus.pages.figures import figures_of, span_of
from perseus.pages.headline import headline_of
from perseus.reporting.findings import by_area, to_read
from perseus.reporting.limits import again, limits
from perseus.reporting.signers import documents_of, signers_of
from perseus.verification import Judged
from registry.register import Register
from trust.canonical import Json, canonicalize
from trust.claims.halfhour import stamp
from trust.digest import Digest
from verifiers.wording import party

_TITLE = "Verification report"
_READER = "The reader"


@dataclass(frozen=True, slots=True)
class Signed:
    """A verdict that a member signed: who, when, and the digest of its bytes."""

    by: str
    at: datetime
    digest: Digest


def account_of(judged: Judged, *, pcaf: dict[str, Json] | None, signed: Signed | None) -> dict[str, Json]:
    """Tell everything that an auditor is to read about one verdict."""
    verdict, chain, register = judged.verdict, judged.chain, _register(judged)
    told = headline_of(verdict, reader=_reader(judged))
    checks = tuple(judged.report)
    return {
        "title": f"{_TITLE}: {told.tag}",
        "heading": _TITLE,
        "at": stamp(judged.question.at),
        "moment": f"{judged.question.at:%-d %B %Y, %H:%M:%S} UTC",
        "tag": told.tag.upper(),
        "tone": told.tone,
        "sentence": told.sentence,
        "answers": [{"question": a.question, "answer": a.answer, "meaning": a.meaning} for a in told.answers],
        "reader": _reader(judged),
        "period": span_of(verdict),
        "environment": "" if judged.anchor is None else judged.anchor.environment,
        "scheme": "" if judged.anchor is None else judged.anchor.scheme,
        "figures": _figures(judged),
        "loan": _loan(pcaf),
        "to_read": to_read(checks),
        "areas": by_area(checks),
        "signers": [] if chain is None else signers_of(chain, register, checks),
        "documents": [] if chain is None else documents_of(chain, register),
        "limits": cast("list[Json]", list(limits(judged))),
        "basis": [{"name": name, "text": text} for name, text in _basis(judged, signed)],
        "again": cast("list[Json]", list(again(judged, signed_at=None if signed is None else signed.at))),
    }


def _register(judged: Judged) -> Register | None:
    return None if judged.evidence is None else judged.evidence.register


def _reader(judged: Judged) -> str:
    """Name the party that the chain was shown to, as the register does."""
    chain = judged.chain
    proof = None if chain is None else chain.target.proof
    return _READER if proof is None or proof.domain is None else party(_register(judged), str(proof.domain))


def _figures(judged: Judged) -> Json:
    found = figures_of(judged.verdict)
    return {
        "rows": [
            {
                "month": row.month,
                "fuel": row.fuel,
                "kg": f"{row.kg:,f}",
                "counted": f"{row.counted:,} of {row.expected:,}",
                "share": row.share,
            }
            for row in found.rows
        ],
        "total": f"{found.total:,f}",
        "counted": f"{found.counted:,} of {found.expected:,}",
        "share": found.share,
        "gases": _typeset(found.gases),
        "scope": found.scope,
    }


def _loan(pcaf: dict[str, Json] | None) -> Json:
    if pcaf is None:
        return None
    quality = cast("dict[str, Json] | None", pcaf["data_quality"])
    return {
        "headline": _typeset(loan_headline(pcaf)),
        "standard": pcaf["standard"],
        "rows": [{"name": name, "text": _typeset(text)} for name, text in loan_rows(pcaf)],
        "score": "" if quality is None else f"{quality['score']} (option {quality['option']})",
        "reasons": [] if quality is None else quality["reasons"],
        "refused": pcaf["refused"],
        "notes": [_typeset(str(note)) for note in cast("list[Json]", pcaf["notes"])],
    }


def _typeset(text: str) -> str:
    """Write carbon dioxide as it is printed."""
    return text.replace("CO2", "CO\N{SUBSCRIPT TWO}")


def _basis(judged: Judged, signed: Signed | None) -> Iterable[tuple[str, str]]:
    """Name everything that the verdict follows from, so that anybody can ask the same question."""
    register, anchor = _register(judged), judged.anchor
    size = judged.report.about.size
    yield "Moment judged as at", stamp(judged.question.at)
    yield "Evidence file, SHA-256", Digest.of(judged.raw).multibase
    if judged.presentation is not None:
        yield "Presentation, SHA-256", judged.presentation.digest.multibase
    yield "Verdict, SHA-256", Digest.of(canonicalize(judged.verdict)).multibase
    yield "Firm", judged.report.about.firm or "none, or several"
    if judged.question.audience is not None:
        yield "Judged as", str(judged.question.audience)
    yield "Policy", f"{judged.policy.name}, {judged.policy.digest.multibase}"
    if anchor is None:
        yield "Trust anchor", "none: nothing says which scheme to believe"
    else:
        yield "Trust anchor, SHA-256", Digest.of(anchor.to_json()).multibase
        yield "Scheme", f"{anchor.scheme} ({anchor.environment})"
        yield "Genesis", anchor.genesis.multibase
        yield "Log key", str(anchor.log_key)
        yield "Witnesses", f"{anchor.quorum} of {len(anchor.witnesses)} must have signed along"
    if register is not None and size is not None and 0 < size <= register.size:
        yield "Register, entries that counted", f"{size} of {register.size}"
        yield "Register, root", Digest(register.root_at(size)).multibase
    if signed is not None:
        yield "Verdict signed by", f"{signed.by} at {stamp(signed.at)}"
        yield "Signed verdict, SHA-256", signed.digest.multibase
