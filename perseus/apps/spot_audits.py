"""The energy data provider's door for spot audits: its owner opens half-hours that an auditor chose."""

from fastapi import Depends, Response
from pydantic import Field
from sqlalchemy import Connection

from issuers.spot_audit import Auditor, Holding, open_for_audit
from perseus.apps.call import Body, Called
from perseus.apps.frame import JSON
from perseus.apps.service import Service, owner_of
from perseus.problems import NotFoundError
from perseus.storage import consents, credentials, opened_slots, readings
from trust.claims.account import AccountHolder
from trust.claims.consent import Consent, Data
from trust.claims.consumption import Consumption
from trust.credential import Credential
from trust.did import Did
from trust.envelope import envelope
from trust.errors import NotPermittedError
from trust.report import Verified
from verifiers.policy import Policy


class Choice(Body):
    """Which half-hours of which consumption credential are opened to which auditor."""

    credential: str = Field(max_length=60)
    auditor: str = Field(max_length=253)
    slots: tuple[int, ...] = Field(min_length=1, max_length=48, strict=False)


def add_spot_audits(service: Service, *, purpose: str) -> None:
    """Open the owner's door for spot audits; readings are shown for the purpose that the consent names."""
    party = service.party

    @service.app.post("/local/slot-openings", dependencies=[Depends(owner_of(party))])
    def slot_openings(call: Called) -> Response:
        """Open half-hours to an auditor, with the firm's leave, and remember which."""
        choice = call.read(Choice)
        auditor = _auditor(service, choice, purpose)
        with party.store.write() as connection:
            holding = _holding(connection, choice.credential)
            claim = holding.credential.claim
            source, month = claim.id, str(claim.period.month)
            made = open_for_audit(
                holding,
                slots=choice.slots,
                auditor=auditor,
                before=opened_slots.before(connection, source, month),
                at=party.now(),
            )
            slots, whom = [one.slot for one in made.openings], str(auditor.did)
            opened_slots.remember(connection, source, month, slots=slots, auditor=whom, at=made.opened_at)
        return Response(made.write(), media_type=JSON)


def _auditor(service: Service, choice: Choice, purpose: str) -> Auditor:
    party, did = service.party, Did.parse(choice.auditor)
    member = party.register.current().member(did, at=party.now())
    roles = member.roles if member is not None and member.active else ()
    with party.store.read() as connection:
        source = _holding(connection, choice.credential).credential.claim.id
        given = _consents(connection, did, source)
        ended = {one.id: one.withdrawn_at for one in consents.all_of(connection) if one.withdrawn_at}
    consent = next(iter(_verified(service, given)), None)
    if consent is None:
        reason = f"no consent here lets {did} have readings of {source}"
        raise NotPermittedError("opening half-hours", because=reason, code="consent.missing")
    return Auditor(did, roles, consent, purpose, ended)


def _consents(connection: Connection, auditor: Did, source: str) -> list[Credential[object]]:
    """Find what firms allowed this auditor: what is in force before what was withdrawn, the newest first."""
    standing = [
        one
        for one in consents.all_of(connection)
        if (one.receiver, one.data) == (str(auditor), Data.CONSUMPTION.value)
    ]
    in_force = [one for one in standing if one.withdrawn_at is None]
    ordered = [*reversed(in_force), *(one for one in standing if one not in in_force)]
    held = (credentials.find(connection, one.id) for one in ordered)
    found = [envelope(one.secured) for one in held if one is not None]
    return [one for one in found if isinstance(one.claim, Consent) and source in one.claim.sources]


def _verified(service: Service, given: list[Credential[object]]) -> list[Verified[Consent]]:
    """Judge what is kept, with the account that it rests on, as every consent is judged before it is acted on."""
    with service.party.store.read() as connection:
        names = [link.id for one in given for link in one.links]
        holdings = [one.secured for one in credentials.find_all(connection, dict.fromkeys(names))]
        kept = [credentials.find(connection, one.id) for one in given]
    beside = [one for one in holdings if isinstance(envelope(one).claim, AccountHolder)]
    policy = Policy.edp()
    return [
        service.judge.verified(one.secured, Consent, policy=policy, beside=beside)
        for one in kept
        if one is not None
    ]


def _holding(connection: Connection, name: str) -> Holding:
    """Find a month that left, with its readings and k, which are deleted when the firm withdraws."""
    found = credentials.find(connection, name)
    kept = readings.find(connection, name)
    credential = None if found is None else envelope(found.secured)
    if credential is None or kept is None or not isinstance(credential.claim, Consumption):
        raise NotFoundError(f"the readings of {name}")
    typed: Credential[Consumption] = Credential(
        credential.id, credential.issuer, credential.claim, credential.valid_from, links=credential.links
    )
    return Holding(typed, kept.body, kept.k)
