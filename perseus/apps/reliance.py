"""What rests on a member, told to the scheme operator alone, in bare numbers, before it decides about that member."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType

from fastapi import Response
from pydantic import JsonValue
from sqlalchemy import Connection

from perseus.apps.call import Body, Called
from perseus.apps.doors import Shown as Presented
from perseus.apps.doors import key_of_holder, look_at, require_standing, use_up
from perseus.apps.frame import answer
from perseus.apps.service import Service
from perseus.storage.reliance import Reliance, consents_with, reports_on
from trust.did import Did
from trust.errors import NotPermittedError
from verifiers.policy import OPERATOR


class Shown(Body):
    """A presentation by the scheme operator, which shows who asks."""

    presentation: dict[str, JsonValue]


def at_provider(connection: Connection, member: str) -> Reliance:
    """Count what a data or accounting provider keeps: consents; reports are counted where they are relied on."""
    return Reliance(consents=consents_with(connection, member))


def at_bank(connection: Connection, member: str) -> Reliance:
    """Count what a bank keeps, itself included once it keeps anything."""
    reports, consents = reports_on(connection, member), consents_with(connection, member)
    return Reliance(reports, int(reports + consents > 0), consents)


def _require_own_channel(shown: Presented, peer: Did | None) -> None:
    """Refuse what came over another member's connection, where connections carry certificates."""
    if peer is not None and peer != shown.holder:
        reason = f"{shown.holder} signed it, and {peer} sent it"
        raise NotPermittedError("telling what rests on a member", because=reason, code="presentation.channel")


_COUNTS: Mapping[str, Callable[[Connection, str], Reliance]] = MappingProxyType(
    {"edp": at_provider, "cap": at_provider, "bank": at_bank}
)


def add_reliance(service: Service) -> None:
    """Let the scheme operator ask how much here rests on a member."""
    party, count = service.party, _COUNTS[service.party.settings.party]

    @service.app.post("/v1/reliance/{did}")
    def reliance(did: str, call: Called) -> Response:
        """Count what rests on a member; numbers leave, and nothing else."""
        shown = look_at(party, call.read(Shown).presentation, peer=call.peer)
        _require_own_channel(shown, call.peer)
        register = party.register.current(fresh=True)
        key = key_of_holder(register, shown)
        require_standing(register, shown, key=key, role=OPERATOR, at=party.now())
        member = Did.parse(did)
        with party.store.write() as connection:
            use_up(party, connection, shown.nonce)
            found = count(connection, str(member))
        return answer(asdict(found))
