"""What a check found, before it is told in the words of the catalogue."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from trust.report import Outcome

if TYPE_CHECKING:
    from verifiers.case import Case
    from verifiers.item import Item


class Words(NamedTuple):
    """A sentence that follows from the case and the document alone, so that one finding serves every document."""

    of: "Callable[[Case, Item], str]"


Detail: TypeAlias = str | Callable[[], str] | Words


class Finding(NamedTuple):
    """An outcome with its code and its sentence; the code is empty where the check's own name says it.

    `detail` may be given as a function or as words, so that nobody builds sentences that nobody reads.
    """

    outcome: Outcome
    code: str
    detail: Detail
    expected: str = ""
    found: str = ""
    remedy: str = ""

    def sentence(self, case: "Case", item: "Item") -> str:
        """Give the sentence about this document of the case, built now if it was not yet."""
        if isinstance(self.detail, Words):
            return self.detail.of(case, item)
        return self.detail if isinstance(self.detail, str) else self.detail()


_PASSED = Outcome.PASSED
HOLD = frozenset({_PASSED, Outcome.WARNING, Outcome.NOT_APPLICABLE})


def passed(detail: Detail) -> Finding:
    """Find that it is as it should be."""
    return Finding(_PASSED, "", detail)


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
