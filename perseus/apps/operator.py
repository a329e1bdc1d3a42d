"""The scheme operator: keeps the register's log, a shared status list, and copies of memberships."""

from fastapi import FastAPI, Response
from pydantic import Field, JsonValue
from sqlalchemy import Connection

from perseus.apps.call import Body, Called
from perseus.apps.collecting import add_evidence
from perseus.apps.directory import add_directory
from perseus.apps.doors import nonce_of, open_challenge, signed, use_up
from perseus.apps.frame import answer
from perseus.apps.impact import add_impact
from perseus.apps.issuing import list_url
from perseus.apps.keeping import add_log, open_keeper
from perseus.apps.memberships import membership_of
from perseus.apps.party import Party
from perseus.apps.proofs import keep_time
from perseus.apps.proposals import add_proposals
from perseus.apps.receipts import add_receipts
from perseus.apps.service import Service, credential, open_service
from perseus.apps.withdrawals import add_withdrawals
from perseus.problems import ConflictError
from perseus.storage import statuses
from trust.challenge import check_answer
from trust.did import Did

_MOST_INDICES = 1_000


class Places(Body):
    """Which consents need a place in the shared list, and the answer of the firm whose they are."""

    answer: dict[str, JsonValue]
    credentials: tuple[str, ...] = Field(min_length=1, max_length=16, strict=False)


def open_operator(party: Party) -> FastAPI:
    """Put the operator's service together."""
    service = open_service(party)
    keeper = open_keeper(party)
    add_log(service, keeper)
    if party.evidence is not None:
        keep_time(service, add_evidence(service, keeper, party.evidence))
    add_proposals(service, keeper)
    add_receipts(service, keeper)
    add_impact(service)
    _add_memberships(service)
    _add_places(service)
    add_directory(service)
    add_withdrawals(service)
    return service.app


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
