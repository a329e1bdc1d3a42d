"""Granting: the firm answers a request with one consent for each use, each no wider than the one before it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from holders.answer import firm_of
from holders.request import Asked, ConsentRequest
from trust.claims.account import AccountHolder
from trust.claims.consent import LONGEST, Consent, Data
from trust.claims.halfhour import stamp
from trust.credential import Credential
from trust.digest import Digest
from trust.envelope import envelope, link
from trust.errors import NotPermittedError
from trust.keys import Signer
from trust.links import Link, Relation
from trust.secured import Secured
from trust.signing import sign
from trust.status import StatusEntry


@dataclass(frozen=True, slots=True)
class Slip:
    """Under which id one consent is granted, and where its keeper may mark it as withdrawn."""

    id: str
    status: tuple[StatusEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Granting:
    """What the firm brings to a request: its account, its key, and what it granted before.

    `customer` is the bank's reference for the firm as a salted digest; `earlier` are consents that are in force.
    """

    account_holder: Secured
    signer: Signer = field(repr=False)
    at: datetime
    customer: Digest | None = None
    earlier: tuple[Secured, ...] = ()
    checkpoint: str | None = None


def grant(request: ConsentRequest, *, granting: Granting, slips: Sequence[Slip]) -> tuple[Secured, ...]:
    """Sign one consent for each use that was asked for, in that order; later ones depend on earlier ones.

    Raises:
        NotPermittedError: when the request reaches beyond the account, lasts longer than a year, or would widen.
        MalformedError: when a consent does not fit its published schema.
    """
    _require_own_account(request, granting)
    _require_term(request, at=granting.at)
    if len(slips) != len(request.uses):
        reason = f"there are {len(slips)} ids for {len(request.uses)} uses"
        raise _refused(request, reason, "consent.missing")
    granted: tuple[Secured, ...] = ()
    for use, slip in zip(request.uses, slips, strict=True):
        granted = (*granted, _grant_one(request, use, slip, granting=granting, granted=granted))
    return granted


def _grant_one(
    request: ConsentRequest, use: Asked, slip: Slip, *, granting: Granting, granted: tuple[Secured, ...]
) -> Secured:
    asked = _consent(request, use, customer=granting.customer)
    wider = _wider(request, asked, (*granting.earlier, *granted))
    credential = Credential(
        id=slip.id,
        issuer=firm_of(granting.signer),
        claim=replace(asked, depends_on=tuple(envelope(held).id for held in wider)),
        valid_from=granting.at,
        valid_until=request.expires,
        links=(_derived(granting.account_holder), *(_derived(held) for held in wider)),
        status=slip.status,
        checkpoint=granting.checkpoint,
    )
    return sign(credential, signer=granting.signer)


def _wider(request: ConsentRequest, asked: Consent, given: tuple[Secured, ...]) -> tuple[Secured, ...]:
    """Find the consents by which the sender has what it would hand on; the new one may only narrow them."""
    known = ((held, envelope(held).claim) for held in given)
    before = [
        (held, claim) for held, claim in known if isinstance(claim, Consent) and claim.to == asked.from_
    ]
    wide = tuple(held for held, claim in before if asked.narrows(claim))
    if before and not wide:
        reason = f"what {asked.to} would get reaches beyond what {asked.from_} was granted"
        raise _refused(request, reason, "consent.widened")
    return wide


def _consent(request: ConsentRequest, use: Asked, *, customer: Digest | None) -> Consent:
    return Consent(
        from_=use.from_,
        to=use.to,
        data=use.data,
        purposes=use.purposes,
        licence=request.licence,
        sources=request.sources,
        data_from=request.data_from,
        data_to=request.data_to,
        expires=request.expires,
        words=request.words,
        status_keeper=request.status_keeper,
        customer=customer if use.data is Data.EMISSIONS else None,
    )


def _require_own_account(request: ConsentRequest, granting: Granting) -> None:
    holding, firm = envelope(granting.account_holder).claim, firm_of(granting.signer)
    if not isinstance(holding, AccountHolder) or holding.id != firm:
        raise _refused(request, f"the account is not that of {firm}", "consent.not_account_holder")
    strange = sorted(set(request.sources) - set(holding.sources))
    if strange:
        reason = f"{firm} does not control the source {strange[0]}"
        raise _refused(request, reason, "consent.not_account_holder")
    if request.data_from < holding.control_from:
        reason = (
            f"it reaches back to {stamp(request.data_from)}, and control began {stamp(holding.control_from)}"
        )
        raise _refused(request, reason, "consent.before_control")


def _require_term(request: ConsentRequest, *, at: datetime) -> None:
    if request.expires <= at:
        raise _refused(request, f"it ended at {stamp(request.expires)}", "consent.expired")
    if request.expires > at + LONGEST:
        reason = f"it would last until {stamp(request.expires)}, longer than a year"
        raise _refused(request, reason, "consent.widened")


def _derived(held: Secured) -> Link:
    return link(Relation.DERIVED, held)


def _refused(request: ConsentRequest, because: str, code: str) -> NotPermittedError:
    return NotPermittedError(f"granting the request {request.id}", because=because, code=code)
