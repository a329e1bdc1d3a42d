"""SPARQL over the directory: what may be asked is answered, and no query costs more than one query may."""

import contextlib
import csv
import io
import json
import resource
import socket
import threading
import time
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from perseus.apps import sparql
from perseus.apps.sparql import Queries, QueryRefusedError, form_of
from registry.projections.catalog import whole_graph
from registry.projections.forms import n_triples
from registry.projections.names import Names
from registry.projections.view import View
from support.directory import BASE, storied
from trust.errors import MalformedError, PerseusError

JSON, CSV, TURTLE = "application/sparql-results+json", "text/csv", "text/turtle"
PREFIXES = """
PREFIX schema: <http://schema.org/>
PREFIX ib1: <https://registry.trust.ib1.org/ns/1.0#>
PREFIX perseus: <https://w3id.org/perseus/v1/vocabulary#>
"""
ALL = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o"
PATH = "(schema:a|!schema:b)"


@pytest.fixture(scope="module")
def triples() -> bytes:
    """Give the directory of a scheme in which everything has happened."""
    scheme = storied()
    return n_triples(whole_graph(View.of(scheme.register, at=scheme.at(days=30)), Names(BASE)))


def run(query: str, triples: bytes, media_type: str = JSON) -> bytes:
    return Queries().run(PREFIXES + query, triples=triples, media_type=media_type)


def test_a_select_is_answered_in_the_order_that_it_asks_for(triples: bytes) -> None:
    query = 'SELECT ?name { ?m schema:legalName ?name ; perseus:state "expelled" } ORDER BY ?name'
    found = json.loads(run(query, triples))
    assert [row["name"]["value"] for row in found["results"]["bindings"]] == ["Murk Carbon"]
    assert list(csv.reader(io.StringIO(run(query, triples, CSV).decode()))) == [["name"], ["Murk Carbon"]]


def test_an_ask_is_answered(triples: bytes) -> None:
    assert json.loads(run('ASK { ?m perseus:state "left" }', triples))["boolean"] is True
    assert b"<boolean>false</boolean>" in run(
        'ASK { ?m perseus:state "lost" }', triples, "application/sparql-results+xml"
    )


def test_a_construct_is_answered_alike_by_every_process(triples: bytes) -> None:
    query = "CONSTRUCT { ?m schema:name ?name ; schema:x [ schema:y ?name ] } { ?m schema:legalName ?name }"
    found = run(query, triples, TURTLE)
    assert run(query, triples, TURTLE) == found
    assert len(list(ox.parse(found, format=ox.RdfFormat.TURTLE))) > 20


def test_a_select_without_an_order_is_answered_alike_by_every_process(triples: bytes) -> None:
    query = "SELECT * { ?s ?p ?o OPTIONAL { ?o ?q ?r } }"
    assert run(query, triples) == run(query, triples)


TOO_MUCH = {
    "a cartesian product that is counted": f"SELECT (COUNT(*) AS ?n) {{ {ALL} }}",
    "a cartesian product that is sorted": f"SELECT * {{ {ALL} }} ORDER BY ?a ?d ?g",
    "a cartesian product that is told apart": f"SELECT DISTINCT ?a ?d ?g ?j {{ {ALL} }}",
    "property paths of any length": f"SELECT (COUNT(*) AS ?n) {{ ?a {PATH}* ?b . ?b {PATH}* ?c . ?c {PATH}* ?d }}",
    "a text that grows": f"SELECT (GROUP_CONCAT(CONCAT(STR(?a),STR(?d),STR(?g))) AS ?x) {{ {ALL} }}",
}
DENSE = "".join(f"<n:{one}> <n:to> <n:{other}> .\n" for one in range(150) for other in range(150)).encode()


@pytest.mark.parametrize("query", TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_query_that_would_run_for_ever_is_ended(query: str, triples: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    with pytest.raises(QueryRefusedError) as refused:
        run(query, triples + DENSE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert refused.value.code in {"query.too_slow", "query.too_large"}
    assert time.monotonic() - started < sparql.PATIENCE + 2
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) < 4


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (f"SELECT * {{ {ALL} }}", "query.too_large"),
        ('ASK { ?s ?p "' + "x" * 17_000 + '" }', "query.too_long"),
        ("SELECT nothing", "query.malformed"),
        ("", "query.refused"),
        ("DESCRIBE ?x { ?x ?y ?z }", "query.refused"),
        ("SELECT * FROM <https://evil.example/> { ?s ?p ?o }", "query.refused"),
        ("SELECT * FROM NAMED <https://evil.example/> { GRAPH ?g { ?s ?p ?o } }", "query.refused"),
        ("INSERT DATA { <a:a> <a:a> <a:a> }", "query.refused"),
        ("LOAD <https://evil.example/>", "query.refused"),
        ("SELECT (NOW() AS ?x) {}", "query.refused"),
        ("SELECT (RAND() AS ?x) {}", "query.refused"),
    ],
)
def test_what_is_not_answered_is_refused_with_its_reason(query: str, code: str, triples: bytes) -> None:
    with pytest.raises(PerseusError) as refused:
        Queries().run(query, triples=triples, media_type=JSON)
    assert refused.value.code == code
    assert str(refused.value)


HARD = {
    "groups in groups": "ASK " + "{" * 7_000 + "}" * 7_000,
    "brackets without end": "SELECT (" + "(" * 7_000,
    "brackets in a path": "ASK { ?s " + "(" * 7_000 + "a" + ")" * 7_000 + " ?o }",
    "a pattern that backtracks": f"ASK {{ FILTER(REGEX('{'a' * 9_000}', '^(((a+)+)+)+$b')) }}",
    "a pattern that is large when read": "ASK { FILTER(REGEX('a', '((a{1,99}){1,99}){1,99}')) }",
    "a text that doubles": "SELECT ?x { "
    "BIND('xx' AS ?v0) " + "".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1}) " for n in range(40)) + "}",
}


@pytest.mark.parametrize("query", HARD.values(), ids=HARD)
def test_a_query_that_is_hard_to_read_ends_soon_and_harms_no_other(query: str, triples: bytes) -> None:
    queries, started = Queries(), time.monotonic()
    with contextlib.suppress(QueryRefusedError, MalformedError):
        queries.run(query, triples=triples, media_type=JSON)
    assert time.monotonic() - started < sparql.PATIENCE + 2
    assert json.loads(queries.run("ASK { ?s ?p ?o }", triples=triples, media_type=JSON))["boolean"] is True


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Listen for whoever would fetch something."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


HIDDEN = (
    "SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ {{ SELECT * {{ sErViCe SILENT <{url}> {{ ?s ?p ?o }} }} }} }}",
    "SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE<{url}>{{ ?s ?p ?o }} }} }}",
    '''SELECT * {{ ?s ?p ?o FILTER(?s<?b#>"""
) SERVICE <{url}> {{ ?x ?y ?z }} #"""
}}''',
    "SELECT * {{ ?s ?p ?o # \\nSERVICE\n SERVICE <{url}> {{ ?x ?y ?z }} }}",
    "SELECT * {{ \\u0053ERVICE <{url}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?g {{ <{url}> }} SERVICE ?g {{ ?s ?p ?o }} }}",
)


@pytest.mark.parametrize("query", HIDDEN)
def test_no_query_fetches_however_it_hides_it(query: str, listener: socket.socket, triples: bytes) -> None:
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with pytest.raises(PerseusError) as refused:
        run(query.format(url=url), triples)
    assert refused.value.code in {"query.refused", "query.malformed"}
    with pytest.raises(TimeoutError):
        listener.accept()


def test_the_process_itself_cannot_fetch_when_nothing_stops_the_query_before(
    listener: socket.socket, triples: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sparql, "form_of", lambda _query: "SELECT")
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    with pytest.raises(QueryRefusedError, match="would reach beyond what is at hand"):
        run(f"SELECT * {{ SERVICE <{url}> {{ ?s ?p ?o }} }}", triples)
    with pytest.raises(TimeoutError):
        listener.accept()


@pytest.mark.parametrize(
    "query",
    [
        'SELECT ?service { ?s ?p "SERVICE" } # SERVICE <x> {}',
        "SELECT * { ?s <https://x.example/service> ?from . ?s schema:service $load }",
        "SELECT * { ?s ?p 'it''s @service' . ?s perseus:from ?now }",
    ],
)
def test_words_in_texts_names_and_comments_are_no_keywords(query: str) -> None:
    assert form_of(query) == "SELECT"


def test_only_so_many_queries_run_at_once(triples: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparql, "_QUEUE", 0.1)
    queries = Queries()
    slow = PREFIXES + TOO_MUCH["a cartesian product that is counted"]
    codes: list[str] = []

    def ask() -> None:
        with pytest.raises(PerseusError) as refused:
            queries.run(slow, triples=triples, media_type=JSON)
        codes.append(refused.value.code)

    threads = [threading.Thread(target=ask) for _ in range(sparql.AT_ONCE + 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["query.busy"] * 2 + ["query.too_slow"] * sparql.AT_ONCE
    assert queries.run("ASK {}", triples=triples, media_type=JSON)


def test_a_query_is_killed_when_the_clock_says_so(triples: bytes) -> None:
    query = PREFIXES + TOO_MUCH["a cartesian product that is counted"]
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with pytest.raises(QueryRefusedError) as refused:
        Queries().run(query, triples=triples, media_type=JSON, patience=0.3)
    assert refused.value.code == "query.too_slow"
    assert time.monotonic() - started < 1.5
    assert (
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime > before
    )  # it has ended, and was taken leave of


def test_a_malformed_query_is_told_where_it_is_malformed() -> None:
    with pytest.raises(MalformedError, match=r"the query: expected SPARQL 1.1, found error at 1:"):
        Queries().run("SELECT * { ?s ?p }", triples=b"", media_type=JSON)
