"""The scheme operator: keeps the register's log, a shared status list, and copies of memberships."""

from typing import cast

from fastapi import FastAPI, Query, Response
from pydantic import Field, JsonValue
from sqlalchemy import Connection

from perseus.apps.call import Body, Called
from perseus.apps.doors import nonce_of, open_challenge, signed, use_up
from perseus.apps.frame import answer
from perseus.apps.impact import add_impact
from perseus.apps.issuing import list_url
from perseus.apps.memberships import membership_of
from perseus.apps.party import Party
from perseus.apps.proposals import add_proposals, refusal, settle
from perseus.apps.receipts import add_receipts
from perseus.apps.service import Service, credential, open_service
from perseus.apps.withdrawals import add_withdrawals
from perseus.keystore import KeyStore
from perseus.problems import ConflictError, NotFoundError
from perseus.storage import register, statuses
from perseus.storage.register import Seen
from registry.errors import EventRefusedError
from registry.log.checkpoint import Checkpoint
from registry.register import Register
from trust.canonical import Json, canonicalize, parse
from trust.challenge import check_answer
from trust.did import Did

LOG_KEY = "log"
_MOST_INDICES = 1_000
_PAGE = 1_000
_LARGEST = (1 << 53) - 1


class NewEvent(Body):
    """An event that officers have signed, as a JWS in its general JSON serialization."""

    entry: dict[str, JsonValue]


class Places(Body):
    """Which consents need a place in the shared list, and the answer of the firm whose they are."""

    answer: dict[str, JsonValue]
    credentials: tuple[str, ...] = Field(min_length=1, max_length=16, strict=False)


def open_operator(party: Party) -> FastAPI:
    """Put the operator's service together."""
    service = open_service(party)
    _add_log(service)
    add_proposals(service, take_event)
    add_receipts(service)
    add_impact(service)
    _add_memberships(service)
    _add_places(service)
    add_withdrawals(service)
    return service.app


def sign_checkpoint(keys: KeyStore, found: Register) -> str:
    """Let the log sign the size and root that the register has now.

    Raises:
        UnavailableError: the log's key is not there.
    """
    return Checkpoint(found.scheme.origin, found.size, found.root).sign(keys.open(LOG_KEY))


def take_event(party: Party, connection: Connection, entry: bytes) -> tuple[int, str]:
    """Append an event that the fold accepts, and give its index and the new checkpoint.

    Raises:
        EventRefusedError: the event breaks a rule.
        ConflictError: the log has grown in the meantime.
    """
    present = party.register.current()
    try:
        grown = present.accept(entry, recorded=party.now())
    except EventRefusedError as refused:
        raise refusal(refused) from refused
    register.append(connection, (entry,), at_size=present.size)
    note = sign_checkpoint(party.keys, grown)
    register.see(connection, Seen(grown.size, note, party.now()))
    return present.size, note


def _add_log(service: Service) -> None:
    party, app = service.party, service.app

    @app.get("/checkpoint")
    def checkpoint() -> Response:
        """Give the newest checkpoint of the register, as a signed note."""
        with party.store.read() as connection:
            seen = register.newest(connection)
        if seen is None:
            raise NotFoundError("the register")
        return Response(seen.note, media_type="text/plain; charset=utf-8", headers={"ETag": f'"{seen.size}"'})

    @app.get("/entries")
    def entries(start: int = Query(0, ge=0, le=_LARGEST)) -> Response:
        """Give the entries of the register from `start`, a thousand at most."""
        with party.store.read() as connection:
            found = register.entries(connection, start=start, end=start + _PAGE)
        return answer({"entries": [parse(entry, where="entry") for entry in found]})

    @app.post("/v1/events", status_code=201)
    def events(call: Called) -> Response:
        """Append an event that its officers have signed; the fold decides whether it holds."""
        entry = canonicalize(cast("Json", call.read(NewEvent).entry))

        def act(connection: Connection, prepared: None) -> Response:
            del prepared
            index, note = take_event(party, connection, entry)
            settle(connection, entry, index)
            return answer({"index": index, "size": index + 1, "checkpoint": note}, status=201)

        return call.once(party, lambda: None, act)


def _add_memberships(service: Service) -> None:
    party = service.party

    @service.app.get("/v1/memberships/{did}")
    def membership(did: str) -> Response:
        """Give a member's credential: a convenience copy, the register is the truth."""
        return credential(membership_of(party, Did.parse(did)), status=200)


def _add_places(service: Service) -> None:
    party = service.party

    @service.app.post("/v1/status-entries", status_code=201)
    def places(call: Called) -> Response:
        """Give a firm's consents their places in the shared list; only its own key can have them marked."""
        asked = call.read(Places)
        shown = signed(asked.answer, where="answer")

        def prepare() -> tuple[Did, str]:
            nonce = nonce_of(asked.answer)
            challenge = open_challenge(party, nonce)
            return check_answer(shown, challenge=challenge, at=party.now()), nonce

        def act(connection: Connection, prepared: tuple[Did, str]) -> Response:
            holder, nonce = prepared
            use_up(party, connection, nonce)
            if statuses.count_of(connection, str(holder)) + len(asked.credentials) > _MOST_INDICES:
                raise ConflictError(f"{holder} has {_MOST_INDICES} places already")
            found = [_place(party, connection, name, holder) for name in asked.credentials]
            return answer({"entries": found}, status=201)

        return call.once(party, prepare, act)


def _place(party: Party, connection: Connection, name: str, holder: Did) -> dict[str, str | int]:
    place = statuses.allocate(connection, list_url(party), credential=name, holder=str(holder))
    return {
        "credential": name,
        "status_list": place.list_url,
        "index": place.index,
        "purpose": place.purpose,
    }
