"""The scheme catalogue names roles, licences and processes once, and gives each kind of credential a signer."""

from typing import Any

import pytest

import specs

SCHEME: Any = specs.document("scheme/catalogue.json")
BASE = "https://registry.ib1.org/scheme/perseus/"
ENTRIES: list[dict[str, Any]] = [
    *SCHEME["roles"],
    *SCHEME["licences"],
    *SCHEME["processes"],
    *SCHEME["standards"],
    *(value for group in SCHEME["assurance"] for value in group["values"]),
]
SCHEMAS: list[Any] = [specs.schema(name) for name in specs.names()]
CREDENTIALS = {
    schema["properties"]["type"]["const"][1]
    for schema in SCHEMAS
    if "credentialSubject" in schema.get("properties", {})
}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["label"])
def test_an_entry_has_an_address_a_label_and_a_sentence(entry: dict[str, Any]) -> None:
    assert entry["id"].startswith(BASE)
    assert entry["label"]
    assert entry["description"].endswith(".")
    assert all(
        url.startswith("https://registry.core.trust.ib1.org/scheme/perseus/") for url in entry["published_as"]
    )


def test_no_address_is_given_twice() -> None:
    assert len({entry["id"] for entry in ENTRIES}) == len(ENTRIES)


def test_every_kind_of_credential_has_somebody_to_sign_it_and_no_unknown_kind_is_named() -> None:
    by_role = [kind for role in SCHEME["roles"] for kind in role["signs"]]
    assert len(set(by_role)) == len(by_role)
    assert {*by_role, *SCHEME["any_member_signs"], *SCHEME["firm_signs"]} == CREDENTIALS


def test_the_parties_kept_apart_are_roles_of_the_scheme() -> None:
    roles = {role["id"] for role in SCHEME["roles"]}
    assert SCHEME["separation"]
    assert all(set(rule["roles"]) <= roles for rule in SCHEME["separation"])


def test_a_standard_is_met_by_holders_of_a_role_of_the_scheme() -> None:
    roles = {role["id"] for role in SCHEME["roles"]}
    assert SCHEME["standards"]
    assert {standard["role"] for standard in SCHEME["standards"]} <= roles


def test_the_data_named_is_the_data_that_a_consent_can_name() -> None:
    consent: Any = specs.schema("consent")
    known = consent["properties"]["credentialSubject"]["properties"]["data"]["enum"]
    assert [data["id"] for data in SCHEME["data"]] == known
    assert {name for licence in SCHEME["licences"] for name in licence["data"]} == set(known)
    assert {process["data"] for process in SCHEME["processes"]} == set(known)
