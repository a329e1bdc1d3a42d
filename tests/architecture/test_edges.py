"""The core takes time, randomness and bytes as arguments; only perseus reads a clock, draws or opens a file."""

import ast
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

from support.source_tree import CORE, HOME, ROOTS, modules, nodes, place_of

REACHING = (ast.Call, ast.Attribute, ast.Import, ast.ImportFrom)
EDGE = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "monotonic", "perf_counter", "sleep"},
    "random": {"*"},
    "secrets": {"*"},
    "os": {"*"},
    "uuid": {"uuid1", "uuid4"},
    "pathlib": {"*"},
    "socket": {"*"},
    "io": {"open"},
}
BARE = frozenset({"open", "input", "print", "exec", "eval", "breakpoint", "uuid4", "urandom", "token_bytes"})
SILENCER = re.compile(r"#\s*(noqa|type:\s*ignore|pragma)\b(.*)")
REASON = re.compile(r"\s[-#]\s+\w")


def edges_in(nodes: Iterable[ast.AST]) -> list[ast.AST]:
    """Find every call, import or mention that reaches outside: the clock, randomness, files, sockets."""
    return [node for node in nodes if isinstance(node, REACHING) and reaches_outside(node)]


def reaches_outside(node: ast.AST) -> bool:
    """Tell whether this one node reaches outside the program."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name in BARE
        case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name):
            return name in EDGE.get(owner, ()) or "*" in EDGE.get(owner, ())
        case ast.Import(names=names):
            return any("*" in EDGE.get(alias.name.split(".")[0], ()) for alias in names)
        case ast.ImportFrom(module=str(module), names=names):
            banned = EDGE.get(module.split(".")[0], set())
            return "*" in banned or any(alias.name in banned for alias in names)
    return False


def test_the_core_reads_no_clock_draws_no_randomness_and_opens_no_file() -> None:
    found = [place_of(path, node) for path in modules(*CORE) for node in edges_in(nodes(path))]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import datetime\nat = datetime.datetime.now(datetime.UTC)",
        "from datetime import datetime\nat = datetime.now()",
        "import time\nat = time.time()",
        "import random",
        "from secrets import token_bytes",
        "import os\nsalt = os.urandom(32)",
        "import uuid\nname = uuid.uuid4()",
        "from uuid import uuid4",
        "with open('readings.csv') as file:\n    pass",
        "from pathlib import Path",
        "import socket",
    ],
)
def test_every_way_to_the_outside_is_seen(source: str) -> None:
    assert edges_in(ast.walk(ast.parse(source))) != []


def test_only_tests_bench_and_named_modules_of_perseus_are_excused_from_the_ban() -> None:
    config = tomllib.loads((HOME / "pyproject.toml").read_text())
    excused = {
        place
        for place, rules in config["tool"]["ruff"]["lint"]["per-file-ignores"].items()
        if "TID251" in rules
    }
    assert {place for place in excused if not place.startswith("perseus/")} == {"tests/**", "bench/**"}
    assert all(Path(place).suffix == ".py" for place in excused if place.startswith("perseus/"))


def test_no_line_of_the_core_is_excused_from_the_ban() -> None:
    excused = [place_of(path) for path in modules(*CORE) if "TID251" in path.read_text()]
    assert excused == []


def test_every_silenced_check_says_why() -> None:
    silent = [
        f"{place_of(path)}:{number}"
        for path in modules(*ROOTS, "tests", "bench")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if path != Path(__file__) and silences_without_reason(line)
    ]
    assert silent == []


def silences_without_reason(line: str) -> bool:
    """Tell whether the line switches a check off and does not say why."""
    silencer = SILENCER.search(line)
    return silencer is not None and not REASON.search(silencer[2])


def test_a_reason_is_told_from_its_absence() -> None:
    assert silences_without_reason("import x  # noqa: PLC0415")
    assert silences_without_reason("call()  # type: ignore[arg-type]")
    assert not silences_without_reason("import x  # noqa: PLC0415 - only after the guard")
    assert not silences_without_reason("call()  # type: ignore[arg-type]  # the library is untyped")
