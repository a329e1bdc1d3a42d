"""The small firm's wallet: what others may send to it, and what its owner does through the local door."""

from typing import cast

from fastapi import Depends, FastAPI, Response
from pydantic import Field, JsonValue
from sqlalchemy import Connection

from holders.asking import meet
from holders.request import ConsentRequest
from perseus.apps import words
from perseus.apps.authentic import members_credential
from perseus.apps.call import Body, Called
from perseus.apps.courier import Courier
from perseus.apps.errands import Errands
from perseus.apps.frame import answer
from perseus.apps.issuing import keep
from perseus.apps.party import Party
from perseus.apps.service import Service, open_service, owner_of
from perseus.storage import consents, deliveries
from perseus.storage.consents import Asked
from registry.errors import RegisterError
from trust.canonical import Json, canonicalize, parse
from trust.claims.account import AccountHolder
from trust.claims.emissions import Emissions
from trust.claims.receipt import Receipt, WithdrawalReceipt
from trust.credential import Credential
from trust.did import Did
from trust.errors import NotPermittedError, UnavailableError
from trust.secured import Secured


class NewRequest(Body):
    """A request for consent, signed by the member that asks."""

    request: dict[str, JsonValue]


class NewAccount(Body):
    """Which energy data provider, and the code agreed with it."""

    provider: str
    code: str


class NewPairing(Body):
    """Which bank, the code it gave, and its own reference for this firm."""

    bank: str
    code: str
    reference: str


class Reason(Body):
    """Why a consent is ended, if the owner wants to say so."""

    reason: str | None = Field(default=None, max_length=400)


def open_wallet(party: Party) -> FastAPI:
    """Put the wallet's service together."""
    service = open_service(party)
    errands = Errands(party)
    errands.courier = Courier(party, compose=errands.compose, answered=errands.answered)
    _add_arrivals(service)
    _add_own_acts(service, errands)
    _add_consents(service, errands)
    return service.app


def _add_arrivals(service: Service) -> None:
    party, app = service.party, service.app

    @app.get("/words/2026-11/en")
    def text() -> Response:
        """Give the exact words that a firm agrees to."""
        return Response(words.TEXT, media_type="text/plain; charset=utf-8")

    @app.post("/v1/consent-requests", status_code=202)
    def requests(call: Called) -> Response:
        """Take a request for consent in, once its signature and its sender's standing are checked."""
        document = call.read(NewRequest).request
        secured = Secured(canonicalize(cast("Json", document)))

        def prepare() -> ConsentRequest:
            register, shown = party.register.current(), words.TEXT.encode()
            return meet(secured, register=register, words=shown, at=party.now()).request

        def act(connection: Connection, found: ConsentRequest) -> Response:
            body = secured.raw.decode()
            consents.ask(connection, Asked(found.id, str(found.requester), body, party.now(), None, None))
            return answer({"id": found.id}, status=202)

        return call.once(party, prepare, act)

    @app.post("/v1/credentials", status_code=201)
    def credentials(call: Called) -> Response:
        """Keep a credential about this firm that a member sends: a monthly figure, or a receipt."""
        secured = Secured(call.body)

        def act(connection: Connection, _found: Credential[object]) -> Response:
            return answer({"kept": keep(party, connection, secured).id}, status=201)

        return call.once(party, lambda: _own(party, secured), act)


def _own(party: Party, secured: Secured) -> Credential[object]:
    """Take a credential about this firm that its issuer signed as the member it says it is."""
    found = members_credential(party, secured)
    claim = found.claim
    about = claim.id if isinstance(claim, Emissions | AccountHolder) else party.did
    if not isinstance(claim, Emissions | AccountHolder | Receipt | WithdrawalReceipt) or about != party.did:
        raise NotPermittedError(
            "keeping a credential", because="it is not about this firm", code="link.other_subject"
        )
    return found


def _add_own_acts(service: Service, errands: Errands) -> None:
    app, owner = service.app, [Depends(owner_of(service.party))]

    @app.post("/local/accounts", status_code=201, dependencies=owner)
    def accounts(call: Called) -> Response:
        """Show an energy data provider whose key this is, and hold what it signs about that."""
        asked = call.read(NewAccount)
        return answer({"credential": errands.open_account(Did(asked.provider), asked.code)}, status=201)

    @app.post("/local/pairings", status_code=201, dependencies=owner)
    def pairings(call: Called) -> Response:
        """Tie this key to the bank's own reference for the firm."""
        asked = call.read(NewPairing)
        return answer({"customer": errands.pair(Did(asked.bank), asked.code, asked.reference)}, status=201)


def _names(party: Party) -> dict[str, str]:
    """Name the scheme's members as their register does; where no copy of it is at hand, nobody has a name."""
    try:
        return {str(member.did): member.name for member in party.register.current().members}
    except (RegisterError, UnavailableError):
        return {}


def _add_consents(service: Service, errands: Errands) -> None:
    party, app, owner = service.party, service.app, [Depends(owner_of(service.party))]

    @app.get("/local/requests", dependencies=owner)
    def requests() -> Response:
        """List the requests for consent, and what was answered; the register's names, and the words, beside them."""
        with party.store.read() as connection:
            found = consents.requests(connection)
        listed = [
            {"id": one.id, "answer": one.answer, "request": parse(one.body.encode(), where="request")}
            for one in found
        ]
        return answer({"requests": listed, "names": _names(party), "words": words.TEXT})

    @app.post("/local/requests/{id_}/grant", status_code=201, dependencies=owner)
    def grant(id_: str) -> Response:
        """Sign the consents that a request asks for, and have them delivered."""
        return answer({"consents": errands.grant(id_)}, status=201)

    @app.post("/local/requests/{id_}/decline", status_code=201, dependencies=owner)
    def decline(id_: str) -> Response:
        """Say no to a request; nothing is shared."""
        errands.decline(id_)
        return answer({"declined": id_}, status=201)

    @app.get("/local/deliveries", dependencies=owner)
    def waiting() -> Response:
        """Tell how many messages are still on their way."""
        with party.store.read() as connection:
            return answer({"waiting": deliveries.waiting(connection)})

    @app.get("/local/consents", dependencies=owner)
    def listed() -> Response:
        """List the consents, who uses what until when, and who has stopped."""
        return answer({"consents": errands.listed()})

    @app.post("/local/consents/{id_}/withdraw", status_code=201, dependencies=owner)
    def withdraw(id_: str, call: Called) -> Response:
        """End a consent and all that rest on it; every party named is told until it has answered."""
        return answer({"withdrawals": errands.withdraw(id_, call.read(Reason).reason)}, status=201)
