"""The histories of all members, each as the first entries of the log tell it."""

from bisect import bisect_left
from dataclasses import dataclass, field

from registry.fold.step import State
from registry.history import History
from registry.kept import Kept
from trust.did import Did

_MOST = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """What the fold has made, as of any size up to its own; looked-at histories are kept."""

    state: State
    _seen: Kept[tuple[Did, int], History] = field(default_factory=lambda: Kept(_MOST))

    def history(self, member: Did, *, size: int) -> History:
        """Give a member's history as of a size; an empty one for an organisation that the log does not know."""
        history = self.state.history(member)
        if history is None:
            return History(str(member))
        count = bisect_left(history.events, size)
        if count == len(history.events):
            return history
        return self._seen.get((member, count)) or self._seen.put((member, count), history.as_of(size))

    def owner(self, thumbprint: str | None, *, size: int) -> str | None:
        """Name the member that a key belonged to by then, if any."""
        owner = self.state.owners.get(thumbprint) if thumbprint is not None else None
        if owner is None or thumbprint is None:
            return None
        history = self.history(owner, size=size)
        return history.name if history.key(thumbprint) is not None else None

    def unknown(self, *, size: int) -> tuple[int, ...]:
        """Give the events about the scheme itself that this version does not know."""
        return tuple([index for index in self.state.scheme.unknown if index < size])
