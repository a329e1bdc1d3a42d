"""Every question has been seen to pass, to fail and to be left open, wherever that can be; every code was produced."""

import ast
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import specs
from support.outcomes import checks
from trust.report import Outcome

HERE = Path(__file__).parent
HOME = HERE.parents[1]
KNOWN: Any = json.loads((HERE / "outcomes.json").read_text(encoding="utf-8"))
CATALOGUE: Any = specs.document("checks/catalogue.json")
CODES: Mapping[str, Any] = {one["code"]: one for one in CATALOGUE["codes"]}
ELSEWHERE = tuple(one["area"] for one in KNOWN["elsewhere"])
QUESTIONS = [one["name"] for one in CATALOGUE["checks"] if not one["name"].startswith(ELSEWHERE)]
ASKED = (Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN)


@cache
def seen() -> Mapping[str, set[str]]:
    """Give the outcomes that each question has had."""
    found: dict[str, set[str]] = {name: set() for name in QUESTIONS}
    for check in checks():
        found[check.name].add(check.outcome.value)
    return found


def cannot(name: str) -> set[str]:
    """Give the outcomes that a question cannot have, for a reason that is written down."""
    return {one["outcome"] for one in KNOWN["cannot"] if name in one["questions"] and one["because"]}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_each_outcome_or_a_reason_why_it_cannot(name: str) -> None:
    had = seen()[name] & {outcome.value for outcome in ASKED}
    assert had | cannot(name) == {outcome.value for outcome in ASKED}
    assert not had & cannot(name), "it has an outcome that is written down as one that it cannot have"


def test_no_code_is_given_for_another_question_or_with_another_outcome_than_its_own() -> None:
    told = {
        (check.code, check.name, check.outcome.value)
        for check in checks()
        if check.outcome in {Outcome.FAILED, Outcome.UNKNOWN, Outcome.WARNING}
    }
    assert len(told) > len(QUESTIONS)
    for code, name, outcome in told:
        entry = CODES[code]
        assert name in (entry["check"], *entry.get("also", ())), (code, name)
        assert outcome in (entry["outcome"], *entry.get("may_be", ())), (code, outcome)


@cache
def texts() -> Mapping[str, str]:
    """Give the source of every test, but of those that only list the codes."""
    return {
        str(path.relative_to(HOME)): path.read_text(encoding="utf-8")
        for path in sorted((HOME / "tests").rglob("*.py"))
        if not path.name.startswith("test_specs_")
    }


@pytest.mark.parametrize("code", CODES)
def test_every_code_occurs_in_a_test_or_a_reason_says_why_nothing_gives_it(code: str) -> None:
    named = any(code in words(text) for text in texts().values())
    assert named != (code in KNOWN["given_by_nothing"])


@cache
def words(text: str) -> frozenset[str]:
    """Give every word of every text in a source."""
    found = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
    return frozenset(word for value in found if isinstance(value, str) for word in value.split())


@pytest.mark.parametrize("area", KNOWN["elsewhere"], ids=lambda area: area["area"])
def test_the_questions_of_other_documents_are_held_where_they_are_asked(area: dict[str, Any]) -> None:
    held = set().union(*(words(texts()[name]) for name in area["files"]))
    codes = {code for code in CODES if code.startswith(area["area"])}
    assert codes
    assert codes - held == set()
    file, _, name = area["passed"].partition("::")
    assert f"def {name}(" in texts()[file]


def test_what_nothing_gives_stands_in_no_source() -> None:
    sources = [
        path
        for root in ("trust", "registry", "issuers", "holders", "verifiers", "perseus")
        for path in (HOME / root).rglob("*.py")
    ]
    given = set().union(*(words(path.read_text(encoding="utf-8")) for path in sources))
    assert given & set(KNOWN["given_by_nothing"]) == set()
    assert "signature.mismatch" in given
