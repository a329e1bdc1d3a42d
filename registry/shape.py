"""The shape of parsed JSON: exactly these members, each of its type, or a refusal that names what was found."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from trust.canonical import Json
from trust.errors import MalformedError

_SHOWN = 200


def exactly(value: Json, names: AbstractSet[str], *, where: str) -> Mapping[str, Json]:
    """Demand an object of exactly these members.

    Raises:
        MalformedError: it is none, or has others.
    """
    if not isinstance(value, Mapping) or value.keys() != names:
        found = ", ".join(sorted(value)) if isinstance(value, Mapping) else type(value).__name__
        expected = f"an object of {', '.join(sorted(names))}"
        raise _misfit(where, expected, ascii(found[:_SHOWN]) if found else "no member")
    return value


def listed(value: Json, *, where: str) -> Sequence[Json]:
    """Demand an array.

    Raises:
        MalformedError: it is none.
    """
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise _misfit(where, "an array", type(value).__name__)
    return value


def mapped(value: Json, *, where: str) -> Mapping[str, Json]:
    """Demand an object.

    Raises:
        MalformedError: it is none.
    """
    if not isinstance(value, Mapping):
        raise _misfit(where, "an object", type(value).__name__)
    return value


def text(value: Json, *, where: str) -> str:
    """Demand a text.

    Raises:
        MalformedError: it is none.
    """
    if not isinstance(value, str):
        raise _misfit(where, "text", type(value).__name__)
    return value


def count(value: Json, *, where: str) -> int:
    """Demand an integer from 0.

    Raises:
        MalformedError: it is none.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _misfit(where, "an integer from 0", str(value)[:_SHOWN])
    return value


def _misfit(where: str, expected: str, found: str) -> MalformedError:
    return MalformedError(where, expected=expected, found=found, code="format.schema")
