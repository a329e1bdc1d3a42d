"""Every published schema accepts its example, and nothing beside it."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
import rfc8785

import specs

KINDS = specs.names()
CREDENTIALS = tuple(
    kind for kind in KINDS if "credentialSubject" in json.dumps(specs.document(f"schemas/{kind}.json"))
)
OPEN = {"verifiableCredential", "resources", "credential"}


def example(kind: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(specs.read(f"examples/{kind}.json"))
    return loaded


@cache
def validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(specs.schema(kind), offline=True)


def objects(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Walk every object whose members its schema closes; a carried document is closed by its own schema."""
    if isinstance(value, dict):
        if not OPEN & set(path[-1:]) and path[-1:] != ("statusLists",):
            yield path, value
        for name, member in value.items():
            if not OPEN & set(path):
                yield from objects(member, (*path, name))
    elif isinstance(value, list):
        for member in value[:50]:
            yield from objects(member, path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_itself_sound_and_carries_its_own_id(kind: str) -> None:
    schema = specs.schema(kind)
    assert schema["$id"] == specs.BASE + kind
    jsonschema_rs.meta.validate(schema)


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_accepts_its_example(kind: str) -> None:
    assert [error.message for error in validator(kind).iter_errors(example(kind))] == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_member_is_refused_at_every_level(kind: str) -> None:
    subject = example(kind)
    checker = validator(kind)
    levels = 0
    for path, level in objects(subject):
        level["surprise"] = 1
        assert not checker.is_valid(subject), path
        del level["surprise"]
        levels += 1
    assert levels > 0
    assert checker.is_valid(subject)


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_required_member_is_refused(kind: str) -> None:
    schema: Any = specs.schema(kind)
    whole = example(kind)
    for name in schema.get("required", ()):
        assert not validator(kind).is_valid({key: value for key, value in whole.items() if key != name}), name
    for name in schema.get("properties", {}).get("credentialSubject", {}).get("required", ()):
        part = example(kind)
        del part["credentialSubject"][name]
        assert not validator(kind).is_valid(part), name


@pytest.mark.parametrize("kind", KINDS)
def test_a_fraction_is_refused_wherever_a_number_stands(kind: str) -> None:
    subject = example(kind)
    checker = validator(kind)
    tried = 0
    for path, level in objects(subject):
        for name, value in list(level.items()):
            fraction = _with_fraction(value)
            if fraction is None:
                continue
            level[name] = fraction
            assert not checker.is_valid(subject), (path, name)
            level[name] = value
            tried += 1
    assert tried > 0 or "integer" not in json.dumps(specs.document(f"schemas/{kind}.json"))


def _with_fraction(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        return value + 0.5
    if isinstance(value, list) and value and isinstance(value[0], int):
        return [0.5, *value[1:]]
    return None


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_no_number_beyond_what_json_readers_agree_on_is_accepted(kind: str) -> None:
    subject = example(kind)
    for _, level in objects(subject):
        for name, value in list(level.items()):
            if isinstance(value, int) and not isinstance(value, bool):
                level[name] = 2**53
                assert not validator(kind).is_valid(subject), name
                level[name] = value
    assert validator(kind).is_valid(subject)


@pytest.mark.parametrize("kind", CREDENTIALS)
@pytest.mark.parametrize(
    "context",
    [
        ["https://w3id.org/perseus/v1", "https://www.w3.org/ns/credentials/v2"],
        ["https://www.w3.org/ns/credentials/v2"],
        [
            "https://www.w3.org/ns/credentials/v2",
            "https://w3id.org/perseus/v1",
            {"@vocab": "https://x.example/"},
        ],
    ],
)
def test_a_context_that_is_reordered_short_or_long_is_refused(kind: str, context: list[object]) -> None:
    subject = example(kind)
    subject["@context"] = context
    assert not validator(kind).is_valid(subject)


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("consent", ("id",), "urn:uuid:6FA459EA-EE8A-4CA4-894E-DB77E160355E"),
        ("consent", ("id",), "urn:uuid:6fa459ea-ee8a-1ca4-894e-db77e160355e"),
        ("consent", ("issuer",), "did:web:edp.demo.perseus.example"),
        ("consent", ("validFrom",), "2026-09-22T10:00:00+00:00"),
        ("consent", ("validFrom",), "2026-09-22T10:00:60Z"),
        ("consent", ("validFrom",), "2026-09-22T24:00:00Z"),
        ("consent", ("validFrom",), "2026-09-22T10:00:00.000Z"),
        ("consent", ("credentialSubject", "to"), "did:web:127.0.0.1"),
        ("consent", ("credentialSubject", "to"), "did:web:bank.example%3A8443"),
        ("consent", ("credentialSubject", "licence"), "http://registry.ib1.org/scheme/perseus/license/x"),
        ("consumption", ("issuer",), "did:web:Edp.example"),
        ("consumption", ("credentialSubject", "outcode"), "SW1A 1AA"),
        ("consumption", ("credentialSubject", "unitCode"), "KWH"),
        ("consumption", ("credentialSubject", "from"), "2026-10-01T00:31:00Z"),
        ("emissions", ("credentialSubject", "rows", 0, "kg"), 12.5),
        ("emissions", ("credentialSubject", "rows", 0, "kg"), "12.5"),
        ("emissions", ("credentialSubject", "rows", 0, "kg"), "-12.500"),
        ("emissions", ("credentialSubject", "rows", 0, "openings", 0, "total"), "-1"),
        ("emissions", ("credentialSubject", "rows", 0, "openings", 0, "blinding"), "A" * 42),
        ("emissions", ("relatedResource", 0, "digestMultibase"), "uEiA"),
        ("status-list", ("credentialSubject", "encodedList"), "H4sIAAAA"),
        ("presentation", ("verifiableCredential",), []),
        ("commitments", ("points", 0), "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ("half-hour-series", ("quality",), "MX"),
        ("half-hour-series", ("values", 0), -1),
        ("trust-anchor", ("environment",), "staging"),
        ("trust-anchor", ("logKey",), "demo.perseus.example/members+00000000+AAAA"),
        ("register-event-payload", ("body",), {"name": "GreenLedger", "services": [], "email": "x"}),
        ("register-event-payload", ("type",), "member.promoted"),
    ],
)
def test_a_value_of_another_form_is_refused(kind: str, path: tuple[str | int, ...], value: object) -> None:
    subject = example(kind)
    level: Any = subject
    for step in path[:-1]:
        level = level[step]
    assert level[path[-1]] != value
    level[path[-1]] = value
    assert not validator(kind).is_valid(subject)


@pytest.mark.parametrize("kind", KINDS)
def test_the_published_bytes_are_the_canonical_form_of_the_schema(kind: str) -> None:
    assert specs.published(kind) == rfc8785.dumps(specs.schema(kind))
