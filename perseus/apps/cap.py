"""The carbon accounting provider: asks for consent, gathers what it lets it have, calculates, reports."""

from fastapi import Depends, FastAPI, Response
from pydantic import Field

from holders.request import Asked, ConsentRequest, ask
from perseus.apps.accounting import Accounting
from perseus.apps.asking import post
from perseus.apps.call import Body, Called
from perseus.apps.consents import add_consents
from perseus.apps.courier import Courier
from perseus.apps.edp import forget_readings
from perseus.apps.frame import answer
from perseus.apps.party import Party
from perseus.apps.proofs import keep_time
from perseus.apps.reliance import add_reliance
from perseus.apps.service import Service, open_service, owner_of
from perseus.apps.withdrawals import Duties, add_withdrawals
from perseus.apps.words import words_at
from perseus.apps.worker import Worker
from perseus.keystore import fresh_urn
from perseus.problems import NotFoundError
from perseus.storage import credentials, operations, readings
from perseus.storage.operations import Operation
from trust.canonical import parse
from trust.claims.consent import Data
from trust.claims.halfhour import Month, instant, stamp
from trust.did import Did
from trust.digest import Digest
from verifiers.policy import PROCESS

LICENCE = (
    "https://registry.ib1.org/scheme/perseus/license/energy-consumption-emissions-edp-cap-fsp/2026-03-12"
)
CALCULATION, REPORTING = PROCESS + "emissions-calculations", PROCESS + "emissions-reporting"


class Wish(Body):
    """Whose meters, in whose wallet, for which bank, over which half-hours, until when."""

    wallet: str
    provider: str
    bank: str
    sources: tuple[str, ...] = Field(min_length=1, strict=False)
    data_from: str
    data_to: str
    expires: str


class Job(Body):
    """Which months of which firm are reported to which bank, with which kind and region of intensity.

    Without a region it is the meter's own; 18 is the national one, where no regional one is to be had.
    """

    firm: str
    wallet: str
    grid: str
    bank: str
    months: tuple[str, ...] = Field(min_length=1, max_length=120, strict=False)
    kind: str = "forecast"
    region: int | None = None


def open_cap(party: Party) -> FastAPI:
    """Put the accounting provider's service together."""
    service = open_service(party)
    keep_time(service)
    courier = Courier(party)
    worker = Worker(party, Accounting(service, courier).run)
    add_consents(service)
    add_withdrawals(service, Duties(forget_readings, lambda _connection, _consent: ()))
    add_reliance(service)
    _add_wishes(service)
    _add_jobs(service, worker)
    return service.app


def _add_wishes(service: Service) -> None:
    party, owner = service.party, [Depends(owner_of(service.party))]

    @service.app.post("/local/consent-requests", status_code=202, dependencies=owner)
    def wishes(call: Called) -> Response:
        """Ask a firm, in its wallet, for two consents: its readings for us, our monthly figures for its bank."""
        wish = call.read(Wish)
        url = f"https://{wish.wallet}"
        secured = ask(_request(party, wish, url), signer=party.signer, at=party.now())
        body = {"request": parse(secured.raw, where="request")}
        return answer(dict(post(party, f"{url}/v1/consent-requests", body, key=call.key)), status=202)


def _request(party: Party, wish: Wish, url: str) -> ConsentRequest:
    own, provider, bank = party.did, Did(wish.provider), Did(wish.bank)
    return ConsentRequest(
        id=fresh_urn(),
        requester=own,
        uses=(
            Asked(provider, own, Data.CONSUMPTION, (CALCULATION,)),
            Asked(own, bank, Data.EMISSIONS, (REPORTING,)),
        ),
        licence=LICENCE,
        sources=wish.sources,
        data_from=instant(wish.data_from),
        data_to=instant(wish.data_to),
        expires=instant(wish.expires),
        words=words_at(url),
        status_keeper=Did(party.settings.members["operator"]),
    )


def _add_jobs(service: Service, worker: Worker) -> None:
    party, app, owner = service.party, service.app, [Depends(owner_of(service.party))]

    @app.post("/local/reports", status_code=202, dependencies=owner)
    def reports(call: Called) -> Response:
        """Begin to report months to a bank; the work outlives this process, and is asked after by its id."""
        job = call.read(Job)
        months = [Month.parse(month) for month in job.months]
        id_ = Digest.of(f"{call.key or fresh_urn()}".encode()).multibase
        operation = Operation(
            id_, "report", job.model_dump_json(), "running", 0, len(months), None, party.now()
        )
        with party.store.write() as connection:
            begun = operations.begin(connection, operation)
        worker.wake()
        return answer(_operation(begun), status=202)

    @app.get("/local/operations/{id_}", dependencies=owner)
    def operation(id_: str) -> Response:
        """Tell how far a piece of work has come, or how it ended."""
        with party.store.read() as connection:
            found = operations.find(connection, id_)
        if found is None:
            raise NotFoundError(f"the operation {id_}")
        return answer(_operation(found))

    @app.get("/local/readings", dependencies=owner)
    def kept() -> Response:
        """Give the readings that are kept here, for an auditor and with the firm's leave."""
        with party.store.read() as connection:
            held = credentials.of_kind(connection, "ConsumptionCredential")
            found = [readings.find(connection, one.id) for one in held]
        bodies = [one.body for one in found if one is not None]
        named = {Digest.of(body).multibase: parse(body, where="readings", limit=1 << 20) for body in bodies}
        return answer({"resources": named})


def _operation(found: Operation) -> dict[str, object]:
    return {
        "id": found.id,
        "state": found.state,
        "done": found.done,
        "total": found.total,
        "result": None if found.result is None else parse(found.result.encode(), where="result"),
        "changed_at": stamp(found.changed_at),
    }
