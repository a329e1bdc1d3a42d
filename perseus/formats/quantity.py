"""Quantities read from text as exact decimals: no binary float, no sign, no comma."""

import re
from collections.abc import Iterable
from decimal import Context, Decimal, Inexact

from perseus.formats.content import Value
from trust.errors import MalformedError

_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
_COMMA = re.compile(r"-?[0-9]+,[0-9]+", re.ASCII)
_EXACT = Context(prec=60, traps=[Inexact])
_LARGEST = Decimal(10) ** 9
_COARSEST = 9
_FINEST = -20  # decimal places: what binary floats leave behind, and more than any meter has


def quantity(text: str, *, where: str) -> Decimal:
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
    return _proportionate(Decimal(stripped), where)


def measured(value: Value, *, where: str) -> Decimal:
    """Take a quantity that is 0 or more from a JSON number.

    Raises:
        MalformedError: it is no number, is negative, or is out of all proportion.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _malformed(where, "a number", type(value).__name__)
    number = Decimal(value)
    if number < 0:
        raise _malformed(where, "a number from 0 upwards", str(number)[:40])
    return _proportionate(number, where)


def integers(numbers: Iterable[Decimal]) -> tuple[int, tuple[int, ...]]:
    """Write all numbers as integers with the one power of ten that loses nothing of any of them."""
    kept = tuple(numbers)
    exponent = min(map(_exponent, kept), default=0)
    return exponent, tuple([int(number.scaleb(-exponent, _EXACT)) for number in kept])


def _exponent(number: Decimal) -> int:
    return int(number.as_tuple().exponent)


def _proportionate(number: Decimal, where: str) -> Decimal:
    if number > _LARGEST or not _FINEST <= _exponent(number) <= _COARSEST:
        raise _malformed(where, "at most 10^9, and 20 decimals", str(number)[:40])
    return number


def _malformed(where: str, expected: str, found: str) -> MalformedError:
    return MalformedError(where, expected=expected, found=found, code="data.range")
