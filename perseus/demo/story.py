"""The demo's eight steps, from a folder with nothing in it to a verdict, and then the same chain broken on purpose."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import cast

from perseus import clock
from perseus.copies.folder import Copy
from perseus.demo import witnessing
from perseus.demo.auditing import recalculate, with_readings
from perseus.demo.forging import Forge
from perseus.demo.parties import BANK, FIRM
from perseus.demo.preparing import Prepared, prepare
from perseus.demo.running import Town
from perseus.demo.supply import Supply
from perseus.demo.tampering import TWELVE, write_all
from perseus.demo.telling import Teller
from perseus.keystore import write_secret
from perseus.statement import plain as digits
from perseus.statement import together
from perseus.verification import Question, judge
from trust.canonical import Json
from trust.claims.emissions import total_of
from trust.errors import UnavailableError

Verdict = dict[str, Json]
_SHORT = 0.1


@dataclass(frozen=True, slots=True)
class Caught:
    """What became of one broken chain."""

    file: Path
    expected_code: str
    found_code: str | None

    @property
    def caught(self) -> bool:
        """Tell whether it was refused for the reason that it was broken for."""
        return self.found_code == self.expected_code


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the demo came to."""

    out: Path
    verdict: Verdict
    figures: dict[str, Decimal]
    kwh: Decimal
    kwh_counted: Decimal
    recalculated: Decimal
    caught: tuple[Caught, ...]
    log: Copy

    @property
    def difference(self) -> Decimal:
        """Give the auditor's total less the bank's, in kilograms."""
        return self.recalculated - total_of(tuple(self.figures.values()))

    @property
    def good(self) -> bool:
        """Tell whether the bank could rely on the chain, and on none of the broken ones."""
        verified = self.verdict["overall"] == "verified" and self.difference == 0
        return verified and len(self.caught) == len(TWELVE) and all(one.caught for one in self.caught)

    def as_json(self) -> dict[str, Json]:
        """Write the result as `perseus demo --json` prints it."""
        return {
            "overall": self.verdict["overall"],
            "kwh": digits(self.kwh),
            "kwh_counted": digits(self.kwh_counted),
            "emissions_kg": {month: f"{kg:f}" for month, kg in self.figures.items()},
            "difference_kg": f"{self.difference:.3f}",
            "recalculated_kg": f"{self.recalculated:f}",
            "evidence": str(self.out / "evidence" / "bank.perseus.json"),
            "auditor_evidence": str(self.out / "evidence" / "auditor.perseus.json"),
            "trust": str(self.out / "trust.json"),
            "register": witnessing.as_json(self.log),
            "counts": self.verdict["counts"],
            "tampered": [
                {
                    "file": str(one.file),
                    "expected_code": one.expected_code,
                    "found_code": one.found_code,
                    "caught": one.caught,
                }
                for one in self.caught
            ],
        }


def set_up(supply: Supply, out: Path, teller: Teller) -> Prepared:
    """Found the scheme, and give every party its home (steps 1 and 2)."""
    prepared = prepare(out, supply, at=clock.now())
    teller.done(
        "Scheme", f"register opened, two officers signed {prepared.register.size} events", f"{out}/registry/"
    )
    teller.done("Members", "energy data provider, grid data provider, carbon accounting provider, bank")
    return prepared


def play(supply: Supply, prepared: Prepared, teller: Teller) -> Outcome:
    """Run the story through the six services (steps 3 to 8), and break it.

    Raises:
        UnavailableError: a service does not answer, or refuses.
    """
    town = Town(prepared.out, prepared.firm, prepared.source)
    log = witnessing.published(prepared.out)
    teller.say(f"     {witnessing.told(log)}")
    town.introduce()
    expires = town.consent(supply, at=clock.now())
    until = f"{expires:%d %b %Y}".lstrip("0")
    teller.done("Consent", f"{FIRM} allows 2 uses until {until}", f"{prepared.out}/wallet/")
    _tell_data(supply, teller)
    answered = town.report(supply, lambda done, total: teller.bar("Emissions", done, total))
    report = str(answered["report"])
    evidence = town.evidence(report)
    audited = _write_evidence(town, evidence)
    begun = time.perf_counter()
    verdict = town.verdict(evidence)
    took = time.perf_counter() - begun
    figures = _figures(verdict)
    total = total_of(tuple(figures.values()))
    teller.done(
        "Emissions", f"{total:,} kg CO2 in {len(figures)} {'month' if len(figures) == 1 else 'months'}"
    )
    teller.done("Share", f"chain presented to {BANK.name}", f"{prepared.out}/evidence/bank.perseus.json")
    caught = tuple(_break(evidence, prepared, verdict_at=clock.now()))
    recalculated = total_of(tuple(recalculate(audited).values()))
    energy = together(supply.figures)
    counted = energy.kwh_counted
    proven = _write_proven(town, report)
    outcome = Outcome(prepared.out, verdict, figures, energy.kwh, counted, recalculated, caught, log)
    _tell_verdict(outcome, took, teller)
    teller.say(proven)
    return outcome


def _tell_data(supply: Supply, teller: Teller) -> None:
    expected = sum(figure.expected for figure in supply.figures)
    quality = "".join(supply.readings(month).quality for month in supply.months)
    made_up = ", made up for this demonstration" if supply.made_up else ""
    missing, estimated = quality.count("-"), quality.count("E")
    teller.done("Meter data", f"{expected:,} half-hours{made_up}, {missing} missing, {estimated} estimated")
    lacking = sum(supply.series(month).quality.count("-") for month in supply.months)
    told = f"{expected:,} half-hours{made_up}, {supply.grid_region.name}, {lacking} missing"
    teller.done("Intensity", told)
    teller.findings(() if supply.made_up else supply.findings)


def _write_proven(town: Town, report: str) -> str:
    """Write the evidence anew with the proofs of time that have come while the chain was broken, and say how many."""
    evidence, proven, due = town.proven(report)
    _write_evidence(town, evidence)
    return f" Signing times proven in the evidence log: {proven} of {due} credentials"


def _write_evidence(town: Town, evidence: bytes) -> bytes:
    """Write the bank's file and the auditor's, and give the auditor's."""
    folder = town.out / "evidence"
    folder.mkdir(exist_ok=True)
    audited = with_readings(evidence, town.readings())
    write_secret(folder / "bank.perseus.json", evidence)  # it holds the figures and the pairing
    write_secret(folder / "auditor.perseus.json", audited)  # it holds the readings
    return audited


def _figures(verdict: Verdict) -> dict[str, Decimal]:
    """Take the figures from the bank's verdict: by month, all fuels together."""
    figures: dict[str, Decimal] = {}
    for figure in cast("list[dict[str, str]]", verdict["figures"]):
        month = figure["from"][:7]
        figures[month] = figures.get(month, Decimal(0)) + Decimal(figure["kg"])
    return figures


def _break(evidence: bytes, prepared: Prepared, *, verdict_at: datetime) -> Iterator[Caught]:
    """Break the chain in each of the twelve ways, and see under which code it is caught."""
    forge = Forge(evidence, prepared.keys)
    question = Question(prepared.out / "trust.json", "bank", verdict_at, None, offline=True)
    for tampered, path in write_all(forge, prepared.out / "tampered"):
        verdict = judge(path.read_bytes(), question)
        yield Caught(path, tampered.code, _reason(verdict, tampered.code))


def _reason(verdict: Verdict, expected: str) -> str | None:
    """Give the code under which a chain failed: the one it was broken for, if that is among them."""
    checks = cast("list[dict[str, str]]", verdict["checks"])
    failed = [check["code"] for check in checks if check["outcome"] == "failed"]
    if verdict["overall"] != "not_verified" or not failed:
        return None
    return expected if expected in failed else failed[0]


def _seconds(took: float) -> str:
    """Write a duration so that it is never nothing."""
    return f"{took:.1f} s" if took >= _SHORT else f"{max(took, 0.01):.2f} s"


def _tell_verdict(outcome: Outcome, took: float, teller: Teller) -> None:
    if outcome.verdict["overall"] != "verified":
        raise UnavailableError(
            "a verified chain", because=f"the bank says {outcome.verdict['overall']}", code="chain.bad"
        )
    counts = cast("dict[str, int]", outcome.verdict["counts"])
    made = sum(number for name, number in counts.items() if name != "not_applicable")
    told = (
        f"{counts['passed']:,} of {made:,} checks passed"
        if counts["warning"]
        else f"all {made:,} checks passed"
    )
    warned = f", {counts['warning']} with a warning" if counts["warning"] else ""
    teller.done("Verify", f"{told}{warned}, in {_seconds(took)}")
    difference = f"{outcome.difference:.3f} kg"
    teller.say(
        f"     The bank checked the sum without seeing a reading; an auditor's own sum differs by {difference}."
    )
    right = sum(one.caught for one in outcome.caught)
    broken = f" Then it was broken on purpose in {len(outcome.caught)} ways: {right} of {len(outcome.caught)} caught"
    teller.say(broken, f"{outcome.out}/tampered/")
