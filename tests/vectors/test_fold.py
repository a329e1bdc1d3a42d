"""The fold's own vectors: read from the files alone, made again byte for byte, and complete."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from registry.bodies import BODIES
from registry.fold.rules import KNOWN
from support.fold_vectors import FOLDER, expected, text_of, written

FILES = sorted(FOLDER.glob("*.json"))
RULES = Path(__file__).parents[2] / "registry"
GIVES_A_CODE = re.compile(r'"((?:event|jose|time|key)\.[a-z_]+|format\.not_canonical|format\.too_large)"')
AT_THE_DOOR = {"event.type"}  # the fold keeps what it cannot read; only the operator refuses it
QUESTION = ("member", "role", "key", "signed_at", "proven_by", "known_at")


def read(path: Path) -> dict[str, Any]:
    """Read a vector."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def codes_of(vector: dict[str, Any]) -> list[str]:
    """Name the codes that a vector expects."""
    expect = vector["expect"]
    return [expect["refused"]] if "refused" in expect else [one["code"] for one in expect["ignored"]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_fold_reads_from_a_log_what_its_vector_says(path: Path) -> None:
    vector = read(path)
    asked = [{name: one[name] for name in QUESTION} for one in vector["expect"].get("standing", ())]
    assert expected(vector, asked) == vector["expect"]


def test_the_files_are_those_that_the_cases_write() -> None:
    assert {path.stem: path.read_text(encoding="utf-8") for path in FILES} == {
        name: text_of(vector) for name, vector in written().items()
    }


def test_every_type_of_event_has_a_vector_with_effect_and_one_without() -> None:
    found = Counter((vector["type"], bool(codes_of(vector))) for vector in map(read, FILES))
    assert {(kind, bad) for kind in KNOWN for bad in (True, False)} - found.keys() == set()
    assert set(BODIES) == set(KNOWN)


def test_every_code_that_the_fold_gives_occurs_in_a_vector() -> None:
    modules = [
        *(RULES / "fold").glob("*.py"),
        *(RULES / f"{name}.py" for name in ("bodies", "events", "jws", "scheme")),
    ]
    given = {code for path in modules for code in GIVES_A_CODE.findall(path.read_text(encoding="utf-8"))}
    types = {code for code in given if code in KNOWN}
    occurring = {code for path in FILES for code in codes_of(read(path))}
    assert given - types - AT_THE_DOOR - occurring == set()
    assert len(given - types) > 12


def test_a_vector_that_changes_an_answer_asks_before_and_after() -> None:
    suspended = read(FOLDER / "member.suspended--by-two.json")
    answers = {(one["known_at"], one["signed_at"]): one["code"] for one in suspended["expect"]["standing"]}
    assert answers[4, "2026-01-03T12:00:00Z"] == "member.known"
    assert answers[5, "2026-01-03T12:00:00Z"] == "member.suspended_at_signing"
    assert answers[5, "2026-01-01T12:00:00Z"] == "member.known"
