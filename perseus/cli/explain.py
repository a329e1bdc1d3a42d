"""`perseus explain`: what a code or a check means, what follows, and who can mend it."""

import difflib
import json
import sys
from collections.abc import Mapping
from typing import Annotated, cast

import typer

import specs
from perseus.cli.text import bold, wrapped

app = typer.Typer(add_completion=False, rich_markup_mode=None)
Entry = Mapping[str, str]
WORDS = {"{document}": "the document", "{issuer}": "its issuer", "{holder}": "the party that presented it"}
_ALIKE = 0.6
ANSWERS = {
    "signing": "whether it was authentic when it was signed, and so whether it may be used",
    "use": "whether it may be used at the moment asked for; it stays authentic",
}


@app.command()
def explain(
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help="A code or a check; none lists them all.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The catalogue's own entry.")] = False,
) -> None:
    """Say what a code means, and what to do about it."""
    checks, codes = _entries("checks", "name"), _entries("codes", "code")
    problems = _entries("problems", "code", file="problems")
    if code is None:
        _list(checks, codes, problems, as_json=as_json)
        return
    entry = codes.get(code) or problems.get(code) or checks.get(code)
    if entry is None:
        raise _nothing_like_it(code, [*codes, *problems, *checks])
    if as_json:
        sys.stdout.write(json.dumps(entry, ensure_ascii=False) + "\n")
        return
    if code in problems:
        lines = _problem(entry)
    else:
        lines = _reason(entry, checks[entry["check"]]) if code in codes else _question(entry, codes)
    sys.stdout.write("\n".join(lines) + "\n")


def pointer_to(code: str) -> str:
    """Say where to read on about a code; nothing where no list has one of that name."""
    known = {*_entries("codes", "code"), *_entries("problems", "code", file="problems")}
    return f"See: perseus explain {code}" if code in known else ""


def _entries(member: str, name: str, *, file: str = "catalogue") -> dict[str, Entry]:
    found = cast("list[Entry]", specs.document(f"checks/{file}.json")[member])
    return {entry[name]: entry for entry in found}


def _list(
    checks: Mapping[str, Entry], codes: Mapping[str, Entry], problems: Mapping[str, Entry], *, as_json: bool
) -> None:
    if as_json:
        sys.stdout.write(json.dumps([*codes, *problems], ensure_ascii=False) + "\n")
        return
    for name, check in checks.items():
        sys.stdout.write("\n".join([bold(name), *wrapped(check["question"], indent="  ", hang="  ")]) + "\n")
        for code, entry in codes.items():
            if entry["check"] == name:
                sys.stdout.write(f"    {code}\n")
    sys.stdout.write(bold("what a caller or the wire did wrong") + "\n")
    for code, entry in problems.items():
        sys.stdout.write("\n".join(wrapped(f"{code}  {entry['title']}", indent="    ", hang="      ")) + "\n")


def _problem(entry: Entry) -> list[str]:
    return [
        bold(entry["code"]),
        *_paragraph(entry["title"]),
        "",
        *_paragraph(entry["meaning"]),
        "",
        *_row("answered", f"HTTP {entry['status']}" if entry["status"] else "at the command line alone"),
        *_row("fix", entry["remedy"]),
        *_row("clause", entry["clause"]),
    ]


def _reason(entry: Entry, check: Entry) -> list[str]:
    return [
        bold(entry["code"]),
        *_paragraph(entry["title"]),
        "",
        *_paragraph(entry["meaning"]),
        "",
        *_row("question", check["question"]),
        *_row("outcome", f"{entry['outcome'].replace('_', ' ')}; it bears on {ANSWERS[check['bearing']]}"),
        *_row("fix", _worded(entry["remedy"])),
        *_refused(entry),
        *_row("clause", entry["clause"]),
    ]


def _refused(entry: Entry) -> list[str]:
    """Give the other words that a code has where it says that something is amiss, and not only unknown."""
    if "failed_title" not in entry:
        return []
    return [
        *_row("or failed", f"{entry['failed_title']}. {entry['failed_meaning']}"),
        *_row("fix", _worded(entry["failed_remedy"])),
    ]


def _question(check: Entry, codes: Mapping[str, Entry]) -> list[str]:
    reasons = [code for code, entry in codes.items() if entry["check"] == check["name"]]
    return [
        bold(check["name"]),
        *_paragraph(check["question"]),
        "",
        *_row("bears on", ANSWERS[check["bearing"]]),
        *_row("reasons", ", ".join(reasons) or "none: it can only pass"),
        *_row("clause", check["clause"]),
    ]


def _paragraph(text: str) -> list[str]:
    return wrapped(_worded(text), indent="  ", hang="  ")


def _row(label: str, text: str) -> list[str]:
    return wrapped(text, indent=f"  {label:<9} ", hang=" " * 12)


def _worded(text: str) -> str:
    """Put plain words where a verdict would put names; the sentence still begins with a capital."""
    for placeholder, words in WORDS.items():
        text = text.replace(placeholder, words)
    return text[:1].upper() + text[1:]


def _nothing_like_it(code: str, known: list[str]) -> typer.BadParameter:
    near = difflib.get_close_matches(code, known, n=3, cutoff=_ALIKE)
    hint = f"did you mean {', '.join(near)}?" if near else "perseus explain lists them all."
    return typer.BadParameter(f"there is no code or check {code[:60]!a}; {hint}")
