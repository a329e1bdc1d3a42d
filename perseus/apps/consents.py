"""Consents as they arrive at the parties that they name: shown by the firm, verified, and acted on from then on."""

from fastapi import Response
from pydantic import JsonValue
from sqlalchemy import Connection

from perseus.apps.call import Body, Called
from perseus.apps.doors import Shown, admit, use_up
from perseus.apps.frame import answer
from perseus.apps.issuing import keep
from perseus.apps.party import Party
from perseus.apps.service import Service
from perseus.storage import consents
from perseus.storage.consents import Standing
from trust.claims.account import AccountHolder
from trust.claims.consent import Consent
from trust.credential import Credential
from trust.envelope import envelope
from trust.errors import NotPermittedError
from verifiers.policy import Policy


class ShownConsents(Body):
    """A presentation by the firm: its account holder credential and consents."""

    presentation: dict[str, JsonValue]


def add_consents(service: Service) -> None:
    """Let firms show their consents to this party."""
    party = service.party

    @service.app.post("/v1/consents", status_code=201)
    def take(call: Called) -> Response:
        """Keep the consents that a firm shows, and act on those that name this party."""
        body = call.read(ShownConsents)

        def prepare() -> Shown:
            return admit(party, service.judge, body.presentation, policy=Policy.edp(), peer=call.peer)

        def act(connection: Connection, shown: Shown) -> Response:
            use_up(party, connection, shown.nonce)
            found = [envelope(held) for held in shown.credentials]
            for one in found:
                _require_own(one, shown)
            for held in shown.credentials:
                keep(party, connection, held)
            kept = [_act_on(party, connection, one) for one in found if isinstance(one.claim, Consent)]
            return answer({"kept": kept}, status=201)

        return call.once(party, prepare, act)


def _require_own(found: Credential[object], shown: Shown) -> None:
    """Refuse what a firm has no business to show here: another's consent, or anything but consents."""
    owner = found.claim.id if isinstance(found.claim, AccountHolder) else found.issuer
    if owner != shown.holder or not isinstance(found.claim, AccountHolder | Consent):
        reason = f"{shown.holder} shows a {found.kind} of {owner}"
        raise NotPermittedError("keeping a consent", because=reason, code="consent.not_account_holder")


def _act_on(party: Party, connection: Connection, found: Credential[object]) -> str:
    consent = found.claim
    if isinstance(consent, Consent) and party.did in {consent.from_, consent.to}:
        standing = Standing(
            found.id,
            str(found.issuer),
            str(consent.from_),
            str(consent.to),
            consent.data.value,
            party.now(),
            None,
            None,
        )
        consents.keep(connection, standing)
    return found.id
