"""One check of a verdict: a question, how it came out, and the words for each reader (checks.md, the verdict)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple, cast, overload


class Outcome(StrEnum):
    """What came of one check."""

    PASSED = "passed"
    FAILED = "failed"
    WARNING = "warning"
    UNKNOWN = "unknown"
    NOT_RUN = "not_run"
    NOT_APPLICABLE = "not_applicable"


class Bearing(StrEnum):
    """Which answer a check bears on: what was true when it was signed, or whether it may be used now."""

    SIGNING = "signing"
    USE = "use"


class Subject(NamedTuple):
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


@dataclass(slots=True, eq=False)
class Told(Sequence[Check]):
    """Checks that are put into words when somebody first reads them; how they came out is known before.

    `marks` holds the bearing and the outcome of each check, in the order in which `tell` gives them.
    """

    marks: Final[tuple[tuple[Bearing, Outcome], ...]]
    tell: Final[Callable[[], tuple[Check, ...]]] = field(repr=False)
    _said: Final[list[tuple[Check, ...]]] = field(default_factory=list, repr=False)

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
        return isinstance(other, Sequence) and self.all == tuple(cast("Sequence[object]", other))

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(self.all)
