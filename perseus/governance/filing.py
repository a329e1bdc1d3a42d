"""Proposal files on disk, and the way from them to a running operator."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from perseus.client import Owner
from registry.draft import Draft
from trust.canonical import Json, parse, parse_object
from trust.errors import MalformedError, UnavailableError

_LIMIT = 131_072


def read_draft(path: Path) -> Draft:
    """Read a proposal file.

    Raises:
        UnavailableError: it cannot be read.
        MalformedError: it is none.
    """
    try:
        return Draft.from_json(path.read_bytes().strip())
    except OSError as error:
        raise UnavailableError(
            str(path), because=error.strerror or str(error), code="fetch.blocked"
        ) from error
    except MalformedError as error:
        raise error.within(str(path)) from error


def write_draft(path: Path, draft: Draft) -> None:
    """Write a proposal file whole or not at all.

    Raises:
        UnavailableError: it cannot be written.
    """
    made = path.with_name(f".{path.name}.new")
    try:
        made.write_bytes(draft.to_json() + b"\n")
        made.replace(path)
    except OSError as error:
        raise UnavailableError(
            str(path), because=error.strerror or str(error), code="fetch.blocked"
        ) from error


def joined(paths: Sequence[Path]) -> Draft:
    """Bring the copies together that officers signed each on their own machine.

    Raises:
        MalformedError: a file is no proposal, or two are of different ones.
    """
    first, *others = [read_draft(path) for path in paths]
    for other in others:
        first = first.joined(other)
    return first


def leave(draft: Draft, *, home: Path, other_role: bool = False) -> dict[str, Json]:
    """Leave a proposal at the operator, where it waits for the others' signatures.

    `other_role` says that the role which it grants is meant, although it is not one of the scheme's.

    Raises:
        NotPermittedError: the operator's fold would ignore it, whoever signs.
        UnavailableError: the operator does not answer.
    """
    proposal = parse_object(draft.to_json(), where="proposal", limit=_LIMIT)
    return Owner(home).post(
        "/v1/proposals", {"proposal": proposal, **({"other_role": True} if other_role else {})}
    )


def commit(draft: Draft, *, home: Path) -> int:
    """Let the operator append a proposal that the quorum has signed, and give its index in the register.

    Raises:
        NotPermittedError: the fold refuses it.
        UnavailableError: the operator does not answer.
    """
    entry = parse(draft.entry.entry, where="entry")
    return cast("int", Owner(home).post("/v1/events", {"entry": entry})["index"])


def commit_waiting(id_: str, *, home: Path) -> int:
    """Let the operator append a proposal that waits there, and give its index in the register.

    Raises:
        NotPermittedError: it has none of that name, or the fold refuses it.
        UnavailableError: the operator does not answer.
    """
    return cast("int", Owner(home).post(f"/v1/proposals/{id_}/commit", {})["index"])


def drop(id_: str, *, home: Path) -> None:
    """Let the operator forget a proposal that nobody will commit.

    Raises:
        NotPermittedError: it has none of that name, or the log took it in.
        UnavailableError: the operator does not answer.
    """
    Owner(home).post(f"/v1/proposals/{id_}/drop", {})


def proposals(*, home: Path) -> list[dict[str, Json]]:
    """List the proposals that wait at the operator, and those that became entries.

    Raises:
        UnavailableError: the operator does not answer.
    """
    return cast("list[dict[str, Json]]", Owner(home).get("/v1/proposals")["proposals"])


def fetched(id_: str, *, home: Path) -> Draft:
    """Fetch a waiting proposal's file from the operator.

    Raises:
        NotPermittedError: it has none of that name.
        UnavailableError: it does not answer.
    """
    return Draft.from_json(str(Owner(home).get(f"/v1/proposals/{id_}")["file"]).encode())
