"""The verdict: one list of checks, two answers, and what follows from them.

A check that fails makes its answer no; a check that could not be made leaves it unknown; warnings change
nothing; a report without checks answers nothing. Nobody can use a credential's claim but through `Report.require()`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Generic, NoReturn, TypeAlias, TypeVar

from trust.check import Bearing, Check, Outcome, Subject, Told
from trust.claims.halfhour import Period
from trust.errors import PerseusError
from trust.secured import Secured

__all__ = [
    "About",
    "Answer",
    "Bearing",
    "Check",
    "Outcome",
    "Overall",
    "Refused",
    "Report",
    "Subject",
    "Told",
    "Verified",
]

_Marks: TypeAlias = tuple[tuple[Bearing, Outcome], ...]
_HELD = 256

C_co = TypeVar("C_co", covariant=True)


class Answer(StrEnum):
    """One of the three answers that a bank can act on."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Overall(StrEnum):
    """The verdict in one word."""

    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class About:
    """What a report is about, for its heading: the firm, the months, and the register that was asked.

    `size` is how many entries of the register counted, or None where no copy of it is at hand.
    """

    firm: str | None = None
    period: Period | None = None
    size: int | None = None
    scope: str = "chain"


@dataclass(frozen=True, slots=True)
class Report(Generic[C_co]):
    """Everything that was asked of a credential or chain, in plan order, with nothing left out.

    Its truth value is deliberately undefined: read `overall`, or call `require()`.
    """

    checks: Sequence[Check]
    _secured: Secured | None = field(default=None, repr=False)
    _claim: C_co | None = field(default=None, repr=False)
    about: About = field(default_factory=About)

    def __iter__(self) -> Iterator[Check]:
        """Walk the checks in plan order."""
        return iter(self.checks)

    def __bool__(self) -> NoReturn:
        """Refuse to be taken for a yes or a no.

        Raises:
            TypeError: always.
        """
        raise TypeError("a report has no truth value: read report.overall, or call report.require()")

    @property
    def authentic_at_signing(self) -> Answer:
        """Answer whether all was as it should be when each party signed."""
        return _answers(self._marks)[0]

    @property
    def usable_now(self) -> Answer:
        """Answer whether it is authentic, and may be used at the moment asked for."""
        return _answers(self._marks)[1]

    @property
    def overall(self) -> Overall:
        """Give the verdict: verified only if both answers are yes."""
        return _answers(self._marks)[2]

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """Count the checks by outcome, zeros included."""
        found = [outcome for _, outcome in self._marks]
        return {outcome: found.count(outcome) for outcome in Outcome}

    @property
    def obstacles(self) -> tuple[Check, ...]:
        """Give every check that stands between this report and a yes."""
        return tuple(c for c in self.checks if c.outcome in {Outcome.FAILED, Outcome.UNKNOWN})

    @property
    def genuine(self) -> C_co | None:
        """Give the claim to show, if all was as it should be when it was signed; to use it, `require` it."""
        return self._claim if self.authentic_at_signing is Answer.YES else None

    def require(self) -> "Verified[C_co]":
        """Give the claim, if the verdict is verified.

        Raises:
            Refused: with every obstacle, not only the first.
        """
        if self.overall is not Overall.VERIFIED or self._claim is None or self._secured is None:
            raise Refused(self)
        return Verified(self._claim, self._secured, self, _made_in_report=_PROOF)

    @property
    def _marks(self) -> _Marks:
        if isinstance(self.checks, Told):
            return self.checks.marks
        return tuple((check.bearing, check.outcome) for check in self.checks)


@lru_cache(maxsize=_HELD)
def _answers(marks: _Marks) -> tuple[Answer, Answer, Overall]:
    """Give both answers and the verdict, which follow from the outcomes alone and are alike for most reports."""
    authentic, usable = _answer(marks, {Bearing.SIGNING}), _answer(marks, {Bearing.SIGNING, Bearing.USE})
    if Answer.NO in {authentic, usable}:
        return authentic, usable, Overall.NOT_VERIFIED
    return (
        authentic,
        usable,
        Overall.UNDETERMINED if Answer.UNKNOWN in {authentic, usable} else Overall.VERIFIED,
    )


def _answer(marks: _Marks, bearings: set[Bearing]) -> Answer:
    relevant = {outcome for bearing, outcome in marks if bearing in bearings}
    if Outcome.FAILED in relevant:
        return Answer.NO
    if Outcome.UNKNOWN in relevant or Outcome.PASSED not in relevant:
        return Answer.UNKNOWN
    return Answer.YES


class _Proof:
    """What only `Report.require` holds, so that nobody else can make a Verified."""


_PROOF = _Proof()


@dataclass(frozen=True, slots=True, init=False)
class Verified(Generic[C_co]):
    """A claim together with the report that lets it be believed; made by `Report.require()` alone."""

    claim: C_co
    secured: Secured
    report: Report[C_co]

    def __init__(
        self, claim: C_co, secured: Secured, report: Report[C_co], *, _made_in_report: _Proof
    ) -> None:
        """Keep the claim; the last argument shows that a report vouches for it.

        Raises:
            TypeError: when anybody but a report makes one.
        """
        if _made_in_report is not _PROOF:
            raise TypeError("a Verified is made by Report.require() alone")
        object.__setattr__(self, "claim", claim)
        object.__setattr__(self, "secured", secured)
        object.__setattr__(self, "report", report)


class Refused(PerseusError):  # noqa: N818 - the house calls it by what happened, not by a fault of the caller
    """A verdict was required to be yes, and it is not; the whole report is in it."""

    type = "https://w3id.org/perseus/v1/problems/refused"

    def __init__(self, report: Report[object]) -> None:
        obstacles = report.obstacles
        reasons = "; ".join(f"{c.code}: {c.detail}" for c in obstacles) or "no check has passed"
        super().__init__(
            f"{report.overall.value.replace('_', ' ')}: {reasons}",
            code=obstacles[0].code if obstacles else "format.unparseable",
        )
        self.report = report
