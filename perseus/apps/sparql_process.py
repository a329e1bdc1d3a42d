"""The program that answers one SPARQL query and ends: started by perseus/apps/sparql.py, run as a file of its own.

It reads a line of JSON, then N-Triples and N-Quads from its input, and writes the answer. Before the query is looked
at, the kernel is told to let it open nothing, use little memory, and live for two seconds of processor time.
"""

import io
import json
import resource
import sys
from typing import IO, TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

MALFORMED, TOO_LARGE, REACHING = 3, 4, 5
SECONDS = 2
MEMORY = 1024 * 1024 * 1024  # bytes of address space, of which the program itself needs a part
_RESULTS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_GRAPHS = {
    "ttl": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
    "nt": ox.RdfFormat.N_TRIPLES,
}


class TooLargeError(Exception):
    """The answer is longer than it may be."""


class Capped(io.BytesIO):
    """Takes an answer in up to a length."""

    def __init__(self, largest: int) -> None:
        super().__init__()
        self._largest = largest

    def write(self, part: "Buffer") -> int:
        """Take a part of the answer.

        Raises:
            TooLargeError: the whole is too long by now.
        """
        taken = super().write(part)
        if self.tell() > self._largest:
            raise TooLargeError
        return taken


def confine() -> None:
    """Give up what no query needs; a process cannot take any of it back."""
    spent = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    limit = SECONDS + int(spent)  # what it took to read the triples is not the query's
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (3, 3)
    )  # input, output and errors are open; a fourth cannot be


def answer(given: IO[bytes]) -> bytes:
    """Answer the query over the triples, and the graphs with names, that follow it."""
    head = json.loads(given.readline())
    store = ox.Store()
    store.load(given.read(head["triples"]), format=ox.RdfFormat.N_TRIPLES, lenient=True)
    store.load(given.read(), format=ox.RdfFormat.N_QUADS, lenient=True)
    confine()
    capped = Capped(head["largest"])
    found = store.query(head["query"])
    if isinstance(found, ox.QueryTriples):
        ox.serialize(_ordered(found), capped, format=_GRAPHS[head["format"]])
    else:
        found.serialize(capped, format=_RESULTS[head["format"]])
    return capped.getvalue()


def _ordered(triples: ox.QueryTriples) -> list[ox.Triple]:
    """Put triples into one order, blank nodes under their canonical names (RDFC-1.0)."""
    found = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((quad.triple for quad in found), key=str)


def main() -> int:
    """Answer, or say in a word why not."""
    try:
        sys.stdout.buffer.write(answer(sys.stdin.buffer))
    except SyntaxError as error:
        sys.stderr.write(" ".join(str(error).split()))
        return MALFORMED
    except TooLargeError:
        return TOO_LARGE
    except OSError:
        return REACHING
    return 0


if __name__ == "__main__":
    sys.exit(main())
