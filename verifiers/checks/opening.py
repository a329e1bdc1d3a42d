"""Opening the sums of one row: every vector of its sources once, under the weights that the verifier itself derived.

Whether a total opens follows from the bytes that three digests name: the commitments, the intensity, the factor. So
the answer is kept under those names, for as long as it is in use, and a vector that comes again is not added up again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from trust.claims.emissions import OpeningClaim, Row
from trust.digest import Digest
from trust.errors import CommitmentError
from trust.weighted_sum import Opening, check_opening, decode
from verifiers.finding import Finding, failed
from verifiers.inputs import Source

_HELD = 256  # each keeps the vectors that it is about


@dataclass(frozen=True, slots=True)
class _Part:
    """One vector and what it is weighed by, known by their names alone, so that nobody compares the points."""

    commitments: Digest
    weighing: Digest | int
    source: Source = field(compare=False, repr=False)


def row_opens(row: Row, sources: tuple[Source, ...]) -> Finding | None:
    """Open each sum of a row, every vector of its sources exactly once.

    Raises:
        CommitmentError: a total does not open, or may not be opened.
        MalformedError: a vector has another number of half-hours than its weights.
    """
    by_digest = {source.digest: source for source in sources}
    named = [digest for opening in row.openings for digest in opening.commitments]
    if sorted(named) != sorted(by_digest):
        return failed(
            "calculation.opening",
            f"The {row.fuel.value} row opens {len(named)} vectors, and its sources have {len(by_digest)}.",
            expected=_short(by_digest),
            found=_short(named),
        )
    for opening in row.openings:
        fault = _fault(_parts(opening, by_digest), opening.total, opening.blinding)
        if fault is not None:
            raise CommitmentError(str(fault), code=fault.code)
    return None


def _parts(opening: OpeningClaim, by_digest: dict[Digest, Source]) -> tuple[_Part, ...]:
    parts = []
    for digest in opening.commitments:
        source = by_digest[digest]
        weighing = source.weighed_by
        if weighing is None:
            raise CommitmentError("no verified intensity gives the weights of this source")
        parts.append(_Part(digest, weighing, source))
    return tuple(parts)


@lru_cache(maxsize=_HELD)
def _fault(parts: tuple[_Part, ...], total: int, blinding: bytes) -> CommitmentError | None:
    """Give what is wrong with an opening, or None where it is the one of these commitments under these weights."""
    vectors = [(decode(part.source.commitments.points), part.source.weighting.weights) for part in parts]
    try:
        check_opening(vectors, Opening(total, blinding))
    except CommitmentError as error:
        return error
    return None


def _short(digests: Iterable[Digest]) -> str:
    return ", ".join(sorted(str(digest)[:16] for digest in digests)) or "none"
