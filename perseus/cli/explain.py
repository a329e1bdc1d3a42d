"""`perseus explain`: what a code or a check means, what follows, and who can mend it."""

import difflib
import json
import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from perseus.cli.explanation import Entry, Explanation, checks, codes, entry_of, explanation, problems
from perseus.cli.text import bold, wrapped

app = typer.Typer(add_completion=False, rich_markup_mode=None)
_ALIKE = 0.6


@app.command()
def explain(
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help="A code or a check; none lists them all.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The catalogue's own entry.")] = False,
) -> None:
    """Say what a code means, and what to do about it."""
    if code is None:
        _list(checks(), codes(), problems(), as_json=as_json)
        return
    found = explanation(code)
    if found is None:
        raise _nothing_like_it(code, [*codes(), *problems(), *checks()])
    if as_json:
        sys.stdout.write(json.dumps(entry_of(code), ensure_ascii=False) + "\n")
        return
    sys.stdout.write("\n".join(_lines(found)) + "\n")


def pointer_to(code: str) -> str:
    """Say where to read on about a code; nothing where no list has one of that name."""
    return f"See: perseus explain {code}" if code in {**codes(), **problems()} else ""


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


def _lines(found: Explanation) -> list[str]:
    rows = (wrapped(text, indent=f"  {label:<9} ", hang=" " * 12) for label, text in found.rows)
    return [
        bold(found.code),
        *wrapped(found.title, indent="  ", hang="  "),
        "",
        *wrapped(found.meaning, indent="  ", hang="  "),
        "",
        *(line for row in rows for line in row),
    ]


def _nothing_like_it(code: str, known: list[str]) -> typer.BadParameter:
    near = difflib.get_close_matches(code, known, n=3, cutoff=_ALIKE)
    hint = f"did you mean {', '.join(near)}?" if near else "perseus explain lists them all."
    return typer.BadParameter(f"there is no code or check {code[:60]!a}; {hint}")
