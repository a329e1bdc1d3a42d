"""The two logs of a scheme, kept by one machinery: who is a member, and that something existed by some time."""

from enum import StrEnum

from perseus.storage.log import EVIDENCE, MEMBERS, LogTables
from registry.log.note import VerifierKey


class LogName(StrEnum):
    """Which log; the value is the prefix under which it is served, and its folder among the static files."""

    MEMBERS = "log"
    EVIDENCE = "evidence"

    @property
    def tables(self) -> LogTables:
        """Where the log lies in the database."""
        return MEMBERS if self is LogName.MEMBERS else EVIDENCE

    def origin(self, scheme: str) -> str:
        """Give the origin on the first line of the log's checkpoints."""
        return scheme if self is LogName.MEMBERS else f"{scheme}/{self.value}"

    def key(self, found: VerifierKey) -> VerifierKey:
        """Give the name and the key that sign this log's checkpoints, from those of the members' log."""
        return found if self is LogName.MEMBERS else VerifierKey(self.origin(found.name), found.key)


def keys_of(found: VerifierKey) -> tuple[VerifierKey, ...]:
    """Give the names under which the log's key signs: of the members log first, then of the evidence log."""
    return tuple(log.key(found) for log in LogName)
