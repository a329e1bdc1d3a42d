"""The verdict: one list of checks, two answers, and what follows from them.

A check that fails makes its answer no; a check that could not be made leaves it unknown; warnings change
nothing; a report without checks answers nothing. Nobody can use a credential's claim but through `Report.require()`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, NoReturn, TypeVar, overload

from trust.claims.halfhour import Period
from trust.errors import PerseusError
from trust.secured import Secured

C_co = TypeVar("C_co", covariant=True)


class Outcome(StrEnum):
    """What came of one check."""

    PASSED = "passed"
    FAILED = "failed"
    WARNING = "warning"
    UNKNOWN = "unknown"
    NOT_RUN = "not_run"
    NOT_APPLICABLE = "not_applicable"


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


class Bearing(StrEnum):
    """Which answer a check bears on: what was true when it was signed, or whether it may be used now."""

    SIGNING = "signing"
    USE = "use"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a check is about: a document, its place in the chain, and who issued it."""

    id: str
    kind: str
    place: str
    issuer: str


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its outcome: a sentence for people, a code and a clause for machines, a remedy for all."""

    name: str
    code: str
    area: str
    outcome: Outcome
    bearing: Bearing
    subject: Subject
    title: str
    detail: str
    clause: str
    expected: str = ""
    found: str = ""
    remedy: str = ""
    depends_on: tuple[str, ...] = ()
    parent: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Told(Sequence[Check]):
    """Checks that are put into words when somebody first reads them; how they came out is known before.

    `marks` holds the bearing and the outcome of each check, in the order in which `tell` gives them.
    """

    marks: tuple[tuple[Bearing, Outcome], ...]
    tell: Callable[[], tuple[Check, ...]] = field(repr=False)
    _said: list[tuple[Check, ...]] = field(default_factory=list, repr=False)

    @property
    def all(self) -> tuple[Check, ...]:
        """Give every check in words."""
        if not self._said:
            self._said.append(self.tell())
        return self._said[0]

    @overload
    def __getitem__(self, index: int) -> Check: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Check, ...]: ...

    def __getitem__(self, index: int | slice) -> Check | tuple[Check, ...]:
        """Give one check, or a run of them."""
        return self.all[index]

    def __len__(self) -> int:
        """Count the checks."""
        return len(self.marks)

    def __eq__(self, other: object) -> bool:
        """Tell whether the same was found, in the same words."""
        return isinstance(other, Sequence) and self.all == tuple(other)

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(self.all)


@dataclass(frozen=True, slots=True)
class About:
    """What a report is about, for its heading: the firm, the months, and the register that was asked.

    `size` is how many entries of the register counted, or None for all at hand.
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
        return self._answer({Bearing.SIGNING})

    @property
    def usable_now(self) -> Answer:
        """Answer whether it is authentic, and may be used at the moment asked for."""
        return self._answer({Bearing.SIGNING, Bearing.USE})

    @property
    def overall(self) -> Overall:
        """Give the verdict: verified only if both answers are yes."""
        answers = (self.authentic_at_signing, self.usable_now)
        if Answer.NO in answers:
            return Overall.NOT_VERIFIED
        return Overall.UNDETERMINED if Answer.UNKNOWN in answers else Overall.VERIFIED

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
    def _marks(self) -> tuple[tuple[Bearing, Outcome], ...]:
        if isinstance(self.checks, Told):
            return self.checks.marks
        return tuple((check.bearing, check.outcome) for check in self.checks)

    def _answer(self, bearings: set[Bearing]) -> Answer:
        relevant = [outcome for bearing, outcome in self._marks if bearing in bearings]
        if Outcome.FAILED in relevant:
            return Answer.NO
        if not relevant or Outcome.UNKNOWN in relevant or Outcome.PASSED not in relevant:
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
