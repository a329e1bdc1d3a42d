"""Log size and root on every answer of the directory, refusals as well: they are about a register too."""

from collections.abc import Mapping

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from perseus.apps.asked import log_headers
from perseus.apps.party import Party
from perseus.problems import PROBLEM_TYPE
from registry.projections.view import View
from trust.errors import PerseusError

PATHS = ("/register", "/m/", "/a/", "/query/", "/sparql", "/authorization", "/recognition", "/metadata")
_SIZE, _ROOT = "Perseus-Log-Size", "Perseus-Log-Root"
_REFUSED = 400


class Rooted:
    """Names the present size and root of the log on a refusal, where it names none of those that were asked about."""

    def __init__(self, app: ASGIApp, *, party: Party) -> None:
        self._app = app
        self._party = party

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the directory on, and look at what is answered."""
        if scope["type"] != "http" or not scope["path"].startswith(PATHS):
            await self._app(scope, receive, send)
            return
        head: Message | None = None
        body = bytearray()

        async def look(message: Message) -> None:
            nonlocal head
            if message["type"] == "http.response.start" and message["status"] >= _REFUSED:
                head = message
                return
            if head is None:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            told = await run_in_threadpool(self._told)
            for one in _named(head, bytes(body), told):
                await send(one)

        await self._app(scope, receive, look)

    def _told(self) -> Mapping[str, str]:
        """Tell the size and the root; nothing where there is no register to tell of."""
        try:
            return log_headers(View.of(self._party.register.current(), at=self._party.now()))
        except PerseusError:
            return {}


def _named(head: Message, body: bytes, told: Mapping[str, str]) -> tuple[Message, Message]:
    """Put size and root into the headers, and into a problem document beside its code."""
    given = {name.lower(): value for name, value in head["headers"]}
    if told and given.get(b"content-type", b"").startswith(PROBLEM_TYPE.encode()):
        named = {"log_size": int(told[_SIZE]), "log_root": told[_ROOT]}
        body = orjson.dumps({**orjson.loads(body), **named})
    added = {name.lower().encode(): value.encode() for name, value in told.items()}
    length = {b"content-length": str(len(body)).encode()} if b"content-length" in given else {}
    headers = list({**added, **given, **length}.items())
    return {**head, "headers": headers}, {"type": "http.response.body", "body": body}
