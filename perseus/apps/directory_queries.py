"""Questions to the directory: IB1's two in JSON, and any in SPARQL (IB1 Directory 1.0; SPARQL 1.1 Protocol)."""

import threading
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl

import orjson
from fastapi import Depends, Query, Response

from perseus.apps import sparql
from perseus.apps.accepting import choose
from perseus.apps.asked import Asked, asking
from perseus.apps.call import Call, Called
from perseus.apps.frame import JSON
from perseus.apps.service import Service
from perseus.problems import MediaTypeError
from registry.kept import Kept
from registry.projections import forms
from registry.projections.catalog import whole_graph
from registry.projections.names import Names
from registry.projections.queries import apis_conforming_to, members_with_role
from registry.projections.view import View
from trust.canonical import Json
from trust.digest import Digest
from trust.errors import MalformedError

QUERY, URL_ENCODED = "application/sparql-query", "application/x-www-form-urlencoded"
_OTHERS = frozenset(
    {"default-graph-uri", "named-graph-uri", "update", "using-graph-uri", "using-named-graph-uri"}
)
_MOST_FIELDS, _MOST_STANDARDS = 16, 32

RoleUrl = Annotated[str, Query(max_length=500)]
Standards = Annotated[list[str], Query(alias="conformsTo", min_length=1, max_length=_MOST_STANDARDS)]


def add_queries(service: Service) -> None:
    """Add the directory's queries to a service that holds the register."""
    party, app = service.party, service.app
    names, look = Names(party.settings.url), Depends(asking(party))
    whole, running = Whole(names), sparql.Queries()

    @app.get("/query/members-with-role")
    def with_role(role: RoleUrl, asked: Annotated[Asked, look]) -> Response:
        """List who holds a role."""
        return _json(asked, members_with_role(asked.view, names, role))

    @app.get("/query/data-catalog/api")
    def conforming(standards: Standards, asked: Annotated[Asked, look]) -> Response:
        """List the services that meet any of the standards."""
        return _json(asked, apis_conforming_to(asked.view, names, standards))

    def answer(asked: Asked, query: str) -> Response:
        media_type = choose(asked.request.headers.get("accept"), sparql.offered(sparql.form_of(query)))

        def make() -> bytes:
            return running.run(query, triples=whole.triples(asked.view), media_type=media_type)

        return asked.answer(make, media_type=media_type, about=Digest.of(query.encode()).value.hex()[:16])

    @app.get("/sparql")
    def asked_by_address(asked: Annotated[Asked, look]) -> Response:
        """Answer the query in the address."""
        query = _only_query(asked.request.query_params.multi_items())
        return answer(asked, query)

    @app.post("/sparql")
    def asked_by_body(call: Called, asked: Annotated[Asked, look]) -> Response:
        """Answer the query in the body, be it a form or the query itself."""
        _refuse_others(name for name, _ in asked.request.query_params.multi_items())
        return answer(asked, _query_of(call))


class Whole:
    """The whole directory as triples, made once for each size and moment, by one request at a time."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._held: Kept[tuple[int, bytes, datetime], bytes] = Kept(4)
        self._making = threading.Lock()

    def triples(self, view: View) -> bytes:
        """Give the triples as N-Triples."""
        name = (view.size, view.root, view.at)
        with self._making:
            return self._held.get(name) or self._held.put(
                name, forms.n_triples(whole_graph(view, self._names))
            )


def _json(asked: Asked, content: dict[str, Json]) -> Response:
    choose(asked.request.headers.get("accept"), (JSON,))
    return asked.answer(lambda: orjson.dumps(content), media_type=JSON)


def _query_of(call: Call) -> str:
    """Take the query out of a body (SPARQL 1.1 Protocol, section 2.1).

    Raises:
        MediaTypeError: the body is neither a form nor a query.
        MalformedError: it is not UTF-8, or has no query.
    """
    if call.media_type not in {QUERY, URL_ENCODED}:
        raise MediaTypeError(f"{QUERY} or {URL_ENCODED}", call.media_type)
    try:
        text = call.body.decode()
        if call.media_type == QUERY:
            return text
        return _only_query(parse_qsl(text, strict_parsing=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise MalformedError("body", expected="a query in UTF-8", found=str(error)[:100]) from error


def _only_query(fields: list[tuple[str, str]]) -> str:
    """Take the one query out of the fields of an address or a form.

    Raises:
        MalformedError: there is none, or there are several.
        QueryRefusedError: a field names another graph, or an update.
    """
    _refuse_others(name for name, _ in fields)
    found = [value for name, value in fields if name == "query"]
    if len(found) != 1:
        raise MalformedError("query", expected="one query", found=f"{len(found)}", code="query.malformed")
    return found[0]


def _refuse_others(names: Iterable[str]) -> None:
    for name in sorted(_OTHERS.intersection(names)):
        raise sparql.QueryRefusedError(
            f"{name} is not answered here: there is one graph, the directory, and the log alone is written to.",
            code="query.refused",
        )
