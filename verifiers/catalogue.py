"""The published texts of every check and code, read once (specs/checks/catalogue.json)."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple, cast

import specs
from trust.report import Bearing, Outcome

Entry = Mapping[str, str]


class Question(NamedTuple):
    """What a check asks, and what is said when all is well."""

    name: str
    area: str
    passed: str
    clause: str
    bearing: Bearing
    policies: frozenset[str]


class Reason(NamedTuple):
    """Why a check did not pass, and what can be done about it."""

    code: str
    check: str
    outcome: Outcome
    title: str
    remedy: str
    clause: str
    bearing: Bearing | None = None
    failed: tuple[str, str] | None = None

    def texts(self, outcome: Outcome) -> tuple[str, str]:
        """Give the title and the remedy: a doubt and a refusal may share a code, and yet need other words."""
        return self.failed if self.failed and outcome is Outcome.FAILED else (self.title, self.remedy)


def _entries(member: str) -> list[Entry]:
    return cast("list[Entry]", specs.document("checks/catalogue.json")[member])


def _question(entry: Entry) -> Question:
    return Question(
        name=entry["name"],
        area=entry["area"],
        passed=entry["passed"],
        clause=entry["clause"],
        bearing=Bearing(entry["bearing"]),
        policies=frozenset(entry["policies"]),
    )


def _reason(entry: Entry) -> Reason:
    return Reason(
        code=entry["code"],
        check=entry["check"],
        outcome=Outcome(entry["outcome"]),
        title=entry["title"],
        remedy=entry["remedy"],
        clause=entry["clause"],
        bearing=Bearing(entry["bearing"]) if "bearing" in entry else None,
        failed=(entry["failed_title"], entry["failed_remedy"]) if "failed_title" in entry else None,
    )


@cache
def questions() -> Mapping[str, Question]:
    """Give every question by its name, in the order of the plan."""
    return MappingProxyType({entry["name"]: _question(entry) for entry in _entries("checks")})


@cache
def reasons() -> Mapping[str, Reason]:
    """Give every reason by its code."""
    return MappingProxyType({entry["code"]: _reason(entry) for entry in _entries("codes")})


def check_of(code: str) -> str:
    """Name the check that a code belongs to; a code that nobody published belongs to the format."""
    reason = reasons().get(code)
    return reason.check if reason is not None else "format.parses"


@cache
def bearing_of(check: str, code: str) -> Bearing:
    """Tell which answer an outcome bears on: the question's, unless the reason says otherwise."""
    reason = reasons().get(code)
    own = None if reason is None else reason.bearing
    return questions()[check].bearing if own is None else own
