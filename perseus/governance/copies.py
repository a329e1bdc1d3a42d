"""A copy of the register on this machine, which is all that somebody needs who proposes or signs."""

from pathlib import Path

from perseus.copies.chosen import anchored
from perseus.copies.folder import has_copy, open_copy
from perseus.copies.using import require_register
from perseus.officers import register_of
from registry.register import Register


def register_at(place: Path, *, trust: Path | None) -> Register:
    """Replay the copy that `sync` keeps in a folder, against the trust anchor, or the one in a party's home.

    Raises:
        MalformedError: a file is not what it must be.
        UnavailableError: there is no register, a file cannot be read, or no anchor is named for a folder of files.
        RegisterError: what is there is not the register of the anchor.
    """
    require_register(place)
    return open_copy(place, anchored(trust)).register if has_copy(place) else register_of(place)
