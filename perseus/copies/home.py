"""The register as the home of a party has it: that party's own database, read without asking anybody."""

from pathlib import Path

from perseus.clock import now
from perseus.copies.folder import Copy, copy_of
from perseus.settings import load
from perseus.storage import register as log
from perseus.storage import sightings
from perseus.storage.store import Store
from registry.anchor import Anchor
from registry.register import Register
from trust.errors import UnavailableError

_OPERATOR = "operator"


def open_home(home: Path, anchor: Anchor) -> Copy:
    """Replay what a party's database holds against the asker's own anchor, up to the newest checkpoint in it.

    The operator's own is whole at any moment; another party's was when the operator last said so.

    Raises:
        MalformedError: the home's settings are not what they must be.
        UnavailableError: it holds no register.
        RegisterError: what it holds is not the register of the anchor.
    """
    settings = load(home)
    store = Store(settings.database_url, party=settings.party)
    try:
        with store.read() as connection:
            seen, notes = log.newest(connection), sightings.notes(connection)
            entries = () if seen is None else log.entries(connection, end=seen.size)
    finally:
        store.close()
    if seen is None:
        because = "its database holds no checkpoint of a register"
        raise UnavailableError(str(home), because=because, code="register.unreachable")
    register = Register.replay(entries, anchor=anchor, checkpoint=seen.note, seen=notes)
    return copy_of(register, seen.note, asked=now() if settings.party == _OPERATOR else seen.seen_at)
