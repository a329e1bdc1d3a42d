"""A graph in four representations, each with one spelling: sorted, without blank nodes, without a clock.

rdflib's own writers follow the order of its sets, which no two processes share; these follow the order of the terms.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import groupby
from types import MappingProxyType
from typing import Final, cast

from rdflib import DCAT, DCTERMS, OWL, PROV, RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

import specs
from registry.projections.names import IB1, PERSEUS, SCHEMA, SECURITY
from trust.terms import STATUS


@dataclass(frozen=True, slots=True, eq=False)
class Dialect:
    """The prefixes and the JSON-LD context that a family of graphs is written with."""

    prefixes: Mapping[str, str]
    context: str


DIRECTORY: Final = Dialect(
    MappingProxyType(
        {
            "dcat": str(DCAT),
            "dcterms": str(DCTERMS),
            "ib1": str(IB1),
            "owl": str(OWL),
            "perseus": str(PERSEUS),
            "rdf": str(RDF),
            "rdfs": str(RDFS),
            "schema": str(SCHEMA),
            "sec": str(SECURITY),
            "xsd": str(XSD),
        }
    ),
    "contexts/directory-v1.jsonld",
)
PROVENANCE: Final = Dialect(
    MappingProxyType(
        {
            "ib1": str(IB1),
            "perseus": str(PERSEUS),
            "prov": str(PROV),
            "rdf": str(RDF),
            "rdfs": str(RDFS),
            "schema": str(SCHEMA),
            "sec": str(SECURITY),
            "status": str(STATUS),
            "xsd": str(XSD),
        }
    ),
    "contexts/provenance-v1.jsonld",
)
Pairs = list[tuple[URIRef, Node]]


def subjects(graph: Graph) -> Iterator[tuple[URIRef, Pairs]]:
    """Give every subject with what is said of it, types first, in the one order of their terms."""
    triples = cast("list[tuple[URIRef, URIRef, Node]]", list(graph))
    ordered = sorted(
        triples, key=lambda triple: (triple[0], triple[1] != RDF.type, triple[1], triple[2].n3())
    )
    for subject, group in groupby(ordered, key=lambda triple: triple[0]):
        yield subject, [(predicate, value) for _, predicate, value in group]


def n_triples(graph: Graph) -> bytes:
    """Write the graph as N-Triples, a line a triple."""
    lines = sorted(" ".join(term.n3() for term in triple) for triple in graph)
    return "".join(f"{line} .\n" for line in lines).encode()


def turtle(graph: Graph, dialect: Dialect = DIRECTORY) -> bytes:
    """Write the graph as Turtle (RDF 1.1 Turtle)."""
    head = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in dialect.prefixes.items())
    body = (_turtle_subject(subject, said, dialect) for subject, said in subjects(graph))
    return (head + "".join(body)).encode()


def _turtle_subject(subject: URIRef, said: Pairs, dialect: Dialect) -> str:
    lines: list[str] = []
    for predicate, pairs in groupby(said, key=lambda pair: pair[0]):
        values = ", ".join(_turtle_value(predicate, value, dialect) for _, value in pairs)
        lines.append(f"    {'a' if predicate == RDF.type else compact(predicate, dialect)} {values}")
    return f"\n{subject.n3()}\n" + " ;\n".join(lines) + " .\n"


def _turtle_value(predicate: URIRef, value: Node, dialect: Dialect) -> str:
    if predicate == RDF.type and isinstance(value, URIRef):
        return compact(value, dialect)
    return _turtle_term(value, dialect)


def _turtle_term(value: Node, dialect: Dialect) -> str:
    if not isinstance(value, Literal) or value.datatype is None:
        return value.n3()
    if value.datatype in {XSD.integer, XSD.boolean}:
        return str(value).lower()
    return f"{Literal(str(value)).n3()}^^{compact(value.datatype, dialect)}"


def compact(name: URIRef, dialect: Dialect = DIRECTORY) -> str:
    """Shorten the name of a term by its prefix; only terms of our own choosing come here."""
    prefix, space = next(item for item in dialect.prefixes.items() if name.startswith(item[1]))
    return f"{prefix}:{name.removeprefix(space)}"


def rdf_xml(graph: Graph) -> bytes:
    """Write the graph as RDF/XML (RDF 1.1 XML Syntax)."""
    spaces = "".join(f'\n  xmlns:{prefix}="{space}"' for prefix, space in DIRECTORY.prefixes.items())
    body = "".join(_xml_subject(subject, said) for subject, said in subjects(graph))
    return f'<?xml version="1.0" encoding="utf-8"?>\n<rdf:RDF{spaces}>\n{body}</rdf:RDF>\n'.encode()


def _xml_subject(subject: URIRef, said: Pairs) -> str:
    lines = "".join(f"    {_xml_property(compact(predicate), value)}\n" for predicate, value in said)
    return f'  <rdf:Description rdf:about="{escape(subject)}">\n{lines}  </rdf:Description>\n'


def _xml_property(name: str, value: Node) -> str:
    if not isinstance(value, Literal):
        return f'<{name} rdf:resource="{escape(str(value))}"/>'
    datatype = "" if value.datatype is None else f' rdf:datatype="{escape(value.datatype)}"'
    return f"<{name}{datatype}>{escape(str(value))}</{name}>"


def json_ld(graph: Graph, dialect: Dialect = DIRECTORY) -> bytes:
    """Write the graph as JSON-LD 1.1, with our pinned context inside, so that nothing is to be fetched."""
    context = specs.document(dialect.context)["@context"]
    terms = _terms(dialect.context)
    nodes = [_json_subject(subject, said, terms) for subject, said in subjects(graph)]
    document = {"@context": context, "@graph": nodes}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _json_subject(subject: URIRef, said: Pairs, terms: Mapping[str, str]) -> dict[str, object]:
    node: dict[str, object] = {"id": str(subject)}
    for predicate, pairs in groupby(said, key=lambda pair: pair[0]):
        values = [_json_value(predicate, value, terms) for _, value in pairs]
        node[terms[str(predicate)]] = values[0] if len(values) == 1 else values
    return node


def _json_value(predicate: URIRef, value: Node, terms: Mapping[str, str]) -> object:
    if isinstance(value, Literal) and value.datatype in {XSD.integer, XSD.boolean}:
        return value.toPython()
    return terms[str(value)] if predicate == RDF.type else str(value)


@cache
def _terms(path: str) -> Mapping[str, str]:
    """Give the context's term for each address that it defines."""
    context = cast("dict[str, str | dict[str, str]]", specs.document(path)["@context"])
    terms = {term: value for term, value in context.items() if not term.startswith("@")}
    named = {value if isinstance(value, str) else value["@id"]: term for term, value in terms.items()}
    return MappingProxyType(named | {str(RDF.type): "type"})
