"""Can it be read, is it a kind we know, does it fit its schema, are its times plausible?"""

from datetime import datetime
from functools import cache

from trust.claims.account import AccountHolder
from trust.claims.consent import LONGEST, Consent
from trust.claims.emissions import Emissions
from trust.claims.halfhour import stamp
from trust.credential import Credential
from trust.errors import MalformedError, PerseusError
from trust.schema import schema_digest
from verifiers.case import Case
from verifiers.catalogue import check_of
from verifiers.finding import Finding, Words, failed, passed
from verifiers.item import Item
from verifiers.wording import moment, noun, sentence


def parses(_case: Case, item: Item) -> Finding:
    """Ask whether the bytes are RFC 8785 JSON (RFC 8785, section 3)."""
    return (_fault(item.faults.get("format.parses")) if item.faults else None) or _PARSES


def kind_known(_case: Case, item: Item) -> Finding:
    """Ask whether the scheme knows the type and the contexts (VCDM 2.0, section 4.5)."""
    return _fault(item.faults.get("format.kind_known")) or _KNOWN


def schema_fits(_case: Case, item: Item) -> Finding:
    """Ask whether it fits the published schema that it names (VCDM 2.0, section 4.11)."""
    error = item.faults.get("format.schema_fits") or claim_fault(item, "format.schema_fits")
    return _fault(error) or _pinned(item) or _FITS


def times_plausible(case: Case, item: Item) -> Finding:
    """Ask whether its times agree with each other and have come (VCDM 2.0, section 4.9)."""
    error = _time_fault(item) if item.faults else None
    if error is not None or item.proof is None:
        return _fault(error) or _TIMELY
    created = item.proof.created
    if created > case.at and created > case.at + case.skew:
        return failed(
            "time.future",
            f"It says that it was signed on {moment(created)}, after {moment(case.at)}.",
            expected=f"at most {stamp(case.at + case.skew)}",
            found=stamp(created),
        )
    return _TIMELY if item.credential is None else _dates(item) or _order(case, item) or _TIMELY


def _time_fault(item: Item) -> PerseusError | None:
    return claim_fault(item, "time.plausible") or item.faults.get("time.plausible")


def _time(_case: Case, item: Item) -> str:
    proof = item.proof
    return "It states no time of signing." if proof is None else f"It was signed on {moment(proof.created)}."


def _length(_case: Case, item: Item) -> str:
    return f"{len(item.secured.raw):,} bytes of RFC 8785 JSON."


def _kind(_case: Case, item: Item) -> str:
    return f"It is of type {item.kind}."


def _form(_case: Case, item: Item) -> str:
    return f"{noun(item.kind)} fits its schema."


_PARSES = passed(Words(_length))
_KNOWN = passed(Words(_kind))
_FITS = passed(Words(_form))
_TIMELY = passed(Words(_time))


def claim_fault(item: Item, check: str) -> PerseusError | None:
    """Give the fault of the claim, where its code belongs to this check."""
    error = item.faults.get("claim")
    return error if error is not None and check_of(error.code) == check else None


def _dates(item: Item) -> Finding | None:
    credential, proof = item.credential, item.proof
    if credential is None or proof is None:
        return None
    if credential.valid_from != proof.created:
        return failed(
            "time.malformed",
            f"validFrom is {moment(credential.valid_from)}, and it was signed on {moment(proof.created)}.",
            expected=f"validFrom {stamp(proof.created)}",
            found=stamp(credential.valid_from),
        )
    if credential.valid_until is not None and credential.valid_until <= credential.valid_from:
        return failed(
            "time.malformed",
            f"It ends on {moment(credential.valid_until)}, before it begins.",
            expected=f"validUntil after {stamp(credential.valid_from)}",
            found=stamp(credential.valid_until),
        )
    return _too_long(credential)


def _order(case: Case, item: Item) -> Finding | None:
    """Refuse a document that was signed before what it rests on, or before the work that it tells of was done."""
    credential, proof = item.credential, item.proof
    if credential is None or proof is None:
        return None
    latest = proof.created + case.skew
    for held in case.chain.inputs(item):
        if held.proof is not None and held.proof.created > latest:
            return _too_early(
                proof.created, f"{noun(held.kind).lower()} that it rests on", held.proof.created
            )
    claim = credential.claim
    if isinstance(claim, Emissions) and claim.activity.ended_at > latest:
        return _too_early(proof.created, "the calculation that it tells of", claim.activity.ended_at)
    return None


def _too_early(created: datetime, what: str, happened: datetime) -> Finding:
    return failed(
        "time.malformed",
        f"It was signed on {moment(created)}, before {what}, on {moment(happened)}.",
        expected=f"a signature after {stamp(happened)}",
        found=stamp(created),
    )


def _too_long(credential: Credential[object]) -> Finding | None:
    """Refuse a consent or an account holder credential that would run for more than a year."""
    claim = credential.claim
    ends = claim.expires if isinstance(claim, Consent) else None
    ends = credential.valid_until if isinstance(claim, AccountHolder) else ends
    if ends is None or ends - credential.valid_from <= LONGEST:
        return None
    return failed(
        "time.malformed",
        f"It runs from {moment(credential.valid_from)} to {moment(ends)}; the scheme allows a year.",
        expected=f"at most {LONGEST.days} days",
        found=f"{(ends - credential.valid_from).days} days",
    )


def _pinned(item: Item) -> Finding | None:
    """Hold the digest by which a credential pins its schema against the published bytes."""
    pinned = item.members.get("credentialSchema")
    if not isinstance(pinned, dict):
        return None
    published = _published(str(pinned["id"]))
    if pinned["digestMultibase"] == published:
        return None
    return failed(
        "format.schema",
        "It names another edition of its schema than the published one.",
        expected=published,
        found=str(pinned["digestMultibase"]),
    )


@cache
def _published(schema: str) -> str:
    """Give the digest of a schema that the scheme publishes, as a credential writes it."""
    return schema_digest(schema.rsplit("/", 1)[-1]).multibase


def _fault(error: PerseusError | None) -> Finding | None:
    if error is None:
        return None
    if isinstance(error, MalformedError):
        return failed(
            error.code,
            f"At {error.where or '/'}: expected {error.expected}, found {error.found}.",
            expected=error.expected,
            found=error.found,
        )
    return failed(error.code, sentence(error))
