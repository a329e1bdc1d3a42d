"""The one clock of the running thing; everything below takes `at` as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """Read the clock in UTC, cut to whole seconds, as every stamp on the wire is."""
    return datetime.now(UTC).replace(microsecond=0)
