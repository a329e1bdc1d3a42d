"""`perseus doctor`: what is amiss with this installation or a folder of homes, and the one thing to do about it."""

import json
import os
import shlex
import sqlite3
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from perseus.cli.text import paragraph, plain
from perseus.shadowing import ShadowedError, refuse_shadows
from trust.errors import MalformedError, PerseusError

app = typer.Typer(add_completion=False, rich_markup_mode=None)
_NEEDED = (
    "coincurve",
    "cryptography",
    "fastapi",
    "jsonschema-rs",
    "msgspec",
    "orjson",
    "pynacl",
    "sqlalchemy",
    "uvicorn",
)
_OLDEST_PYTHON, _OLDEST_SQLITE = (3, 11), (3, 35)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_AMISS = 1
DEMO = Path("perseus-demo")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, what was found, and what to do if it is not."""

    what: str
    well: bool
    found: str
    remedy: str = ""


@app.command()
def doctor(
    *,
    home: Annotated[
        Path | None, typer.Option(help="The folder that holds the homes.", show_default=str(DEMO))
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Check this installation, and the homes in a folder if there are any; say what to mend.

    A service that was stopped is not amiss. Exit codes: 0 all is well, 1 something is amiss, 2 there is no such folder.
    """
    if home is not None and not home.is_dir():
        raise MalformedError(
            f"--home {home}", expected="a folder that holds homes", found="no folder", code="file.missing"
        )
    findings = [*_installation(), *_homes(home or DEMO), *_witnesses(home or DEMO)]
    if as_json:
        sys.stdout.write(json.dumps({"findings": [asdict(one) for one in findings]}) + "\n")
    for one in () if as_json else findings:
        mark = "ok   " if one.well else "AMISS"
        sys.stdout.write(paragraph(f"{one.what}: {one.found}", indent=f"{mark}  ", hang=" " * 7))
        if one.remedy:
            sys.stdout.write(plain(f"       {one.remedy}") + "\n")
    raise typer.Exit(0 if all(one.well for one in findings) else _AMISS)


def _installation() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield _judged("Python", sys.version_info >= _OLDEST_PYTHON, python, "Install Python 3.11 or newer.")
    new_enough = sqlite3.sqlite_version_info >= _OLDEST_SQLITE
    remedy = "Use a Python built with SQLite 3.35 or newer."
    yield _judged("SQLite", new_enough, sqlite3.sqlite_version, remedy)
    yield _own_packages()
    for name in _NEEDED:
        yield _package(name)


def _own_packages() -> Finding:
    try:
        refuse_shadows()
    except ShadowedError as error:
        return Finding(
            "Packages of ours",
            well=False,
            found=str(error),
            remedy="Install Perseus in an environment of its own.",
        )
    return Finding("Packages of ours", well=True, found="none is hidden by another distribution")


def _package(name: str) -> Finding:
    try:
        return Finding(name, well=True, found=version(name))
    except PackageNotFoundError:
        return Finding(name, well=False, found="not installed", remedy=f"Run: python -m pip install {name}")


def _homes(folder: Path) -> Iterator[Finding]:
    from perseus.settings import PARTIES  # noqa: PLC0415 - the help must not wait for it

    homes = [folder / party for party in PARTIES if (folder / party / "settings.toml").exists()]
    if not homes:
        told = "no party has a home there; perseus demo makes six"
        yield Finding(f"{folder}: homes", well=True, found=told)
    for home in homes:
        yield from _home(home)


def _witnesses(folder: Path) -> Iterator[Finding]:
    from perseus.serve import witnesses_in  # noqa: PLC0415 - the help must not wait for it

    for name in witnesses_in(folder):
        yield from _witness(folder / name)


def _witness(home: Path) -> Iterator[Finding]:
    from perseus.settings import PID  # noqa: PLC0415 - the help must not wait for it
    from perseus.witness.running import view  # noqa: PLC0415 - the help must not wait for it

    what, start = f"{home}: witness", f"perseus witness serve --home {shlex.quote(str(home))}"
    try:
        seen = view(home)
    except PerseusError as error:
        yield Finding(what, well=False, found=str(error), remedy="Correct what is named there.")
        return
    held = ", ".join(f"{one.size} entries of {one.origin}" for one in seen.held) or "nothing yet"
    number = _written(home / PID)
    if seen.forks:
        show = f"perseus witness show --home {shlex.quote(str(home))}"
        yield Finding(what, well=False, found="a log contradicted itself", remedy=f"Run: {show}")
    elif number is None:
        yield Finding(what, well=True, found=f"not running; holds {held}", remedy=f"To start it: {start}")
    elif _lives(number):
        yield Finding(what, well=True, found=f"runs; holds {held}")
    else:
        found = f"it ended without being stopped; process {number} is gone"
        yield Finding(what, well=False, found=found, remedy=f"Run: {start}")


def _home(home: Path) -> Iterator[Finding]:
    from perseus.settings import load  # noqa: PLC0415 - the help must not wait for it

    try:
        load(home)
    except PerseusError as error:
        yield Finding(f"{home}/settings.toml", well=False, found=str(error), remedy="Correct that setting.")
        return
    secrets = [*(home / "keys").glob("*"), home / "door"]
    open_ = [path for path in secrets if path.exists() and path.stat().st_mode & _OTHERS]
    found = f"{len(open_)} of {len(secrets)} can be read by others"
    yield _judged(
        f"{home}: secrets", not open_, found, f"Run: {shlex.join(['chmod', '600', *map(str, open_)])}"
    )
    yield _service(home)


def _service(home: Path) -> Finding:
    """Tell a service that was stopped from one that died or hangs: what is stopped takes its address with it."""
    from perseus.client import Owner  # noqa: PLC0415 - the help must not wait for it
    from perseus.settings import ADDRESS, PID  # noqa: PLC0415 - the help must not wait for it

    what, start = f"{home}: service", f"perseus serve {home.name} --home {shlex.quote(str(home))}"
    if not any((home / name).exists() for name in (ADDRESS, PID)):
        return Finding(what, well=True, found="not running", remedy=f"To start it: {start}")
    number = _written(home / PID)
    if number is None or not _lives(number):
        found = f"it ended without being stopped; process {number or 'unknown'} is gone"
        return Finding(what, well=False, found=found, remedy=f"Run: {start}")
    try:
        answered = Owner(home).get("/healthz")
    except PerseusError as error:
        remedy = f"Run: kill {number}; then: {start}"
        return Finding(what, well=False, found=f"process {number} lives; {error}", remedy=remedy)
    return Finding(what, well=True, found=f"answers; {answered['register_size']} register entries")


def _written(path: Path) -> int | None:
    text = path.read_text(encoding="utf-8").strip() if path.exists() else ""
    return int(text) if text.isdecimal() else None


def _lives(number: int) -> bool:
    """Ask the system for a process, without a signal (kill(2), signal 0)."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True


def _judged(what: str, well: bool, found: str, remedy: str) -> Finding:  # noqa: FBT001 - it is what is found
    """Give the remedy only where something is to be mended."""
    return Finding(what, well, found, "" if well else remedy)
