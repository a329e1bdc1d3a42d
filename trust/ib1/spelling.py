"""How IB1's records spell bytes and times, and how real ones depart from that.

A departure that leaves no doubt about what was meant is accepted and kept as a `Deviation`, so that a report can
name it.
"""

import binascii
import re
from base64 import b64decode
from datetime import UTC, datetime
from typing import Final, NamedTuple

from trust.errors import MalformedError
from trust.ib1.container import malformed

_SHOWN = 60
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(?:(:\d\d)(\.\d{1,6})?)?(Z|\+00:00)", re.ASCII)
_URL_SAFE: Final = str.maketrans("-_", "+/")


class Deviation(NamedTuple):
    """A departure from the letter that leaves no doubt: its code in the catalogue, where, and what stands there."""

    code: str
    place: str
    found: str


def moment_of(text: str, place: str, found: list[Deviation]) -> datetime:
    """Read a UTC time; one without seconds, with parts of them or with +00:00 is a deviation.

    Raises:
        MalformedError: it is no moment of UTC.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise unfit(place, "a UTC time like 2026-11-22T10:00:00Z", text)
    minute, second, part, zone = match.groups()
    if second is None or part is not None or zone != "Z":
        found.append(Deviation("record.time_form", place, text))
    try:
        return datetime.fromisoformat(f"{minute}{second or ':00'}{part or ''}").replace(tzinfo=UTC)
    except ValueError as error:
        raise unfit(place, "a moment of the calendar", text) from error


def decoded(text: str, place: str, found: list[Deviation]) -> bytes:
    """Read Base64; the library writes it URL-safe with padding, and another way is a deviation.

    Raises:
        MalformedError: it is no Base64.
    """
    bare = text.rstrip("=")
    if len(text) % 4 or "+" in bare or "/" in bare:
        found.append(Deviation("record.encoding", place, text[:_SHOWN]))
    try:
        return b64decode(bare.translate(_URL_SAFE) + "=" * (-len(bare) % 4), validate=True)
    except binascii.Error as error:
        raise unfit(place, "Base64", text) from error


def unfit(place: str, expected: str, found: str) -> MalformedError:
    """Say that a part of a step has another form."""
    return malformed(place, expected, ascii(found[:_SHOWN]), "record.step_form")
