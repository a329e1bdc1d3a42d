"""The envelope and the codec: what is written comes back, and what does not fit is named."""

import json
from dataclasses import replace

import pytest

import specs
from trust.canonical import Json, canonicalize
from trust.claims.consent import Consent
from trust.codec import decode, encode, wire_name
from trust.credential import Credential, kind_of, read, write
from trust.errors import MalformedError
from trust.kinds import KINDS
from trust.links import Relation
from trust.schema import fit, schema_digest

EXAMPLES = [kind.schema for kind in KINDS.values()]


def example(name: str) -> dict[str, Json]:
    document: dict[str, Json] = json.loads(specs.read(f"examples/{name}.json"))
    return document


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_kind_is_read_and_written_back_alike(name: str) -> None:
    document = example(name)
    unsecured = {member: value for member, value in document.items() if member != "proof"}
    credential = read(document)
    written = write(credential)
    written["credentialSchema"] = unsecured["credentialSchema"]  # an example may pin an older schema
    assert canonicalize(written) == canonicalize(unsecured)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_kind_fits_its_schema(name: str) -> None:
    document = write(read(example(name)))
    fit(name, document)
    schema = document["credentialSchema"]
    assert isinstance(schema, dict)
    assert schema["digestMultibase"] == schema_digest(name).multibase


def test_a_member_that_the_schema_does_not_know_is_named() -> None:
    document = example("consent")
    subject = document["credentialSubject"]
    assert isinstance(subject, dict)
    subject["mpan"] = "2000000000015"
    with pytest.raises(MalformedError, match="/credentialSubject") as refusal:
        fit("consent", document)
    assert refusal.value.code == "format.schema"


@pytest.mark.parametrize(
    "types", [None, "ConsentCredential", ["VerifiableCredential"], ["VerifiableCredential", "Pass"], []]
)
def test_a_kind_that_the_scheme_does_not_know_is_refused(types: Json) -> None:
    with pytest.raises(MalformedError) as refusal:
        kind_of({"type": types})
    assert refusal.value.code == "format.unknown_type"


def test_a_name_without_a_digest_binds_nothing() -> None:
    document = example("emissions")
    related = document["relatedResource"]
    assert isinstance(related, list)
    document["relatedResource"] = related[:-1]
    with pytest.raises(MalformedError, match="relatedResource"):
        read(document)


def test_links_keep_their_relation() -> None:
    emissions = read(example("emissions"))
    assert {link.relation for link in emissions.links} == set(Relation)
    assert emissions.linked(Relation.USED)


def test_a_claim_that_lacks_a_member_says_which() -> None:
    claim = read(example("consent")).claim
    assert isinstance(claim, Consent)
    members = encode(claim)
    del members["licence"]
    with pytest.raises(MalformedError, match="licence"):
        decode(Consent, members)


@pytest.mark.parametrize(("member", "value"), [("purposes", "all"), ("to", 7), ("data", "everything")])
def test_a_member_of_another_type_is_refused(member: str, value: Json) -> None:
    claim = read(example("consent")).claim
    with pytest.raises(MalformedError):
        decode(Consent, {**encode(claim), member: value})


def test_what_says_nothing_is_left_out() -> None:
    credential: Credential[object] = replace(
        read(example("consent")), valid_until=None, checkpoint=None, status=()
    )
    assert not {"validUntil", "checkpoint", "credentialStatus"} & write(credential).keys()


@pytest.mark.parametrize(
    ("field", "wire"),
    [("from_", "from"), ("data_from", "dataFrom"), ("id", "id"), ("retrieved_at", "retrievedAt")],
)
def test_a_field_is_named_in_camel_case_on_the_wire(field: str, wire: str) -> None:
    assert wire_name(field) == wire
