"""Withdrawals as they arrive: effective at once, whatever else is reachable, and answered with a signed receipt."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Response
from sqlalchemy import Connection

from perseus.apps.call import Called
from perseus.apps.issuing import keep, signing
from perseus.apps.party import Party
from perseus.apps.service import Service, credential
from perseus.problems import NotFoundError
from perseus.storage import consents, credentials, statuses
from trust.claims.consent import Withdrawal
from trust.claims.receipt import Kept, WithdrawalReceipt
from trust.credential import Credential
from trust.did import Did
from trust.envelope import link
from trust.errors import MalformedError, SignatureMismatchError
from trust.links import Relation
from trust.secured import Secured
from verifiers.item import open_item

Forget = Callable[[Connection, str], tuple[str, ...]]
Keep = Callable[[Connection, str], tuple[Kept, ...]]


@dataclass(frozen=True, slots=True)
class Duties:
    """What a party deletes when a consent ends, and what it keeps on which basis."""

    forget: Forget
    keep: Keep


def _nothing(connection: Connection, consent: str) -> tuple[str, ...]:
    del connection, consent
    return ()


def _none(connection: Connection, consent: str) -> tuple[Kept, ...]:
    del connection, consent
    return ()


NO_DUTIES = Duties(_nothing, _none)


def add_withdrawals(service: Service, duties: Duties = NO_DUTIES) -> None:
    """Let a firm end its consents here."""
    party = service.party

    @service.app.post("/v1/withdrawals", status_code=201)
    def withdraw(call: Called) -> Response:
        """Stop acting on a consent, delete what must go, and say so in a signed receipt."""
        secured = Secured(call.body)

        def act(connection: Connection, found: Credential[Withdrawal]) -> Response:
            _require_holder(connection, found)
            return credential(_stop(party, connection, found, secured, duties))

        return call.once(party, lambda: authentic(secured), act)


def authentic(secured: Secured) -> Credential[Withdrawal]:
    """Read a withdrawal that the firm's own key has signed; no list and no register can stand against it.

    Raises:
        PerseusError: it is malformed, or somebody else signed it.
    """
    item = open_item(secured, place="body", register=None)
    for fault in item.faults.values():
        raise fault
    found, proof = item.credential, item.proof
    if found is None or proof is None or not isinstance(found.claim, Withdrawal):
        raise MalformedError("body", expected="a withdrawal", found=item.kind, code="format.unknown_type")
    if proof.verification_method.did != found.issuer or proof.purpose != "assertionMethod":
        raise SignatureMismatchError(f"{proof.verification_method} signed it, not {found.issuer}")
    return Credential(found.id, found.issuer, found.claim, found.valid_from, links=found.links)


def _require_holder(connection: Connection, found: Credential[Withdrawal]) -> None:
    """Answer 404 to anybody but the firm that gave the consent, so that nobody learns what is here."""
    consent = credentials.find(connection, found.claim.consent)
    place = statuses.place_of(connection, found.claim.consent)
    holder = consent.issuer if consent is not None else place.holder if place is not None else None
    if holder is None or Did.parse(holder) != found.issuer:
        raise NotFoundError(f"the consent {found.claim.consent}")


def _stop(
    party: Party, connection: Connection, found: Credential[Withdrawal], secured: Secured, duties: Duties
) -> Secured:
    known = credentials.of_kind(connection, "WithdrawalReceiptCredential", about=found.id)
    if known:
        return known[-1].secured
    consent = found.claim.consent
    keep(party, connection, secured)
    if party.settings.party in {"edp", "cap", "bank"}:
        consents.end(connection, consent, withdrawal=found.id, at=party.now())
    statuses.set_bit(connection, consent, at=party.now())
    deleted = duties.forget(connection, consent)
    claim = WithdrawalReceipt(found.id, party.now(), deleted, duties.keep(connection, consent), ())
    made = signing(party, connection, revocable=False).issue(claim, links=(link(Relation.DERIVED, secured),))
    keep(party, connection, made)
    party.log.info("withdrawn", consent=consent, deleted=len(deleted))
    return made
