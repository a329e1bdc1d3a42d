"""Does it hold nothing beyond what this verifier is due?"""

from trust.claims.consent import Consent, Data
from trust.claims.consumption import Consumption, Readings
from trust.digest import Digest
from trust.errors import MalformedError
from verifiers.case import Case
from verifiers.checks.links import references
from verifiers.finding import Finding, failed, not_run, passed
from verifiers.item import Item
from verifiers.wording import noun

_NAMING = frozenset(
    {"ConsumptionCredential", "GridIntensityCredential", "EmissionsCredential", "ConsentCredential"}
)
_BESIDE = frozenset(
    {"MembershipCredential", "WithdrawalCredential", "AccountHolderCredential", "ReceiptCredential"}
)


def nothing_extra(case: Case, item: Item) -> Finding:
    """Ask whether it holds nothing beyond what this verifier is due (credentials.md, what each party sees)."""
    unread = [held for held in case.chain.items if held.kind in _NAMING and held.credential is None]
    if unread:
        return not_run("signature.fits", lambda: f"It waits for {noun(unread[0].kind).lower()} to be read.")
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
