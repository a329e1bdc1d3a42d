"""A question in SPARQL to a folder of evidence files: each file a graph of its own, and all of them together.

The query runs where those to the directory run, in a process that can reach nothing, with the same limits and refusals.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDFS

from perseus.apps.sparql import PATIENCE, Queries, form_of
from registry.anchor import Anchor
from registry.projections.forms import n_triples
from trust.digest import Digest
from trust.errors import MalformedError, UnavailableError
from trust.terms import by_digest, words
from verifiers.evidence import LARGEST
from verifiers.trace import trace_file

MOST = 1_000
_READ_A_SECOND = 5_000_000  # bytes of triples that the slowest machine reads in a second
SUFFIX = ".perseus.json"
TYPES = {"json": "application/sparql-results+json", "csv": "text/csv", "turtle": "text/turtle"}


@dataclass(frozen=True, slots=True)
class Gathered:
    """The triples of all files, the same in quads under the name of each, and the files that could not be read."""

    triples: bytes
    quads: bytes
    files: int
    unread: tuple[MalformedError, ...]


def gather(folder: Path, *, anchor: Anchor | None) -> Gathered:
    """Read every evidence file of a folder; one that cannot be read is told, and the others count.

    Raises:
        UnavailableError: it is no folder.
        MalformedError: it holds no evidence file, or more than anybody asks at once.
    """
    files = _files(folder)
    lines: set[bytes] = set()
    quads: list[bytes] = []
    unread: list[MalformedError] = []
    for file in files:
        try:
            raw = _read(file)
            drawn = n_triples(trace_file(raw, anchor=anchor)).splitlines()
        except MalformedError as error:
            unread.append(error.within(file.name))
            continue
        lines.update(drawn)
        lines.add(_label(raw, file.relative_to(folder)))
        quads += _named(drawn, raw)
    return Gathered(_joined(lines), _joined(quads), len(files), tuple(unread))


def ask(gathered: Gathered, query: str, *, answer: str) -> bytes:
    """Put a query to what was gathered; a name of a graph is the digest of its file.

    Raises:
        QueryRefusedError: the query is refused, or exceeds its time, its memory or the size of an answer.
        MalformedError: it is no SPARQL, or its answer has no such form.
    """
    if (form_of(query) == "CONSTRUCT") is not (answer == "turtle"):
        expected = "turtle for CONSTRUCT, and json, csv or table for SELECT and ASK"
        raise MalformedError("--format", expected=expected, found=answer, code="query.refused")
    reading = (len(gathered.triples) + len(gathered.quads)) / _READ_A_SECOND
    return Queries().run(
        query,
        triples=gathered.triples,
        quads=gathered.quads,
        media_type=TYPES[answer],
        patience=PATIENCE + reading,
    )


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UnavailableError(f"the folder {folder}", because="there is none", code="file.missing")
    files = sorted(folder.rglob(f"*{SUFFIX}"))
    if not 0 < len(files) <= MOST:
        found = f"{len(files):,}"
        expected = f"1 to {MOST:,} files that end in {SUFFIX}"
        raise MalformedError(str(folder), expected=expected, found=found, code="file.missing")
    return files


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1)
    except OSError as error:
        because = error.strerror or str(error)
        raise MalformedError(
            "", expected="a file that can be read", found=because, code="file.missing"
        ) from error


def _named(lines: Iterable[bytes], raw: bytes) -> Iterable[bytes]:
    """Put each triple into the graph that is named by the digest of its file (RDF 1.1 N-Quads)."""
    name = by_digest(Digest.of(raw)).n3().encode()
    return (line.removesuffix(b".") + name + b" ." for line in lines)


def _label(raw: bytes, path: Path) -> bytes:
    """Say which file a graph is, for people."""
    return f"{by_digest(Digest.of(raw)).n3()} {RDFS.label.n3()} {words(str(path)).n3()} .".encode()


def _joined(lines: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in sorted(lines))
