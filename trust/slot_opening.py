"""Opening single commitments: v and r of a half-hour, for an auditor who checks C = v*G + r*H with its own hands.

A spot audit shows readings, so it shows few. Whatever does not open is told apart: the opening of another half-hour,
an opening of nothing, a forgery.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from trust.commitment import H_COMPRESSED, LARGEST_VALUE, blindings
from trust.errors import CommitmentError
from trust.secp256k1 import ORDER, add, base, decode, encode, multiply
from trust.weighted_sum import Opening, Vector, opened_point, weighted_sum

MOST_OPENED = 48
_SCALAR = 32


@dataclass(frozen=True, slots=True, repr=False)
class SlotOpening:
    """What opens the commitment of one half-hour, by its place in the month: the reading, and its blinding scalar."""

    slot: int
    value: int
    blinding: bytes

    def __repr__(self) -> str:
        """Name the half-hour alone, because a reading has no place in a log."""
        return f"SlotOpening({self.slot})"


def open_slots(
    values: Sequence[int | None], k: bytes, slots: Collection[int], *, before: Collection[int] = ()
) -> tuple[SlotOpening, ...]:
    """Open some half-hours of a month, in order; `before` are those that were opened already, to whomever.

    Raises:
        CommitmentError: there are more than 48 with those before, or one is outside the month or has no reading.
    """
    wanted = sorted(set(slots))
    opened = len({*wanted, *before})
    if not wanted or opened > MOST_OPENED:
        raise CommitmentError(
            f"{opened} half-hours of the month would be open; a spot audit opens from 1 to {MOST_OPENED}",
            code="audit.too_many",
        )
    scalars = tuple(blindings(k, len(values)))
    found: list[SlotOpening] = []
    for slot in wanted:
        value = values[slot] if 0 <= slot < len(values) else None
        if value is None:
            raise _gap(slot, len(values))
        found.append(SlotOpening(slot, value, scalars[slot].to_bytes(_SCALAR)))
    return tuple(found)


def check_slot(points: Sequence[bytes | None], opening: SlotOpening) -> None:
    """Check that an opening is that of the commitment at its place.

    Raises:
        CommitmentError: it is of a gap, of another half-hour, or of none; its code says which.
    """
    point = points[opening.slot] if 0 <= opening.slot < len(points) else None
    if point is None:
        raise _gap(opening.slot, len(points))
    made = _commitment(opening)
    if made == point:
        return
    if made in points:
        raise CommitmentError(
            f"what is shown for half-hour {opening.slot} opens the commitment of half-hour {points.index(made)}",
            code="audit.other_slot",
        )
    raise CommitmentError(
        f"what is shown for half-hour {opening.slot} does not open its commitment", code="audit.forged"
    )


def check_rest(
    parts: Sequence[tuple[Vector, Sequence[int]]],
    opening: Opening,
    *,
    place: int,
    opened: Sequence[SlotOpening],
) -> int:
    """Take single openings of the vector at `place` out of a sum, and give the total that is left, which opens.

    The openings were checked one by one, and the sum as well: what can still be wrong is that they weigh more than all.

    Raises:
        CommitmentError: what is left is below nothing, or does not open.
    """
    vector, weights = parts[place]
    shown = {one.slot: one for one in opened}
    rest = opening.total - sum(weights[slot] * one.value for slot, one in shown.items())
    hidden = sum(weights[slot] * int.from_bytes(one.blinding) for slot, one in shown.items())
    if rest < 0:
        raise CommitmentError(
            f"the half-hours that were opened weigh {-rest} more than the total of all", code="audit.sum"
        )
    left = tuple([0 if slot in shown else weight for slot, weight in enumerate(weights)])
    blinding = (int.from_bytes(opening.blinding) - hidden) % ORDER
    others = [*parts[:place], (vector, left), *parts[place + 1 :]]
    if encode(weighted_sum(others)) != encode(opened_point(Opening(rest, blinding.to_bytes(32, "big")))):
        raise CommitmentError(
            "what is left of the sum does not open to what is left of the total", code="audit.sum"
        )
    return rest


def _commitment(opening: SlotOpening) -> bytes:
    """Commit again, from an opening in its one canonical form."""
    scalar = int.from_bytes(opening.blinding)
    if not 0 <= opening.value < LARGEST_VALUE or len(opening.blinding) != _SCALAR or not 0 < scalar < ORDER:
        raise CommitmentError(
            f"the opening of half-hour {opening.slot} was expected with a reading below 2^63 and a blinding "
            "below the order",
            code="audit.forged",
        )
    hidden = multiply(decode(H_COMPRESSED), scalar)
    return encode(add([base(opening.value), hidden]) if opening.value else hidden)


def _gap(slot: int, slots: int) -> CommitmentError:
    if not 0 <= slot < slots:
        return CommitmentError(f"half-hour {slot} is not one of the {slots} of the month", code="audit.gap")
    return CommitmentError(f"half-hour {slot} has no reading, and nothing opens it", code="audit.gap")
