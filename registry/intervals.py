"""The evidence log of a scheme: its key, and the fixed intervals in which every member writes to it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from registry.log.note import VerifierKey
from registry.shape import count, exactly, text
from trust.canonical import Json
from trust.errors import MalformedError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 86_400
_WHERE = "anchor/evidenceLog"


@dataclass(frozen=True, slots=True)
class EvidenceLog:
    """The key that signs the checkpoints of the evidence log, and the seconds of an interval.

    Intervals are numbered from 1970-01-01T00:00Z, so that everybody gives a moment the same number.

    Raises:
        MalformedError: an interval is shorter than a second, or longer than a day.
    """

    key: VerifierKey
    interval: int

    def __post_init__(self) -> None:
        """Refuse an interval in which nothing could be told apart, or nothing proven in time."""
        if not 1 <= self.interval <= _LONGEST:
            expected = f"an interval of 1 to {_LONGEST} seconds"
            raise MalformedError(_WHERE, expected=expected, found=str(self.interval))

    @classmethod
    def read(cls, value: Json) -> Self:
        """Read the member `evidenceLog` of a trust file.

        Raises:
            MalformedError: a member is missing, unknown or of another shape.
        """
        members = exactly(value, {"logKey", "interval"}, where=_WHERE)
        return cls(
            VerifierKey.parse(text(members["logKey"], where=f"{_WHERE}/logKey")),
            count(members["interval"], where=f"{_WHERE}/interval"),
        )

    def write(self) -> dict[str, Json]:
        """Write the member `evidenceLog` of a trust file."""
        return {"logKey": str(self.key), "interval": self.interval}

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
