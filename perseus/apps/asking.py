"""How a party asks another: a challenge first, then a presentation bound to it; refusals come back as they are."""

from collections.abc import Mapping, Sequence
from typing import cast

import orjson

from holders.present import present
from perseus.apps.frame import JSON
from perseus.apps.party import Party
from perseus.fetching import Fetched
from perseus.keystore import fresh_urn
from trust.canonical import Json, parse_object
from trust.challenge import Challenge
from trust.claims.halfhour import instant
from trust.did import Did
from trust.errors import MalformedError, NotPermittedError, UnavailableError
from trust.schema import fit
from trust.secured import Secured

JsonObject = Mapping[str, Json]
_LIMIT = 32 * 1024 * 1024
_REFUSED, _BROKEN = 400, 500


def ask_challenge(party: Party, url: str) -> Challenge:
    """Ask another party for a challenge.

    Raises:
        UnavailableError: it does not answer.
        NotPermittedError: it refuses.
    """
    answered = post(party, f"{url}/v1/challenge", {}, form="challenge")
    text = {name: str(member) for name, member in answered.items()}
    return Challenge(text["nonce"], Did(text["audience"]), instant(text["expires"]))


def show(party: Party, url: str, credentials: Sequence[Secured]) -> JsonObject:
    """Present credentials to another party as this one, against a challenge of theirs.

    Raises:
        UnavailableError: it does not answer.
        NotPermittedError: it refuses.
    """
    challenge = ask_challenge(party, url)
    shown = present(
        credentials,
        holder=party.did,
        signer=party.signer,
        audience=challenge.audience,
        challenge=challenge.nonce,
        at=party.now(),
        id=fresh_urn(),
    )
    return parse_object(shown.raw, where="presentation", limit=_LIMIT)


def post(
    party: Party, url: str, body: Mapping[str, object], *, key: str | None = None, form: str | None = None
) -> JsonObject:
    """Send JSON of our own and read the JSON that comes back; `form` names the schema that it must fit.

    Raises:
        UnavailableError: the other party does not answer.
        NotPermittedError: it refuses.
        MalformedError: what it answers is of another form.
    """
    answered = parse_object(send(party, url, orjson.dumps(body), key=key).body, where=url, limit=_LIMIT)
    if form is not None:
        try:
            fit(form, answered)
        except MalformedError as error:
            raise error.within(url) from error
    return answered


def send(party: Party, url: str, body: bytes, *, media_type: str = JSON, key: str | None = None) -> Fetched:
    """Send a body, and turn a refusal into the error that it is.

    Raises:
        UnavailableError: the other party does not answer.
        NotPermittedError: it refuses.
    """
    return accepted(url, party.fetcher.post(url, body, media_type=media_type, key=key))


def accepted(url: str, answered: Fetched) -> Fetched:
    """Give an answer that is a yes.

    Raises:
        UnavailableError: the other party is in trouble.
        NotPermittedError: it refuses; the code is its own.
    """
    if answered.status >= _BROKEN:
        raise UnavailableError(url, because=f"HTTP {answered.status}", code="http.database")
    if answered.status >= _REFUSED:
        told = _problem(answered.body)
        raise NotPermittedError(
            f"asking {url}",
            because=str(told.get("detail", answered.status)),
            code=str(told.get("code", "http.refused")),
        )
    return answered


def _problem(body: bytes) -> JsonObject:
    try:
        return cast("JsonObject", dict(orjson.loads(body)))
    except (orjson.JSONDecodeError, TypeError, ValueError):
        return {}
