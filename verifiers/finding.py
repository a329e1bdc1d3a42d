"""What a check found, before it is told in the words of the catalogue."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from trust.report import Outcome

Detail: TypeAlias = str | Callable[[], str]


class Finding(NamedTuple):
    """An outcome with its code and its sentence; the code is empty where the check's own name says it.

    `detail` may be given as a function, so that nobody builds sentences that nobody reads.
    """

    outcome: Outcome
    code: str
    detail: Detail
    expected: str = ""
    found: str = ""
    remedy: str = ""

    @property
    def sentence(self) -> str:
        """Give the sentence, built now if it was not yet."""
        return self.detail if isinstance(self.detail, str) else self.detail()


HOLD = frozenset({Outcome.PASSED, Outcome.WARNING, Outcome.NOT_APPLICABLE})


def passed(detail: Detail) -> Finding:
    """Find that it is as it should be."""
    return Finding(Outcome.PASSED, "", detail)


def not_applicable(detail: Detail) -> Finding:
    """Find that there is nothing to ask here."""
    return Finding(Outcome.NOT_APPLICABLE, "", detail)


def failed(code: str, detail: Detail, *, expected: str = "", found: str = "", remedy: str = "") -> Finding:
    """Find that it is not as it should be."""
    return Finding(Outcome.FAILED, code, detail, expected, found, remedy)


def warning(code: str, detail: Detail, *, expected: str = "", found: str = "", remedy: str = "") -> Finding:
    """Find something that a reader should know, and that changes no answer."""
    return Finding(Outcome.WARNING, code, detail, expected, found, remedy)


def unknown(code: str, detail: Detail, *, expected: str = "", found: str = "", remedy: str = "") -> Finding:
    """Find that it cannot be told with what is at hand."""
    return Finding(Outcome.UNKNOWN, code, detail, expected, found, remedy)


def not_run(waits_for: str, detail: Detail) -> Finding:
    """Find that another check must hold before this one can be asked; the code names it."""
    return Finding(Outcome.NOT_RUN, waits_for, detail)
