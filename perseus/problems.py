"""What an HTTP caller did wrong, as a problem document (RFC 9457); never a traceback, never a page of HTML."""

from collections.abc import Iterable

import orjson
from starlette.requests import Request
from starlette.responses import Response

from registry.errors import BeyondError
from trust.errors import (
    MalformedError,
    NotPermittedError,
    PerseusError,
    SignatureMismatchError,
    UnavailableError,
)
from trust.report import Refused

PROBLEM_TYPE = "application/problem+json"


class NotFoundError(PerseusError):
    """There is nothing here under that name, or nothing that this caller may know of."""

    type = "https://w3id.org/perseus/v1/problems/not-found"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not known here", code="http.not_found")


class TooLargeError(PerseusError):
    """A body is longer than its kind may be."""

    type = "https://w3id.org/perseus/v1/problems/too-large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"the body is longer than {limit:,} bytes", code="format.too_large")


class MediaTypeError(PerseusError):
    """A body is of a kind that this door does not take."""

    type = "https://w3id.org/perseus/v1/problems/media-type"

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(
            f"the body: expected Content-Type {expected}, found {found[:80]!a}", code="http.media_type"
        )


class NotAcceptableError(PerseusError):
    """None of the representations that there are is one that the caller takes."""

    type = "https://w3id.org/perseus/v1/problems/not-acceptable"

    def __init__(self, asked: str, offered: Iterable[str]) -> None:
        super().__init__(
            f"the Accept header: expected one of {', '.join(offered)}, found {asked[:200]!a}",
            code="http.not_acceptable",
        )


class ConflictError(PerseusError):
    """What is asked for contradicts what this party already did."""

    type = "https://w3id.org/perseus/v1/problems/conflict"

    def __init__(self, sentence: str, *, code: str = "http.conflict") -> None:
        super().__init__(sentence, code=code)


class UnauthenticatedError(PerseusError):
    """The caller did not show who it is."""

    type = "https://w3id.org/perseus/v1/problems/unauthenticated"

    def __init__(self, because: str) -> None:
        super().__init__(f"the caller is not known: {because}", code="http.unauthenticated")


_STATUS: tuple[tuple[type[PerseusError], int], ...] = (
    (NotFoundError, 404),
    (BeyondError, 404),
    (TooLargeError, 413),
    (MediaTypeError, 415),
    (NotAcceptableError, 406),
    (ConflictError, 409),
    (UnauthenticatedError, 401),
    (NotPermittedError, 403),
    (Refused, 403),
    (UnavailableError, 503),
    (SignatureMismatchError, 400),
    (MalformedError, 400),
)


def status_of(error: PerseusError) -> int:
    """Choose the HTTP status of an error."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 400)


def problem(error: PerseusError) -> Response:
    """Write an error as a problem document."""
    status = 413 if error.code == "format.too_large" else status_of(error)
    return document(status, kind=error.type, title=_title(error), detail=str(error), code=error.code)


def document(status: int, *, kind: str, title: str, detail: str, code: str) -> Response:
    """Write a problem document from its parts."""
    body = {"type": kind, "title": title, "status": status, "detail": _printable(detail), "code": code}
    headers = {"Retry-After": "1"} if status == 503 else None  # noqa: PLR2004 - the status has no better name
    return Response(orjson.dumps(body), status, headers, PROBLEM_TYPE)


def unexpected(request: Request, error: Exception) -> Response:
    """Answer a defect of ours without a word about its inside; the log names it."""
    del error
    kind = "https://w3id.org/perseus/v1/problems/internal"
    detail = f"{request.method} {request.url.path} could not be answered; the log says why"
    return document(500, kind=kind, title="A defect of this service", detail=detail, code="http.internal")


def _title(error: PerseusError) -> str:
    return next(line for line in (type(error).__doc__ or "A problem").splitlines() if line).split(":")[0]


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
