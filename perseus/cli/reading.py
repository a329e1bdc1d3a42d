"""Reading the bytes of a file that the command line names, and never more of them than anybody needs."""

import sys
from pathlib import Path

from trust.errors import MalformedError

_LARGEST = 32 * 1024 * 1024


def read_capped(path: Path, most: int = _LARGEST) -> bytes:
    """Read a file, or standard input for `-`, up to a number of bytes.

    Raises:
        MalformedError: it cannot be read (file.missing).
    """
    try:
        if str(path) == "-":
            return sys.stdin.buffer.read(most)
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        expected, found = "a file that can be read", error.strerror or str(error)
        raise MalformedError(str(path), expected=expected, found=found, code="file.missing") from error
