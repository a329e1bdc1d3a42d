"""`perseus verify`: evidence files in, one verdict each out."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perseus.cli.explain import pointer_to
from perseus.cli.judging import At, Audience, KnownAt, Offline, Trust
from perseus.cli.text import plain, wrapped
from perseus.cli.tree import draw
from perseus.clock import now
from trust.claims.halfhour import instant
from trust.errors import MalformedError, PerseusError

if TYPE_CHECKING:
    from perseus.verification import Question
    from trust.canonical import Json
    from verifiers.file import Refresh

app = typer.Typer(add_completion=False, rich_markup_mode=None)
CODES = {"verified": 0, "not_verified": 1, "undetermined": 3}
WORST_FIRST = (4, 2, 1, 3, 0)
USAGE = 2
EARLIEST = 2000  # no scheme is older


@app.command()
def verify(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Evidence files; - for standard input.")
    ],
    *,
    trust: Trust = None,
    policy: Annotated[str, typer.Option(help="bank, auditor, interop, or a policy file.")] = "bank",
    at: At = None,
    known_at: KnownAt = None,
    offline: Offline = False,
    register: Annotated[
        Path | None,
        typer.Option(
            envvar="PERSEUS_REGISTER",
            help="Your own copy of the register: a folder that sync keeps, or a party's home.",
        ),
    ] = None,
    audience: Audience = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="STORED", help="A verdict that you kept (--json): does it come out, what changed since?"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a file.")] = False,
) -> None:
    """Verify evidence files against a trust anchor; say why, and who can mend it.

    Exit codes: 0 verified, 1 not verified, 2 usage, 3 undetermined, 4 internal; of many files, the worst.
    """
    # The verifier is imported only when there is something to verify, so that --help does not wait for it.
    from perseus.copies.using import chosen_folder  # noqa: PLC0415 - see above
    from perseus.refreshing import Refresher  # noqa: PLC0415 - see above
    from perseus.verification import (  # noqa: PLC0415 - see above
        Question,
        anchor_of,
        audience_of,
        policy_of,
        settings_beside,
    )

    moment = now()
    question = Question(
        anchor=trust,
        policy=policy,
        at=moment_asked(at, moment),
        known_at=known_at_asked(known_at),
        offline=offline,
        register=chosen_folder(register, settings_beside(trust)),
        audience=audience_of(audience, trust),
        in_hand=at is None,
    )
    # What the asker chose is checked once, before any file is.
    anchor_of(trust), policy_of(policy)
    # A past moment is judged by what was valid then, so that nothing newer is asked for.
    refresh = None if offline or at is not None else Refresher(settings_beside(trust))
    if against is not None:
        raise typer.Exit(_held_against(files, against, question, refresh, as_json=as_json))
    codes = [_one(path, question, refresh, as_json=as_json, many=len(files) > 1) for path in files]
    raise typer.Exit(next(code for code in WORST_FIRST if code in codes))


def _one(path: Path, question: "Question", refresh: "Refresh | None", *, as_json: bool, many: bool) -> int:
    from perseus.verification import judge  # noqa: PLC0415 - as above

    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        verdict = judge(raw, question, refresh=refresh)
    except OSError as error:
        sys.stderr.write(
            f"perseus: {plain(str(path))} cannot be read: {plain(error.strerror or str(error))}\n"
        )
        return USAGE
    except PerseusError as error:
        for line in wrapped(f"{path}: {error}", indent="perseus: ", hang="  "):
            sys.stderr.write(line + "\n")
        if pointer := pointer_to(error.code):
            sys.stderr.write(f"  {pointer}\n")
        return USAGE
    _show(path, verdict, as_json=as_json, many=many)
    return CODES[str(verdict["overall"])]


def _held_against(
    files: list[Path], against: Path, question: "Question", refresh: "Refresh | None", *, as_json: bool
) -> int:
    """Judge one file beside a verdict that was kept; one that does not come out again is a no."""
    from perseus.cli.against import draw_restated  # noqa: PLC0415 - as above
    from perseus.cli.reading import read_capped  # noqa: PLC0415 - as above
    from perseus.stored import read_stored, restate  # noqa: PLC0415 - as above

    if len(files) != 1:
        raise MalformedError("FILE", expected="one file with --against", found=f"{len(files)} files")
    stored = read_stored(read_capped(against), where=str(against))
    found = restate(read_capped(files[0]), stored, question, refresh=refresh)
    told = json.dumps(found.write(), ensure_ascii=False) if as_json else "\n".join(draw_restated(found))
    sys.stdout.write(told + "\n")
    return CODES[str(found.verdict["overall"])] if found.same else CODES["not_verified"]


def _show(path: Path, verdict: "dict[str, Json]", *, as_json: bool, many: bool) -> None:
    if as_json:
        named = {"file": str(path), **verdict} if many else verdict
        sys.stdout.write(json.dumps(named, ensure_ascii=False) + "\n")
        return
    heading = [plain(str(path))] if many or verdict["subject"] is None else []
    sys.stdout.write("\n".join([*heading, *draw(verdict)]) + "\n")


def moment_asked(text: str | None, present: datetime) -> datetime:
    """Read `--at`; the future is a usage error, because nobody can know it."""
    moment = present if text is None else _instant("--at", text)
    if moment > present:
        raise MalformedError("--at", expected="a moment that has come", found=str(text), code="time.future")
    if moment.year < EARLIEST:
        raise MalformedError(
            "--at", expected=f"a moment since {EARLIEST}", found=str(text), code="time.malformed"
        )
    return moment.astimezone(UTC)


def known_at_asked(text: str | None) -> datetime | int | None:
    """Read `--known-at`: a size of the register, or a moment."""
    if text is None or not text.isdecimal():
        return None if text is None else _instant("--known-at", text)
    return int(text)


def _instant(option: str, text: str) -> datetime:
    """Read a moment, and report a fault of it under the option that it came with."""
    try:
        return instant(text)
    except MalformedError as error:
        raise MalformedError(option, expected=error.expected, found=error.found, code=error.code) from error
