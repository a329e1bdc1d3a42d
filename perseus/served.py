"""Whether somebody serves a home at this moment: its process lives, and answers where the home says that it listens."""

import os
import socket
from pathlib import Path

from perseus.settings import ADDRESS, PID
from trust.errors import UnavailableError


def served_at(home: Path) -> str | None:
    """Give the address at which a home is served, or None where nobody serves it."""
    address = address_of(home)
    return address if address is not None and _lives(home) and answers(address) else None


def refuse_served(home: Path) -> None:
    """Refuse to go on where a home is being served by another process.

    Raises:
        UnavailableError: it is.
    """
    address = served_at(home)
    if address is not None:
        because = f"it is served already, at {address}; stop that process first"
        raise UnavailableError(f"the home {home}", because=because, code="port.taken")


def address_of(home: Path) -> str | None:
    """Read the address that a process wrote into its home."""
    path = home / ADDRESS
    return path.read_text(encoding="utf-8") if path.exists() else None


def answers(address: str) -> bool:
    """Tell whether anybody listens there."""
    host, _, port = address.rpartition("/")[2].rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1):
            return True
    except (OSError, ValueError):
        return False


def _lives(home: Path) -> bool:
    """Tell whether the process that a home names is there, and is not this one."""
    try:
        number = int((home / PID).read_text(encoding="utf-8"))
        os.kill(number, 0)
    except (OSError, ValueError):
        return False
    return number != os.getpid()
