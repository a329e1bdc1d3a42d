"""Status lists: one bit for each credential of a keeper, published anew and signed (Bitstring Status List 1.0)."""

from dataclasses import dataclass, replace
from datetime import timedelta

from issuers.issue import Signing
from trust.claims.halfhour import stamp
from trust.claims.listing import Listing
from trust.errors import NotPermittedError
from trust.secured import Secured
from trust.status import LEAST_ENTRIES, StatusEntry, StatusList


@dataclass(frozen=True, slots=True)
class StatusListKeeper:
    """One list as its keeper holds it: where it is served, what a set bit means, and which bits are set."""

    url: str
    purpose: str
    marked: frozenset[int] = frozenset()
    size: int = LEAST_ENTRIES

    def entry(self, index: int) -> StatusEntry:
        """Give the place of a credential in this list, for its `credentialStatus`.

        Raises:
            NotPermittedError: when the list has no such place.
        """
        self._require_place(index)
        return StatusEntry(purpose=self.purpose, index=index, list_url=self.url)

    def mark(self, index: int) -> "StatusListKeeper":
        """Set one bit: the credential is revoked, suspended or superseded from the next list on.

        Raises:
            NotPermittedError: when the list has no such place.
        """
        self._require_place(index)
        return replace(self, marked=self.marked | {index})

    def lift(self, index: int) -> "StatusListKeeper":
        """Clear one bit of a suspension; what was revoked or withdrawn stays so for ever.

        Raises:
            NotPermittedError: when the list is not of suspensions.
        """
        if self.purpose != "suspension":
            reason = f"a bit of {self.purpose} is never cleared"
            raise NotPermittedError(
                f"clearing bit {index} of {self.url}", because=reason, code="status.rolled_back"
            )
        return replace(self, marked=self.marked - {index})

    def publish(self, *, signing: Signing, lifetime: timedelta, ttl: timedelta) -> Secured:
        """Sign the list as it stands, current for this long; whoever holds it asks again after `ttl`.

        Raises:
            NotPermittedError: when another place would be signed for this list, or it would be asked for too late.
        """
        if signing.id != self.url:
            reason = f"its id would be {signing.id}, not the address it is served at"
            raise NotPermittedError(f"publishing {self.url}", because=reason, code="status.malformed")
        until = signing.at + lifetime
        if not timedelta() < ttl <= lifetime:
            reason = f"it ends at {stamp(until)}, before anybody would ask again"
            raise NotPermittedError(f"publishing {self.url}", because=reason, code="status.stale")
        claim = Listing(
            id=f"{self.url}#list",
            status_purpose=self.purpose,
            encoded_list=StatusList.of(self.marked, entries=self.size).encode(),
            ttl=ttl // timedelta(milliseconds=1),
        )
        return signing.issue(claim, valid_until=until)

    def _require_place(self, index: int) -> None:
        if not 0 <= index < self.size:
            reason = f"it has places from 0 to {self.size - 1}"
            raise NotPermittedError(
                f"using bit {index} of {self.url}", because=reason, code="status.out_of_range"
            )
