"""The evidence log of a scheme: its name, and the fixed intervals in which every member writes to it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from registry.shape import count, exactly, text
from trust.canonical import Json
from trust.errors import MalformedError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 86_400
_WHERE = "anchor/evidenceLog"
_ORIGIN = re.compile(r"[^\s+\x00-\x20\x7f]{1,250}")


@dataclass(frozen=True, slots=True)
class EvidenceLog:
    """The origin of the evidence log, which the keys of the register's log sign, and the seconds of an interval.

    Intervals are numbered from 1970-01-01T00:00Z, so that everybody gives a moment the same number.

    Raises:
        MalformedError: the origin names no log, or an interval is shorter than a second or longer than a day.
    """

    origin: str
    interval: int

    def __post_init__(self) -> None:
        """Refuse an interval in which nothing could be told apart, or nothing proven in time."""
        if _ORIGIN.fullmatch(self.origin) is None:
            expected = "an origin without space or +"
            raise MalformedError(f"{_WHERE}/origin", expected=expected, found=ascii(self.origin[:80]))
        if not 1 <= self.interval <= _LONGEST:
            expected = f"an interval of 1 to {_LONGEST} seconds"
            raise MalformedError(_WHERE, expected=expected, found=str(self.interval))

    @classmethod
    def read(cls, value: Json) -> Self:
        """Read the member `evidenceLog` of a trust file.

        Raises:
            MalformedError: a member is missing, unknown or of another shape.
        """
        members = exactly(value, {"origin", "interval"}, where=_WHERE)
        return cls(
            text(members["origin"], where=f"{_WHERE}/origin"),
            count(members["interval"], where=f"{_WHERE}/interval"),
        )

    def write(self) -> dict[str, Json]:
        """Write the member `evidenceLog` of a trust file."""
        return {"origin": self.origin, "interval": self.interval}

    @property
    def length(self) -> timedelta:
        """Give how long an interval is."""
        return timedelta(seconds=self.interval)

    def number(self, at: datetime) -> int:
        """Number the interval that a moment lies in."""
        return (at - _EPOCH) // self.length

    def start(self, number: int) -> datetime:
        """Give the first moment of an interval.

        Raises:
            MalformedError: no calendar reaches so far.
        """
        try:
            return _EPOCH + number * self.length
        except OverflowError as error:
            expected = "an interval before the year 9999"
            raise MalformedError("interval", expected=expected, found=str(number)) from error
