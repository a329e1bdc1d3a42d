"""Proposals at the operator: kept with the signatures so far, judged by the verifiers' own fold, committed once whole.

Whoever may sign may propose and sign here, because a signature is its own authority; what waits is shown to the
operator's people alone. A proposal whose place in the log was taken by another event is stale, and says so.
"""

from typing import cast

from fastapi import Depends, Response
from pydantic import Field, JsonValue
from sqlalchemy import Connection

from perseus.apps.call import Body, Called
from perseus.apps.frame import answer
from perseus.apps.party import Party
from perseus.apps.service import Nothing, Service, owner_of
from perseus.governance.roles import require_known_role
from perseus.log.keeper import Keeper
from perseus.log.names import LogName
from perseus.log.offers import Placed
from perseus.problems import ConflictError, NotFoundError
from perseus.storage import proposals
from perseus.storage.proposals import Waiting
from registry.draft import Draft
from registry.errors import EventRefusedError
from registry.events import SignedEvent
from registry.fold.signing import incoming
from registry.foresight import lacking
from registry.jws import EventSignature
from registry.register import Register
from trust.canonical import Json, canonicalize
from trust.claims.halfhour import stamp
from trust.did import Did
from trust.digest import Digest
from trust.errors import MalformedError

_COMMITTED = {"state": "committed", "lacks": None, "code": None}
STALE = frozenset(("event.prev", "event.policy", "event.backdated"))
_MOST, _SHOWN = 1_000, 200  # proposals that may wait at one time, and that a list shows
_REMEDY = "Propose it anew: its place in the log is part of what was signed."


class Proposed(Body):
    """A proposal file with a signature on it at least; `other_role` says that a role beyond the scheme's is meant."""

    proposal: dict[str, JsonValue]
    other_role: bool = False


class Signatures(Body):
    """Signatures over a proposal's bytes, as they stand in an entry of the register."""

    signatures: tuple[dict[str, JsonValue], ...] = Field(min_length=1, max_length=32, strict=False)


def add_proposals(service: Service, keeper: Keeper) -> None:
    """Let officers and members propose, sign and commit."""
    _add_ends(service, keeper)
    party, app, owner = service.party, service.app, [Depends(owner_of(service.party))]

    @app.post("/v1/proposals", status_code=201)
    def propose(call: Called) -> Response:
        """Keep a proposal that somebody has signed who may; the same one again only adds its signatures."""
        asked = call.read(Proposed)
        draft = Draft.from_json(canonicalize(cast("Json", asked.proposal)))

        def prepare() -> str | None:
            if not asked.other_role:
                require_known_role(draft.event)
            return _judged(party, keeper, draft)

        return call.once(party, prepare, lambda found, _: _keep(party, keeper, found, draft))

    @app.get("/v1/proposals", dependencies=owner)
    def listed() -> Response:
        """List the newest proposals, the newest first: what each says, who signed, what it lacks."""
        with party.store.read() as connection:
            found = proposals.listed(connection, most=_SHOWN)
        return answer({"proposals": [_told(party, _register(party, keeper), one) for one in found]})

    @app.get("/v1/proposals/{id_}", dependencies=owner)
    def shown(id_: str) -> Response:
        """Give a proposal with its file."""
        found = _found(party, id_)
        document = Draft.from_json(found.draft).to_json()
        return answer({**_told(party, _register(party, keeper), found), "file": document.decode()})

    @app.post("/v1/proposals/{id_}/signatures")
    def sign(id_: str, call: Called) -> Response:
        """Add signatures to a proposal; one person's second signature changes nothing."""
        given = [EventSignature.read(cast("Json", item)) for item in call.read(Signatures).signatures]
        found = _found(party, id_)
        draft = Draft.from_json(found.draft).with_signatures(given)

        def prepare() -> str | None:
            _require_open(found)
            return _judged(party, keeper, draft)

        return call.once(party, prepare, lambda known, _: _keep(party, keeper, known, draft))


def _add_ends(service: Service, keeper: Keeper) -> None:
    party, app, owner = service.party, service.app, [Depends(owner_of(service.party))]

    @app.post("/v1/proposals/{id_}/drop", dependencies=owner)
    def drop(id_: str, call: Called) -> Response:
        """Let go of a proposal that nobody will commit; one that the log took in stays."""
        call.read(Nothing)
        _require_open(_found(party, id_))
        with party.store.write() as connection:
            proposals.drop(connection, id_)
        return answer({"dropped": id_})

    @app.post("/v1/proposals/{id_}/commit", status_code=201, dependencies=owner)
    def commit(id_: str, call: Called) -> Response:
        """Append a proposal to the log once the quorum has signed it."""
        call.read(Nothing)
        found = _found(party, id_)
        _require_open(found)
        draft = Draft.from_json(found.draft)
        missing = _judged(party, keeper, draft)
        if missing is not None:
            raise ConflictError(missing, code="event.quorum")
        placed = taken_in(party, keeper, draft.entry.entry)
        told = {"index": placed.index, "size": placed.size, "checkpoint": placed.note}
        return answer(told, status=201)


def taken_in(party: Party, keeper: Keeper, entry: bytes) -> Placed:
    """Let the log take an event in, and mark the proposal that it came of, whichever door it came in by.

    Raises:
        ConflictError: its place in the log is taken.
        EventRefusedError: the fold would ignore it.
        NoLeaseError: another process appends.
    """
    try:
        placed = keeper.submit(LogName.MEMBERS, entry)
    except EventRefusedError as refused:
        raise refusal(refused) from refused
    payload = SignedEvent.parse(entry).event.payload
    with party.store.write() as connection:
        proposals.commit(connection, Digest.of(payload).multibase, entry=placed.index)
    return placed


def refusal(refused: EventRefusedError) -> EventRefusedError | ConflictError:
    """Say of what came too late what to do, and leave every other refusal as it is."""
    if refused.code not in STALE:
        return refused
    return ConflictError(f"{refused}. {_REMEDY}", code=refused.code)


def _register(party: Party, keeper: Keeper) -> Register:
    """Give what a proposal must follow: all entries where they are appended, what is published elsewhere."""
    return keeper.register if keeper.leads else party.register.current()


def _require_open(found: Waiting) -> None:
    if found.entry is not None:
        raise ConflictError(f"the proposal {found.id} is entry {found.entry} of the register already")


def _judged(party: Party, keeper: Keeper, draft: Draft) -> str | None:
    """Say what a proposal lacks; refuse at once what no further signature mends."""
    try:
        return lacking(_register(party, keeper), draft.entry, recorded=party.now())
    except EventRefusedError as refused:
        raise refusal(refused) from refused


def _keep(party: Party, keeper: Keeper, connection: Connection, draft: Draft) -> Response:
    known = proposals.find(connection, draft.id)
    now = party.now()
    if known is None:
        if proposals.waiting(connection) >= _MOST:
            raise ConflictError(f"{_MOST} proposals wait already; commit or drop some first")
        kept = Waiting(draft.id, draft.to_json(), now, now)
        proposals.propose(connection, kept)
    else:
        whole = Draft.from_json(known.draft).joined(draft).to_json()
        kept = Waiting(known.id, whole, known.proposed_at, now, known.entry)
        proposals.sign(connection, known.id, whole, at=now)
    status = 201 if known is None else 200
    return answer(_told(party, _register(party, keeper), kept), status=status)


def _found(party: Party, id_: str) -> Waiting:
    with party.store.read() as connection:
        found = proposals.find(connection, id_)
    if found is None:
        raise NotFoundError(f"the proposal {id_}")
    return found


def _told(party: Party, register: Register, waiting: Waiting) -> dict[str, object]:
    draft = Draft.from_json(waiting.draft)
    event, entry = draft.event, _entry(register, waiting, draft)
    return {
        "id": waiting.id,
        "type": event.type,
        "subject": event.subject,
        "name": _name(register, event.subject),
        "effective": stamp(event.effective),
        "case": event.case,
        "reason": event.reason,
        "signers": list(signer_names(register, draft)),
        "proposed_at": stamp(waiting.proposed_at),
        "entry": entry,
        **(_state(party, register, draft) if entry is None else _COMMITTED),
    }


def _entry(register: Register, waiting: Waiting, draft: Draft) -> int | None:
    """Find the entry that a proposal became, also where this process ended before it could write that down."""
    signed = f'"payload":"{draft.payload}"'.encode()
    later = range(draft.size, register.size)
    found = (index for index in later if signed in register.entries[index])
    return waiting.entry if waiting.entry is not None else next(found, None)


def _state(party: Party, register: Register, draft: Draft) -> dict[str, object]:
    try:
        missing = lacking(register, draft.entry, recorded=party.now())
    except EventRefusedError as refused:
        state = "stale" if refused.code in STALE else "refused"
        return {"state": state, "lacks": f"{refused}. {_REMEDY}", "code": refused.code}
    state, code = ("ready", None) if missing is None else ("waiting", "event.quorum")
    return {"state": state, "lacks": missing, "code": code}


def signer_names(register: Register, draft: Draft) -> tuple[str, ...]:
    """Name who has signed: officers by pseudonym, the member by its name, each person once."""
    officers = {**incoming(draft.event), **register.scheme.officers}
    names = [
        officers[item.kid].pseudonym if item.kid in officers else _name(register, draft.event.subject)
        for item in draft.signatures
    ]
    return tuple(sorted(set(names)))


def _name(register: Register, subject: str) -> str:
    try:
        member = register.member(Did.parse(subject))
    except MalformedError:
        return subject
    return subject if member is None else member.name
