"""One request as an endpoint takes it: the exact bytes, read strictly, answered once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Connection

from perseus.apps.channel import peer_of
from perseus.apps.frame import JSON
from perseus.apps.party import Party
from perseus.problems import MediaTypeError
from perseus.storage import repeats
from perseus.storage.repeats import Answered
from trust.canonical import Json, parse
from trust.did import Did
from trust.digest import Digest
from trust.errors import MalformedError

_LONGEST_KEY = 200
P = TypeVar("P")
M = TypeVar("M", bound="Body")


class Body(BaseModel):
    """A request body of our own: snake_case, frozen, and without a member that we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


@dataclass(frozen=True, slots=True)
class Call:
    """What was sent, by which method, to which path, under which Idempotency-Key, over whose connection."""

    method: str
    path: str
    media_type: str
    key: str | None
    body: bytes
    peer: Did | None = None

    def json(self) -> dict[str, Json]:
        """Read the body as one JSON object, strictly.

        Raises:
            MalformedError: it is none, or is ambiguous.
            MediaTypeError: it is not declared as JSON.
        """
        if self.media_type not in {JSON, "application/vc", "application/vp"}:
            raise MediaTypeError(JSON, self.media_type)
        value = parse(self.body, where="body", limit=len(self.body) + 1)
        if not isinstance(value, dict):
            raise MalformedError(
                "body", expected="an object", found=type(value).__name__, code="format.schema"
            )
        return value

    def read(self, model: type[M]) -> M:
        """Read the body as one of our own, strictly.

        Raises:
            MalformedError: it does not fit.
            MediaTypeError: it is not declared as JSON.
        """
        try:
            return model.model_validate(self.json())
        except ValidationError as error:
            first = error.errors()[0]
            place = "body" + "".join(f"/{part}" for part in first["loc"])
            raise MalformedError(
                place, expected="what this door takes", found=first["msg"], code="format.schema"
            ) from error

    def once(
        self, party: Party, prepare: Callable[[], P], act: Callable[[Connection, P], Response]
    ) -> Response:
        """Verify without a lock, act in one write transaction, and answer a repeat as the first time.

        Raises:
            ConflictError: another request was sent under the key.
        """
        key = None if self.key is None else f"{self.path} {self.key}"
        request = Digest.of(f"{self.method} {self.path}\n".encode() + self.body).multibase
        if key is None:
            prepared = prepare()
            with party.store.write() as connection:
                return act(connection, prepared)
        with party.store.read() as connection:
            known = repeats.recall(connection, key, request=request)
        if known is not None:
            return _again(known)
        prepared = prepare()
        with party.store.write() as connection:
            # The same request may have been answered while this one was verified.
            known = repeats.recall(connection, key, request=request)
            if known is not None:
                return _again(known)
            response = act(connection, prepared)
            location = response.headers.get("location", "")
            kept = Answered(response.status_code, response.media_type or JSON, bytes(response.body), location)
            repeats.remember(connection, key, kept, request=request, at=party.now())
        return response


def _again(known: Answered) -> Response:
    headers = {"Location": known.location} if known.location else None
    return Response(known.body, known.status, headers, known.media_type)


async def received(request: Request) -> Call:
    """Take the request in.

    Raises:
        MalformedError: the Idempotency-Key is too long.
    """
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= _LONGEST_KEY:
        raise MalformedError("Idempotency-Key", expected="1 to 200 characters", found=f"{len(key)}")
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    return Call(request.method, request.url.path, media_type, key, await request.body(), peer_of(request))


Called = Annotated[Call, Depends(received)]
