"""The context gives every member of every example one meaning, and the vocabulary explains each of them."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
import rdflib
from rdflib.namespace import OWL, PROV, RDF, RDFS

import specs

SPACE = "https://w3id.org/perseus/v1/vocabulary#"
CONTEXT: dict[str, Any] = json.loads(specs.read("contexts/perseus-v1.jsonld"))["@context"]
DIRECTORY: dict[str, Any] = json.loads(specs.read("contexts/directory-v1.jsonld"))["@context"]
PROVENANCE: dict[str, Any] = json.loads(specs.read("contexts/provenance-v1.jsonld"))["@context"]
LINKED = ("https://www.w3.org/ns/credentials/v2", "https://w3id.org/perseus/v1")
EXAMPLES = tuple(name for name in specs.names() if "@context" in specs.document(f"examples/{name}.json"))
STANDARD = frozenset(
    (
        *(
            "@context",
            "id",
            "type",
            "name",
            "digestMultibase",
            "mediaType",
            "issuer",
            "validFrom",
            "validUntil",
        ),
        *("credentialSubject", "credentialSchema", "credentialStatus", "relatedResource", "proof", "holder"),
        *(
            "verifiableCredential",
            "statusPurpose",
            "statusListIndex",
            "statusListCredential",
            "encodedList",
            "ttl",
        ),
        *(
            "cryptosuite",
            "created",
            "verificationMethod",
            "proofPurpose",
            "proofValue",
            "challenge",
            "domain",
        ),
    )
)
FROM_W3C = {"BitstringStatusListEntry", "BitstringStatusList", "JsonSchema", "DataIntegrityProof"}


def contexts(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "@context" in value:
            yield value["@context"]
        for inner in value.values():
            yield from contexts(inner)


def addresses(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from addresses(inner)
    elif isinstance(value, str):
        yield value


def undefined(value: object, scope: dict[str, Any]) -> Iterator[str]:
    """Name every member that neither the standard contexts nor ours define where it stands."""
    if isinstance(value, list):
        for item in value:
            yield from undefined(item, scope)
    if not isinstance(value, dict):
        return
    types = value.get("type", ())
    here = dict(scope)
    for name in [types] if isinstance(types, str) else types:
        if name not in CONTEXT and name not in FROM_W3C and not name.startswith(("Verifiable", "Bitstring")):
            yield name
        here |= CONTEXT[name]["@context"] if isinstance(CONTEXT.get(name), dict) else {}
    for name, member in value.items():
        term = here.get(name, CONTEXT.get(name))
        if term is None and name not in STANDARD:
            yield name
        if not (isinstance(term, dict) and term.get("@type") == "@json"):
            inner = term.get("@context", {}) if isinstance(term, dict) else {}
            yield from undefined(member, inner)


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_member_of_an_example_is_without_a_definition(name: str) -> None:
    assert list(undefined(specs.document(f"examples/{name}.json"), {})) == []


def test_a_member_without_a_definition_would_be_noticed() -> None:
    consent: Any = specs.document("examples/consent.json")
    consent["credentialSubject"]["words"]["surprise"] = "x"
    assert list(undefined(consent, {})) == ["surprise"]


def test_every_context_is_protected_and_none_has_a_vocabulary_by_default() -> None:
    found = [*contexts({"@context": CONTEXT}), DIRECTORY, PROVENANCE]
    assert len(found) > 10
    assert all(context["@protected"] is True for context in found)
    assert "@vocab" not in json.dumps([CONTEXT, DIRECTORY, PROVENANCE])


def test_arrays_whose_order_or_count_matters_are_kept_as_they_are() -> None:
    for kind, term in (
        ("Emissions", "rows"),
        ("WithdrawalReceipt", "deleted"),
        ("WithdrawalReceipt", "kept"),
    ):
        assert CONTEXT[kind]["@context"][term]["@type"] == "@json"


def test_the_vocabulary_defines_exactly_the_terms_of_the_contexts() -> None:
    graph = rdflib.Graph().parse(data=specs.read("vocabulary/perseus.ttl"), format="turtle")
    defined = {str(term) for term in graph.subjects() if str(term).startswith(SPACE)}
    named = (*addresses(CONTEXT), *addresses(DIRECTORY), *addresses(PROVENANCE))
    assert {address for address in named if address.startswith(SPACE)} == defined


def test_every_term_of_the_vocabulary_is_explained() -> None:
    graph = rdflib.Graph().parse(data=specs.read("vocabulary/perseus.ttl"), format="turtle")
    for term in {term for term in graph.subjects() if str(term).startswith(SPACE)}:
        assert graph.value(term, RDFS.label)
        assert str(graph.value(term, RDFS.comment)).endswith(".")
        assert graph.value(term, RDF.type) in {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty}


def test_a_consent_influences_what_it_permits_in_the_words_of_prov() -> None:
    graph = rdflib.Graph().parse(data=specs.read("vocabulary/perseus.ttl"), format="turtle")
    permitted = rdflib.URIRef(SPACE + "permittedBy")
    assert (permitted, RDFS.subPropertyOf, PROV.wasInfluencedBy) in graph
    assert CONTEXT["wasDerivedFrom"]["@id"] == str(PROV.wasDerivedFrom)
    assert CONTEXT["used"]["@id"] == str(PROV.used)


def test_the_contexts_are_pinned_by_their_bytes() -> None:
    pins: Any = specs.document("contexts/pins.json")
    assert [pin["url"] for pin in pins["contexts"]] == [
        *LINKED,
        "https://w3id.org/perseus/v1/directory",
        "https://w3id.org/perseus/v1/provenance",
    ]
    for pin in pins["contexts"]:
        if pin["file"] is not None:
            assert hashlib.sha256(specs.read(f"contexts/{pin['file']}")).hexdigest() == pin["sha256"]
