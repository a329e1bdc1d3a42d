"""Which witnesses must have cosigned a checkpoint before it is believed: a policy file (C2SP tlog-policy)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Self

from registry.log.cosignature import WitnessKey, cosigned_at
from registry.log.note import Note, VerifierKey
from trust.errors import MalformedError

NONE = "none"
_MOST_LINES = 1_000
_ALLOWED = re.compile("[\t -~\x80-\U0010ffff]*")
_COUNT = re.compile("[1-9][0-9]{0,3}")


class Witnessed(NamedTuple):
    """Between which moments a checkpoint was witnessed, if of every quorum one witness is honest.

    It existed by `by`; whoever shows these cosignatures has not had them before `since`. `names` are who cosigned.
    """

    since: datetime
    by: datetime
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness of a policy: its key, and where it takes checkpoints, if that is told."""

    key: WitnessKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """So many of these members, each a witness or an earlier group."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class WitnessPolicy:
    """The logs, the witnesses, and the quorum: the name of a witness or a group, or `none`.

    Raises:
        MalformedError: the quorum names nobody.
    """

    quorum: str = NONE
    witnesses: Mapping[str, Witness] = field(default_factory=dict[str, Witness])
    groups: Mapping[str, Group] = field(default_factory=dict[str, Group])
    logs: Mapping[VerifierKey, str | None] = field(default_factory=dict[VerifierKey, str | None])

    def __post_init__(self) -> None:
        """Refuse a quorum of nobody."""
        if self.quorum != NONE and self.quorum not in self.witnesses and self.quorum not in self.groups:
            raise MalformedError(
                "quorum", expected="a witness or a group named above", found=ascii(self.quorum)
            )

    @classmethod
    def of(cls, threshold: int, keys: Sequence[WitnessKey]) -> Self:
        """Demand so many of these witnesses; none at all where the number is zero."""
        if threshold == 0:
            return cls()
        witnesses = {key.name: Witness(key) for key in keys}
        return cls("witnesses", witnesses, {"witnesses": Group(threshold, tuple(witnesses))})

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a policy file.

        Raises:
            MalformedError: a line is not what it must be; `where` names the line.
        """
        found = _Reading()
        lines = text.split("\n")
        if len(lines) > _MOST_LINES:
            raise MalformedError("policy", expected=f"at most {_MOST_LINES} lines", found=str(len(lines)))
        for number, line in enumerate(lines, 1):
            try:
                found.take(line)
            except MalformedError as error:
                raise error.within(f"line {number}") from error
        if found.quorum is None:
            raise MalformedError("policy", expected="one line quorum", found="none")
        return cls(found.quorum, found.witnesses, found.groups, found.logs)

    def __str__(self) -> str:
        """Write the policy file."""
        lines = [" ".join(["log", str(key), *([url] if url else [])]) for key, url in self.logs.items()]
        for name, one in self.witnesses.items():
            lines.append(" ".join(["witness", name, str(one.key), *([one.url] if one.url else [])]))
        lines += [
            f"group {name} {one.threshold} {' '.join(one.members)}" for name, one in self.groups.items()
        ]
        return "\n".join([*lines, f"quorum {self.quorum}", ""])

    def witnessed(self, note: Note) -> Witnessed | None:
        """Tell between which moments a quorum cosigned this note; None where it did not, or none is demanded.

        Raises:
            MalformedError: a line by a known witness has another shape.
            SignatureMismatchError: a line by a known witness does not fit, so that the note is refused.
        """
        times = {name: cosigned_at(note, one.key) for name, one in self.witnesses.items()}
        given = {name: (at, at) for name, at in times.items() if at is not None}
        span = self._span(self.quorum, given)
        return None if span is None else Witnessed(*span, tuple(given))

    def _span(
        self, name: str, given: Mapping[str, tuple[datetime, datetime]]
    ) -> tuple[datetime, datetime] | None:
        """Bound the time of a group: of any `threshold` members one is honest, so the best choice of them counts."""
        if name not in self.groups:
            return given.get(name)
        group = self.groups[name]
        spans = [span for member in group.members if (span := self._span(member, given)) is not None]
        if len(spans) < group.threshold:
            return None
        since = sorted((span[0] for span in spans), reverse=True)[group.threshold - 1]
        by = sorted(span[1] for span in spans)[group.threshold - 1]
        return since, by


@dataclass(slots=True)
class _Reading:
    """A policy file while it is read, line by line."""

    witnesses: dict[str, Witness] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    logs: dict[VerifierKey, str | None] = field(default_factory=dict)
    quorum: str | None = None
    grouped: set[str] = field(default_factory=set)

    def take(self, line: str) -> None:
        """Read one line; empty ones and comments say nothing."""
        if _ALLOWED.fullmatch(line) is None:
            raise MalformedError("policy", expected="no control characters but tabs", found=ascii(line[:40]))
        words = line.replace("\t", " ").split()
        if not words or words[0].startswith("#"):
            return
        match words:
            case ["log", key, *url] if len(url) < 2:  # noqa: PLR2004 - one address at most
                self._log(VerifierKey.parse(key), url)
            case ["witness", name, key, *url] if len(url) < 2:  # noqa: PLR2004 - one address at most
                self._witness(name, WitnessKey.parse(key), url)
            case ["group", name, count, *members] if members:
                self._group(name, count, tuple(members))
            case ["quorum", name]:
                self._quorum(name)
            case _:
                raise MalformedError(
                    "policy", expected="log, witness, group or quorum", found=ascii(line[:60])
                )

    def _log(self, key: VerifierKey, url: Sequence[str]) -> None:
        if any(other.key == key.key for other in self.logs):
            raise MalformedError("log", expected="every key once", found=f"that of {key.name} twice")
        self.logs[key] = url[0] if url else None

    def _witness(self, name: str, key: WitnessKey, url: Sequence[str]) -> None:
        self._require_new(name)
        if any(other.key.key == key.key for other in self.witnesses.values()):
            raise MalformedError("witness", expected="every key once", found=f"that of {key.name} twice")
        self.witnesses[name] = Witness(key, url[0] if url else None)

    def _group(self, name: str, count: str, members: tuple[str, ...]) -> None:
        self._require_new(name)
        for member in members:
            if member not in self.witnesses and member not in self.groups:
                raise MalformedError("group", expected="members named above", found=ascii(member))
        if self.grouped & set(members) or len(set(members)) != len(members):
            raise MalformedError("group", expected="every name in one group only, once", found=ascii(name))
        threshold = {"any": 1, "all": len(members)}.get(count) or (
            int(count) if _COUNT.fullmatch(count) else 0
        )
        if not 1 <= threshold <= len(members):
            expected = f"any, all, or 1 to {len(members)}"
            raise MalformedError("group", expected=expected, found=ascii(count))
        self.grouped |= set(members)
        self.groups[name] = Group(threshold, members)

    def _quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise MalformedError("quorum", expected="one line quorum", found="two")
        if name != NONE and name not in self.witnesses and name not in self.groups:
            raise MalformedError("quorum", expected="a witness or a group named above", found=ascii(name))
        self.quorum = name

    def _require_new(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise MalformedError("policy", expected="a new name", found=ascii(name))
