"""The provenance of a file is the same bytes each time, in forms that others read, and all of it somebody's word."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
from rdflib import PROV, RDF, Graph, URIRef

import specs
from perseus.drawing.layout import lay_out
from perseus.drawing.scene import NAMES, Bond, scene_of
from perseus.tracing import FORMS, traced
from registry.projections.forms import PROVENANCE, json_ld, n_triples, turtle
from registry.projections.names import SCHEMA
from support.chain import ChainSimulator, edited, party, scheme
from support.story import BANK, CAP, EDP, GRID, SHOWN_AT, Story
from trust.canonical import Json
from trust.kinds import KINDS
from trust.provenance import ACTS, class_of
from trust.terms import PERSEUS, SECURITY, words
from verifiers.evidence import write_evidence
from verifiers.trace import trace

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def chain() -> ChainSimulator:
    return ChainSimulator()


@pytest.fixture(scope="module")
def evidence_file(chain: ChainSimulator) -> bytes:
    shown = chain.presented()
    held = chain.evidence(door=None, receipt=chain.receipt(shown))
    return write_evidence(shown, held, checkpoint=chain.scheme.checkpoint)


@pytest.fixture(scope="module")
def drawn(chain: ChainSimulator) -> Graph:
    shown = chain.presented()
    return trace(shown, chain.evidence(receipt=chain.receipt(shown)))


def texts(picture: bytes) -> list[str]:
    """Give the texts of a drawing, as they are read."""
    return [element.text or "" for element in ET.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314 - our own


@pytest.mark.parametrize("form", sorted(FORMS))
def test_another_process_draws_the_same_bytes(form: str, evidence_file: bytes, tmp_path: Path) -> None:
    file = tmp_path / "one.perseus.json"
    file.write_bytes(evidence_file)
    program = (
        "import sys; from pathlib import Path; from perseus.tracing import traced; "
        "sys.stdout.buffer.write(traced(Path(sys.argv[1]).read_bytes(), form=sys.argv[2]))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Kathmandu"}
    ran = subprocess.run(
        [sys.executable, "-c", program, file, form], capture_output=True, check=True, env=environment
    )
    assert ran.stdout == traced(evidence_file, form=form)


def test_turtle_and_json_ld_say_the_same_to_a_reader_that_did_not_write_them(drawn: Graph) -> None:
    expected = set(ox.parse(n_triples(drawn), format=ox.RdfFormat.N_TRIPLES))
    assert set(ox.parse(turtle(drawn, PROVENANCE), format=ox.RdfFormat.TURTLE)) == expected
    assert set(ox.parse(json_ld(drawn, PROVENANCE), format=ox.RdfFormat.JSON_LD)) == expected


def test_every_act_has_its_agent_in_the_role_that_the_scheme_gives_it(
    chain: ChainSimulator, drawn: Graph
) -> None:
    role = "https://registry.ib1.org/scheme/perseus/role/"
    roles = {
        (str(agent), str(drawn.value(part, PROV.hadRole)).removeprefix(role))
        for part in drawn.subjects(RDF.type, PROV.Association)
        for agent in drawn.objects(part, PROV.agent)
    }
    assert roles == {
        (str(EDP), "energy-data-provider"),
        (str(GRID), "grid-data-provider"),
        (str(CAP), "carbon-accounting-provider"),
        (str(BANK), "financial-service-provider"),
        (str(chain.story.firm), str(PERSEUS.FirmRole)),
    }


def test_no_reading_salt_or_blinding_stands_in_any_form(chain: ChainSimulator) -> None:
    held = replace(chain, readings=True)
    shown = held.presented()
    raw = write_evidence(
        shown, held.evidence(door=None, receipt=held.receipt(shown)), checkpoint=chain.scheme.checkpoint
    )
    secrets = re.findall(rb'"(?:salt|blinding|reference|customer)":"([^"]+)"', raw)
    assert len(secrets) > 2
    for form in FORMS:
        found = traced(raw, form=form)
        assert [one for one in secrets if one in found] == []


def smaller(document: dict[str, Json]) -> None:
    """Write a smaller figure into a report."""
    rows = cast("dict[str, list[dict[str, Json]]]", document["credentialSubject"])["rows"]
    rows[0]["kg"] = "1.000"


def test_a_document_whose_signature_does_not_fit_is_unproven_and_none_of_its_word_is_drawn(
    chain: ChainSimulator,
) -> None:
    bad = edited(chain.credentials["emissions"], smaller)
    shown = chain.presented(credentials=(bad, *chain.chain[1:]))
    found = trace(shown, chain.evidence())
    node = URIRef(chain.story.id("emissions"))
    assert (node, RDF.type, PERSEUS.Unproven) in found
    assert list(found.objects(node, PERSEUS.figure)) == []
    lines = [card.lines for card in scene_of(found).cards if not card.sound]
    assert [(one[0], one[1]) for one in lines] == [
        ("Emissions report", "\N{BALLOT X} its signature does not fit")
    ]


def test_the_drawing_says_in_words_what_is_missing_and_who_is_suspended() -> None:
    found = scheme()
    found.suspend(party(CAP), at=SHOWN_AT)
    late = ChainSimulator(scheme=found)
    held = tuple(one for one in late.chain if one != late.credentials["intensity"])
    scene = scene_of(trace(late.presented(credentials=held), late.evidence()))
    told = {line for card in scene.cards for line in card.lines}
    assert "\N{BALLOT X} not in this file" in told
    assert "! suspended since 5 Nov 2026" in told
    assert Bond.BROKEN in {arrow.bond for arrow in scene.arrows}
    assert "names it, and its bytes are not there" in scene.summary


def test_a_document_that_is_not_the_one_signed_for_stands_alone_in_the_drawing(chain: ChainSimulator) -> None:
    other = chain.changed(consumption=lambda c: replace(c, valid_until=c.valid_from + timedelta(days=900)))
    swapped = tuple(
        other.credentials["consumption"] if one == chain.credentials["consumption"] else one
        for one in chain.chain
    )
    scene = scene_of(trace(chain.presented(credentials=swapped), chain.evidence()))
    (strange,) = [number for number, card in enumerate(scene.cards) if not card.sound]
    assert scene.cards[strange].lines[:2] == ("Meter data", "\N{BALLOT X} not the bytes signed for")
    assert {arrow.bond for arrow in scene.arrows if arrow.end == strange} == {Bond.BROKEN}


@pytest.mark.parametrize("form", ["svg", "narrow-svg"])
def test_the_picture_has_text_a_title_a_description_and_nothing_that_runs(
    form: str, evidence_file: bytes
) -> None:
    picture = traced(evidence_file, form=form)
    root = ET.fromstring(picture)  # noqa: S314 - our own
    assert root.attrib["role"] == "img"
    assert [element.tag for element in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert "Emissions report, October 2026: " in (root[1].text or "")
    assert {"Emissions report", "by GreenLedger", "229.509 kg CO2, electricity"} <= set(texts(picture))
    assert not {"script", "style", "foreignObject", "image"} & {
        element.tag.removeprefix(SVG) for element in root.iter()
    }
    assert b"href" not in picture
    assert form == "svg" or int(root.attrib["width"]) <= 400


@pytest.mark.parametrize("abreast", [1, 3])
def test_no_card_lies_over_another(abreast: int, evidence_file: bytes) -> None:
    form = "narrow-svg" if abreast == 1 else "svg"
    root = ET.fromstring(traced(evidence_file, form=form))  # noqa: S314 - our own
    boxes = []
    for group in root.iter(f"{SVG}g"):
        box = group.find(f"{SVG}rect")
        assert box is not None
        boxes.append(tuple(int(box.attrib[name]) for name in ("x", "y", "width", "height")))
    assert len(boxes) == 13
    for number, (x, y, width, height) in enumerate(boxes):
        assert x >= 0
        assert x + width <= int(root.attrib["width"])
        for left, top, wide, high in boxes[:number]:
            assert x >= left + wide or left >= x + width or y >= top + high or top >= y + height


def test_documents_of_one_kind_by_one_party_share_a_card_that_counts_them() -> None:
    both = ChainSimulator(Story(sources=2, opening="two meters"))
    scene = scene_of(trace(both.presented(), both.evidence()))
    assert "2 \N{MULTIPLICATION SIGN} Meter data" in {card.lines[0] for card in scene.cards}


def test_a_name_that_would_end_a_string_ends_none() -> None:
    found = scheme()
    odd = 'Mo"od\\n<&>\u202e'
    other = ChainSimulator(scheme=found)
    shown = other.presented()
    drawn = trace(shown, other.evidence())
    drawn.set((URIRef(str(CAP)), SCHEMA.legalName, words(odd)))
    assert "by " + odd.replace("\u202e", "\N{REPLACEMENT CHARACTER}") in texts(FORMS["svg"](drawn))
    dot = FORMS["dot"](drawn).decode()
    assert re.search(r'(?<!\\)"; \]|label="[^"\n]*Mo\\"od\\\\n<&>', dot)
    assert set(ox.parse(FORMS["turtle"](drawn), format=ox.RdfFormat.TURTLE))


def test_a_bare_credential_is_drawn_as_well(chain: ChainSimulator) -> None:
    found = traced(chain.credentials["consent"].raw, form="turtle").decode()
    assert "perseus:ConsentCredential" in found
    assert "perseus:Unproven" not in found


def test_every_kind_of_credential_has_its_act_and_its_name_in_a_drawing() -> None:
    assert set(ACTS) == {*KINDS, "VerifiablePresentation"}
    assert {class_of(kind) for kind in ACTS} <= set(NAMES)
    assert class_of("SomethingElse") is None


def test_every_term_of_a_graph_is_in_the_vocabulary(drawn: Graph) -> None:
    known = Graph().parse(data=specs.read("vocabulary/perseus.ttl"), format="turtle")
    used = {term for triple in drawn for term in triple[1:] if str(term).startswith(str(PERSEUS))}
    assert used - set(known.subjects()) == set()
    assert SECURITY.digestMultibase in set(drawn.predicates())


@pytest.mark.parametrize("abreast", [1, 3])
def test_a_long_chain_and_a_circle_are_laid_out_as_well(abreast: int) -> None:
    count = 1_200
    ways = [(number, number + 1, 0) for number in range(count - 1)] + [(count - 1, 0, 1)]
    layout = lay_out([(240, 40)] * count, ways, abreast=abreast)
    assert len({top for _, top in layout.corners}) == count
