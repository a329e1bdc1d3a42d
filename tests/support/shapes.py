"""A second opinion on the structure of a chain: pyshacl reads the shapes of specs/shapes, and knows none of our code.

agree(report, drawn)     # every structural finding of ours is one of the shapes', and the other way round
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple

from pyoxigraph import RdfFormat, Store
from pyshacl import validate
from pyshacl.graph_abstraction import DataGraph
from rdflib import DCTERMS, RDF, SH, Graph
from rdflib.term import Node

import specs
from registry.projections.forms import n_triples
from support.chain import Judged
from trust.report import Check, Outcome, Report
from trust.terms import iri
from verifiers.policy import Policy
from verifiers.trace import trace

WHOLE_CHAIN = frozenset({"link.acyclic"})
"""Questions that are asked once, of the target; a shape answers them where the fault lies."""


class Fault(NamedTuple):
    """What a shape found: the code that it stands for, and the node."""

    code: str
    node: str


@cache
def shapes() -> Graph:
    """Read the shapes."""
    return Graph().parse(data=specs.read("shapes/chain.ttl"), format="turtle")


@cache
def reach() -> Mapping[str, frozenset[str]]:
    """Give every code that a shape stands for, with the questions of the catalogue that find it."""
    found: dict[str, frozenset[str]] = {}
    for shape in shapes().subjects(RDF.type, SH.NodeShape):
        for code in shapes().objects(shape, DCTERMS.identifier):
            asked = frozenset(str(name) for name in shapes().objects(shape, DCTERMS.source))
            found[str(code)] = found.get(str(code), frozenset()) | asked
    return found


def faults(drawn: Graph) -> frozenset[Fault]:
    """Let pyshacl judge a graph, on Oxigraph as its engine, and give what it found."""
    store = Store()
    store.load(n_triples(drawn), format=RdfFormat.N_TRIPLES)
    _, results, _ = validate(DataGraph.from_oxigraph_store(store), shacl_graph=shapes(), inference="none")
    assert isinstance(results, Graph)
    return frozenset(
        Fault(str(code), str(node))
        for result in results.subjects(RDF.type, SH.ValidationResult)
        for shape in results.objects(result, SH.sourceShape)
        for code in _codes(shape)
        for node in results.objects(result, SH.focusNode)
    )


def _codes(shape: Node) -> Iterable[Node]:
    """Give the code of a shape, or of the shape that it is a property of."""
    whole = shapes().value(predicate=SH.property, object=shape) or shape
    return shapes().objects(whole, DCTERMS.identifier)


def agree(report: Report[object], drawn: Graph) -> frozenset[str]:
    """Assert that our structural findings are those of the shapes, node by node, and give their codes."""
    found = faults(drawn)
    ours = {_fault(check) for check in report if check.outcome is Outcome.FAILED and _structural(check)}
    overlooked = {one for one in ours if not _among(one, found)}
    assert not overlooked, f"the shapes overlook {overlooked}; they found {found}"
    strange = {one for one in found if not _answered(one, report)}
    assert not strange, f"the shapes alone found {strange}; ours are {ours}"
    return frozenset(one.code for one in found)


def _structural(check: Check) -> bool:
    return check.name in reach().get(check.code, ())


def _fault(check: Check) -> Fault:
    return Fault(check.code, "" if check.name in WHOLE_CHAIN else str(iri(check.subject.id)))


def _among(one: Fault, found: Iterable[Fault]) -> bool:
    return any(one.code == other.code and one.node in {"", other.node} for other in found)


def _answered(one: Fault, report: Report[object]) -> bool:
    """Tell whether one of our questions found it, found worse, or waited for another that did not hold."""
    return any(
        check.outcome in {Outcome.FAILED, Outcome.NOT_RUN}
        for check in report
        if check.name in reach()[one.code]
        and (check.name in WHOLE_CHAIN or str(iri(check.subject.id)) == one.node)
    )


def second_opinion(judged: Judged) -> None:
    """Hold a verdict of the bank's policy against the shapes; they say what a chain for a bank is."""
    if judged.policy != Policy.bank():
        return
    register, known_at = judged.evidence.register, judged.known_at
    if isinstance(known_at, datetime):
        known_at = None if register is None else register.size_at(known_at)
    agree(judged.report, trace(judged.secured, judged.evidence, known_at=known_at))
