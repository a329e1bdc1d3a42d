"""Every check of a verdict for a reader on paper: those that need one first, then all, area by area."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import specs
from trust.canonical import Json
from trust.report import Check, Outcome

_GRAVEST = (Outcome.FAILED, Outcome.UNKNOWN, Outcome.WARNING)
_ORDER = (*_GRAVEST, Outcome.NOT_RUN, Outcome.PASSED, Outcome.NOT_APPLICABLE)
_MOST_ALIKE = 3
WORDS = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.WARNING: "warning",
    Outcome.UNKNOWN: "unknown",
    Outcome.NOT_RUN: "not run",
    Outcome.NOT_APPLICABLE: "does not apply",
}
_PLURALS = {Outcome.WARNING: "warnings", Outcome.NOT_APPLICABLE: "do not apply"}


def to_read(checks: Sequence[Check]) -> list[Json]:
    """Give what a reader must know, the gravest first; what is so of many documents is told once and counted."""
    found = [check for outcome in _GRAVEST for check in checks if check.outcome is outcome]
    alike: dict[tuple[str, str, Outcome], list[Check]] = {}
    for check in found:
        alike.setdefault((check.code, check.title, check.outcome), []).append(check)
    return [_finding(same) for same in alike.values()]


def by_area(checks: Sequence[Check]) -> list[Json]:
    """Give every question, area by area, with how often it came out how."""
    areas = cast("list[Mapping[str, str]]", specs.document("checks/catalogue.json")["areas"])
    made = ((area, [check for check in checks if check.area == area["name"]]) for area in areas)
    return [
        {"title": area["title"], "questions": list(_questions(own)), "count": _tally(own)}
        for area, own in made
        if own
    ]


def _finding(alike: Sequence[Check]) -> Json:
    first = alike[0]
    details = list(dict.fromkeys(check.detail for check in alike))
    rest = len(details) - _MOST_ALIKE
    return {
        "outcome": first.outcome.value,
        "word": WORDS[first.outcome],
        "title": first.title,
        "code": first.code,
        "details": cast("list[Json]", details[:_MOST_ALIKE]),
        "more": f"And {rest} more like it." if rest > 0 else "",
        "expected": first.expected,
        "found": first.found,
        "remedy": first.remedy,
        "clause": first.clause,
        "count": len(alike),
    }


def _questions(checks: Sequence[Check]) -> Iterator[Json]:
    asked = _asked()
    for name in dict.fromkeys(check.name for check in checks):
        own = [check for check in checks if check.name == name]
        gravest = next(outcome for outcome in _ORDER if any(check.outcome is outcome for check in own))
        codes = {check.code for check in own if check.outcome in _GRAVEST}
        yield {
            "name": name,
            "question": asked[name]["question"],
            "outcome": gravest.value,
            "tally": _tally(own),
            "codes": cast("list[Json]", sorted(codes)),
            "clause": asked[name]["clause"],
        }


def _tally(checks: Sequence[Check]) -> str:
    """Count outcomes in words: `11 passed, 1 warning`."""
    counts = {outcome: sum(check.outcome is outcome for check in checks) for outcome in _ORDER}
    return ", ".join(_told(number, outcome) for outcome, number in counts.items() if number)


def _told(number: int, outcome: Outcome) -> str:
    """Say how many came out so, in the plural where the word has one."""
    if number > 1 and outcome in _PLURALS:
        return f"{number} {_PLURALS[outcome]}"
    return f"{number} {WORDS[outcome]}"


def _asked() -> Mapping[str, Mapping[str, str]]:
    entries = cast("list[Mapping[str, str]]", specs.document("checks/catalogue.json")["checks"])
    return {entry["name"]: entry for entry in entries}
