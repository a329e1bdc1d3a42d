"""Every test must be able to fail."""

import ast

import pytest

from support.source_tree import modules, place_of, syntax

EXPECTING = frozenset({"raises", "warns", "fail"})


def can_fail(test: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether the test asserts, expects an error, or calls a helper whose name says that it asserts."""
    return any(isinstance(node, ast.Assert) or asserts_by_name(node) for node in ast.walk(test))


def asserts_by_name(node: ast.AST) -> bool:
    """Tell whether the call is one that fails a test by itself."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="pytest"), attr=name)):
            return name in EXPECTING
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name.startswith("assert_")
    return False


def cases_in(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """List the tests of a file, also those inside a class."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [function for function in functions if function.name.startswith("test_")]


def test_no_test_is_without_an_assertion() -> None:
    idle = [
        f"{place_of(path, test)} {test.name}"
        for path in modules("tests")
        if path.name.startswith("test_")
        for test in cases_in(syntax(path))
        if not can_fail(test)
    ]
    assert idle == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def test_a():\n    assert x", True),
        ("def test_a():\n    with pytest.raises(ValueError):\n        f()", True),
        ("def test_a():\n    assert_same(a, b)", True),
        ("async def test_a():\n    await f()", False),
        ("def test_a():\n    f()", False),
    ],
)
def test_an_idle_test_is_told_from_one_that_can_fail(*, source: str, expected: bool) -> None:
    assert can_fail(cases_in(ast.parse(source))[0]) is expected


def test_no_two_tests_of_one_file_share_a_name() -> None:
    shared = [
        place_of(path)
        for path in modules("tests")
        for names in [[test.name for test in syntax(path).body if isinstance(test, ast.FunctionDef)]]
        if len(names) != len(set(names))
    ]
    assert shared == []
