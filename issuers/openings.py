"""Opening commitments: every single one to oneself, before believing the readings; a weighted sum to others.

What would leak a half-hour is refused: a sum over few of them, or two sums that differ in few of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from trust.claims.commitments import Commitments
from trust.claims.consumption import Consumption, Readings
from trust.claims.emissions import Exact, OpeningClaim
from trust.commitment import commit
from trust.digest import Digest
from trust.errors import CommitmentError, NotPermittedError
from trust.report import Verified
from trust.resource import read_resource
from trust.weighted_sum import open_sum, refuse_second_weights, refuse_small_correction


@dataclass(frozen=True, slots=True, repr=False)
class Delivered:
    """A verified consumption credential with what came beside it: readings, commitments and their secret k."""

    consumption: Verified[Consumption]
    readings: bytes
    commitments: bytes
    k: bytes

    def __repr__(self) -> str:
        """Name the source and month alone, because readings and k have no place in a log."""
        return f"Delivered({self.consumption.claim.id}, {self.consumption.claim.period})"


@dataclass(frozen=True, slots=True)
class Opened:
    """Under which weights one vector of commitments has been opened; kept for ever by whoever opens.

    `source` and `month` say whose readings they are: a new vector of the same readings hides them no better.
    """

    commitments: Digest
    weights: tuple[int, ...]
    source: str = ""
    month: str = ""

    def concerns(self, other: "Opened") -> bool:
        """Tell whether both sums are over the same readings."""
        known = bool(self.source and self.month)
        same = (self.source, self.month) == (other.source, other.month)
        return self.commitments == other.commitments or (known and same)


@dataclass(frozen=True, slots=True, repr=False)
class Weighted:
    """Readings whose commitments were opened and agree, and the weights to sum them with."""

    source: str
    commitments: Digest
    readings: Readings
    weights: tuple[int, ...]
    k: bytes

    @property
    def opened(self) -> Opened:
        """Say what is to be remembered once the sum has been opened."""
        return Opened(self.commitments, self.weights, self.source, str(self.readings.period.month))

    def __repr__(self) -> str:
        """Name the commitments alone, because readings and k have no place in a log."""
        return f"Weighted({self.commitments})"


def open_each(delivered: Delivered) -> Readings:
    """Commit again to every reading, and refuse to go on unless all agree with what the provider signed.

    Raises:
        NotPermittedError: at the first resource or half-hour that is not the signed one.
        MalformedError: when a resource is not what it must be.
    """
    claim = delivered.consumption.claim
    act = f"reporting on {claim.id} for {claim.period.month}"
    _require_signed(act, "readings", Digest.of(delivered.readings), claim.readings.digest_multibase)
    _require_signed(act, "commitments", Digest.of(delivered.commitments), claim.commitments.digest_multibase)
    readings = read_resource(delivered.readings, where="readings")
    commitments = read_resource(delivered.commitments, where="commitments")
    if not isinstance(readings, Readings) or not isinstance(commitments, Commitments):
        raise _refused(act, "the resources are not readings and commitments", "link.digest")
    _require_described(act, claim, readings, commitments)
    points = commit(readings.values, delivered.k)
    if points != commitments.points:
        slot = next(
            i for i, pair in enumerate(zip(points, commitments.points, strict=True)) if pair[0] != pair[1]
        )
        reason = f"commitment {slot} of {len(points)} does not open to its reading"
        raise _refused(act, reason, "calculation.opening")
    return readings


def open_weighted(vectors: Sequence[Weighted]) -> OpeningClaim:
    """Open the weighted sum over several vectors of one scale: the total, and the sum of their blinding.

    Raises:
        NotPermittedError: when the total would give readings away.
    """
    try:
        opening = open_sum([(vector.readings.values, vector.weights, vector.k) for vector in vectors])
    except CommitmentError as error:
        raise _refused("opening a sum of readings", str(error), error.code) from error
    return OpeningClaim(
        commitments=tuple(vector.commitments for vector in vectors),
        total=Exact(opening.total),
        blinding=opening.blinding,
    )


def require_one_weighting(new: Opened, *, past: Collection[Opened], correcting: bool) -> None:
    """Refuse to open the same readings under other weights, unless a correction changes too many to tell them apart.

    Raises:
        NotPermittedError: when the difference of two totals would give readings away.
    """
    refuse = refuse_small_correction if correcting else refuse_second_weights
    for old in past:
        if old.concerns(new):
            try:
                refuse(old.weights, new.weights)
            except CommitmentError as error:
                act = f"opening the commitments {new.commitments} again"
                raise _refused(act, str(error), error.code) from error


def _require_signed(act: str, what: str, found: Digest, signed: Digest) -> None:
    if found != signed:
        raise _refused(act, f"the {what} have the digest {found}, and {signed} was signed", "link.digest")


def _require_described(act: str, claim: Consumption, readings: Readings, commitments: Commitments) -> None:
    """Hold what both resources say of themselves against the signed claim."""
    signed = (claim.period, claim.unit_code, claim.exponent)
    shown = (readings.period, readings.unit_code, readings.exponent)
    hidden = (commitments.period, commitments.unit_code, commitments.exponent)
    if not signed == shown == hidden or commitments.fuel is not claim.fuel:
        raise _refused(
            act, "readings, commitments and credential differ in period, unit or fuel", "data.unit"
        )
    if readings.quality != commitments.quality:
        raise _refused(act, "readings and commitments differ in quality", "data.coverage_misstated")


def _refused(act: str, because: str, code: str) -> NotPermittedError:
    return NotPermittedError(act, because=because, code=code)
