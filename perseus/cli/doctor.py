"""`perseus doctor`: what is amiss with this installation or a folder of homes, and the one thing to do about it."""

import json
import sqlite3
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from perseus.cli.text import plain
from perseus.shadowing import ShadowedError, refuse_shadows
from trust.errors import PerseusError

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
    home: Annotated[Path, typer.Option(help="The folder that holds the homes.")] = Path("perseus-demo"),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Check this installation, and the homes in a folder if there are any; say what to mend.

    Exit codes: 0 all is well, 1 something is amiss.
    """
    findings = [*_installation(), *_homes(home)]
    if as_json:
        sys.stdout.write(json.dumps({"findings": [asdict(one) for one in findings]}) + "\n")
    for one in () if as_json else findings:
        mark = "ok   " if one.well else "AMISS"
        sys.stdout.write(plain(f"{mark}  {one.what}: {one.found}") + "\n")
        if not one.well:
            sys.stdout.write(plain(f"       {one.remedy}") + "\n")
    raise typer.Exit(0 if all(one.well for one in findings) else _AMISS)


def _installation() -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Python", sys.version_info >= _OLDEST_PYTHON, python, "Install Python 3.11 or newer.")
    sqlite = sqlite3.sqlite_version
    yield Finding(
        "SQLite",
        sqlite3.sqlite_version_info >= _OLDEST_SQLITE,
        sqlite,
        "Use a Python built with SQLite 3.35 or newer.",
    )
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

    for party in PARTIES:
        home = folder / party
        if (home / "settings.toml").exists():
            yield from _home(home)


def _home(home: Path) -> Iterator[Finding]:
    from perseus.settings import load  # noqa: PLC0415 - the help must not wait for it

    try:
        load(home)
    except PerseusError as error:
        yield Finding(f"{home}/settings.toml", well=False, found=str(error), remedy="Correct that setting.")
        return
    secrets = [*(home / "keys").glob("*"), home / "door"]
    open_ = [path for path in secrets if path.exists() and path.stat().st_mode & _OTHERS]
    yield Finding(
        f"{home}: secrets",
        well=not open_,
        found=f"{len(open_)} of {len(secrets)} can be read by others",
        remedy=f"Run: chmod 600 {' '.join(map(str, open_))}",
    )
    if (home / "address").exists():
        yield _running(home)


def _running(home: Path) -> Finding:
    from perseus.client import Owner  # noqa: PLC0415 - the help must not wait for it

    try:
        answered = Owner(home).get("/healthz")
    except PerseusError as error:
        return Finding(
            f"{home}: service",
            well=False,
            found=str(error),
            remedy=f"Run: perseus serve {home.name} --home {home}",
        )
    return Finding(
        f"{home}: service", well=True, found=f"answers; {answered['register_size']} register entries"
    )
