"""The bank: pairs a key with a customer, receives chains, judges them, and answers with a receipt."""

from collections.abc import Mapping
from typing import cast

from fastapi import Depends, FastAPI, Response
from pydantic import Field, JsonValue
from sqlalchemy import Connection

from perseus.apps.call import Body, Called
from perseus.apps.consents import add_consents
from perseus.apps.doors import nonce_of, signed, spent_challenge, use_up
from perseus.apps.frame import answer
from perseus.apps.guesses import Guesses
from perseus.apps.party import Party
from perseus.apps.proofs import keep_time
from perseus.apps.reception import Reception, keep_reception, receive
from perseus.apps.reliance import add_reliance
from perseus.apps.service import Service, open_service, owner_of
from perseus.apps.withdrawals import Duties, add_withdrawals
from perseus.evidence.completing import completed
from perseus.problems import NotFoundError, UnauthenticatedError
from perseus.storage import pairings, presentations
from perseus.verification import Question, judge
from registry.evidence.proof import read_proofs
from trust.canonical import Json, canonicalize, parse
from trust.challenge import Challenge, check_pairing
from trust.claims.receipt import Kept
from trust.digest import Digest, b64url_encode
from trust.errors import MalformedError

_BASIS = "the record of a verdict that a decision rests on"
_YEARS = 6


class NewPairing(Body):
    """The code that the bank gave its customer, and the pairing that the customer's key signed."""

    code: str = Field(min_length=8, max_length=200)
    pairing: dict[str, JsonValue]


class Presented(Body):
    """A presentation, the resources that its credentials bind by digest, and proofs of when these were signed."""

    presentation: dict[str, JsonValue]
    resources: dict[str, dict[str, JsonValue]] = Field(default_factory=dict, max_length=4_096)
    time_proofs: dict[str, dict[str, JsonValue]] = Field(default_factory=dict, max_length=1_024)


def open_bank(party: Party) -> FastAPI:
    """Put the bank's service together."""
    service = open_service(party)
    keep_time(service)
    _add_pairings(service)
    add_consents(service)
    _add_presentations(service)
    _add_verifications(service)
    _add_reports(service)
    add_reliance(service)
    add_withdrawals(
        service, Duties(_delete_nothing, lambda connection, consent: _kept(party, connection, consent))
    )
    return service.app


def _add_pairings(service: Service) -> None:
    party, guesses = service.party, Guesses()

    @service.app.post("/v1/pairings", status_code=201)
    def pair(call: Called) -> Response:
        """Tie the key that answers our challenge to the customer who has this code."""
        asked = call.read(NewPairing)
        shown = signed(asked.pairing, where="pairing")

        def prepare() -> Challenge:
            guesses.allow()
            return spent_challenge(party, nonce_of(asked.pairing))

        def act(connection: Connection, challenge: Challenge) -> Response:
            found = check_pairing(shown, challenge=challenge, at=party.now())
            reference = pairings.reference_of(connection, asked.code)
            if reference is None or reference != found.reference:
                guesses.wrong()
                raise UnauthenticatedError("the code is not one that the bank gave to this customer")
            customer, salt = found.customer.multibase, b64url_encode(found.salt)
            document = shown.raw.decode()
            row = pairings.Pairing(customer, reference, salt, str(found.holder), document, party.now())
            pairings.keep(connection, row)
            return answer({"customer": customer}, status=201)

        return call.once(party, prepare, act)


def _add_presentations(service: Service) -> None:
    party = service.party

    @service.app.post("/v1/presentations", status_code=201)
    def take(call: Called) -> Response:
        """Judge a chain and keep it with its verdict; the answer is the receipt for it, whatever the verdict is."""
        asked = call.read(Presented)
        resources = _resources(asked.resources)
        proofs = read_proofs(cast("Json", asked.time_proofs))

        def act(connection: Connection, found: Reception) -> Response:
            use_up(party, connection, found.shown.nonce)
            receipt, report = keep_reception(party, connection, found)
            media_type = "application/vc"
            return Response(receipt.raw, 201, {"Location": f"/v1/reports/{report}"}, media_type)

        def prepare() -> Reception:
            return receive(service, asked.presentation, resources, proofs, peer=call.peer)

        return call.once(party, prepare, act)


def _resources(given: Mapping[str, object]) -> dict[Digest, bytes]:
    """Name each resource by the digest of its own bytes, whatever it was called in the body."""
    bodies = [canonicalize(cast("Json", content)) for content in given.values()]
    found = {Digest.of(body): body for body in bodies}
    if {digest.multibase for digest in found} != given.keys():
        raise MalformedError(
            "resources", expected="each under its own digest", found="another name", code="link.digest"
        )
    return found


def _add_verifications(service: Service) -> None:
    party = service.party

    @service.app.post("/v1/verifications")
    def verification(call: Called) -> Response:
        """Judge an evidence file as the bank would; 200 whatever the verdict is."""
        question = Question(party.settings.anchor_file, "bank", party.now(), None, offline=False)
        return answer(judge(call.body, question, refresh=service.judge.refresh))


def _add_reports(service: Service) -> None:
    party, owner = service.party, [Depends(owner_of(service.party))]

    @service.app.get("/v1/reports", dependencies=owner)
    def reports(after: str = "") -> Response:
        """List the verdicts, fifty at a time, from the one after a cursor."""
        with party.store.read() as connection:
            found = presentations.reported(connection, after=after)
        listed = [{"id": one.id, "overall": one.overall, "presentation": one.presentation} for one in found]
        return answer({"reports": listed, "next": found[-1].id if found else None})

    @service.app.get("/v1/reports/{id_}", dependencies=owner)
    def report(id_: str) -> Response:
        """Give a verdict."""
        return answer(
            {"id": id_, "verdict": parse(_found(party, id_).verdict, where="verdict", limit=1 << 25)}
        )

    @service.app.get("/v1/reports/{id_}/evidence", dependencies=owner)
    def evidence(id_: str) -> Response:
        """Give the evidence file behind a verdict, with the proofs of time that have come since."""
        held = _found(party, id_).evidence
        if held is None:
            raise NotFoundError(f"the evidence of the report {id_}")
        return Response(completed(party, held), media_type="application/json")


def _found(party: Party, id_: str) -> presentations.Reported:
    with party.store.read() as connection:
        found = presentations.find_report(connection, id_)
    if found is None:
        raise NotFoundError(f"the report {id_}")
    return found


def _delete_nothing(connection: Connection, consent: str) -> tuple[str, ...]:
    del connection, consent
    return ()


def _kept(party: Party, connection: Connection, consent: str) -> tuple[Kept, ...]:
    """Name what the bank keeps after a withdrawal, on which basis and until when; it never had a reading."""
    del consent
    now = party.now()
    if not presentations.reported(connection, most=1):
        return ()
    return (
        Kept(
            "the chain as it was presented, and the verdict on it",
            _BASIS,
            now.replace(year=now.year + _YEARS),
        ),
    )
