"""A spot audit: do the half-hours that were opened stand in the signed commitments, and fit the total of the report?

The plan: (1) the chain itself is genuine, or nothing is judged; (2) the openings are of a month of this chain; (3) each
opens the commitment at its place; (4) what is left of each sum opens to what is left of its total, and that is not
below nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from registry.anchor import Anchor
from trust.canonical import parse_object
from trust.claims.commitments import Commitments
from trust.claims.consumption import Consumption
from trust.claims.emissions import Emissions, OpeningClaim
from trust.claims.intensity import Intensity, IntensitySeries
from trust.credential import Credential
from trust.digest import Digest
from trust.envelope import envelope
from trust.errors import CommitmentError
from trust.presentation import read_presentation
from trust.report import Answer, Outcome, Overall, Report
from trust.resource import Resource, read_resource
from trust.slot_opening import SlotOpening, check_rest, check_slot
from trust.spot_audit import SlotOpenings
from trust.weighted_sum import Opening, decode
from verifiers.evidence import LARGEST, Evidence, read_evidence
from verifiers.file import verify_file
from verifiers.inputs import Source, intensity_for
from verifiers.policy import Policy


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one half-hour, or of the sum: passed, failed or not run, with its code and a sentence."""

    outcome: Outcome
    code: str | None
    detail: str
    opening: SlotOpening | None = None


@dataclass(frozen=True, slots=True)
class SpotAudit:
    """The verdict on the chain, on each half-hour that was opened, and on the sums that they stand in."""

    report: Report[object]
    shown: SlotOpenings
    claim: Consumption | None
    seen: tuple[Seen, ...]
    sums: tuple[Seen, ...]

    @property
    def overall(self) -> Overall:
        """Give the verdict: verified only if the chain is genuine and everything that was opened fits."""
        outcomes = {one.outcome for one in (*self.seen, *self.sums)}
        if Outcome.FAILED in outcomes or self.report.authentic_at_signing is Answer.NO:
            return Overall.NOT_VERIFIED
        return Overall.VERIFIED if outcomes == {Outcome.PASSED} else Overall.UNDETERMINED


def audit_slots(
    raw: bytes,
    shown: SlotOpenings,
    *,
    policy: Policy,
    anchor: Anchor | None,
    at: datetime,
    known_at: datetime | int | None = None,
) -> SpotAudit:
    """Judge the openings of some half-hours against an evidence file, whatever its bytes are."""
    # (1) Commitments that nobody vouches for bind nobody.
    report = verify_file(raw, policy=policy, anchor=anchor, at=at, known_at=known_at)
    if report.authentic_at_signing is not Answer.YES:
        code = next((check.code for check in report.obstacles), "link.missing")
        said = Seen(
            Outcome.NOT_RUN, code, "The chain is not shown to be genuine, and so nothing is compared."
        )
        return SpotAudit(report, shown, None, (said,), ())
    held = _Held.read(raw, anchor)
    # (2) An opening of another chain's month proves nothing about this one.
    found = held.consumption(shown)
    if isinstance(found, Seen):
        return SpotAudit(report, shown, None, (found,), ())
    claim, commitments = found
    # (3) Each half-hour by itself.
    seen = tuple(_slot(shown, commitments, opening) for opening in shown.openings)
    # (4) The sums, of half-hours that opened.
    good = all(one.outcome is Outcome.PASSED for one in seen)
    return SpotAudit(report, shown, claim, seen, tuple(held.sums(shown, claim)) if good else ())


def _slot(shown: SlotOpenings, commitments: Commitments, opening: SlotOpening) -> Seen:
    try:
        check_slot(commitments.points, opening)
    except CommitmentError as error:
        return Seen(Outcome.FAILED, error.code, _sentence(error), opening)
    told = f"Half-hour {opening.slot}, from {shown.half_hour(opening.slot)}, is the one that was signed."
    return Seen(Outcome.PASSED, None, told, opening)


@dataclass(frozen=True, slots=True)
class _Held:
    """The credentials and resources of a chain that has been found genuine."""

    credentials: tuple[Credential[object], ...]
    resources: Mapping[Digest, bytes]

    @classmethod
    def read(cls, raw: bytes, anchor: Anchor | None) -> "_Held":
        """Read them from the very bytes that were judged."""
        presentation, evidence = read_evidence(raw, anchor=anchor)
        shown = read_presentation(parse_object(presentation.raw, limit=LARGEST))
        return cls(tuple(envelope(one) for one in shown.credentials), _resources(evidence))

    def consumption(self, shown: SlotOpenings) -> "tuple[Consumption, Commitments] | Seen":
        """Find the month that was opened, with the commitments that its provider signed."""
        for credential in self.credentials:
            claim = credential.claim
            if credential.id == shown.credential and isinstance(claim, Consumption):
                commitments = self.resource(claim.commitments.digest_multibase)
                same = (claim.commitments.digest_multibase, claim.period) == (shown.commitments, shown.period)
                if same and isinstance(commitments, Commitments):
                    return claim, commitments
        told = f"The openings are of {shown.credential} and its commitments, which the chain does not hold."
        return Seen(Outcome.FAILED, "audit.other_month", told)

    def resource(self, digest: Digest) -> Resource | None:
        """Give a resource by its name."""
        raw = self.resources.get(digest)
        return None if raw is None else read_resource(raw, where="resource")

    def sums(self, shown: SlotOpenings, claim: Consumption) -> Iterator[Seen]:
        """Take the opened half-hours out of every total that covers them, and see what is left."""
        for credential in self.credentials:
            report = credential.claim
            if isinstance(report, Emissions):
                for opening in (opening for row in report.rows for opening in row.openings):
                    if shown.commitments in opening.commitments:
                        yield self._rest(shown, claim, credential, opening)

    def _rest(
        self, shown: SlotOpenings, claim: Consumption, report: Credential[object], opening: OpeningClaim
    ) -> Seen:
        sources = [self._source(digest, report) for digest in opening.commitments]
        parts = [(decode(source.commitments.points), source.weighting.weights) for source in sources]
        place = opening.commitments.index(shown.commitments)
        try:
            rest = check_rest(
                parts, Opening(opening.total, opening.blinding), place=place, opened=shown.openings
            )
        except CommitmentError as error:
            return Seen(Outcome.FAILED, error.code, _sentence(error))
        share = f"{100 * (opening.total - rest) / opening.total:.1f} %" if opening.total else "nothing"
        told = f"The total of {report.id} for {claim.period.month} holds: {share} of it was seen, and the rest opens."
        return Seen(Outcome.PASSED, None, told)

    def _source(self, digest: Digest, report: Credential[object]) -> Source:
        """Bring a vector together with its weights; the chain has been found to hold all of them."""
        claims = [one.claim for one in self.credentials if isinstance(one.claim, Consumption)]
        claim = next(one for one in claims if one.commitments.digest_multibase == digest)
        used = {link.id for link in report.links}
        graded = [one.claim for one in self.credentials if one.id in used]
        intensity = intensity_for(claim, tuple(one for one in graded if isinstance(one, Intensity)))
        series = None if intensity is None else self.resource(intensity.series.digest_multibase)
        commitments = self.resource(digest)
        if not isinstance(commitments, Commitments):
            raise CommitmentError("the commitments of a total are not at hand", code="link.missing")
        return Source(
            claim, commitments, None, intensity, series if isinstance(series, IntensitySeries) else None
        )


def _resources(evidence: Evidence) -> Mapping[Digest, bytes]:
    """Keep the resources that are what they are called, which a genuine chain's are."""
    return {name: raw for name, raw in evidence.resources.items() if Digest.of(raw) == name}


def _sentence(error: CommitmentError) -> str:
    text = str(error)
    return f"{text[0].upper()}{text[1:]}."


def slots_of(raw: bytes, *, anchor: Anchor | None) -> Sequence[tuple[str, Consumption, tuple[int, ...]]]:
    """Name every month of a chain by its consumption credential, and the half-hours that have a reading.

    Raises:
        MalformedError: the bytes are no evidence file.
    """
    held = _Held.read(raw, anchor)
    found: list[tuple[str, Consumption, tuple[int, ...]]] = []
    for credential in held.credentials:
        claim = credential.claim
        if isinstance(claim, Consumption):
            commitments = held.resource(claim.commitments.digest_multibase)
            points = commitments.points if isinstance(commitments, Commitments) else ()
            there = tuple([slot for slot, point in enumerate(points) if point is not None])
            found.append((credential.id, claim, there))
    return found
