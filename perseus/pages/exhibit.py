"""What the pages show: one chain with the bank's verdict on it, and the same chain after somebody broke it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trust.canonical import Json

Verdict = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Broken:
    """A chain that was broken on purpose: its number, what was done, the code it must fail with and the code it has."""

    number: int
    file: Path
    deed: str
    expected: str
    found: str | None

    @property
    def caught(self) -> bool:
        """Tell whether it was refused for the reason that it was broken for."""
        return self.found == self.expected

    @property
    def address(self) -> str:
        """Name its page."""
        return f"/tampered/{self.number:02}"


@dataclass(frozen=True, slots=True)
class Service:
    """One party's service: its folder, the name people know it by, and what it does in the scheme."""

    key: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Everything that the pages are made from; the verdict is the bank's own, as it was given at its door."""

    out: Path
    reader: str
    firm: str
    verdict: Verdict = field(repr=False)
    evidence: bytes = field(repr=False)
    trust: bytes = field(repr=False)
    names: Mapping[str, str]
    roles: Mapping[str, str]
    made_up: bool
    broken: Sequence[Broken] = ()
    services: Sequence[Service] = ()

    @property
    def evidence_file(self) -> Path:
        """Name the bank's evidence file on this machine."""
        return self.out / "evidence" / "bank.perseus.json"

    @property
    def trust_file(self) -> Path:
        """Name the trust anchor's file on this machine."""
        return self.out / "trust.json"

    def name_of(self, party: str) -> str:
        """Give the name that people know a party by, or its identifier where it has none here."""
        return self.names.get(party, party)
