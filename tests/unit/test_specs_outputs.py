"""What the commands print with --json fits a published schema, member for member."""

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import jsonschema_rs
import pytest

import specs
from perseus.statement import MonthFigure
from trust.report import Answer, Check, Outcome, Overall

OUTPUTS = ("verdict", "calculate", "demo", "audit", "pcaf")


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(specs.read(f"{name}/{name}-v1.schema.json"))
    return loaded


def example(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(specs.read(f"examples/{name}.json"))
    return loaded


def fits(name: str, document: object) -> bool:
    return jsonschema_rs.Draft202012Validator(schema(name), offline=True).is_valid(document)


def objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from objects(member)
    elif isinstance(value, list):
        for member in value:
            yield from objects(member)


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_schema_is_sound_and_accepts_its_example(name: str) -> None:
    jsonschema_rs.meta.validate(schema(name))
    assert schema(name)["$id"] == f"{specs.BASE}{name}-v1"
    assert fits(name, example(name))


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_has_no_other_members_and_lacks_none(name: str) -> None:
    whole = example(name)
    for level in objects(whole):
        level["surprise"] = 1
        assert not fits(name, whole)
        del level["surprise"]
    for member in schema(name)["required"]:
        assert not fits(name, {key: value for key, value in whole.items() if key != member}), member


def test_quantities_are_printed_as_text_and_never_as_numbers() -> None:
    for name, member in (("calculate", "total"), ("demo", "emissions_kg")):
        whole = example(name)
        key = next(key for key in whole[member] if key.startswith(("kg", "2")))
        whole[member][key] = 14617.918
        assert not fits(name, whole)


def test_the_verdict_schema_knows_every_outcome_and_answer() -> None:
    verdict = schema("verdict")["properties"]
    assert set(verdict["overall"]["enum"]) == set(Overall)
    assert set(verdict["usable_now"]["enum"]) == set(verdict["authentic_at_signing"]["enum"]) == set(Answer)
    assert set(verdict["counts"]["required"]) == set(Outcome)


def test_a_check_is_printed_with_every_member_that_it_has() -> None:
    printed = schema("verdict")["$defs"]["check"]["properties"]
    assert set(printed) == {field.name for field in fields(Check)}


def test_a_month_is_printed_with_every_member_that_it_has() -> None:
    month = schema("calculate")["properties"]["months"]["items"]["properties"]
    assert list(month) == [field.name for field in fields(MonthFigure)]


def test_the_example_of_a_verdict_tells_codes_of_the_catalogue() -> None:
    catalogue: Any = specs.document("checks/catalogue.json")
    known = {check["name"] for check in catalogue["checks"]} | {code["code"] for code in catalogue["codes"]}
    assert {check["code"] for check in example("verdict")["checks"]} <= known
