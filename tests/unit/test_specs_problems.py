"""Every code that this program can print is published, and `perseus explain` knows it."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import specs
from perseus.cli.explain import app

HOME = Path(__file__).parents[2]
ROOTS = ("trust", "registry", "issuers", "holders", "verifiers", "perseus")
PROBLEMS: Any = specs.document("checks/problems.json")["problems"]
CATALOGUE: Any = specs.document("checks/catalogue.json")
CHECKS = {check["name"] for check in CATALOGUE["checks"]}
REASONS = {code["code"] for code in CATALOGUE["codes"]}
PUBLISHED = {*CHECKS, *REASONS, *(problem["code"] for problem in PROBLEMS)}
FORM = re.compile(r"[a-z_]+\.[a-z_]+")
AREAS = {code.partition(".")[0] for code in PUBLISHED}


@cache
def trees() -> dict[str, ast.Module]:
    places = (place for root in ROOTS for place in sorted((HOME / root).rglob("*.py")))
    return {str(place.relative_to(HOME)): ast.parse(place.read_text(encoding="utf-8")) for place in places}


def texts(node: ast.AST | None) -> Iterator[str]:
    """Walk the texts in an expression that have the form of a code."""
    for inner in () if node is None else ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and FORM.fullmatch(inner.value):
            yield inner.value


def given(node: ast.AST) -> Iterator[str]:
    """Walk the codes that a node of the source gives: an argument, a default, a value or a member named code."""
    if isinstance(node, ast.keyword) and node.arg == "code":
        yield from texts(node.value)
    if isinstance(node, ast.arguments):
        every = [*node.posonlyargs, *node.args]
        named = [*zip(every[len(every) - len(node.defaults) :], node.defaults, strict=True)]
        for argument, default in [*named, *zip(node.kwonlyargs, node.kw_defaults, strict=True)]:
            yield from texts(default) if argument.arg == "code" else ()
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(target, ast.Name) and target.id.lower().endswith("code") for target in targets):
            yield from texts(node.value)
    if isinstance(node, ast.Dict):
        for name, value in zip(node.keys, node.values, strict=True):
            if isinstance(name, ast.Constant) and name.value == "code":
                yield from texts(value)


def codes() -> dict[str, str]:
    """Find every code in the source, with one place that gives it; events and some others have names of that form."""
    payload: Any = specs.document("schemas/register-event-payload.json")
    others = {*payload["properties"]["type"]["enum"], "http.request", "chain.html"}
    others |= {"policy.json", "verdict.json"}
    found: dict[str, str] = {}
    for place, tree in trees().items():
        for node in ast.walk(tree):
            found |= dict.fromkeys(given(node), place)
            alone = [text for text in texts(node) if isinstance(node, ast.Constant)]
            found |= {text: place for text in alone if text.partition(".")[0] in AREAS - {"perseus"}}
    return {code: place for code, place in found.items() if code not in others}


def test_every_code_in_the_source_is_published() -> None:
    found = codes()
    assert len(found) > len(REASONS) / 2
    assert {"http.not_found", "http.internal", "chain.bad", "register.stale"} <= found.keys()
    assert {code: place for code, place in found.items() if code not in PUBLISHED} == {}


def test_a_problem_is_none_of_the_reasons_of_a_verdict_and_is_there_once() -> None:
    listed = [problem["code"] for problem in PROBLEMS]
    assert len(set(listed)) == len(listed)
    assert set(listed) & (CHECKS | REASONS) == set()
    assert set(listed) - codes().keys() == set()


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem["code"])
def test_a_problem_has_its_status_and_short_plain_texts(problem: dict[str, Any]) -> None:
    assert list(problem) == ["code", "status", "title", "meaning", "remedy", "clause"]
    assert problem["status"] is None or HTTPStatus(problem["status"]) >= HTTPStatus.BAD_REQUEST
    for name in ("title", "meaning", "remedy"):
        for sentence in re.split(r"(?<=[.?!])\s+", problem[name]):
            assert len(sentence.split()) <= 25, sentence


@pytest.mark.parametrize("code", sorted(PUBLISHED))
def test_every_published_code_is_explained(code: str) -> None:
    ran = CliRunner().invoke(app, [code])
    assert (ran.exit_code, ran.stdout.split("\n", 1)[0]) == (0, code)


def test_the_list_of_codes_holds_every_one_that_a_verdict_or_a_service_can_give() -> None:
    listed = set(json.loads(CliRunner().invoke(app, ["--json"]).stdout))
    assert listed == PUBLISHED - (CHECKS - REASONS)
    told = CliRunner().invoke(app, []).stdout
    assert [code for code in PUBLISHED if code not in told] == []


def test_an_entry_of_a_problem_is_printed_whole() -> None:
    assert json.loads(CliRunner().invoke(app, ["http.not_found", "--json"]).stdout) in PROBLEMS
