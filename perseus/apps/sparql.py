"""SPARQL over the directory, each query in a process of its own that has nothing to reach for (SPARQL 1.1 Query).

A query is a program by a stranger. Its process has the triples and the query and nothing else: it may open no file and
no socket, its processor time and its memory are bounded by the kernel, and it is killed when its time is up.
"""

import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import orjson

from perseus.apps import sparql_process
from trust.errors import MalformedError, PerseusError, UnavailableError

LONGEST_QUERY = 16_384  # bytes
LARGEST_ANSWER = 2 * 1024 * 1024  # bytes
PATIENCE = 5.0  # seconds on the clock; the processor's own limit is lower and stands in the process
AT_ONCE = 2
_QUEUE = 2.0  # seconds that a query may wait for its turn
_PROGRAM = Path(sparql_process.__file__)
_RESULTS: Mapping[str, str] = MappingProxyType(
    {
        "application/sparql-results+json": "json",
        "application/sparql-results+xml": "xml",
        "text/csv": "csv",
        "text/tab-separated-values": "tsv",
    }
)
_GRAPHS: Mapping[str, str] = MappingProxyType(
    {
        "text/turtle": "ttl",
        "application/ld+json": "jsonld",
        "application/rdf+xml": "rdf",
        "application/n-triples": "nt",
    }
)
_LEXEMES = re.compile(
    r"""<[^<>"{}|^`\\\x00-\x20]*>|'''(?:[^\\]|\\.)*?'''|\"""(?:[^\\]|\\.)*?\"""|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'"""
    r"""|\#[^\n\r]*|[?$@][\w-]*|[\w.-]*:[\w.:%\\-]*|(?P<word>[A-Za-z_]\w*)""",
    re.DOTALL,
)
_REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "SERVICE": "it would ask another server, and nothing is fetched here",
        "LOAD": "it would fetch, and nothing is fetched here",
        "FROM": "all that is at hand is asked already; leave FROM out",
        **dict.fromkeys(
            ("INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"),
            "nothing can be changed by a query",
        ),
        "DESCRIBE": "write out as CONSTRUCT what is to be described",
        **dict.fromkeys(
            ("NOW", "RAND", "UUID", "STRUUID"),
            "the same question has the same answer here, and with it would not",
        ),
    }
)
_FORMS = ("SELECT", "ASK", "CONSTRUCT")


class QueryRefusedError(PerseusError):
    """A query asks for what this endpoint does not do, or for more than it gives."""

    type = "https://w3id.org/perseus/v1/problems/query"


class Queries:
    """The place where queries wait for their turn: a few run at once, so that the rest of the service keeps its own."""

    def __init__(self) -> None:
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def run(
        self, query: str, *, triples: bytes, media_type: str, patience: float = PATIENCE, quads: bytes = b""
    ) -> bytes:
        """Run a query over triples, and over quads where there are graphs with names.

        Raises:
            QueryRefusedError: the query is refused, or exceeds its time, its memory or the size of an answer.
            MalformedError: it is no SPARQL.
            UnavailableError: too many others are running.
        """
        form = form_of(query)
        wanted = (_GRAPHS if form == "CONSTRUCT" else _RESULTS)[media_type]
        head = {
            "query": query,
            "format": wanted,
            "largest": LARGEST_ANSWER,
            "form": form,
            "triples": len(triples),
        }
        if not self._turns.acquire(timeout=_QUEUE):
            raise UnavailableError("an answer", because="other queries are running", code="query.busy")
        try:
            done = _spawn(orjson.dumps(head) + b"\n" + triples + quads, patience=patience)
        finally:
            self._turns.release()
        return _read(done)


def offered(form: str) -> tuple[str, ...]:
    """Give the representations of an answer to a query of this form."""
    return tuple(_GRAPHS if form == "CONSTRUCT" else _RESULTS)


def form_of(query: str) -> str:
    """Tell whether a query is SELECT, ASK or CONSTRUCT.

    Raises:
        QueryRefusedError: it is none of these, is too long, or has a word that is not answered here.
    """
    if len(query.encode(errors="replace")) > LONGEST_QUERY:
        raise QueryRefusedError(
            f"The query is longer than {LONGEST_QUERY:,} bytes. Ask a shorter one.", code="query.too_long"
        )
    words = [found["word"].upper() for found in _LEXEMES.finditer(query) if found["word"]]
    for word in words:
        if word in _REFUSED:
            raise QueryRefusedError(f"{word} is not answered here: {_REFUSED[word]}.", code="query.refused")
    form = next((word for word in words if word in _FORMS), None)
    if form is None:
        raise QueryRefusedError("The query is none of SELECT, ASK and CONSTRUCT.", code="query.refused")
    return form


def _spawn(given: bytes, *, patience: float) -> subprocess.CompletedProcess[bytes]:
    """Run the program that answers one query, and kill it when its time is up.

    Raises:
        QueryRefusedError: its time was up.
    """
    command = [sys.executable, "-I", str(_PROGRAM)]
    try:
        return subprocess.run(  # noqa: S603 - our own program, by its path
            command, input=given, capture_output=True, timeout=patience, check=False, env={}
        )
    except subprocess.TimeoutExpired as error:
        raise _too_slow() from error


def _read(done: subprocess.CompletedProcess[bytes]) -> bytes:
    """Tell an answer from a refusal, and a refusal from a process that the kernel ended."""
    if done.returncode == 0:
        return done.stdout
    told = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
    if done.returncode == sparql_process.MALFORMED:
        raise MalformedError("the query", expected="SPARQL 1.1", found=told[:300], code="query.malformed")
    if done.returncode == sparql_process.TOO_LARGE:
        raise QueryRefusedError(
            f"The answer is longer than {LARGEST_ANSWER:,} bytes. Ask for less, with LIMIT.",
            code="query.too_large",
        )
    if done.returncode == sparql_process.REACHING:
        raise QueryRefusedError(
            "The query would reach beyond what is at hand, and nothing is fetched here.", code="query.refused"
        )
    raise _too_slow()


def _too_slow() -> QueryRefusedError:
    return QueryRefusedError(
        "The query took more time or memory than one query is given. Ask a narrower one.",
        code="query.too_slow",
    )
