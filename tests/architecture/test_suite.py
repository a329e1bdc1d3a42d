"""Every test must be able to fail."""

import ast
from collections.abc import Iterable

import pytest

from support.source_tree import modules, place_of, syntax

EXPECTING = frozenset({"raises", "warns", "fail"})


Function = ast.FunctionDef | ast.AsyncFunctionDef


def can_fail(test: ast.AST, judges: frozenset[str] = frozenset()) -> bool:
    """Tell whether the code asserts, expects an error, or calls one of the judges, which do."""
    return any(isinstance(node, ast.Assert) or judges_by_call(node, judges) for node in ast.walk(test))


def judges_by_call(node: ast.AST, judges: frozenset[str]) -> bool:
    """Tell whether the call is one that fails a test by itself."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="pytest"), attr=name)):
            return name in EXPECTING
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in judges
    return False


def judges_among(functions: Iterable[Function]) -> frozenset[str]:
    """Name the helpers that assert, be it through one another."""
    helpers = [function for function in functions if not function.name.startswith("test_")]
    judges: frozenset[str] = frozenset()
    while more := {helper.name for helper in helpers if can_fail(helper, judges)} - judges:
        judges |= more
    return judges


def functions_in(*trees: ast.Module) -> list[Function]:
    """List every function, also those inside a class."""
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, Function)]


def idle_tests(tree: ast.Module, *support: ast.Module) -> list[Function]:
    """Find the tests of a file that nothing could make fail."""
    judges = judges_among(functions_in(tree, *support))
    tests = (function for function in functions_in(tree) if function.name.startswith("test_"))
    return [test for test in tests if not can_fail(test, judges)]


def test_no_test_is_without_an_assertion() -> None:
    support = [syntax(path) for path in modules("tests/support")]
    idle = [
        f"{place_of(path, test)} {test.name}"
        for path in modules("tests")
        if path.name.startswith("test_")
        for test in idle_tests(syntax(path), *support)
    ]
    assert idle == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def test_a():\n    assert x", True),
        ("def test_a():\n    with pytest.raises(ValueError):\n        f()", True),
        ("def agree(a):\n    assert a\ndef test_a():\n    agree(a)", True),
        ("def agree(a):\n    return a\ndef test_a():\n    agree(a)", False),
        ("async def test_a():\n    await f()", False),
        ("def test_a():\n    f()", False),
    ],
)
def test_an_idle_test_is_told_from_one_that_can_fail(*, source: str, expected: bool) -> None:
    assert (idle_tests(ast.parse(source)) == []) is expected


def test_no_two_tests_of_one_file_share_a_name() -> None:
    shared = [
        place_of(path)
        for path in modules("tests")
        for names in [[test.name for test in syntax(path).body if isinstance(test, ast.FunctionDef)]]
        if len(names) != len(set(names))
    ]
    assert shared == []
