"""The lines of a card: what it is, about which months, by whom and in which role, and when it was signed."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from rdflib import PROV, RDF, Graph, URIRef

from registry.projections.names import SCHEMA
from trust.terms import PERSEUS, SECURITY

_DATA = {
    "energyConsumptionHalfHourly": "to use half-hourly readings",
    "emissionsMonthly": "to show monthly figures",
}
_SHORT = 18


def told(graph: Graph, nodes: list[URIRef], *, name: str, sound: bool) -> tuple[str, ...]:
    """Give the lines, the name first."""
    heading = name if len(nodes) == 1 else f"{len(nodes)} \N{MULTIPLICATION SIGN} {name}"
    lines = [heading, *_amiss(graph, nodes[0], sound=sound), *_about(graph, nodes)]
    if (nodes[0], RDF.type, PERSEUS.Figure) not in graph:
        lines += [*_maker(graph, nodes[0]), *_signed(graph, nodes)]
    return tuple(lines)


def _amiss(graph: Graph, node: URIRef, *, sound: bool) -> Iterable[str]:
    """Say what is wrong with a card that stands alone for it."""
    if sound:
        return
    held = set(graph.objects(node, SECURITY.digestMultibase))
    if not held:
        yield "\N{BALLOT X} not in this file"
    elif (node, RDF.type, PERSEUS.Unproven) in graph:
        yield "\N{BALLOT X} its signature does not fit"
    elif len(held) > 1:
        yield "\N{BALLOT X} two documents under one name"
    else:
        yield "\N{BALLOT X} not the bytes signed for"
    yield _short(str(node))


def _about(graph: Graph, nodes: list[URIRef]) -> Iterable[str]:
    first = nodes[0]
    for data in graph.objects(first, PERSEUS.data):
        yield _DATA.get(str(data), str(data))
    yield from _kilograms(graph, nodes)
    months = sorted({str(month) for node in nodes for month in graph.objects(node, PERSEUS.month)})
    if months:
        yield _month(months[0]) if len(months) == 1 else f"{_month(months[0])} to {_month(months[-1])}"
    yield from sorted(str(place) for place in graph.objects(first, PROV.atLocation))


def _kilograms(graph: Graph, nodes: list[URIRef]) -> Iterable[str]:
    """Add up the figures of a card, as whoever reads them would."""
    found = [Decimal(str(kg)) for node in nodes for kg in graph.objects(node, PERSEUS.kilograms)]
    if found:
        yield f"{sum(found):,} kg {graph.value(nodes[0], PERSEUS.gases)}, {graph.value(nodes[0], PERSEUS.fuel)}"


def _maker(graph: Graph, node: URIRef) -> Iterable[str]:
    maker = graph.value(node, PROV.wasAttributedTo)
    if maker is None:
        return
    name = graph.value(maker, SCHEMA.legalName)
    firm = (maker, RDF.type, PERSEUS.Firm) in graph
    yield f"by the firm {_short(str(maker))}" if firm else f"by {name or maker}"
    act = graph.value(node, PROV.wasGeneratedBy)
    part = graph.value(act, PROV.qualifiedAssociation)
    roles = sorted(str(role) for role in graph.objects(part, PROV.hadRole) if role != PERSEUS.FirmRole)
    if roles:
        yield " and ".join(role.rstrip("/").rpartition("/")[2].replace("-", " ") for role in roles)
    state, since = graph.value(maker, PERSEUS.state), graph.value(maker, PERSEUS.stateSince)
    if state is not None and str(state) != "member":
        yield f"! {state} since {_day(str(since))}"


def _signed(graph: Graph, nodes: list[URIRef]) -> Iterable[str]:
    times = sorted(str(at) for node in nodes for at in graph.objects(node, PROV.generatedAtTime))
    if times:
        later = "" if _day(times[0]) == _day(times[-1]) else f" to {_day(times[-1])}"
        yield f"signed {_day(times[0])}{later}"


def _month(text: str) -> str:
    return f"{datetime.fromisoformat(text + '-01'):%B %Y}"


def _day(stamp: str) -> str:
    return f"{datetime.fromisoformat(stamp):%d %b %Y}".lstrip("0")


def _short(name: str) -> str:
    """Shorten a name that nobody reads whole; the end tells it apart."""
    return (
        name if len(name) <= 2 * _SHORT else f"{name[:_SHORT]}\N{HORIZONTAL ELLIPSIS}{name[-_SHORT // 2 :]}"
    )
