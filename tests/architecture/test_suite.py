"""Every test must be able to fail."""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import pytest

from support.source_tree import modules, place_of, syntax

EXPECTING = frozenset({"raises", "warns", "fail"})
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a function has to fail by: its own assertions, or the helpers that it calls."""

    name: str
    line: int
    asserts: bool
    calls: frozenset[str]

    @classmethod
    def of(cls, function: Function) -> Self:
        """Read it off the function's syntax."""
        inside = tuple(ast.walk(function))
        asserts = any(isinstance(node, ast.Assert) or expects_an_error(node) for node in inside)
        return cls(function.name, function.lineno, asserts, frozenset(map(name_called, inside)))

    @property
    def is_test(self) -> bool:
        """Tell whether pytest runs it."""
        return self.name.startswith("test_")

    def can_fail(self, judges: frozenset[str]) -> bool:
        """Tell whether anything in it, or in a helper among the judges, could fail."""
        return self.asserts or not judges.isdisjoint(self.calls)


def expects_an_error(node: ast.AST) -> bool:
    """Tell whether the node is one of pytest's own ways to fail a test."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="pytest"), attr=name)):
            return name in EXPECTING
    return False


def name_called(node: ast.AST) -> str:
    """Name what the node calls, if it calls anything by a name."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
    return ""


def functions_in(tree: ast.Module) -> list[Judgement]:
    """Read every function of a file, also those inside a class."""
    return [Judgement.of(node) for node in ast.walk(tree) if isinstance(node, Function)]


def judges_among(functions: Iterable[Judgement]) -> frozenset[str]:
    """Name the helpers that assert, be it through one another."""
    helpers = [function for function in functions if not function.is_test]
    judges: frozenset[str] = frozenset()
    while more := {helper.name for helper in helpers if helper.can_fail(judges)} - judges:
        judges |= more
    return judges


def idle_tests(functions: Sequence[Judgement], support: Sequence[Judgement] = ()) -> list[Judgement]:
    """Find the tests of a file that nothing could make fail."""
    judges = judges_among((*functions, *support))
    return [test for test in functions if test.is_test and not test.can_fail(judges)]


def test_no_test_is_without_an_assertion() -> None:
    support = [function for path in modules("tests/support") for function in functions_in(syntax(path))]
    idle = [
        f"{place_of(path)}:{test.line} {test.name}"
        for path in modules("tests")
        if path.name.startswith("test_")
        for test in idle_tests(functions_in(syntax(path)), support)
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
    assert (idle_tests(functions_in(ast.parse(source))) == []) is expected


def test_no_two_tests_of_one_file_share_a_name() -> None:
    shared = [
        place_of(path)
        for path in modules("tests")
        for names in [[test.name for test in syntax(path).body if isinstance(test, ast.FunctionDef)]]
        if len(names) != len(set(names))
    ]
    assert shared == []
