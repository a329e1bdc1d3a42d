"""Quantities read from text as exact decimals: no binary float, no sign, no comma."""

import re
from collections.abc import Iterable
from decimal import Context, Decimal, Inexact
from typing import NamedTuple

from perseus.formats.content import Value
from trust.claims.consumption import UnitCode
from trust.errors import MalformedError

_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
_COMMA = re.compile(r"-?[0-9]+,[0-9]+", re.ASCII)
_EXACT = Context(prec=60, traps=[Inexact])
_COARSEST = 9
_FINEST = -20  # decimal places: what binary floats leave behind, and more than any meter has
_A_HALF_HOUR = 9  # the power of ten of watt-hours or cubic metres that no meter reaches in half an hour
_NOUNS = {(UnitCode.WATT_HOUR, 3): "kWh", (UnitCode.WATT_HOUR, 0): "Wh", (UnitCode.CUBIC_METRE, 0): "m3"}


class Most(NamedTuple):
    """The largest quantity that can be true, and how a refusal says it."""

    number: Decimal
    said: str


ANYTHING = Most(Decimal(10) ** 15, "10^15")


def in_half_an_hour(unit: UnitCode, scale: int) -> Most:
    """Give the most that a meter can count in half an hour, in the unit times ten to the `scale`."""
    number = Decimal(10) ** (_A_HALF_HOUR - scale)
    return Most(number, f"{number:,} {_NOUNS[unit, scale]} in half an hour")


def quantity(text: str, *, where: str, most: Most = ANYTHING) -> Decimal:
    """Read a quantity that is 0 or more from text.

    Raises:
        MalformedError: it is no number, has a decimal comma, is negative, or is out of all proportion.
    """
    stripped = text.strip()
    if _COMMA.fullmatch(stripped):
        expected = f"a decimal point, as in {stripped.replace(',', '.')[:20]}"
        raise _malformed(where, expected, f"the comma of {stripped[:20]!a}")
    if _NUMBER.fullmatch(stripped) is None:
        raise _malformed(where, "a number from 0 upwards", ascii(text[:40]) if stripped else "nothing")
    return _proportionate(Decimal(stripped), where, most)


def measured(value: Value, *, where: str, most: Most = ANYTHING) -> Decimal:
    """Take a quantity that is 0 or more from a JSON number.

    Raises:
        MalformedError: it is no number, is negative, or is out of all proportion.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _malformed(where, "a number", type(value).__name__)
    number = Decimal(value)
    if number < 0:
        raise _malformed(where, "a number from 0 upwards", str(number)[:40])
    return _proportionate(number, where, most)


def integers(numbers: Iterable[Decimal]) -> tuple[int, tuple[int, ...]]:
    """Write all numbers as integers with the one power of ten that loses nothing of any of them."""
    kept = tuple(numbers)
    exponent = min(map(_exponent, kept), default=0)
    return exponent, tuple([int(number.scaleb(-exponent, _EXACT)) for number in kept])


def _exponent(number: Decimal) -> int:
    return int(number.as_tuple().exponent)


def _proportionate(number: Decimal, where: str, most: Most) -> Decimal:
    if number > most.number:
        raise _malformed(where, f"at most {most.said}", str(number)[:40])
    if not _FINEST <= _exponent(number) <= _COARSEST:
        raise _malformed(where, "at most 20 decimals, and no power of ten above 9", str(number)[:40])
    return number


def _malformed(where: str, expected: str, found: str) -> MalformedError:
    return MalformedError(where, expected=expected, found=found, code="data.range")
