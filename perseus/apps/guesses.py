"""How many wrong codes a door has heard: beyond what typing mistakes explain, it closes for a while."""

import threading
import time
from collections import deque

from trust.errors import UnavailableError

MOST, WITHIN = 100, 3_600.0


class Guesses:
    """The wrong codes of the last hour at one door."""

    def __init__(self, *, most: int = MOST, within: float = WITHIN) -> None:
        self._most = most
        self._within = within
        self._lock = threading.Lock()
        self._wrong: deque[float] = deque()

    def allow(self) -> None:
        """Let a code be tried.

        Raises:
            UnavailableError: too many wrong ones were tried within the hour.
        """
        with self._lock:
            while self._wrong and time.monotonic() - self._wrong[0] > self._within:
                self._wrong.popleft()
            if len(self._wrong) >= self._most:
                reason = f"{self._most} wrong codes were tried within {self._within / 60:.0f} minutes"
                raise UnavailableError("this door", because=reason, code="http.unauthenticated")

    def wrong(self) -> None:
        """Remember that a code was wrong."""
        with self._lock:
            self._wrong.append(time.monotonic())
