"""The energy data provider: knows whose key belongs to which meters, and lets readings go where a consent lets it."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import FastAPI, Response
from pydantic import Field, JsonValue
from sqlalchemy import Connection

from issuers.consented import Use, require_account_holder, require_consent
from issuers.consumption import Grounds, Issued, Meter, issue_consumption
from perseus.apps.accounts import add_accounts
from perseus.apps.call import Body, Called
from perseus.apps.consents import add_consents
from perseus.apps.doors import Shown, admit, use_up
from perseus.apps.frame import answer
from perseus.apps.issuing import keep, signing
from perseus.apps.party import Party
from perseus.apps.proofs import keep_time
from perseus.apps.reliance import add_reliance
from perseus.apps.service import Service, open_service
from perseus.apps.spot_audits import add_spot_audits
from perseus.apps.withdrawals import Duties, add_withdrawals
from perseus.keystore import fresh_bytes, fresh_urn
from perseus.problems import NotFoundError
from perseus.storage import consents, credentials, meters, readings, resources
from trust.canonical import parse
from trust.claims.account import AccountHolder
from trust.claims.consent import Consent, Data
from trust.claims.consumption import Assurance as MeterAssurance
from trust.claims.consumption import Consumption, Fuel, Readings, UnitCode
from trust.claims.halfhour import Month
from trust.claims.receipt import Kept
from trust.claims.region import Region
from trust.did import Did
from trust.digest import Digest, b64url_encode
from trust.envelope import envelope, links_to
from trust.errors import NotPermittedError
from trust.links import Relation
from trust.report import Verified
from trust.secured import Secured
from verifiers.policy import PROCESS, Policy

CALCULATION = PROCESS + "emissions-calculations"
_ASSURANCES = "https://registry.ib1.org/scheme/perseus/assurance/"
_ASSURANCE = MeterAssurance(
    f"{_ASSURANCES}missing-data/Missing", f"{_ASSURANCES}origin-method/SmartDCCOtherUser"
)


class Wanted(Body):
    """Which source and month is asked for, and the presentation that says by whom and on which consent."""

    presentation: dict[str, JsonValue]
    source: str = Field(max_length=60)
    month: str = Field(max_length=7)


@dataclass(frozen=True, slots=True)
class Leave:
    """What lets one month's readings of one source go: verified, and answering one nonce."""

    shown: Shown
    consent: Verified[Consent]
    account_holder: Verified[AccountHolder]
    source: str
    month: Month


def open_edp(party: Party) -> FastAPI:
    """Put the energy data provider's service together."""
    service = open_service(party)
    keep_time(service)
    add_accounts(service)
    add_consents(service)
    _add_consumption(service)
    add_withdrawals(service, Duties(forget_readings, _keep_nothing))
    add_reliance(service)
    add_spot_audits(service, purpose=CALCULATION)
    return service.app


def forget_readings(connection: Connection, consent: str) -> tuple[str, ...]:
    """Delete the copies of readings that left, or arrived, under a consent, each with its k."""
    held = credentials.of_kind(connection, "ConsumptionCredential")
    under = [one.id for one in held if permitted_by(one.secured, consent)]
    return tuple(f"readings of {one}" for one in under if readings.forget(connection, one))


def permitted_by(secured: Secured, consent: str) -> bool:
    """Tell whether a credential names this consent as what permitted it."""
    return any(link.id == consent for link in envelope(secured).linked(Relation.PERMITTED))


def _keep_nothing(connection: Connection, consent: str) -> tuple[Kept, ...]:
    del connection, consent
    return ()


def _add_consumption(service: Service) -> None:
    party = service.party

    @service.app.post("/v1/consumption")
    def consumption(call: Called) -> Response:
        """Let one month of one source go, to whom a consent lets have it; asked again, the same month comes back."""
        asked = call.read(Wanted)
        leave = _leave(service, asked, call.peer)
        with party.store.write() as connection:
            use_up(party, connection, leave.shown.nonce)
            _require_not_ended(connection, leave)
            known = _known(connection, leave)
            if known is None:
                known = _issue(party, connection, leave)
            return answer(_delivered(connection, known))


def _leave(service: Service, asked: Wanted, peer: Did | None) -> Leave:
    """Verify who asks, and that the one consent shown lets this very party have this source and month now.

    The question is asked of every answer, also of a month that left before: whoever may ask one door may ask another.
    """
    shown = admit(service.party, service.judge, asked.presentation, policy=Policy.edp(), peer=peer)
    given, holding = _only(shown, Consent), _only(shown, AccountHolder)
    policy = Policy.edp()
    consent = service.judge.verified(given, Consent, policy=policy, beside=(holding,))
    account_holder = service.judge.verified(holding, AccountHolder, policy=policy)
    leave = Leave(shown, consent, account_holder, asked.source, Month.parse(asked.month))
    _require_leave(service.party, leave)
    return leave


def _only(shown: Shown, kind: type[object]) -> Secured:
    """Find the one credential of a kind: where two are shown, nobody says which of them counts."""
    found = [held for held in shown.credentials if isinstance(envelope(held).claim, kind)]
    if len(found) != 1:
        reason = f"{len(found)} credentials of the kind {kind.__name__} are shown, and one is needed"
        raise NotPermittedError("letting readings go", because=reason, code="consent.missing")
    return found[0]


def _require_leave(party: Party, leave: Leave) -> None:
    period = leave.month.period
    use = Use(party.did, leave.shown.holder, Data.CONSUMPTION, CALCULATION, leave.source, period)
    with party.store.read() as connection:
        ended = _withdrawn(connection, leave)
    require_consent(leave.consent, use, at=party.now(), withdrawn=ended)
    require_account_holder(leave.account_holder, consent=leave.consent, use=use, at=party.now())


def _require_not_ended(connection: Connection, leave: Leave) -> None:
    """Look once more in the transaction that answers: a withdrawal may have arrived in the meantime."""
    if _withdrawn(connection, leave):
        reason = "the consent was withdrawn"
        raise NotPermittedError("letting readings go", because=reason, code="consent.withdrawn")


def _known(connection: Connection, leave: Leave) -> Secured | None:
    """Find the month as it left before, under the very bytes of this consent."""
    held = credentials.of_kind(connection, "ConsumptionCredential", about=f"{leave.source} {leave.month}")
    own = (one.secured for one in held if links_to(one.secured, Relation.PERMITTED, leave.consent))
    return next(own, None)


def _issue(party: Party, connection: Connection, leave: Leave) -> Secured:
    issued = _signed(party, connection, leave)
    found = keep(party, connection, issued.credential)
    readings.keep(connection, found.id, body=issued.readings, k=issued.k, at=party.now())
    resources.keep(connection, issued.commitments, at=party.now())
    return issued.credential


def _signed(party: Party, connection: Connection, leave: Leave) -> Issued:
    meter = meters.find(connection, leave.source)
    measured = meters.measured(connection, leave.source, leave.month.period.start)
    if meter is None or measured is None:
        raise NotFoundError(f"readings of {leave.source} in {leave.month}")
    content = Readings(
        leave.month.period,
        UnitCode(meter.unit_code),
        meter.exponent,
        measured.values,
        measured.quality,
        fresh_bytes(),
    )
    return issue_consumption(
        content,
        meter=Meter(
            meter.source,
            Fuel(meter.fuel),
            meter.outcode,
            Region(meter.region_id, meter.region_name),
            _ASSURANCE,
        ),
        grounds=Grounds(
            leave.consent,
            leave.account_holder,
            leave.shown.holder,
            CALCULATION,
            _withdrawn(connection, leave),
        ),
        signing=signing(party, connection),
        k=fresh_bytes(),
        resource_ids=(fresh_urn(), fresh_urn()),
        used=readings.used(connection),
    )


def _withdrawn(connection: Connection, leave: Leave) -> dict[str, datetime]:
    standing = consents.find(connection, envelope(leave.consent).id)
    ended = standing.withdrawn_at if standing is not None else None
    return {} if standing is None or ended is None else {standing.id: ended}


def _delivered(connection: Connection, secured: Secured) -> dict[str, object]:
    found = envelope(secured)
    held = readings.find(connection, found.id)
    if held is None or not isinstance(found.claim, Consumption):
        raise NotFoundError(f"the readings of {found.id}")
    digest: Digest = found.claim.commitments.digest_multibase
    commitments = resources.find_all(connection, (digest,))[digest]
    return {
        "credential": parse(secured.raw, where="credential"),
        "readings": parse(held.body, where="readings", limit=1 << 20),
        "commitments": parse(commitments, where="commitments", limit=1 << 20),
        "k": b64url_encode(held.k),
    }
