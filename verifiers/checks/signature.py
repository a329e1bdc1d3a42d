"""Is it signed in an allowed way, with a key of its signer, and does the signature fit?"""

from trust.errors import MalformedError, PerseusError
from trust.securing.data_integrity import high_s
from verifiers.case import Case
from verifiers.finding import Finding, Words, failed, not_run, passed, unknown
from verifiers.item import PRESENTATION, Item
from verifiers.policy import Scope
from verifiers.wording import sentence

_CHAIN = Scope.CHAIN


def allowed(case: Case, item: Item) -> Finding:
    """Ask whether the policy counts this way of signing (Data Integrity 1.0, section 3)."""
    proof = item.proof
    if proof is None:
        return _missing(item.faults.get("signature.allowed"))
    if proof.suite not in case.policy.suites:
        return failed(
            "signature.suite_not_allowed",
            f"It is signed with {proof.suite.value}, which the policy {case.policy.name} does not count.",
            expected=" or ".join(case.policy.suites),
            found=proof.suite.value,
        )
    purpose = _purpose(item)
    if proof.purpose != purpose:
        return failed(
            "signature.purpose",
            f"The signature was made for {proof.purpose}, not {purpose}.",
            expected=purpose,
            found=proof.purpose,
        )
    if case.policy.scope is _CHAIN and high_s(proof):
        return failed(
            "signature.not_canonical",
            "The second half of the signature is the larger of its two forms.",
            expected="s of at most half the order",
            found="the larger s",
        )
    return _ALLOWED


def fits(case: Case, item: Item) -> Finding:
    """Ask whether the signature fits the key and the bytes (Data Integrity 1.0, section 4.4)."""
    if "signature.fits" in item.faults:
        return failed(
            "signature.mismatch",
            f"The signature of {case.name(item.subject.issuer)} does not fit these bytes.",
            expected="a signature over exactly these bytes",
            found="one over others, or by another key",
        )
    return _FITS


def key_known(case: Case, item: Item) -> Finding:
    """Ask whether the key is one of its signer's (Controlled Identifiers 1.0, section 3.3)."""
    error, proof = item.faults.get("key.known"), item.proof
    signer = "" if proof is None else proof.verification_method.did.text
    if item.kind != PRESENTATION and proof is not None and signer != item.subject.issuer:
        return failed(
            "key.other_issuer",
            f"It names {case.name(item.subject.issuer)} as its issuer, and a key of {case.name(signer)} signed it.",
            expected=f"a key of {item.subject.issuer}",
            found=str(proof.verification_method),
        )
    if error is not None and case.register is None and error.code == "key.unknown":
        return unknown(
            "key.unknown", "No register is at hand that could name the key.", expected="a key", found=signer
        )
    if error is not None:
        return _refused(case, error, signer)
    return _KNOWN


def _purpose(item: Item) -> str:
    return "authentication" if item.kind == PRESENTATION else "assertionMethod"


def _way(_case: Case, item: Item) -> str:
    return f"It is signed with {item.proof.suite.value if item.proof else 'nothing'} for {_purpose(item)}."


def _owner(case: Case, item: Item) -> str:
    signer = "" if item.proof is None else item.proof.verification_method.did
    return f"The key is one of {case.name(signer)}."


def _fit(case: Case, item: Item) -> str:
    return f"It fits the key of {case.name(item.subject.issuer)}."


_ALLOWED = passed(Words(_way))
_KNOWN = passed(Words(_owner))
_FITS = passed(Words(_fit))


def _refused(case: Case, error: PerseusError, signer: str) -> Finding:
    expected, found = ("", "") if not isinstance(error, MalformedError) else (error.expected, error.found)
    owner = case.name(signer)
    return failed(
        error.code, f"It names a key that is none of {owner}: {found}.", expected=expected, found=found
    )


def _missing(error: PerseusError | None) -> Finding:
    if error is None:
        return not_run("time.plausible", "It waits for time.plausible.")
    if isinstance(error, MalformedError):
        return failed(
            error.code,
            f"At {error.where}: expected {error.expected}, found {error.found}.",
            expected=error.expected,
            found=error.found,
        )
    return failed(error.code, sentence(error))
