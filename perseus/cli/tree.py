"""The verdict drawn as a tree: the headline first, failed branches open, the rest one line an area."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import cast

from perseus.cli.text import bold, fancy, mark, plain, two_columns, width, wrapped
from trust.canonical import Json

HEADLINES = {"verified": "VERIFIED", "not_verified": "NOT VERIFIED", "undetermined": "UNDETERMINED"}
OPEN = ("failed", "unknown", "warning")
BLOCKING = ("failed", "unknown", "not_run")
WORDS = {
    "failed": "failed",
    "unknown": "could not be made",
    "not_run": "not run",
    "warning": "with a warning",
}
_BRANCH = 3  # columns that a branch takes before its lines
Checks = Sequence[Mapping[str, Json]]


@dataclass(frozen=True, slots=True)
class Area:
    """The checks of one area, in the order in which they were made, and why some of them were not."""

    name: str
    checks: Checks
    why: str

    def count(self, *outcomes: str) -> int:
        """Count the checks with one of these outcomes."""
        return sum(check["outcome"] in outcomes for check in self.checks)

    @property
    def made(self) -> int:
        """Count the checks that apply."""
        return len(self.checks) - self.count("not_applicable")

    @property
    def worst(self) -> str:
        """Give the outcome that a reader must see first."""
        order = ("failed", "unknown", "warning", "not_run", "passed", "not_applicable")
        return next((outcome for outcome in order if self.count(outcome)), "not_applicable")

    @property
    def label(self) -> str:
        """Name the area, and how many of its checks passed."""
        waiting = self.count("not_run")
        if waiting == self.made:
            return f"{mark('not_run')} {self.name} not run: {self.why}"
        told = f", {waiting} not run: {self.why}" if waiting else ""
        return f"{mark(self.worst)} {self.name} {self.count('passed')}/{self.made}{told}"


def draw(verdict: Mapping[str, Json]) -> list[str]:
    """Draw a verdict, one line a string; nothing in it can reach the terminal but as text."""
    checks = cast("Checks", verdict["checks"])
    names = dict.fromkeys(str(check["area"]) for check in checks)
    asked = {name: [check for check in checks if check["area"] == name] for name in names}
    areas = [Area(name, made, _why(made, checks)) for name, made in asked.items()]
    branches = _branches([area for area in areas if area.made])
    return [*_headline(verdict), *_answers(verdict), *_figures(verdict), *branches]


def _why(waiting: Checks, checks: Checks) -> str:
    """Say for which areas the checks of one wait: the last that each rests on, and how that one came out."""
    by_name: dict[str, list[Mapping[str, Json]]] = {}
    for check in checks:
        by_name.setdefault(str(check["name"]), []).append(check)
    causes = [_cause(check, by_name) for check in waiting if check["outcome"] == "not_run"]
    return plain(", ".join(dict.fromkeys(causes)))


def _cause(check: Mapping[str, Json], by_name: Mapping[str, Checks]) -> str:
    """Follow what a check waits for to what was made and did not hold."""
    seen: set[str] = set()
    while check["outcome"] == "not_run":
        name = next(iter(cast("Sequence[str]", check["depends_on"])), "")
        blocking = [one for one in by_name.get(name, ()) if one["outcome"] in BLOCKING]
        if not blocking or name in seen:
            return str(check["detail"]).rstrip(".")
        seen.add(name)
        check = min(blocking, key=lambda one: BLOCKING.index(str(one["outcome"])))
    return f"{check['area']} {WORDS[str(check['outcome'])]}"


def summary(counts: Mapping[str, Json]) -> str:
    """Say in a few words how the checks came out."""
    numbers = {name: cast("int", number) for name, number in counts.items()}
    made = sum(numbers.values()) - numbers.get("not_applicable", 0)
    told = [f"{numbers[name]} {word}" for name, word in WORDS.items() if numbers.get(name)]
    if not told:
        return f"all {made} checks passed"
    head, *rest = told
    return ", ".join([head.replace(" ", f" of {made} checks ", 1), *rest])


def _headline(verdict: Mapping[str, Json]) -> list[str]:
    headline = HEADLINES[str(verdict["overall"])]
    told = summary(cast("Mapping[str, Json]", verdict["counts"]))
    first, *others = two_columns(f"{headline}  {told}", _anchor(verdict))
    return [first.replace(headline, bold(headline), 1), *others]


def _anchor(verdict: Mapping[str, Json]) -> str:
    anchor = verdict.get("anchor")
    if not isinstance(anchor, Mapping):
        return "no trust anchor"
    return f"scheme {anchor.get('scheme')} ({anchor.get('environment')})"


def _answers(verdict: Mapping[str, Json]) -> list[str]:
    """Say the two answers apart where they differ: genuine when signed, and no longer usable."""
    signed, usable = verdict["authentic_at_signing"], verdict["usable_now"]
    if (signed, usable) == ("yes", "no"):
        return ["Genuine when signed; may no longer be used."]
    return wrapped(f"Authentic at signing: {signed}. Usable now: {usable}.", indent="", hang="    ")


def _figures(verdict: Mapping[str, Json]) -> list[str]:
    """Give each figure to the gram, with the half-hours that it rests on."""
    return [_figure(figure) for figure in cast("Checks", verdict.get("figures") or ())]


def _figure(figure: Mapping[str, Json]) -> str:
    coverage = cast("Mapping[str, int]", figure["coverage"])
    told = f"{coverage['counted']:,} of {coverage['expected']:,} half-hours"
    kg = f"{Decimal(str(figure['kg'])):,}"
    return plain(
        f"  {str(figure['from'])[:7]}  {figure['fuel']:<11} {kg:>14} kg {figure['gases']:<4}  {told}"
    )


def _branches(areas: Sequence[Area]) -> list[str]:
    """Put areas in which all is well side by side, and open the others."""
    groups = [list(group) for _, group in groupby(areas, key=lambda area: area.worst == "passed")]
    blocks: list[list[str]] = []
    for group in groups:
        if group[0].worst == "passed":
            blocks += [[line] for line in _side_by_side([area.label for area in group])]
        else:
            blocks += [[area.label, *_opened(area)] for area in group]
    return [
        line for place, block in enumerate(blocks) for line in _hang(block, last=place == len(blocks) - 1)
    ]


def _side_by_side(labels: Iterable[str]) -> list[str]:
    lines: list[str] = []
    for label in labels:
        if lines and len(lines[-1]) + len(label) + 6 <= width():
            lines[-1] += f"   {label}"
        else:
            lines.append(label)
    return lines


def _hang(block: Sequence[str], *, last: bool) -> list[str]:
    tee, end, bar = ("├─", "└─", "│ ") if fancy() else ("|-", "`-", "| ")
    head, *rest = block
    return [f"{end if last else tee} {head}", *(f"{'  ' if last else bar} {line}" for line in rest)]


def _opened(area: Area) -> list[str]:
    told = _once(check for check in area.checks if check["outcome"] in OPEN)
    tee, end, bar = ("├─", "└─", "│ ") if fancy() else ("|-", "`-", "| ")
    lines: list[str] = []
    for place, (check, others) in enumerate(told):
        last = place == len(told) - 1
        inner = "  " if last else bar
        lines += [*_titled(check, bar=inner, tee=end if last else tee), *_facts(check, bar=inner)]
        lines += [f"{inner} and {others} more like it"] if others else []
    return lines


def _once(checks: Iterable[Mapping[str, Json]]) -> list[tuple[Mapping[str, Json], int]]:
    """Say a thing once that is so for many documents of one kind, and count the others."""
    found: dict[tuple[str, str], list[Mapping[str, Json]]] = {}
    for check in checks:
        found.setdefault((str(check["code"]), str(check["title"])), []).append(check)
    return [(alike[0], len(alike) - 1) for alike in found.values()]


def _titled(check: Mapping[str, Json], *, bar: str, tee: str) -> list[str]:
    """Put a title and its code at both ends of a line inside the tree, or under each other."""
    hang = f"{bar}   "
    first, *others = two_columns(f"{tee}   {check['title']}", str(check["code"]), hang=hang, inset=_BRANCH)
    # A coloured sign takes one column on the terminal and more in the text, so that it comes in at the end.
    return [first.replace(f"{tee}   ", f"{tee} {mark(str(check['outcome']))} ", 1), *others]


def _facts(check: Mapping[str, Json], *, bar: str) -> list[str]:
    """Give what was expected, what was found, and who can fix it."""
    rows = (("", "detail"), ("expected", "expected"), ("found", "found"), ("fix", "remedy"))
    lines: list[str] = []
    for label, member in rows:
        text = str(check.get(member) or "")
        if text:
            head = f"{bar} {label:<9} " if label else f"{bar} "
            hang = f"{bar} {'':<10}" if label else f"{bar} "
            lines += wrapped(text, indent=head, hang=hang, inset=_BRANCH)
    return lines
