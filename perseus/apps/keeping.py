"""The operator's keeper of both logs, put together from its settings, and the doors that it opens."""

import os
import socket
from collections.abc import Callable
from typing import cast

from fastapi import Response
from pydantic import JsonValue

from perseus.apps.call import Body, Called
from perseus.apps.frame import answer
from perseus.apps.party import Party
from perseus.apps.proposals import taken_in
from perseus.apps.service import Service
from perseus.fetching import Fetched
from perseus.keystore import KeyStore, fresh_number
from perseus.log.keeper import Keeper
from perseus.log.lease import Lease
from perseus.log.names import LogName
from perseus.log.publisher import Told
from perseus.log.sequencer import Means
from perseus.log.serving import StaticLogs
from perseus.log.witnesses import Witnesses
from registry.log.note import VerifierKey
from trust.canonical import Json, canonicalize
from trust.claims.halfhour import stamp
from trust.errors import UnavailableError
from trust.keys import PrivateKey, Signer

LOG_KEY = "log"
_LIMIT = 1 << 20


class NewEvent(Body):
    """An event that officers have signed, as a JWS in its general JSON serialization."""

    entry: dict[str, JsonValue]


def open_keeper(party: Party) -> Keeper:
    """Put the keeper together; it begins and ends with the party."""
    found = party.settings
    holder = f"{socket.gethostname()}:{os.getpid()}:{fresh_number(1 << 32):08x}"
    lease = Lease(party.store, holder=holder, length=found.log_lease)
    means = Means(party.store, lambda: party.register.anchor, log_keys(party.keys), party.now, party.log)
    witnesses = Witnesses(lambda: party.register.anchor.witnesses, found.witnesses, post=_posting(party))
    keeper = Keeper(means, lease, pause=found.log_batch, witnesses=witnesses, folder=found.static_folder)
    party.starting.append(lambda: keeper.start(sequencing=found.log_sequencer))
    party.stopping.append(keeper.stop)
    return keeper


def log_keys(keys: KeyStore) -> Callable[[VerifierKey], Signer]:
    """Find the key file that a verifier key is the public part of: `log`, or another whose name begins so."""
    opened: dict[str, PrivateKey] = {}

    def open_key(wanted: VerifierKey) -> Signer:
        for name in keys.names():
            if name.startswith(LOG_KEY):
                found = opened.get(name) or opened.setdefault(name, keys.open(name))
                if found.key == wanted.key:
                    return found
        because = f"no key file of {keys} is that of {wanted}"
        raise UnavailableError("the log's key", because=because, code="key.unknown")

    return open_key


def add_log(service: Service, keeper: Keeper) -> None:
    """Serve both logs as static files, take events, and tell how the logs stand."""
    app = service.app
    app.add_middleware(StaticLogs, published=keeper.published)

    @app.post("/v1/events", status_code=201)
    def events(call: Called) -> Response:
        """Append an event that its officers have signed; the fold decides whether it holds.

        It is durable before it is answered, and one that is sent again gets the same place.
        """
        entry = canonicalize(cast("Json", call.read(NewEvent).entry))
        placed = taken_in(service.party, keeper, entry)
        found = {"index": placed.index, "size": placed.size, "checkpoint": placed.note}
        return answer(found, status=201)

    @app.get("/v1/logs")
    def logs() -> Response:
        """Tell of both logs: their size, what is published, who cosigned that, and what is amiss."""
        told = {log.value: _told(keeper.told(log)) for log in LogName}
        return answer({"sequencer": keeper.leads, "logs": told})


def _told(found: Told) -> dict[str, object]:
    at = found.published_at
    return {
        "size": found.size,
        "published": found.published,
        "published_at": None if at is None else stamp(at),
        "cosigned_by": list(found.cosigned),
        "troubles": dict(found.troubles),
    }


def _posting(party: Party) -> Callable[[str, bytes], Fetched]:
    return lambda url, body: party.fetcher.post(url, body, media_type="text/plain", limit=_LIMIT)
