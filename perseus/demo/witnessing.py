"""What the demo shows of its log: the public files, read as a stranger would, and who cosigned them."""

import time
from pathlib import Path

from perseus.copies.folder import Copy, open_copy
from perseus.demo.parties import PROCESSES
from perseus.log.names import LogName
from registry.anchor import Anchor
from trust.canonical import Json
from trust.errors import PerseusError

_PATIENCE, _STEP = 10.0, 0.05
_SHORT = 6


def published(out: Path) -> Copy:
    """Read the members log from its public files, once all its witnesses have cosigned it or had time enough.

    Raises:
        UnavailableError: there are no files.
        RegisterError: they are not what the trust anchor demands.
    """
    anchor = Anchor.from_json((out / "trust.json").read_bytes())
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            copy = open_copy(out / "registry" / LogName.MEMBERS.value, anchor)
        except PerseusError:
            if time.monotonic() > until:
                raise
        else:
            if len(_names(copy)) == len(anchor.witnesses) or time.monotonic() > until:
                return copy
        time.sleep(_STEP)


def told(copy: Copy) -> str:
    """Tell the size and the root, short, and the members whose witnesses cosigned."""
    members = {f"witness-{one.authority}": one.name for one in PROCESSES}
    names = ", ".join(member for name, member in members.items() if name in _names(copy))
    root = copy.register.root.hex()[:_SHORT]
    return f"Log: {copy.register.size} events, root {root}; witnesses {names or 'none'}"


def as_json(copy: Copy) -> dict[str, Json]:
    """Write the same for programs."""
    return {"size": copy.register.size, "root": copy.register.root.hex(), "witnesses": list(_names(copy))}


def _names(copy: Copy) -> tuple[str, ...]:
    return () if copy.witnessed is None else copy.witnessed.names
