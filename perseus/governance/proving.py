"""Receipts on disk: fetched from the operator once, checked against the trust anchor whenever anybody likes."""

from collections.abc import Iterator
from pathlib import Path

from perseus.client import Owner
from perseus.copies.chosen import anchored
from perseus.governance.telling import effect, headline_of
from registry.history import moment
from registry.log.checkpoint import Checkpoint
from registry.log.note import Note
from registry.log.quorum import Witnessed
from registry.receipt import EventReceipt
from registry.register import Register
from trust.errors import MalformedError, UnavailableError


def fetch(index: int, *, home: Path) -> bytes:
    """Fetch the receipt for an entry from the operator.

    Raises:
        NotPermittedError: the register has no such entry.
        UnavailableError: the operator does not answer.
    """
    return Owner(home).fetch("GET", f"/v1/receipts/{index}")


def check(path: Path, *, trust: Path | None, register: Register | None = None) -> Iterator[str]:
    """Check a receipt offline, and tell what it proves; a copy of the register adds whether the entry has effect.

    Raises:
        MalformedError: it proves nothing, or is of another scheme.
        SignatureMismatchError: its checkpoint was not signed by the log.
        UnavailableError: the file cannot be read, or no anchor is named.
    """
    anchor = anchored(trust)
    try:
        receipt = EventReceipt.from_json(path.read_bytes().strip())
    except OSError as error:
        raise UnavailableError(
            str(path), because=error.strerror or str(error), code="fetch.blocked"
        ) from error
    except MalformedError as error:
        raise error.within(str(path)) from error
    key = None if register is None else register.scheme.log_key(_size(receipt))
    checkpoint, witnessed = receipt.verify(anchor, log_key=key)
    yield f"Entry {receipt.proof.index} of {checkpoint.size}: {headline_of(receipt.signed.event)}"
    yield f"  log        {checkpoint.origin}, root {checkpoint.root.hex()}"
    yield f"  witnesses  {_told(witnessed)}"
    asked = "ask a copy of the register (--register)"
    found = asked if register is None else effect(register, receipt.signed, receipt.proof.index)
    yield f"  effect     {found}"


def _size(receipt: EventReceipt) -> int:
    return Checkpoint.parse(Note.parse(receipt.proof.checkpoint).text).size


def _told(witnessed: Witnessed | None) -> str:
    if witnessed is None:
        return "the trust anchor demands none"
    return f"{', '.join(witnessed.names)}, by {moment(witnessed.by)}"
