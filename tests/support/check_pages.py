"""The reference pages of every check and code, made from the catalogue by the words that `perseus explain` prints.

python -m support.check_pages        # writes docs/reference/checks anew, from the `tests` folder
"""

from perseus.cli.explanation import Explanation, checks, codes, entries, explanation, problems
from support.source_tree import HOME

FOLDER = HOME / "docs" / "reference" / "checks"
INDEX = "README.md"
LABELS = {
    "question": "Question",
    "asked by": "Asked by",
    "outcome": "Outcome",
    "reads": "It reads, for example",
    "fix": "Who can mend it, and how",
    "or failed": "Where it failed instead",
    "clause": "Clause",
    "answered": "Answered",
    "bears on": "Bears on",
    "reasons": "Reasons it can give",
}
LISTS = frozenset({"asked by", "reasons"})


def written() -> dict[str, str]:
    """Make every page under the name of its file."""
    named = [*codes(), *problems(), *(name for name in checks() if name not in codes())]
    pages = {f"{code}.md": _page(found) for code in named if (found := explanation(code)) is not None}
    return {INDEX: _index(), **pages}


def _page(found: Explanation) -> str:
    rows = "".join(f"- **{LABELS[label]}**: {_value(label, text)}\n" for label, text in found.rows)
    head = f"# {found.code}\n**{found.title}**\n\n{found.meaning}\n\n{rows}\n"
    return f"{head}In a terminal: `perseus explain {found.code}`. [All checks and codes]({INDEX}).\n"


def _value(label: str, text: str) -> str:
    names = text.split(", ")
    known = {*checks(), *codes()}
    if label not in LISTS or not known.issuperset(names):
        return text
    return ", ".join(f"[{name}]({name}.md)" for name in names)


def _index() -> str:
    lines = [
        "# Checks and codes",
        "What a verdict asks, in its order, and every reason that it can give.",
        "A check that passed has its own name as its code.",
        "These pages follow from `specs/checks/` by `make docs`; `perseus explain CODE` prints the same words.",
    ]
    for area, entry in entries("areas", "name").items():
        lines += ["", f"## {entry['title']}"]
        for name, check in checks().items():
            if check["area"] == area:
                lines += [f"- [{name}]({name}.md): {check['question']}", *_reasons_of(name)]
    lines += ["", "## What a caller or the wire did wrong"]
    lines += [f"- [{code}]({code}.md): {entry['title']}" for code, entry in problems().items()]
    return "\n".join(lines) + "\n"


def _reasons_of(name: str) -> list[str]:
    found = ((code, explanation(code)) for code, entry in codes().items() if entry["check"] == name)
    return [f"  - [{code}]({code}.md): {about.title}" for code, about in found if about is not None]


def main() -> None:
    """Write the folder anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.glob("*.md"):
        path.unlink()
    for name, page in written().items():
        (FOLDER / name).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
