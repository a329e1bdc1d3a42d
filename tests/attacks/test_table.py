"""The table of attacks is whole: each of 195 has tests that are there and codes that they give, or a reason."""

import ast
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import specs
from support.attacks import ATTACKS

from .test_bytes import UNREADABLE

HERE = Path(__file__).parent
HOME = HERE.parents[1]
TABLE: Any = json.loads((HERE / "table.json").read_text(encoding="utf-8"))["entries"]
LAST = 195


def _published(file: str, member: str) -> set[str]:
    document: Any = specs.document(file)
    return {one["code"] for one in document[member]}


PUBLISHED = _published("checks/catalogue.json", "codes") | _published("checks/problems.json", "problems")


@cache
def functions(file: str) -> Mapping[str, ast.FunctionDef]:
    """Give the tests of a file by name."""
    tree = ast.parse((HOME / file).read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_entry_of_the_list_stands_in_the_table_once_and_in_order() -> None:
    assert [entry["number"] for entry in TABLE] == list(range(1, LAST + 1))
    for entry in TABLE:
        assert set(entry) <= {"number", "attack", "codes", "tests", "chains", "bytes", "note", "absent"}


@pytest.mark.parametrize("entry", TABLE, ids=lambda entry: str(entry["number"]))
def test_an_entry_has_tests_that_are_there_or_says_why_its_format_is_not(entry: dict[str, Any]) -> None:
    held = [*entry.get("tests", ()), *entry.get("chains", ()), *entry.get("bytes", ())]
    assert bool(held) != bool(entry.get("absent"))
    for named in entry.get("tests", ()):
        file, _, name = named.partition("::")
        assert name in functions(file), named


@pytest.mark.parametrize("entry", TABLE, ids=lambda entry: str(entry["number"]))
def test_the_codes_of_an_entry_are_published_and_stand_in_its_tests(entry: dict[str, Any]) -> None:
    codes = set(entry.get("codes", ()))
    assert codes <= PUBLISHED
    files = {named.partition("::")[0] for named in entry.get("tests", ())}
    texts = [(HOME / file).read_text(encoding="utf-8") for file in files]
    given = {code for chain in entry.get("chains", ()) for code in ATTACKS[chain].codes}
    missing = {code for code in codes - given if not any(f'"{code}"' in text for text in texts)}
    assert missing == set()


def test_every_broken_chain_and_every_unreadable_file_stands_at_its_entries() -> None:
    by_number = {entry["number"]: entry for entry in TABLE}
    for name, attack in ATTACKS.items():
        for number in attack.entries:
            assert name in by_number[number]["chains"]
    for name, (numbers, _, _) in UNREADABLE.items():
        for number in numbers:
            assert name in by_number[number]["bytes"]


def test_whatever_can_be_said_of_a_whole_chain_is_answered_at_all_three_doors() -> None:
    elsewhere = {
        169,
        174,
        175,
        180,
        182,
        190,
    }  # files of meters, other doors, logs, issuers' own rules, the register
    of_chains = {number for attack in ATTACKS.values() for number in attack.entries}
    assert of_chains | elsewhere >= set(range(160, LAST + 1))
