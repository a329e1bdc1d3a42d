"""`perseus inspect`: what is in a document, shown as it is and not judged."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from perseus.cli.text import plain, wrapped
from trust.canonical import Json, parse
from trust.errors import MalformedError
from trust.secured import Secured

app = typer.Typer(add_completion=False, rich_markup_mode=None)
LARGEST = 32 << 20
_LONGEST_LIST, _LONGEST_TEXT = 8, 160


@app.command()
def inspect(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Any document of the scheme; - for standard input.")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The outline as JSON.")] = False,
) -> None:
    """Show what is in a credential, presentation, resource or evidence file; nothing is verified."""
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise MalformedError(
            str(file), expected="a file that can be read", found=error.strerror or "none", code="file.missing"
        ) from error
    document = parse(raw, where=str(file), limit=LARGEST)
    if as_json:
        sys.stdout.write(json.dumps(_short(document), ensure_ascii=False) + "\n")
        return
    sys.stdout.write(f"{plain(_name(document))}, {len(raw):,} bytes, {Secured(raw).digest}\n")
    sys.stdout.write("Shown as it is: nothing here has been verified.\n\n")
    sys.stdout.write("\n".join(_lines(_short(document), depth=0)) + "\n")


def _name(document: Json) -> str:
    kind = document.get("type") if isinstance(document, Mapping) else None
    if isinstance(kind, Sequence) and not isinstance(kind, str):
        return str(kind[-1]) if kind else "A document"
    return str(kind or "A document")


def _short(value: Json) -> Json:
    """Shorten long texts and lists, so that an outline of a month is not a month of numbers."""
    if isinstance(value, Mapping):
        return {name: _short(item) for name, item in value.items()}
    if isinstance(value, str):
        return (
            value if len(value) <= _LONGEST_TEXT else f"{value[:_LONGEST_TEXT]}... ({len(value)} characters)"
        )
    if isinstance(value, Sequence):
        if len(value) > _LONGEST_LIST and not isinstance(value[0], Mapping):
            return [*(_short(item) for item in value[:_LONGEST_LIST]), f"... {len(value)} in all"]
        return [_short(item) for item in value]
    return value


def _lines(value: Json, *, depth: int) -> list[str]:
    indent = "  " * depth
    if isinstance(value, Mapping):
        return [line for name, item in value.items() for line in _member(name, item, depth=depth)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [line for item in value for line in _item(item, depth=depth)]
    return wrapped(_scalar(value), indent=indent, hang=indent)


def _member(name: str, item: Json, *, depth: int) -> list[str]:
    indent = "  " * depth
    if isinstance(item, Mapping) or (
        isinstance(item, list) and any(isinstance(part, Mapping) for part in item)
    ):
        return [f"{indent}{plain(name)}", *_lines(item, depth=depth + 1)]
    text = ", ".join(_scalar(part) for part in item) if isinstance(item, list) else _scalar(item)
    return wrapped(f"{name}: {text}", indent=indent, hang=indent + "    ")


def _item(item: Json, *, depth: int) -> list[str]:
    first, *rest = _lines(item, depth=depth + 1) or [""]
    return [f"{'  ' * depth}- {first.lstrip()}", *rest]


def _scalar(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)
