"""One code or check in plain words: the text that the command prints and that the reference pages hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import cast

import specs

Entry = Mapping[str, str]
WORDS = {"{document}": "the document", "{issuer}": "its issuer", "{holder}": "the party that presented it"}
EXAMPLE = {
    "{document}": "The emissions report of GreenLedger",
    "{issuer}": "GreenLedger",
    "{holder}": "GreenLedger",
}
ANSWERS = {
    "signing": "whether it was authentic when it was signed, and so whether it may be used",
    "use": "whether it may be used at the moment asked for; it stays authentic",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is said of a code: its title, what it means, and labelled sentences in the order of reading."""

    code: str
    title: str
    meaning: str
    rows: tuple[tuple[str, str], ...]


@cache
def entries(member: str, name: str, *, file: str = "catalogue") -> Mapping[str, Entry]:
    """Give one list of the published catalogue by the names of its entries."""
    found = cast("list[Entry]", specs.document(f"checks/{file}.json")[member])
    return MappingProxyType({entry[name]: entry for entry in found})


def checks() -> Mapping[str, Entry]:
    """Give every check by its name."""
    return entries("checks", "name")


def codes() -> Mapping[str, Entry]:
    """Give every reason of a verdict by its code."""
    return entries("codes", "code")


def problems() -> Mapping[str, Entry]:
    """Give everything that a caller or the wire can do wrong by its code."""
    return entries("problems", "code", file="problems")


def entry_of(code: str) -> Entry | None:
    """Give the entry of a code; where a check and a reason share a name, the reason is meant."""
    return codes().get(code) or problems().get(code) or checks().get(code)


def explanation(code: str) -> Explanation | None:
    """Explain a code, a problem or a check; none where no list has one of that name."""
    entry = entry_of(code)
    if entry is None:
        return None
    if code in problems():
        return _problem(entry)
    return _reason(entry, checks()[entry["check"]]) if code in codes() else _question(entry)


def _problem(entry: Entry) -> Explanation:
    status = f"HTTP {entry['status']}" if entry["status"] else "at the command line alone"
    rows = (("answered", status), ("fix", entry["remedy"]), ("clause", entry["clause"]))
    return Explanation(entry["code"], _worded(entry["title"]), _worded(entry["meaning"]), rows)


def _reason(entry: Entry, check: Entry) -> Explanation:
    bearing = entry.get("bearing", check["bearing"])
    rows = (
        ("question", check["question"]),
        ("asked by", ", ".join((entry["check"], *entry.get("also", ())))),
        ("outcome", f"{_outcomes(entry)}; it bears on {ANSWERS[bearing]}"),
        ("reads", _told(entry["title"], EXAMPLE)),
        ("fix", _worded(entry["remedy"])),
        *_refused(entry),
        ("clause", entry["clause"]),
    )
    return Explanation(entry["code"], _worded(entry["title"]), _worded(entry["meaning"]), rows)


def _outcomes(entry: Entry) -> str:
    return " or ".join((entry["outcome"], *entry.get("may_be", ()))).replace("_", " ")


def _refused(entry: Entry) -> tuple[tuple[str, str], ...]:
    """Give the other words that a code has where it says that something is amiss, and not only unknown."""
    if "failed_title" not in entry:
        return ()
    told = _worded(f"{entry['failed_title']}. {entry['failed_meaning']}")
    return (("or failed", told), ("fix", _worded(entry["failed_remedy"])))


def _question(check: Entry) -> Explanation:
    named = check["name"]
    reasons = [code for code, entry in codes().items() if named in (entry["check"], *entry.get("also", ()))]
    rows = (
        ("bears on", ANSWERS[check["bearing"]]),
        ("reads", _told(check["passed"], EXAMPLE)),
        ("reasons", ", ".join(reasons) or "none: it can only pass"),
        ("clause", check["clause"]),
    )
    meaning = "The name of a check is its code where it passed, and where it does not apply."
    return Explanation(named, check["question"], meaning, rows)


def _worded(text: str) -> str:
    """Put plain words where a verdict would put names."""
    return _told(text, WORDS)


def _told(text: str, words: Mapping[str, str]) -> str:
    """Fill the placeholders of a text; a name inside a sentence keeps its article small, its begin a capital."""
    filled = text
    for placeholder, word in words.items():
        inside = word[:1].lower() + word[1:] if word.startswith("The ") else word
        filled = filled.replace(placeholder, inside)
    return filled[:1].upper() + filled[1:]
