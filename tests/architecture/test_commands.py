"""The documents name only what the program has, and asking for help costs next to nothing."""

import importlib
import importlib.util
import json
import os
import re
import subprocess
import sys

import pytest
from typer.main import get_command

from perseus.cli import COMMANDS
from support.source_tree import HOME, modules, place_of, tracked

HEAVY = (
    "alembic",
    "coincurve",
    "cryptography",
    "fastapi",
    "httpx2",
    "jsonschema_rs",
    "jwcrypto",
    "nacl",
    "pydantic",
    "rdflib",
    "sqlalchemy",
    "starlette",
    "structlog",
    "typer",
    "uvicorn",
)
ASK_FOR_HELP = """
import json, sys
sys.argv = ["perseus", *sys.argv[1:], "--help"]
from perseus.__main__ import run
try:
    run()
except SystemExit as end:
    code = end.code
print(json.dumps([code, sorted({name.split(".")[0] for name in sys.modules})]))
"""
IN_A_BLOCK = re.compile(r"^(?:\$ )?perseus ([a-z][^\n]+)$", re.MULTILINE)
IN_A_LINE = re.compile(r"`perseus ([a-z][^`]+)`")


def quoted_commands() -> list[tuple[str, str]]:
    """Find every command that a document gives, with the document's name."""
    pages = [path for path in tracked() if path.suffix == ".md"]
    return [
        (place_of(page), found)
        for page in pages
        for pattern in (IN_A_BLOCK, IN_A_LINE)
        for found in pattern.findall(page.read_text())
    ]


def module_of(command: str) -> str:
    """Name the module of a command; a module's name has no hyphen."""
    return command.replace("-", "_")


def options_of(words: list[str]) -> set[str]:
    """List the options of the command that the words call, those of its parts included."""
    command = get_command(importlib.import_module(f"perseus.cli.{module_of(words[0])}").app)
    for word in words[1:]:
        command = getattr(command, "commands", {}).get(word, command)
    return {"--help", *(name for option in command.params for name in (*option.opts, *option.secondary_opts))}


def test_every_command_has_its_module() -> None:
    assert {
        name for name in COMMANDS if importlib.util.find_spec(f"perseus.cli.{module_of(name)}") is None
    } == set()


def test_every_command_in_the_documents_exists() -> None:
    words = {(place, line.split()[0]) for place, line in quoted_commands()}
    assert len(words) > len(COMMANDS)
    assert {
        pair for pair in words if pair[1] not in COMMANDS and pair[1] not in {"COMMAND", "--help"}
    } == set()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_in_the_documents_exists(name: str) -> None:
    lines = [(place, line.split()) for place, line in quoted_commands() if line.split()[0] == name]
    missing = [
        f"{place}: perseus {' '.join(words)}: {option}"
        for place, words in lines
        for option in re.findall(r"(--[a-z][a-z-]*)", " ".join(words))
        if option not in options_of(words)
    ]
    assert missing == []


@pytest.mark.parametrize("words", [(), *((name,) for name in COMMANDS)])
def test_asking_for_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", ASK_FOR_HELP, *words],
        cwd=HOME,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    code, loaded = json.loads(answer.stdout.splitlines()[-1])
    assert code == 0
    assert "perseus" in loaded
    assert set(HEAVY) & set(loaded) - ({"typer"} if words else set()) == set()


DOOR = re.compile(r"`(?:GET|POST) (/[^` ]*)`")
ROUTE = re.compile(r"\.(?:get|post)\(\s*\"(/[^\"]*)\"")


def without_names(door: str) -> str:
    """Leave out what a caller fills in, so that a document's door and a route's door compare."""
    return re.sub(r"/(?:\{[^}]+\}|[A-Z]+)(?=/|$)", "/*", door)


def test_the_documents_name_every_door_that_is_open_to_others_and_no_other() -> None:
    told = {without_names(door) for door in DOOR.findall((HOME / "docs/reference/http.md").read_text())}
    built = {
        without_names(door)
        for path in modules("perseus/apps")
        for door in ROUTE.findall(path.read_text())
        if not door.startswith("/local/")
    }
    assert told == built
