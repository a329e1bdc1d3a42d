"""One JSON object a line, whatever a stranger put into it; no secret, no reading, no credential, no firm's key."""

import logging
import re
from contextlib import suppress
from pathlib import Path

import structlog
from structlog.typing import EventDict, FilteringBoundLogger

Log = FilteringBoundLogger
_LONGEST = 400
_FIRM = re.compile(r"did(?::|%3a)key(?::|%3a)z\w*|z(?:Dn|6Mk)\w{20,}", re.IGNORECASE)
"""A multikey of a curve that firms use, with or without the did:key before it, as it is or as a path writes it."""
_WITHHELD = "(a firm's key)"
_SECRET = frozenset({"passphrase", "k", "salt", "door", "authorization", "nonce", "body", "values"})


def open_log(path: Path | None, *, party: str) -> Log:
    """Open the log of a party, appending to its file, or to nowhere where there is none."""
    logger: Log = structlog.wrap_logger(
        _Lines(path),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.add_log_level,
            _discreet,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        party=party,
    )
    return logger


class _Lines:
    """Appends whole lines to a file, opened for each, so that it may be moved away under a running process."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def msg(self, line: str) -> None:
        """Append one line; a full disk costs the line, and not what it was to tell of."""
        if self._path is not None:
            with suppress(OSError), self._path.open("a", encoding="utf-8") as lines:
                lines.write(line + "\n")

    info = warning = error = critical = msg


def _discreet(_logger: object, _name: str, event: EventDict) -> EventDict:
    """Keep secrets and firms out and everything short; the renderer escapes what would break a line.

    A firm's key is its name with every party, also in an error's words and in the bodies and paths that strangers send.
    """
    return {key: _short(value) for key, value in event.items() if key not in _SECRET}


def _short(value: object) -> object:
    if isinstance(value, int | float | bool | None):
        return value
    return _FIRM.sub(_WITHHELD, str(value))[:_LONGEST]
