"""A party's service as it is put together: the frame, its status lists, its judge, and the doors that all have."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import FastAPI, Path, Request, Response

from perseus.apps.call import Body, Called
from perseus.apps.doors import challenge_json, give_challenge
from perseus.apps.frame import CREDENTIAL, answer, open_app
from perseus.apps.issuing import StatusLists, open_lists
from perseus.apps.judging import Judge
from perseus.apps.party import Party
from perseus.keystore import same
from perseus.problems import UnauthenticatedError
from registry.errors import RegisterError
from registry.projections.did_web import did_document
from registry.projections.view import View
from trust.canonical import Json, canonicalize
from trust.did_document import MEDIA_TYPE, Method, write_document
from trust.errors import UnavailableError
from trust.secured import Secured

_SCHEME = "Bearer "
_LARGEST = 1_000_000


class Nothing(Body):
    """An empty request: `{}`."""


@dataclass(frozen=True, slots=True)
class Service:
    """What a party's endpoints are built from."""

    app: FastAPI
    party: Party
    lists: StatusLists
    judge: Judge


def open_service(party: Party) -> Service:
    """Put together what every service has: challenges, its status lists, and a judge."""
    open_lists(party)
    lists = StatusLists(party)
    service = Service(open_app(party), party, lists, Judge(party, lists))

    @service.app.post("/v1/challenge", status_code=201)
    def challenge(call: Called) -> Response:
        """Give out a nonce, good for one use within five minutes."""
        call.read(Nothing)
        return answer(challenge_json(give_challenge(party)), status=201)

    @service.app.get("/status/{number}")
    def status(number: Annotated[int, Path(ge=0, le=_LARGEST)]) -> Response:
        """Give a status list of this party in its signed form."""
        return credential(lists.published(f"{party.settings.url}/status/{number}"), status=200)

    @service.app.get("/.well-known/did.json")
    def document() -> Response:
        """Give this party's keys as a DID document: an output, and never where a verifier looks for keys."""
        return Response(canonicalize(own_document(party)), media_type=MEDIA_TYPE)

    return service


def own_document(party: Party) -> dict[str, Json]:
    """Write the DID document of a party from its copy of the register, or from its own key where that knows it not."""
    try:
        view = View.of(party.register.current(), at=party.now())
    except (UnavailableError, RegisterError) as error:
        party.log.warning("no register for the document", why=str(error), code=error.code)
    else:
        member = view.member(party.did)
        if member is not None:
            return did_document(view, member)
    return write_document(party.did, methods=[Method(party.signer.key, signs=True)])


def credential(secured: Secured, *, status: int = 201) -> Response:
    """Answer with a credential in its RFC 8785 bytes."""
    return Response(secured.raw, status, media_type=CREDENTIAL)


def owner_of(party: Party) -> Callable[[Request], None]:
    """Make the check of a local door: only whoever can read this party's home comes through."""

    def require(request: Request) -> None:
        shown = request.headers.get("authorization", "")
        if not shown.startswith(_SCHEME) or not same(shown.removeprefix(_SCHEME), party.door):
            raise UnauthenticatedError("this door is for the owner; its secret stands in the party's home")

    return require
