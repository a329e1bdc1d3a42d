"""Opening the sums of one row: every vector of its sources once, under the weights that the verifier itself derived.

Whether a total opens follows from the bytes that three digests name: the commitments, the intensity, the factor. So
the answer is kept under those names, for as long as it is in use, and a vector that comes again is not added up again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from trust.claims.commitments import Commitments
from trust.claims.consumption import Consumption
from trust.claims.emissions import OpeningClaim, Row
from trust.digest import Digest
from trust.errors import CommitmentError
from trust.weighted_sum import Opening, check_opening, decode
from verifiers.case import Case
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
    parts: list[_Part] = []
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


@dataclass(frozen=True, slots=True)
class _Vector:
    """Commitments, known by their name alone."""

    name: Digest
    points: tuple[bytes | None, ...] = field(compare=False, repr=False)


def blinded_alike(case: Case, sources: tuple[Source, ...]) -> Finding | None:
    """Find a point that stands in two vectors at hand: they are under one k, and their difference shows readings."""
    claims = [claim for _, claim in case.chain.claims(Consumption)]
    if len(claims) == 1:
        return None
    vectors: list[_Vector] = []
    for claim in claims:
        found = case.resources.read(claim.commitments.digest_multibase, Commitments)
        if found is not None:
            vectors.append(_Vector(claim.commitments.digest_multibase, found.points))
    alike = _alike(tuple(dict.fromkeys(vectors)))
    for source in sources:
        if source.digest in alike:
            slot = alike[source.digest]
            return failed(
                "calculation.second_weights",
                f"The commitments of {source.claim.id} share the point of half-hour {slot} with others, under one k.",
                expected="a fresh k for each meter and month",
                found="one k for two",
            )
    return None


@lru_cache(maxsize=_HELD)
def _alike(vectors: tuple[_Vector, ...]) -> Mapping[Digest, int]:
    """Give the vectors that share a point, each with the first half-hour at which it does."""
    owners: dict[bytes, Digest] = {}
    found: dict[Digest, int] = {}
    for vector in vectors:
        for slot, point in enumerate(vector.points):
            if point is not None and owners.setdefault(point, vector.name) != vector.name:
                found.setdefault(vector.name, slot)
                found.setdefault(owners[point], slot)
    return found


def _short(digests: Iterable[Digest]) -> str:
    return ", ".join(sorted(str(digest)[:16] for digest in digests)) or "none"
