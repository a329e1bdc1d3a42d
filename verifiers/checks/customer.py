"""Is it about the customer that this bank paired with?"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, cast

from trust.canonical import Json, parse
from trust.challenge import customer_digest
from trust.claims.consent import Consent, Data
from trust.did import Did
from trust.digest import Digest, b64url_decode
from trust.errors import MalformedError, PerseusError, SignatureMismatchError
from trust.keys import PublicKey
from trust.schema import fit
from trust.secured import Secured
from trust.securing.data_integrity import high_s, read_proof, verify_proof
from verifiers.case import Case
from verifiers.finding import Finding, failed, not_applicable, passed, unknown
from verifiers.item import Item
from verifiers.wording import noun

_HELD = 1_024


class Paired(NamedTuple):
    """Which firm answered the bank, for which of its customers."""

    firm: Did
    customer: Digest


def customer(case: Case, item: Item) -> Finding:
    """Ask whether the firm is the customer that this bank paired with (credentials.md, who is who)."""
    if not case.policy.customer:
        return not_applicable("This verifier has no customers.")
    pairing = case.evidence.pairing
    if pairing is None:
        return unknown(
            "presentation.other_customer",
            "The firm is paired with no customer of the bank.",
            expected="a pairing",
            found="none",
        )
    try:
        paired = _paired(pairing, case.audience)
    except PerseusError as error:
        return failed("presentation.other_customer", f"The pairing does not hold: {error}.")
    strange = sorted(str(firm) for firm in case.chain.firms if firm != paired.firm)
    if strange:
        return failed(
            "presentation.other_customer",
            "The chain is about another firm than the one that paired.",
            expected=str(paired.firm),
            found=strange[0],
        )
    for _, consent in case.chain.claims(Consent):
        if consent.data is Data.EMISSIONS and consent.customer not in {None, paired.customer}:
            return failed(
                "presentation.other_customer",
                "The consent names another customer of the bank.",
                expected=paired.customer.multibase,
                found=str(consent.customer),
            )
    return passed(lambda: f"{noun(item.kind)} is about the firm that paired with the bank.")


@lru_cache(maxsize=_HELD)
def _paired(pairing: Secured, bank: Did | None) -> Paired:
    """Read a pairing, and check that the firm signed it for this bank.

    Raises:
        PerseusError: it is malformed, of another bank, or the firm's key did not sign it.
    """
    document = cast("Mapping[str, Json]", parse(pairing.raw, where="customer", canonical=True))
    fit("pairing", document)
    firm, proof = Did.parse(str(document["holder"])), read_proof(document)
    if proof.purpose != "authentication" or proof.verification_method.did != firm or firm.multikey is None:
        raise SignatureMismatchError(f"{proof.verification_method} signed it, not {firm}")
    if bank is not None and proof.domain != str(bank):
        raise MalformedError("/proof/domain", expected=str(bank), found=str(proof.domain))
    if high_s(proof):
        raise SignatureMismatchError("it is in the larger of its two forms")
    verify_proof(document, proof, PublicKey.from_multikey(firm.multikey))
    digest = Digest.parse(str(document["customer"]))
    reference = document.get("reference")
    salt = b64url_decode(str(document["salt"]), where="salt")
    if isinstance(reference, str) and customer_digest(reference, salt=salt) != digest:
        raise MalformedError(
            "/customer", expected="the salted digest of the reference", found=digest.multibase
        )
    return Paired(firm, digest)
