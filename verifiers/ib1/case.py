"""What every check of a record may look at: its lists, its steps in order, and which step leads to which."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from trust.errors import MalformedError
from trust.ib1.container import Container
from trust.ib1.rules import source_rule
from trust.ib1.spelling import Deviation
from trust.ib1.steps import Step, StepKind, read_step
from trust.report import Subject
from verifiers.finding import Finding
from verifiers.ib1.opened import Opened

KIND = "ProvenanceRecord"


class Held(NamedTuple):
    """A step in hand: where it stands in the order of the record, who signed it, and its encoded text."""

    number: int
    step: Step
    by: Opened
    text: str

    @property
    def subject(self) -> Subject:
        """Say what a check of this step is about."""
        return Subject(self.step.id, self.step.kind.value, self.step.place, self.by.member)

    @property
    def named(self) -> str:
        """Name the step as a sentence does."""
        word = "consent" if self.step.kind is StepKind.GRANT else self.step.kind.value
        return f"The {word} {self.step.id} of {self.by.who}"


class Found(NamedTuple):
    """A finding about one list, one step or the record."""

    subject: Subject
    finding: Finding


@dataclass(slots=True, eq=False)
class RecordCase:
    """A record opened: `faults` are the steps that could not be read, `by_id` the others, the first of each id."""

    container: Final[Container]
    lists: Final[tuple[Opened, ...]]
    steps: Final[tuple[Held, ...]]
    faults: Final[tuple[tuple[Opened, MalformedError], ...]]
    at: Final[datetime]
    by_id: Final[Mapping[str, Held]]
    of_a_person: Final[frozenset[str]]
    deviations: Final[list[Deviation]] = field(default_factory=list)

    @classmethod
    def of(cls, container: Container, lists: Iterable[Opened], *, at: datetime) -> "RecordCase":
        """Read every step of the opened lists."""
        opened = {one.list.place: one for one in lists}
        steps, faults = list[Held](), list[tuple[Opened, MalformedError]]()
        for signed, place, text in container.steps.encoded():
            try:
                step = read_step(text, place)
            except MalformedError as error:
                faults.append((opened[signed.place], error))
            else:
                steps.append(Held(len(steps), step, opened[signed.place], text))
        by_id: dict[str, Held] = {}
        for held in steps:
            by_id.setdefault(held.step.id, held)
        found = [deviation for one in opened.values() for deviation in one.deviations]
        found += [deviation for held in steps for deviation in held.step.deviations]
        personal = frozenset(_of_a_person(steps, by_id))
        return cls(container, tuple(opened.values()), tuple(steps), tuple(faults), at, by_id, personal, found)

    @property
    def subject(self) -> Subject:
        """Say what a check of the whole record is about."""
        return Subject("", KIND, "", self.lists[0].member if self.lists else "")

    def kind(self, *kinds: StepKind) -> Iterator[Held]:
        """Walk the steps of some kinds, in order."""
        return (held for held in self.steps if held.step.kind in kinds)

    def sources(self, held: Held) -> Iterator[Held]:
        """Walk the steps that a step says its data came from, those that are there."""
        return (self.by_id[name] for name in held.step.sources if name in self.by_id)

    def grants(self, held: Held) -> Iterator[Held]:
        """Walk the consents that a step says it relies on, those that are there and are consents."""
        found = (self.by_id[name] for name in held.step.grants if name in self.by_id)
        return (one for one in found if one.step.kind is StepKind.GRANT)


def _of_a_person(steps: Iterable[Held], by_id: Mapping[str, Held]) -> Iterator[str]:
    """Name the steps whose data are somebody's: of such a source, of one that nobody knows, or made from them."""
    open_ids = set[str]()
    for held in steps:
        step = held.step
        rule = source_rule(step.source_type) if step.kind is StepKind.ORIGIN else None
        if step.kind is StepKind.ORIGIN:
            is_open = rule is not None and not rule.of_a_person
        else:
            is_open = bool(step.sources) and open_ids.issuperset(step.sources)
        if is_open and by_id[step.id] is held:
            open_ids.add(step.id)
        else:
            yield step.id
