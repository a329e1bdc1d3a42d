"""Was it made for this verifier, in answer to its challenge, just now, by who shows it, about its own customer?

At the door the verifier's own memory decides; in a file, what its receipt recorded at that door.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from trust.canonical import Json, parse
from trust.challenge import customer_digest
from trust.claims.consent import Consent, Data
from trust.claims.consumption import Consumption, Readings
from trust.claims.emissions import Emissions
from trust.claims.receipt import Receipt
from trust.did import Did
from trust.digest import Digest, b64url_decode
from trust.errors import MalformedError, PerseusError, SignatureMismatchError
from trust.keys import PublicKey
from trust.schema import fit
from trust.secured import Secured
from trust.securing.data_integrity import read_proof, verify_proof
from verifiers.case import Case
from verifiers.checks.links import references
from verifiers.finding import Finding, failed, not_applicable, passed, unknown
from verifiers.item import Item
from verifiers.wording import moment, noun

_MINUTE = 60
_BESIDE = frozenset(
    {"MembershipCredential", "WithdrawalCredential", "AccountHolderCredential", "ReceiptCredential"}
)


class Reception(NamedTuple):
    """What is known of the moment of receiving: the nonce given out, to whom, over whose channel, when."""

    challenge: str
    audience: Did
    sender: Did | None
    received_at: datetime


def nonce(case: Case, item: Item) -> Finding:
    """Ask whether it answers the challenge that was given out (Data Integrity 1.0, section 2.1)."""
    reception, proof = reception_of(case), item.proof
    if reception is None:
        return unknown("presentation.nonce", "No receipt says which challenge it answered.")
    found = None if proof is None else proof.challenge
    if found != reception.challenge:
        return failed(
            "presentation.nonce",
            "It answers another challenge than the one given out.",
            expected=reception.challenge,
            found=str(found),
        )
    return passed("It answers the challenge that was given out.")


def audience(case: Case, item: Item) -> Finding:
    """Ask whether it was signed for this recipient alone (Data Integrity 1.0, section 2.1)."""
    reception, proof = reception_of(case), item.proof
    found = "" if proof is None else str(proof.domain)
    if reception is None:
        return unknown("presentation.audience", f"No receipt says whether {case.name(found)} received it.")
    if found != str(reception.audience):
        return failed(
            "presentation.audience",
            f"It was made for {case.name(found)}, and {case.name(reception.audience)} received it.",
            expected=str(reception.audience),
            found=found,
        )
    return passed(lambda: f"It was made for {case.name(found)}.")


def fresh(case: Case, item: Item) -> Finding:
    """Ask whether it was made within minutes of being received (credentials.md, receipt)."""
    reception, proof = reception_of(case), item.proof
    if reception is None or proof is None:
        return unknown("presentation.expired", "No receipt says when it was received.")
    age = reception.received_at - proof.created
    if age > timedelta(seconds=case.policy.presentation_age) or age < -case.skew:
        return failed(
            "presentation.expired",
            f"It was signed on {moment(proof.created)} and received on {moment(reception.received_at)}.",
            expected=f"at most {case.policy.presentation_age // _MINUTE} minutes between them",
            found=f"{age / timedelta(minutes=1):.0f} minutes",
        )
    return passed(lambda: f"It was received on {moment(reception.received_at)}, as soon as it was made.")


def holder(case: Case, item: Item) -> Finding:
    """Ask whether the party that it names signed it, and may show this chain (VCDM 2.0, section 4.13)."""
    named, proof = item.subject.issuer, item.proof
    signer = "" if proof is None else str(proof.verification_method.did)
    if signer != named:
        return failed(
            "presentation.holder",
            f"It names {case.name(named)} as its holder, and {case.name(signer)} signed it.",
            expected=named,
            found=signer,
        )
    allowed = {str(did) for did in case.chain.firms}
    allowed |= {str(report.issuer) for report, _ in case.chain.claims(Emissions)}
    if not any(case.chain.claims(Emissions)):
        allowed |= {str(consent.to) for _, consent in case.chain.claims(Consent)}
        allowed |= {other.subject.issuer for other in case.chain.of_kind("GridIntensityCredential")}
    if case.chain.firms and named not in allowed:
        return failed(
            "presentation.holder",
            f"{case.name(named)} has no part in the chain that it shows.",
            expected=" or ".join(sorted(allowed)),
            found=named,
        )
    return passed(lambda: f"{case.name(named)} shows it.")


def channel(case: Case, item: Item) -> Finding:
    """Ask whether it came over its holder's own connection (RFC 8446, section 4.4.2)."""
    reception = reception_of(case)
    if reception is None or reception.sender is None:
        return not_applicable("The connection had no certificate of a member.")
    if str(reception.sender) != item.subject.issuer:
        return failed(
            "presentation.channel",
            f"{case.name(item.subject.issuer)} signed it, and {case.name(reception.sender)} sent it.",
            expected=item.subject.issuer,
            found=str(reception.sender),
        )
    return passed(lambda: f"It came over the connection of {case.name(item.subject.issuer)}.")


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
        paired = _paired(pairing, bank=case.audience)
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


def nothing_extra(case: Case, item: Item) -> Finding:
    """Ask whether it holds nothing beyond what this verifier is due (credentials.md, what each party sees)."""
    due = {
        reference.digest_multibase
        for held in case.chain.items
        for reference in references(held)
        if case.policy.recalculates or not _is_readings(held, reference.digest_multibase)
    }
    extra = sorted(digest for digest in case.resources.held if digest not in due)
    if extra:
        readings = any(_holds_readings(case, digest) for digest in extra)
        return failed(
            "data.more_than_due",
            f"It holds {'readings' if readings else 'data'} that {_reader(case)} must not see.",
            expected=f"{len(case.resources.held) - len(extra)} resources",
            found=f"{len(extra)} more",
        )
    strange = _strangers(case, item)
    if strange:
        return failed(
            "data.more_than_due",
            f"It shows {len(strange)} documents that nothing in the chain rests on.",
            expected="the chain alone",
            found=strange[0].id,
        )
    return passed("It holds the chain alone.")


def reception_of(case: Case) -> Reception | None:
    """Give what is known of the receiving: from the door, else from a receipt whose signature fits."""
    door = case.evidence.door
    if door is not None:
        return Reception(door.challenge, door.audience, door.holder, door.received_at)
    for receipt, claim in case.chain.claims(Receipt):
        if claim.presentation == case.chain.target.id and claim.audience == receipt.issuer:
            return Reception(claim.challenge, claim.audience, claim.received_from, claim.received_at)
    return None


class Paired(NamedTuple):
    """Which firm answered the bank, for which of its customers."""

    firm: Did
    customer: Digest


def _paired(pairing: Secured, *, bank: Did | None) -> Paired:
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
    verify_proof(document, proof, PublicKey.from_multikey(firm.multikey))
    digest = Digest.parse(str(document["customer"]))
    reference = document.get("reference")
    salt = b64url_decode(str(document["salt"]), where="salt")
    if isinstance(reference, str) and customer_digest(reference, salt=salt) != digest:
        raise MalformedError(
            "/customer", expected="the salted digest of the reference", found=digest.multibase
        )
    return Paired(firm, digest)


def _is_readings(item: Item, digest: Digest) -> bool:
    claim = item.credential.claim if item.credential is not None else None
    return isinstance(claim, Consumption) and claim.readings.digest_multibase == digest


def _holds_readings(case: Case, digest: Digest) -> bool:
    try:
        return case.resources.read(digest, Readings) is not None
    except MalformedError:
        return False


def _strangers(case: Case, item: Item) -> list[Item]:
    """List the credentials that are shown although no report, and no consent to show one, rests on them."""
    roots = [*case.chain.of_kind("EmissionsCredential")]
    if item.presentation is None or not roots:
        return []
    roots += [held for held, consent in case.chain.claims(Consent) if consent.data is Data.EMISSIONS]
    seen = {id(item)}
    while roots:
        found = roots.pop()
        if id(found) not in seen:
            seen.add(id(found))
            roots += case.chain.inputs(found)
    return [other for other in case.chain.items if id(other) not in seen and other.kind not in _BESIDE]


def _reader(case: Case) -> str:
    return case.name(case.audience) if case.audience is not None else "this verifier"
