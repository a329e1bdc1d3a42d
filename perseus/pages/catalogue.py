"""The check catalogue as readers meet it: what is asked, what a code means, and who can mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import cast

import specs

Entry = Mapping[str, str]
_WORDS = {"{document}": "the document", "{issuer}": "its issuer", "{holder}": "the party that presented it"}
BEARING: Mapping[str, str] = MappingProxyType(
    {
        "signing": "whether the chain was genuine when it was signed, and so whether it may be used",
        "use": "whether the chain may be used now; it stays genuine",
    }
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """One entry of the catalogue in plain words: a question that is asked, or a code that is an answer to one."""

    code: str
    title: str
    meaning: str
    question: Entry
    outcome: str
    remedy: str
    clause: str
    answers: tuple[Entry, ...]

    @property
    def bearing(self) -> str:
        """Say which of the two answers depends on it."""
        return BEARING[self.question["bearing"]]


def explain(code: str) -> Explanation | None:
    """Explain a check or a code, or tell that the catalogue has none of that name."""
    checks, codes = _entries("checks", "name"), _entries("codes", "code")
    if code in codes:
        return _answer(codes[code], checks[codes[code]["check"]])
    return _question(checks[code], tuple(codes.values())) if code in checks else None


def question_of(name: str) -> str:
    """Give the question that a check asks."""
    entry = _entries("checks", "name").get(name)
    return name if entry is None else entry["question"]


def area_title(name: str) -> str:
    """Name an area of checks for people."""
    entry = _entries("areas", "name").get(name)
    return name if entry is None else entry["title"]


def area_names() -> tuple[str, ...]:
    """Name the areas in the order in which a verdict is read."""
    return tuple(_entries("areas", "name"))


def known(code: str) -> bool:
    """Tell whether the catalogue has a check or a code of this name."""
    return code in _entries("checks", "name") or code in _entries("codes", "code")


def _answer(entry: Entry, question: Entry) -> Explanation:
    return Explanation(
        code=entry["code"],
        title=_worded(entry["title"]),
        meaning=_both(entry, "meaning"),
        question=question,
        outcome=entry["outcome"],
        remedy=_both(entry, "remedy"),
        clause=entry["clause"],
        answers=(),
    )


def _both(entry: Entry, member: str) -> str:
    """Give a text, and the one that stands in its place where the check failed, if there is another."""
    other = entry.get(f"failed_{member}")
    return _worded(entry[member]) + (f" Where it failed: {_worded(other)}" if other else "")


def _question(entry: Entry, codes: tuple[Entry, ...]) -> Explanation:
    answers = ({**code, "title": _worded(code["title"])} for code in codes if code["check"] == entry["name"])
    return Explanation(
        code=entry["name"],
        title=entry["question"],
        meaning=f"When all is well the verdict says: {_worded(entry['passed'])}.",
        question=entry,
        outcome="",
        remedy="",
        clause=entry["clause"],
        answers=tuple(answers),
    )


@cache
def _entries(member: str, name: str) -> Mapping[str, Entry]:
    found = cast("list[Entry]", specs.document("checks/catalogue.json")[member])
    return MappingProxyType({entry[name]: entry for entry in found})


def _worded(text: str) -> str:
    """Put plain words where a verdict would put names; the sentence still begins with a capital."""
    for placeholder, words in _WORDS.items():
        text = text.replace(placeholder, words)
    return text[:1].upper() + text[1:]
