"""Was it made for this verifier, in answer to its challenge, just now, by who shows it?

At the door the verifier's own memory decides; in a file, what its receipt recorded at that door.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from trust.claims.consent import Consent
from trust.claims.emissions import Emissions
from trust.claims.receipt import Receipt
from trust.did import Did
from verifiers.case import Case
from verifiers.finding import Finding, failed, not_applicable, passed, unknown
from verifiers.item import Item
from verifiers.wording import moment

_MINUTE = 60


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
    """Ask whether it was signed for this recipient alone (Data Integrity 1.0, section 2.1).

    A verifier that says who it is goes by that; one that judges for others can only hold the file's parts together.
    """
    reception, proof, own = reception_of(case), item.proof, case.evidence.own
    found = "" if proof is None else str(proof.domain)
    if own is not None and found != str(own):
        return failed(
            "presentation.audience",
            f"It was made for {case.name(found)}, and {case.name(own)} judges it.",
            expected=str(own),
            found=found,
        )
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
    if not case.chain.claims(Emissions):
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
    if item.subject.issuer.startswith("did:key:"):
        return not_applicable("A firm has no certificate of the scheme: its key is its name.")
    if str(reception.sender) != item.subject.issuer:
        return failed(
            "presentation.channel",
            f"{case.name(item.subject.issuer)} signed it, and {case.name(reception.sender)} sent it.",
            expected=item.subject.issuer,
            found=str(reception.sender),
        )
    return passed(lambda: f"It came over the connection of {case.name(item.subject.issuer)}.")


def reception_of(case: Case) -> Reception | None:
    """Give what is known of the receiving: from the door, else from a receipt whose signature fits."""
    door = case.evidence.door
    if door is not None:
        return Reception(door.challenge, door.audience, door.holder, door.received_at)
    for receipt, claim in case.chain.claims(Receipt):
        if claim.presentation == case.chain.target.id and claim.audience == receipt.issuer:
            return Reception(claim.challenge, claim.audience, claim.channel, claim.received_at)
    return None
