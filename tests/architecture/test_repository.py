"""What is committed reads the same on every machine, and the front page tells the truth."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from support.source_tree import HOME, ROOTS, modules, nodes, place_of, tracked

SLASH = "/"
MACHINE_PATHS = tuple(f"{SLASH}{folder}{SLASH}" for folder in ("work", "root", "home", "opt"))
REGISTRIES = tuple(
    f"{host}.{end}"
    for host, end in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("deb.debian", "org"),
        ("crates", "io"),
        ("proxy.golang", "org"),
    )
)
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X")) + r")\b")
LOCKED = re.compile(r"[a-z0-9][a-z0-9._-]*==[A-Za-z0-9.!+_-]+ \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
LOADED_BY_UVICORN = frozenset({"httptools", "uvloop"})
LOCKS = ("requirements/runtime.txt", "requirements/test.txt")


def texts() -> list[tuple[str, str]]:
    """Give every tracked text file with its name."""
    read = ((place_of(path), path.read_bytes()) for path in tracked())
    return [(place, raw.decode()) for place, raw in read if b"\0" not in raw]


def test_no_file_names_a_folder_of_one_machine_or_the_host_of_a_registry() -> None:
    banned = (*MACHINE_PATHS, *REGISTRIES)
    found = [f"{place} names {word}" for place, text in texts() for word in banned if word in text]
    assert found == []


def test_nothing_is_left_for_later() -> None:
    assert [place for place, text in texts() if UNFINISHED.search(text)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_names_versions_and_hashes_and_nothing_else(lock: str) -> None:
    lines = (HOME / lock).read_text().splitlines()
    assert [line for line in lines if not LOCKED.fullmatch(line)] == []
    assert sum("==" in line for line in lines) > 30


def test_what_no_resolver_can_lock_is_pinned_by_its_hash_as_well() -> None:
    lines = (HOME / "requirements/oracle.txt").read_text().splitlines()
    assert [line for line in lines if not LOCKED.fullmatch(line)] == []
    assert [line.partition("==")[0] for line in lines[::2]] == ["asn1crypto", "ib1-provenance"]


def test_the_test_lock_holds_what_running_needs_at_the_same_versions() -> None:
    runtime, test = (
        {line for line in (HOME / lock).read_text().splitlines() if "==" in line} for lock in LOCKS
    )
    assert runtime <= test


def test_every_direct_dependency_is_locked() -> None:
    project = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = {*project["dependencies"], *extras["test"], *extras["postgresql"]}
    locked = {line.partition("==")[0] for line in (HOME / LOCKS[1]).read_text().splitlines() if "==" in line}
    assert {re.split(r"[\[<>=~! ]", need)[0].lower() for need in wanted} <= locked


def distributions_imported() -> set[str]:
    """Name the distributions whose packages the source imports."""
    imported = {
        name.split(".")[0]
        for path in modules(*ROOTS)
        for node in nodes(path)
        for name in names_imported(node)
    }
    homes = packages_distributions()
    foreign = imported - {"_typeshed", *sys.stdlib_module_names, *ROOTS}
    return {homes.get(name, [name])[0].lower().replace("_", "-") for name in foreign}


def names_imported(node: ast.AST) -> list[str]:
    """List the modules that an import statement names, wherever it stands."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module)):
            return [module]
    return []


def test_what_is_imported_is_what_is_asked_for() -> None:
    project = tomllib.loads((HOME / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[\[<>=~! ]", need)[0].lower() for need in project["dependencies"]}
    assert distributions_imported() - wanted == set()
    assert wanted - distributions_imported() - LOADED_BY_UVICORN == set()


def test_every_make_command_in_the_documents_is_a_target() -> None:
    makefile = (HOME / "Makefile").read_text()
    named = {
        (place, target)
        for place, text in texts()
        if place.endswith((".md", "Makefile")) or place == ".ci/run"
        for target in re.findall(r"\bmake ([a-z]+)\b(?=[`\s]|$)", text)
        if re.search(rf"`make {target}|^\s*(PERSEUS_STRICT=1 )?make {target}", text, re.MULTILINE)
    }
    assert {target for _, target in named} >= {"demo", "test", "soak", "bench", "fmt"}
    assert {pair for pair in named if not re.search(rf"^{pair[1]}:", makefile, re.MULTILINE)} == set()


def test_the_gate_runs_the_test_command_as_the_front_page_gives_it() -> None:
    assert (HOME / ".ci" / "run").read_text().rstrip().endswith("\nPERSEUS_STRICT=1 make test")
    assert "\nmake test" in (HOME / "README.md").read_text()


def test_every_link_between_the_documents_leads_somewhere() -> None:
    broken = [
        f"{place_of(page)} -> {target}"
        for page in tracked()
        if page.suffix == ".md"
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_document_is_reachable_from_the_index() -> None:
    """A folder of many pages has an index of its own, which the index names."""
    docs = HOME / "docs"
    pages = {path for path in tracked() if docs in path.parents}
    indexes = {
        docs / "README.md",
        *(page for page in linked_from(docs / "README.md") if page.name == "README.md"),
    }
    reached = {page for index in indexes for page in linked_from(index)}
    assert sorted(place_of(page) for page in pages - reached - {docs / "README.md"}) == []


def linked_from(page: Path) -> set[Path]:
    """Collect the files that a page links to."""
    return {(page.parent / target).resolve() for target in re.findall(r"\]\(([^)#:\s]+)", page.read_text())}
