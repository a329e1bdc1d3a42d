"""Receipts for decisions: each entry of the register with the proof that it stands in the log, for whoever asks."""

from fastapi import Response

from perseus.apps.frame import JSON
from perseus.apps.service import Service
from perseus.log.keeper import Keeper
from perseus.log.names import LogName
from perseus.problems import NotFoundError
from registry.receipt import EventReceipt
from trust.errors import MalformedError


def add_receipts(service: Service, keeper: Keeper) -> None:
    """Give receipts out."""
    party = service.party

    @service.app.get("/v1/receipts/{index}")
    def receipt(index: int) -> Response:
        """Give the receipt for one entry, under the newest checkpoint that is published."""
        register = party.register.current()
        if not 0 <= index < register.size:
            raise NotFoundError(f"entry {index} of the published register")
        try:
            signed = register.event(index)
        except MalformedError as error:
            raise NotFoundError(f"an event in entry {index} of the register") from error
        made = EventReceipt(signed, keeper.prove(LogName.MEMBERS, index))
        return Response(made.to_json(), media_type=JSON)
