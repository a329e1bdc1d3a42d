"""The provenance of a file in each form that it is asked for: linked data, or a picture of it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from rdflib import Graph

from perseus.drawing.dot import dot
from perseus.drawing.scene import scene_of
from perseus.drawing.svg import NARROW, svg
from registry.anchor import Anchor
from registry.projections.forms import PROVENANCE, json_ld, turtle
from verifiers.trace import trace_file

FORMS: Mapping[str, Callable[[Graph], bytes]] = MappingProxyType(
    {
        "turtle": lambda graph: turtle(graph, PROVENANCE),
        "json-ld": lambda graph: json_ld(graph, PROVENANCE),
        "dot": lambda graph: dot(scene_of(graph)),
        "svg": lambda graph: svg(scene_of(graph)),
        "narrow-svg": lambda graph: svg(scene_of(graph), abreast=NARROW),
    }
)


def traced(raw: bytes, *, form: str, anchor: Anchor | None = None) -> bytes:
    """Give the provenance of an evidence file, or of one bare document, in a form; the same bytes for the same file.

    Raises:
        MalformedError: the file cannot be read, at the JSON pointer of the first member that is not what it must be.
    """
    return FORMS[form](trace_file(raw, anchor=anchor))
