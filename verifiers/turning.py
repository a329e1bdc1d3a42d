"""Which later event of the register changed its answer about a signature that was good before."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from registry.errors import RegisterError
from registry.recording import around, bound
from registry.register import Register
from registry.standing import Obstacle, Outcome, Standing
from trust.errors import MalformedError
from verifiers.wording import moment

Asked: TypeAlias = Callable[[int], Standing | None]
"""The same question, as of an earlier size."""


def turned_by(register: Register, obstacle: Obstacle, *, signed_at: datetime, earlier: Asked) -> str:
    """Name the event, where one that was recorded after the signing turned the answer; else say nothing."""
    for index in sorted(obstacle.events, reverse=True):
        try:
            event = register.event(index).event
            before = earlier(index)
        except (RegisterError, MalformedError):
            continue
        if event.effective > signed_at and before is not None and before.outcome is Outcome.VALID:
            return f" Register entry {index} ({event.type}, {_recorded(register, index)}) changed the answer."
    return ""


def _recorded(register: Register, index: int) -> str:
    since, by = around(bound(register.recorded, index))
    if by is None:
        return f"effective {moment(register.event(index).event.effective)}"
    if since is None or since == by:
        return f"recorded by {moment(by)}"
    return f"recorded between {moment(since)} and {moment(by)}"
