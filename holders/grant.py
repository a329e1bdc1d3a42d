"""Granting: the firm answers a request with one consent for each use, each no wider than the one before it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
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
    """What the firm brings to a request: its account, its key, and the bank's reference for it as a salted digest."""

    account_holder: Secured
    signer: Signer = field(repr=False)
    at: datetime
    customer: Digest | None = None
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
    granted: tuple[tuple[Consent, Secured], ...] = ()
    for use, slip in zip(request.uses, slips, strict=True):
        granted = (*granted, _grant_one(request, use, slip, granting=granting, earlier=granted))
    return tuple(secured for _, secured in granted)


def _grant_one(
    request: ConsentRequest,
    use: Asked,
    slip: Slip,
    *,
    granting: Granting,
    earlier: tuple[tuple[Consent, Secured], ...],
) -> tuple[Consent, Secured]:
    wider = tuple((consent, secured) for consent, secured in earlier if consent.to == use.from_)
    consent = _consent(request, use, customer=granting.customer, wider=tuple(held for _, held in wider))
    for outer, _ in wider:
        if not consent.narrows(outer):
            raise _refused(
                request, f"the use by {use.to} reaches beyond that by {outer.to}", "consent.widened"
            )
    credential = Credential(
        id=slip.id,
        issuer=firm_of(granting.signer),
        claim=consent,
        valid_from=granting.at,
        valid_until=request.expires,
        links=(_derived(granting.account_holder), *(_derived(held) for _, held in wider)),
        status=slip.status,
        checkpoint=granting.checkpoint,
    )
    return consent, sign(credential, signer=granting.signer)


def _consent(
    request: ConsentRequest, use: Asked, *, customer: Digest | None, wider: tuple[Secured, ...]
) -> Consent:
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
        depends_on=tuple(envelope(held).id for held in wider),
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
