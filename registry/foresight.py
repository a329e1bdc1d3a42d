"""What an event lacks before it can enter the log: nothing, signatures alone, or something that no signature mends."""

from datetime import datetime, timedelta

from registry.errors import EventRefusedError
from registry.events import Event, SignedEvent
from registry.fold.rules import require_known
from registry.history import moment
from registry.register import Register
from trust.errors import MalformedError

AHEAD = timedelta(days=400)
"""How far ahead of its recording an event may be dated: nothing about its subject could be recorded before that day."""


def require_near(event: Event, *, recorded: datetime) -> None:
    """Demand that an event does not count from a year that somebody mistyped; the fold, without a clock, cannot ask.

    Raises:
        EventRefusedError: it is dated more than 400 days ahead.
    """
    latest = recorded + AHEAD
    if event.effective > latest:
        raise EventRefusedError(
            f"{event.type} of {event.subject} is dated {moment(event.effective)}, more than {AHEAD.days} days ahead: "
            f"expected at most {moment(latest)}. Look at the year, and propose it anew.",
            code="event.ahead",
        )


def foresee(register: Register, event: Event, *, recorded: datetime) -> None:
    """Demand that the fold would accept the event next, once all have signed it who may.

    Raises:
        EventRefusedError: it would be ignored whoever signs, and the code says why.
    """
    require_known(event)
    require_near(event, recorded=recorded)
    state = register._views.state.copy()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - the fold's state is one package's business
    try:
        state.foresee(event, tree=register.tree, recorded=recorded)
    except MalformedError as error:
        raise EventRefusedError(str(error), code=error.code) from error


def lacking(register: Register, signed: SignedEvent, *, recorded: datetime) -> str | None:
    """Say which signatures an event still lacks, in the fold's own sentence; None once it lacks none.

    Raises:
        EventRefusedError: it would be ignored whoever signs, or a signature on it does not count.
    """
    foresee(register, signed.event, recorded=recorded)
    try:
        register.accept(signed.entry, recorded=recorded)
    except EventRefusedError as refused:
        if refused.code != "event.quorum":
            raise
        return str(refused)
    return None
