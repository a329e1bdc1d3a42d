"""The lease of the one sequencer: taken and renewed in the database, and checked inside every append."""

from sqlalchemy import Connection, text

from perseus.storage import leases
from perseus.storage.leases import Held
from perseus.storage.store import Store
from trust.errors import PerseusError, UnavailableError

NAME = "sequencer"


class NoLeaseError(UnavailableError):
    """This process may not append now; another one holds the lease, or none does yet."""

    def __init__(self, holder: str | None) -> None:
        who = "no process holds" if holder is None else f"{holder} holds"
        super().__init__(
            "appending to the log",
            because=f"{who} the lease of its sequencer, and this process does not; send it there, or again in a moment",
            code="http.no_lease",
        )


class Lease:
    """One process's claim to be the sequencer; `fence` is its number while it holds the lease."""

    def __init__(self, store: Store, *, holder: str, length: float) -> None:
        """Claim nothing yet; a lease once taken lasts `length` seconds by the database's clock."""
        self._store = store
        self.length = length
        self._milliseconds = round(length * 1_000)
        self.holder = holder
        self.other: str | None = None
        self.fence: int | None = None

    def take(self) -> bool:
        """Take the lease if it is free or has run out, renew it if it is this one's, and tell whether it is."""
        try:
            with self._store.write() as connection:
                return self._taken(connection)
        except (
            PerseusError
        ):  # the database is away or another process is writing; what is held is checked on use
            return self.fence is not None

    def require(self, connection: Connection) -> None:
        """Demand, inside a transaction that appends, that nobody has taken the lease since; nobody can until it ends.

        Raises:
            NoLeaseError: somebody has, or it was never taken.
        """
        if connection.dialect.name == "postgresql":
            # A process that hangs inside a transaction is cut off, so that its successor need not wait for it.
            connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = {self._milliseconds}"))
        found = leases.held(connection, NAME)
        if found is None or self.fence is None or found.fence != self.fence:
            self.fence, self.other = None, None if found is None else found.holder
            raise NoLeaseError(self.other)

    def give_up(self) -> None:
        """Let the next one have it at once; nothing is changed if it is another's already."""
        fence, self.fence = self.fence, None
        if fence is None:
            return
        with self._store.write() as connection:
            found = leases.held(connection, NAME)
            if found is not None and found.fence == fence:
                leases.write(connection, NAME, Held(found.holder, fence, 0))

    def _taken(self, connection: Connection) -> bool:
        found = leases.held(connection, NAME, nowait=True)
        now = leases.milliseconds(connection)
        mine = found is not None and self.fence is not None and found.fence == self.fence
        if found is not None and not mine and found.until > now:
            self.fence, self.other = None, found.holder
            return False
        fence = 1 if found is None else found.fence + (not mine)
        leases.write(connection, NAME, Held(self.holder, fence, now + self._milliseconds))
        self.fence, self.other = fence, None
        return True
