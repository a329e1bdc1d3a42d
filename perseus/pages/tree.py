"""The verdict's checks as a page shows them: by area, then by question; whatever needs a reader stands open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perseus.pages.catalogue import area_names, area_title, question_of
from trust.canonical import Json

Check = Mapping[str, Json]
OPEN = ("failed", "unknown", "warning")
ORDER = (*OPEN, "not_run", "passed", "not_applicable")
COUNTED = {
    "failed": "failed",
    "unknown": "could not be made",
    "warning": "with a warning",
    "not_run": "not run",
    "passed": "passed",
    "not_applicable": "not applicable",
}


_SAME = ("outcome", "code", "title", "detail", "expected", "found", "remedy", "clause")


@dataclass(frozen=True, slots=True)
class Finding:
    """What needs a reader, told once for all the documents that it is so for."""

    check: Check
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """Checks that belong together, under the words that say what they ask."""

    name: str
    title: str
    checks: Sequence[Check]

    @property
    def worst(self) -> str:
        """Give the outcome that a reader must see first."""
        return worst_of(self.checks)

    @property
    def open(self) -> bool:
        """Tell whether something in it needs a reader."""
        return self.worst in OPEN

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Give what needs a reader, the gravest first, each once."""
        found: dict[tuple[str, ...], list[Check]] = {}
        for check in self.checks:
            if check["outcome"] in OPEN:
                found.setdefault(tuple(str(check[member]) for member in _SAME), []).append(check)
        order = sorted(found.values(), key=lambda same: OPEN.index(str(same[0]["outcome"])))
        return tuple(Finding(same[0], tuple(map(document_of, same))) for same in order)

    @property
    def quiet(self) -> "Branch":
        """Give the checks that need nobody."""
        return Branch(self.name, self.title, [check for check in self.checks if check["outcome"] not in OPEN])

    @property
    def told(self) -> str:
        """Say how its checks came out: `147 of 160 passed, 13 failed`."""
        return tell(self.checks)


@dataclass(frozen=True, slots=True)
class Area(Branch):
    """The checks of one area, and under it the questions that they answer."""

    questions: tuple[Branch, ...]


def document_of(check: Check) -> str:
    """Give the id of the document that a check is about."""
    subject = check["subject"]
    return str(subject["id"]) if isinstance(subject, Mapping) else ""


def areas_of(checks: Sequence[Check]) -> tuple[Area, ...]:
    """Draw the tree of a verdict's checks, in the order of the catalogue's areas."""
    found = _by("area", checks)
    order = [
        *(name for name in area_names() if name in found),
        *(name for name in found if name not in area_names()),
    ]
    return tuple(Area(name, area_title(name), found[name], _questions(found[name])) for name in order)


def worst_of(checks: Sequence[Check]) -> str:
    """Give the gravest outcome among some checks."""
    outcomes = {check["outcome"] for check in checks}
    return next((outcome for outcome in ORDER if outcome in outcomes), "not_applicable")


def tell(checks: Sequence[Check]) -> str:
    """Say how some checks came out: how many passed, then the others, the gravest first."""
    counts = {outcome: sum(check["outcome"] == outcome for check in checks) for outcome in COUNTED}
    made = sum(counts.values()) - counts["not_applicable"]
    of_all = f" of {made:,}" if made != counts["passed"] else ""
    head = [f"{counts['passed']:,}{of_all} passed"] if made else []
    others = (
        f"{count:,} {COUNTED[outcome]}" for outcome, count in counts.items() if outcome != "passed" and count
    )
    return ", ".join([*head, *others])


def _questions(checks: Sequence[Check]) -> tuple[Branch, ...]:
    return tuple(Branch(name, question_of(name), found) for name, found in _by("name", checks).items())


def _by(member: str, checks: Sequence[Check]) -> dict[str, list[Check]]:
    grouped: dict[str, list[Check]] = {}
    for check in checks:
        grouped.setdefault(str(check[member]), []).append(check)
    return grouped
