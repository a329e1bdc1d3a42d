"""The repository seen as text and syntax, for the tests that hold its house rules."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
CORE = ("specs", "trust", "registry", "issuers", "holders", "verifiers")
ROOTS = (*CORE, "perseus")


def modules(*roots: str) -> list[Path]:
    """List the Python files under these folders, in the order of their names."""
    return sorted(path for root in roots for path in (HOME / root).rglob("*.py"))


def name_of(path: Path) -> str:
    """Give the dotted name by which the module is imported."""
    parts = path.relative_to(HOME).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def place_of(path: Path, node: ast.AST | None = None) -> str:
    """Name a place in the repository as an editor would open it."""
    line = getattr(node, "lineno", None)
    return f"{path.relative_to(HOME)}:{line}" if line else str(path.relative_to(HOME))


@cache
def syntax(path: Path) -> ast.Module:
    """Parse the file, once a session."""
    return ast.parse(path.read_bytes(), filename=str(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Walk the file's syntax, once a session."""
    return tuple(ast.walk(syntax(path)))


@cache
def tracked() -> tuple[Path, ...]:
    """List the files that are part of the repository, or would be at the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=HOME,
        capture_output=True,
        check=True,
    ).stdout
    paths = (HOME / name.decode() for name in listed.split(b"\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def top_level_imports(path: Path) -> Iterator[str]:
    """Name what the module imports as it is loaded: not in a function, not for the type checker alone."""
    for node in loaded(syntax(path).body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def loaded(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Walk the statements that run at import, going into `if` and `try` but into no function."""
    for node in body:
        yield node
        if isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.dump(node.test):
            yield from loaded([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from loaded([*node.body, *node.orelse, *node.finalbody])
