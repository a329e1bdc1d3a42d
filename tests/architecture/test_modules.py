"""The tree is the explanation: small modules, plain names, no cycles, claims that lean on nothing."""

import ast
import graphlib
import re

from support.source_tree import HOME, ROOTS, modules, name_of, nodes, place_of, top_level_imports

LONGEST = 250
EMPTY_WORDS = frozenset(
    {"utils", "util", "common", "base", "helpers", "helper", "manager", "misc", "handler", "handlers"}
)
OTHER_WORDS = frozenset(
    {"token", "tokens", "user", "users", "validate", "validated", "validation", "permission", "permissions"}
)
NAMING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.arg, ast.Name)
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
WHAT_CLAIMS_KNOW = re.compile(r"trust\.(claims|errors|did|digest)(\.|$)")
OURS = re.compile(rf"({'|'.join(ROOTS)})(\.|$)")
PLAIN_STANDARD_LIBRARY = frozenset(
    {
        "abc",
        "bisect",
        "calendar",
        "collections",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fractions",
        "functools",
    }
    | {"itertools", "math", "operator", "re", "string", "types", "typing", "unicodedata"}
)


def test_no_module_is_longer_than_one_noun_needs() -> None:
    long = {place_of(path): len(path.read_text().splitlines()) for path in modules(*ROOTS)}
    assert {place: lines for place, lines in long.items() if lines > LONGEST} == {}


def test_every_module_is_named_after_what_it_holds() -> None:
    empty = [place_of(path) for path in modules(*ROOTS) if EMPTY_WORDS & set(name_of(path).split("."))]
    assert empty == []


def test_one_word_stands_for_one_thing() -> None:
    strange = [
        f"{place_of(path, node)} {name}"
        for path in modules(*ROOTS)
        for node in nodes(path)
        if isinstance(node, NAMING)
        for name in [name_given(node)]
        if OTHER_WORDS & set(CAMEL.sub("_", name).lower().split("_"))
    ]
    assert strange == []


def name_given(node: ast.AST) -> str:
    """Read the name that a definition, an argument or an assignment gives."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
            return name
    return ""


def test_no_module_stands_more_than_two_folders_deep() -> None:
    stored_shapes = HOME / "perseus" / "storage" / "revisions"
    deep = [
        place_of(path)
        for path in modules(*ROOTS)
        if len(path.relative_to(HOME).parent.parts) > 2 and path.parent != stored_shapes
    ]
    assert deep == []


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    known = {name_of(path) for path in modules(*ROOTS)}
    graph = {
        name_of(path): {module_in(known, name) for name in top_level_imports(path)} - {None, name_of(path)}
        for path in modules(*ROOTS)
    }
    order = tuple(graphlib.TopologicalSorter(graph).static_order())
    assert known <= set(order)


def module_in(known: set[str], imported: str) -> str | None:
    """Find the module of ours that an import names, be it the module or something in it."""
    return next((name for name in (imported, imported.rpartition(".")[0]) if name in known), None)


def test_claims_know_only_names_digests_and_errors() -> None:
    strange = [
        f"{place_of(path)} imports {name}"
        for path in modules("trust/claims")
        for name in top_level_imports(path)
        if not (WHAT_CLAIMS_KNOW.match(name) or name.split(".")[0] in PLAIN_STANDARD_LIBRARY)
    ]
    assert strange == []


def test_every_root_holds_modules_so_that_these_rules_have_something_to_hold() -> None:
    assert {root for root in ROOTS if modules(root)} == set(ROOTS)
    assert any(OURS.match(name) for path in modules(*ROOTS) for name in top_level_imports(path))
