"""What a drawing shows of a provenance graph: a card for each kind of document and its maker, and what rests on what.

Documents of one kind by one party share a card, which says how many they are; the graph itself holds each of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from rdflib import PROV, RDF, Graph, URIRef

from perseus.drawing.card import told
from trust.terms import PERSEUS, SECURITY, STATUS

NAMES: Mapping[URIRef, str] = MappingProxyType(
    {
        PERSEUS.VerdictCredential: "Verdict",
        PERSEUS.ReceiptCredential: "Receipt",
        PERSEUS.WithdrawalReceiptCredential: "Receipt for a withdrawal",
        PERSEUS.Presentation: "Presentation",
        PERSEUS.WithdrawalCredential: "Withdrawal",
        PERSEUS.EmissionsCredential: "Emissions report",
        PERSEUS.Figure: "Figure",
        PERSEUS.ConsumptionCredential: "Meter data",
        PERSEUS.GridIntensityCredential: "Grid intensity",
        PERSEUS.ConsentCredential: "Consent",
        PERSEUS.AccountHolderCredential: "Account holder",
        PERSEUS.MembershipCredential: "Membership",
        PERSEUS.Readings: "Readings",
        PERSEUS.Commitments: "Sealed half-hours",
        PERSEUS.IntensitySeries: "Intensity series",
        PERSEUS.UpstreamAnswer: "Answer of the grid's service",
        PERSEUS.DataSource: "Meter",
        STATUS.BitstringStatusListCredential: "Status list",
    }
)
_ORDER = list(NAMES)


class Bond(StrEnum):
    """How one thing rests on another, or was meant to."""

    DERIVED = "rests on it"
    PERMITTED = "is allowed by it"
    BROKEN = "names it, and its bytes are not there"


@dataclass(frozen=True, slots=True, order=True)
class Card:
    """One thing in the drawing: its lines, the first of them its name, and whether it is shown to be what it says."""

    rank: int
    name: str
    lines: tuple[str, ...]
    sound: bool = True
    document: bool = True


@dataclass(frozen=True, slots=True, order=True)
class Arrow:
    """An arrow from a card to one that it rests on, by their places."""

    start: int
    end: int
    bond: Bond


@dataclass(frozen=True, slots=True)
class Scene:
    """The cards, the bank's side first, and the arrows between them."""

    cards: tuple[Card, ...]
    arrows: tuple[Arrow, ...]

    @property
    def summary(self) -> str:
        """Say in sentences what the arrows show."""
        rests = defaultdict(list)
        for arrow in self.arrows:
            rests[arrow.start].append(f"{self._called(arrow.end)} ({arrow.bond})")
        told_of = (f"{self._called(start)}: {'; '.join(ends)}." for start, ends in sorted(rests.items()))
        return " ".join(told_of) or "Nothing in it rests on anything else."

    def _called(self, place: int) -> str:
        return ", ".join(self.cards[place].lines[:2])


def scene_of(graph: Graph) -> Scene:
    """Lay out what the graph holds, in one order whatever order its triples come in."""
    missing = frozenset(_missing(graph))
    groups: dict[tuple[object, ...], list[URIRef]] = defaultdict(list)
    for node in sorted(_things(graph) | missing):
        groups[_group(graph, node) if _sound(graph, node, missing) else ("alone", node)].append(node)
    cards = sorted(
        (_card(graph, nodes, sound=_sound(graph, nodes[0], missing)), tuple(nodes))
        for nodes in groups.values()
    )
    place = {node: number for number, (_, nodes) in enumerate(cards) for node in nodes}
    return Scene(tuple(card for card, _ in cards), tuple(sorted(_arrows(graph, place))))


def _things(graph: Graph) -> set[URIRef]:
    """Choose what is worth a card: what has a kind and is at hand, and what figures came from."""
    known = {node for kind in NAMES for node in graph.subjects(RDF.type, kind)}
    idle = {
        node
        for node in known
        if (node, RDF.type, PERSEUS.Readings) in graph and graph.value(node, SECURITY.digestMultibase) is None
    }
    found = {*known, *graph.subjects(RDF.type, PERSEUS.Unproven)} - idle
    return {node for node in found if isinstance(node, URIRef)}


def _missing(graph: Graph) -> Iterable[URIRef]:
    optional = set(graph.objects(None, PERSEUS.readings))
    for target in graph.objects(None, PROV.entity):
        at_hand = graph.value(target, SECURITY.digestMultibase) is not None
        if isinstance(target, URIRef) and target not in optional and not at_hand:
            yield target


def _kind(graph: Graph, node: URIRef) -> URIRef | None:
    return next((kind for kind in _ORDER if (node, RDF.type, kind) in graph), None)


def _group(graph: Graph, node: URIRef) -> tuple[object, ...]:
    """Tell with which others a thing shares a card, if nothing is amiss with it: those of its kind, maker and use."""
    maker, data = graph.value(node, PROV.wasAttributedTo), graph.value(node, PERSEUS.data)
    fuel = graph.value(node, PERSEUS.fuel)
    return (_kind(graph, node), str(maker), str(data), str(fuel), graph.value(node, PROV.atLocation))


def _sound(graph: Graph, node: URIRef, missing: frozenset[URIRef]) -> bool:
    """Tell whether it is there once, its signature fits, and everybody who names it means these bytes."""
    if (node, RDF.type, PERSEUS.Unproven) in graph or node in missing:
        return False
    held = set(graph.objects(node, SECURITY.digestMultibase))
    signed = {
        over for link in graph.subjects(PROV.entity, node) for over in graph.objects(link, PERSEUS.signedOver)
    }
    return len(held) <= 1 and (not held or signed <= held)


def _card(graph: Graph, nodes: list[URIRef], *, sound: bool) -> Card:
    kind = _kind(graph, nodes[0])
    name = NAMES[kind] if kind is not None else "Document"
    rank = _ORDER.index(kind) if kind is not None else len(_ORDER)
    lines = told(graph, nodes, name=name, sound=sound)
    document = graph.value(nodes[0], PERSEUS.signedWith) is not None
    return Card(rank, name, lines, sound, document)


def _arrows(graph: Graph, place: Mapping[URIRef, int]) -> set[Arrow]:
    """Draw each bond between two cards once; a broken one stands out even where others hold."""
    found: set[Arrow] = set()
    for start, end, bond in _bonds(graph):
        if start in place and end in place and place[start] != place[end]:
            found.add(Arrow(place[start], place[end], bond))
    return found | _carried(graph, place, {arrow.end for arrow in found})


def _carried(graph: Graph, place: Mapping[URIRef, int], named: set[int]) -> set[Arrow]:
    """Lead from a presentation to what it carries and nothing else rests on: the rest is reached from there."""
    pairs = [
        (place.get(URIRef(str(one))), place.get(URIRef(str(other))))
        for one, other in graph.subject_objects(PROV.hadMember)
    ]
    return {
        Arrow(start, end, Bond.DERIVED)
        for start, end in pairs
        if start is not None and end is not None and start != end and end not in named
    }


def _bonds(graph: Graph) -> Iterable[tuple[URIRef, URIRef, Bond]]:
    for predicate in (PROV.wasDerivedFrom, PROV.hadPrimarySource, PERSEUS.figure):
        for start, end in graph.subject_objects(predicate):
            # A credential's primary source is that of its series, which has a card of its own.
            if predicate != PROV.hadPrimarySource or (start, PERSEUS.signedWith, None) not in graph:
                yield URIRef(str(start)), URIRef(str(end)), Bond.DERIVED
    for document, act in graph.subject_objects(PROV.wasGeneratedBy):
        for end in graph.objects(act, PROV.used):
            if (document, RDF.type, PERSEUS.EmissionsCredential) in graph:
                yield URIRef(str(document)), URIRef(str(end)), Bond.DERIVED
    for start, end in graph.subject_objects(PERSEUS.permittedBy):
        yield URIRef(str(start)), URIRef(str(end)), Bond.PERMITTED
    optional = set(graph.objects(None, PERSEUS.readings))
    for document, link in graph.subject_objects(PERSEUS.link):
        target, signed = graph.value(link, PROV.entity), graph.value(link, PERSEUS.signedOver)
        at_hand = set(graph.objects(target, SECURITY.digestMultibase))
        if target not in optional and signed not in at_hand:
            yield URIRef(str(document)), URIRef(str(target)), Bond.BROKEN
