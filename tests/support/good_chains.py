"""Good chains of every kind, from a seed: suites, months, meters, gaps, fuels, rotated keys, reinstated members."""

import random
from dataclasses import dataclass, replace

from issuers.emissions import Reported
from registry import proposal
from support.chain import ChainSimulator, party, scheme
from support.keys import signer
from support.scheme import SchemeSimulator
from support.story import BANK, CAP, EDP, GRID, LONDON, REPORTED_AT, Story
from trust.claims.consumption import Consumption, Fuel
from trust.claims.coverage import RowCoverage
from trust.claims.emissions import (
    METHOD,
    SCOPE_1,
    Activity,
    Emissions,
    Exact,
    Gases,
    OpeningClaim,
    Row,
    grams_exponent,
    kilograms,
)
from trust.claims.gas import WEIGHT_EXPONENT, gas_factors
from trust.claims.halfhour import Month
from trust.claims.region import GB
from trust.did import Did
from trust.envelope import envelope, link
from trust.keys import Signer
from trust.links import Relation
from trust.secured import Secured
from trust.weighted_sum import open_sum
from verifiers.evidence import write_evidence

GAPS = ((), (0,), (5, 700), tuple(range(400, 440)), tuple(range(1_296, 1_344)))
ISSUERS = {
    EDP: ("account_holder", "consumption", "consumption_1"),
    GRID: ("intensity",),
    CAP: ("emissions", ""),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What one drawn chain is like."""

    number: int
    ed25519: bool
    sources: int
    missing: tuple[int, ...]
    month: Month
    gas: bool
    national: bool
    rotated: Did | None
    reinstated: Did | None

    @classmethod
    def draw(cls, number: int) -> "Kind":
        """Draw the chain of a number, the same on every day."""
        draw = random.Random(f"good chain {number}")  # noqa: S311 - a test's draws are no secret
        gas = draw.random() < 0.25
        return cls(
            number,
            ed25519=draw.random() < 0.5,
            sources=1 if gas else draw.choice((1, 1, 2)),
            missing=draw.choice((*GAPS, tuple(sorted(draw.sample(range(1_300), 48))))),
            month=Month(2026, draw.randrange(1, 11)),
            gas=gas,
            national=draw.random() < 0.1,
            rotated=draw.choice((None, None, EDP, GRID, CAP)),
            reinstated=draw.choice((None, None, EDP, GRID, CAP, BANK)),
        )

    def chain(self) -> ChainSimulator:
        """Make it."""
        found = scheme(environment="demo")
        story = self._story()
        if self.reinstated is not None:
            suspended_and_back(found, self.reinstated)
        keys: dict[str, Signer] = {}
        if self.rotated is not None:
            new = rotate(found, self.rotated)
            keys = dict.fromkeys(ISSUERS[self.rotated], new)
        return ChainSimulator(story, scheme=found, keys=keys)

    def _story(self) -> Story:
        story = Story(
            opening=f"good {self.number}",
            ed25519=self.ed25519,
            sources=self.sources,
            missing=self.missing,
            month=self.month,
            fuel=Fuel.GAS if self.gas else Fuel.ELECTRICITY,
            grid_region=GB if self.national else LONDON,
        )
        if self.gas:
            story.__dict__["emissions"] = Reported(report_of_gas(story), ())
        return story


def suspended_and_back(found: SchemeSimulator, did: Did) -> None:
    """Suspend a member in spring, and reinstate it before anything of the chain was signed."""
    found.suspend(party(did), at=found.at(days=60))
    found.reinstate(party(did), at=found.at(days=90))


def rotate(found: SchemeSimulator, did: Did) -> Signer:
    """Give a member another key in the summer, let the old one retire, and give the new one."""
    old, new = party(did).signer, signer(f"rotated/{did}")
    found.add_key(party(did), new, at=found.at(days=200), old=old)
    thumbprint = old.key.thumbprint
    found.take(
        proposal.retire_key(found.register, did, thumbprint=thumbprint, at=found.at(days=210)), new, by="a"
    )
    return new


def report_of_gas(story: Story, *, kg_off: int = 0) -> Secured:
    """Report a month of gas: its one factor for every unit that was metered; a rogue's sum is off by some units."""
    issued = story.consumption[0]
    claim = envelope(issued.credential).claim
    assert isinstance(claim, Consumption)
    readings = story.readings()
    factor = gas_factors(story.month).weight(readings.unit_code)
    weights = tuple(0 if value is None else factor for value in readings.values)
    opened = open_sum([(readings.values, weights, issued.k)])
    exponent = grams_exponent(readings.unit_code, readings.exponent, weight_exponent=WEIGHT_EXPONENT)
    expected, missing = len(readings.values), readings.quality.count("-")
    row = Row(
        Fuel.GAS,
        kilograms(opened.total + kg_off, exponent=exponent),
        Gases.CO2E,
        SCOPE_1,
        RowCoverage(expected, expected - missing, missing, 0),
        (OpeningClaim((claim.commitments.digest_multibase,), Exact(opened.total), opened.blinding),),
    )
    report = Emissions(story.firm, story.month.period, (row,), METHOD, Activity(REPORTED_AT, REPORTED_AT))
    links = (link(Relation.DERIVED, issued.credential), link(Relation.PERMITTED, story.consents[0]))
    return story.signing(CAP, REPORTED_AT, "emissions", 40).issue(report, links=links)


def file_of(chain: ChainSimulator, *, readings: bool = False) -> bytes:
    """Write the bank's file, or the auditor's with the readings, without what a report of gas does not rest on."""
    held = replace(chain, readings=readings)
    credentials = held.credentials
    gas = chain.story.fuel is Fuel.GAS
    shown = held.presented(
        credentials=tuple(one for name, one in credentials.items() if not (gas and name == "intensity"))
    )
    resources = {
        digest: raw for digest, raw in held.held_resources.items() if not (gas and b"IntensitySeries" in raw)
    }
    receipt = held.receipt(shown, seen=held.scheme.checkpoint)
    evidence = held.evidence(door=None, receipt=receipt, resources=resources)
    return write_evidence(shown, evidence, checkpoint=held.scheme.checkpoint)
