"""Trust registry queries over HTTP, with the proofs of the events behind each answer (ToIP TRQP 2.0)."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Response
from pydantic import Field

from perseus.apps.asked import Asked, AsOf, asking, log_headers, view_of
from perseus.apps.call import Body, Called
from perseus.apps.frame import JSON, answer
from perseus.apps.party import Party
from perseus.apps.service import Service
from perseus.storage import register
from registry.errors import BeyondError
from registry.history import moment
from registry.projections import trqp
from registry.projections.view import View
from trust.canonical import Json, canonicalize
from trust.claims.halfhour import instant

_FRACTION = re.compile(r"\.[0-9]{1,9}(?=Z$)")
_LONGEST = 500


class Question(Body, extra="ignore"):
    """A query as TRQP has it; what it has besides is for other registries."""

    entity_id: str = Field(max_length=_LONGEST)
    authority_id: str = Field(max_length=_LONGEST)
    action: str = Field(max_length=_LONGEST)
    resource: str = Field(max_length=_LONGEST)
    context: dict[str, str] = Field(default_factory=dict, max_length=16)


Answer = Callable[..., dict[str, Json]]


def add_trust_queries(service: Service) -> None:
    """Add the trust registry's queries to a service that holds the register."""
    party, app = service.party, service.app
    look = Depends(asking(party))

    @app.post("/authorization")
    def authorization(call: Called, as_of: AsOf = None) -> Response:
        """Tell whether a party may do something."""
        return _answered(party, call.read(Question), as_of, trqp.authorization)

    @app.post("/recognition")
    def recognition(call: Called, as_of: AsOf = None) -> Response:
        """Tell whether the scheme recognises another one."""
        return _answered(party, call.read(Question), as_of, trqp.recognition)

    @app.get("/metadata")
    def metadata(asked: Annotated[Asked, look]) -> Response:
        """Tell what this registry answers about."""
        told = trqp.metadata(asked.view, base=party.settings.url)
        return asked.answer(lambda: canonicalize(told), media_type=JSON)


def _answered(party: Party, asked: Question, as_of: str | None, decide: Answer) -> Response:
    evaluated = party.now()
    query = trqp.Query(
        asked.entity_id,
        asked.authority_id,
        asked.action,
        asked.resource,
        _time(asked.context.get("time"), before=evaluated),
        asked.context,
    )
    view = view_of(party, as_of)
    view = View.of(view.register, size=view.size, at=query.time or evaluated)
    told = answer(decide(view, query, evaluated=evaluated, note=_note(party, view)))
    told.headers.update(log_headers(view))
    return told


def _note(party: Party, view: View) -> str | None:
    """Give the checkpoint over exactly these entries, or the newest one, under which they stand as well."""
    with party.store.read() as connection:
        found = register.seen_at(connection, view.size) or register.newest(connection)
    return None if found is None else found.note


def _time(text: str | None, *, before: datetime) -> datetime | None:
    """Read the moment that a query is about; blank is now, and parts of a second are passed over.

    Raises:
        MalformedError: it is no time in UTC.
        BeyondError: it lies ahead.
    """
    if not text:
        return None
    at = instant(_FRACTION.sub("", text))
    if at > before:
        raise BeyondError(f"{moment(at)} lies ahead of {moment(before)}. Ask about a moment that has passed.")
    return at
