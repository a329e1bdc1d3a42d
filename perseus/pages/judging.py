"""The verdict on the front page, given anew: with the register and the status lists as their keepers give them now."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from perseus.pages.exhibit import Exhibit, Verdict
from perseus.verification import Question, judge
from trust.did import Did
from verifiers.file import Refresh

FRESH = 3.0  # seconds for which a verdict is shown again


@dataclass(slots=True)
class Bench:
    """Judges the bank's evidence whenever the page is asked for, at most once in a few seconds; `own` is the bank."""

    exhibit: Exhibit
    refresh: Refresh
    now: Callable[[], datetime]
    fresh: float = FRESH
    own: Did | None = None
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)
    _last: tuple[float, Verdict] | None = field(default=None, init=False, repr=False)

    def __call__(self) -> Verdict:
        """Give the verdict as it stands, by the rules and the newer evidence that `perseus verify` goes by.

        Raises:
            UnavailableError: the trust anchor's file is not there any more.
        """
        with self._lock:
            if self._last is None or time.monotonic() - self._last[0] >= self.fresh:
                found = self._judge()
                self._last = (time.monotonic(), found)
            return self._last[1]

    def _judge(self) -> Verdict:
        question = Question(
            self.exhibit.trust_file, "bank", self.now(), None, offline=False, audience=self.own, in_hand=True
        )
        return judge(self.exhibit.evidence, question, refresh=self.refresh)
