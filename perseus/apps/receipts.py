"""Receipts for decisions: each entry of the register with the proof that it stands in the log, for whoever asks."""

from fastapi import Response

from perseus.apps.frame import JSON
from perseus.apps.service import Service
from perseus.problems import NotFoundError
from registry.receipt import EventReceipt
from trust.errors import MalformedError


def add_receipts(service: Service) -> None:
    """Give receipts out."""
    party = service.party

    @service.app.get("/v1/receipts/{index}")
    def receipt(index: int) -> Response:
        """Give the receipt for one entry, under the newest checkpoint."""
        register = party.register.current()
        if not 0 <= index < register.size:
            raise NotFoundError(f"entry {index} of the register")
        try:
            made = EventReceipt.of(register, index, checkpoint=party.register.note_of(register))
        except MalformedError as error:
            raise NotFoundError(f"an event in entry {index} of the register") from error
        return Response(made.to_json(), media_type=JSON)
