"""Trust registry queries: may this party do this, and does this scheme recognise that one (ToIP TRQP 2.0).

The protocol asks for a boolean. Ours comes with the decision behind it, which knows *unknown* beside yes and no, the
window in which it stays the same, the events that say so, and their proofs under a checkpoint of the log.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from registry import bodies
from registry.history import moment
from registry.log.checkpoint import Checkpoint
from registry.log.note import Note
from registry.log.proof import InclusionProof
from registry.projections.queries import holders_of, register_json
from registry.projections.scheme import SCHEME, any_member_signs, ours, roles, signers_of
from registry.projections.view import View
from registry.standing import Outcome, Standing
from trust.canonical import Json
from trust.claims.halfhour import stamp
from trust.did import Did
from trust.errors import MalformedError

HOLD, ISSUE = "hold", "issue"
OPERATOR = f"{SCHEME}/role/scheme-operator"
_DECISIONS = {
    Outcome.VALID: "authorized",
    Outcome.INVALID: "not_authorized",
    Outcome.INDETERMINATE: "unknown",
}


@dataclass(frozen=True, slots=True)
class Query:
    """One question: an entity, an action, a resource, the authority that is asked, and the moment it is about."""

    entity: str
    authority: str
    action: str
    resource: str
    time: datetime | None = None
    context: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Decision:
    """What is answered: yes, no or unknown, in words, with its window, its reasons and the entries that say so."""

    word: str
    message: str
    since: datetime | None = None
    until: datetime | None = None
    reasons: tuple[Mapping[str, Json], ...] = ()
    events: tuple[int, ...] = ()


def authorization(
    view: View, query: Query, *, evaluated: datetime, note: str | None = None
) -> dict[str, Json]:
    """Answer whether the entity may take the action on the resource (TRQP 2.0, authorization)."""
    found = _strange(view, query) or _authorize(view, query, query.time or evaluated)
    told = {"authorized": found.word == "authorized"}
    return {**_answer(view, query, found, evaluated), **told, "proofs": _proofs(view, found.events, note)}


def recognition(view: View, query: Query, *, evaluated: datetime, note: str | None = None) -> dict[str, Json]:
    """Answer whether the scheme recognises another one, which it does for all that it answers about (TRQP 2.0)."""
    found = _strange(view, query) or _recognise(view, query, query.time or evaluated)
    told = {"recognized": found.word == "recognized"}
    return {**_answer(view, query, found, evaluated), **told, "proofs": _proofs(view, found.events, note)}


def metadata(view: View, *, base: str) -> dict[str, Json]:
    """Say what this registry answers about, and in whose name (TRQP 2.0, metadata)."""
    kinds = [kind for role in roles().values() for kind in role.signs]
    return {
        "id": base,
        "name": f"The member register of {view.origin}",
        "description": "Answers from an append-only log of events that the scheme's officers sign.",
        "protocol": "TRQP 2.0",
        "authorities": [view.origin],
        "default_authority": view.origin,
        "controllers": [str(member.did) for member in holders_of(view, OPERATOR).members],
        "actions": {HOLD: [*roles()], ISSUE: [*sorted(kinds), *any_member_signs()]},
        "register": register_json(view),
    }


def _strange(view: View, query: Query) -> Decision | None:
    if query.authority == view.origin:
        return None
    return Decision(
        "unknown", f"This registry answers for {view.origin}, and {query.authority} was asked about."
    )


def _authorize(view: View, query: Query, at: datetime) -> Decision:
    wanted = _wanted(query)
    if isinstance(wanted, Decision):
        return wanted
    try:
        entity = Did.parse(query.entity)
    except MalformedError as error:
        return Decision("not_authorized", f"The entity is no member: {error}.")
    return _decided(view.register.standing(entity, wanted, None, signed_at=at, known_at=view.size))


def _wanted(query: Query) -> str | Decision | None:
    """Turn an action on a resource into the role that it takes, or None where every member may."""
    if query.action == HOLD and ours(query.resource) in roles():
        return ours(query.resource)
    if query.action == ISSUE and query.resource in any_member_signs():
        return None
    signers = signers_of(query.resource) if query.action == ISSUE else ()
    if signers:
        return signers[0]
    known = f"The scheme knows no {query.action} of {query.resource}"
    return Decision("not_authorized", f"{known}: the actions and resources stand at /metadata.")


def _decided(found: Standing) -> Decision:
    reasons = tuple[Mapping[str, Json], ...](
        {"code": one.code, "sentence": one.sentence, "remedy": one.remedy, "events": list(one.events)}
        for one in found.obstacles
    )
    events = tuple(sorted({*found.events, *(index for one in found.obstacles for index in one.events)}))
    return Decision(_DECISIONS[found.outcome], found.sentence, found.since, found.until, reasons, events)


def _recognise(view: View, query: Query, at: datetime) -> Decision:
    for index in view.scheme_events():
        event = view.event(index).event
        if event.type == "scheme.recognised" and event.effective <= at:
            other = bodies.read(bodies.Recognition, event.body).scheme
            if other == query.entity:
                told = f"{view.origin} has recognised {other} since {moment(event.effective)} (register entry {index})."
                return Decision("recognized", told, since=event.effective, events=(index,))
    return Decision("not_recognized", f"{view.origin} had not recognised {query.entity} on {moment(at)}.")


def _answer(view: View, query: Query, found: Decision, evaluated: datetime) -> dict[str, Json]:
    told: dict[str, Json] = {
        "entity_id": query.entity,
        "authority_id": query.authority,
        "action": query.action,
        "resource": query.resource,
        "time_evaluated": stamp(evaluated),
        "message": found.message,
        "decision": found.word,
        "window": {"from": _stamp(found.since), "until": _stamp(found.until)},
        "reasons": list(found.reasons),
        "events": list(found.events),
        "register": register_json(view),
    }
    if query.time is not None:
        told["time_requested"] = stamp(query.time)
    return {**told, "context": dict(query.context)} if query.context else told


def _proofs(view: View, events: tuple[int, ...], note: str | None) -> list[Json]:
    """Prove each event's place under the checkpoint at hand, if that reaches so far (C2SP tlog-proof)."""
    return list(_proven(view, events, note)) if note is not None else []


def _proven(view: View, events: tuple[int, ...], note: str) -> Iterator[Json]:
    size = Checkpoint.parse(Note.parse(note).text).size
    tree = view.register.tree
    for index in events:
        if index < size <= tree.size:
            yield str(InclusionProof(index, tree.inclusion(index, size=size), note))


def _stamp(at: datetime | None) -> Json:
    return None if at is None else stamp(at)
