"""The steps of an IB1 provenance record, each read from the text that was signed (Provenance Records 1.0, steps)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NoReturn, TypeAlias, cast

from trust.errors import MalformedError
from trust.ib1.spelling import Deviation, decoded, moment_of, unfit
from trust.jsontext import Json, is_harmless, is_shallow, refuse_content

_LONGEST_ID, _SHOWN, _MOST_LINKS = 200, 60, 256
_ID: Final = re.compile(r"[A-Za-z0-9_+/-]{20}={0,2}", re.ASCII)


class StepKind(StrEnum):
    """The five kinds of step; a grant is what IB1 calls a permission."""

    GRANT = "permission"
    ORIGIN = "origin"
    TRANSFER = "transfer"
    RECEIPT = "receipt"
    PROCESS = "process"


_KINDS: Final = MappingProxyType({kind.value: kind for kind in StepKind})


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `sources` are the ids that the data came from, `grants` those of the permissions relied on.

    `licence` is that of a transfer or of an origin's data; `licences`, `processes` and `expires` are a grant's.
    """

    place: str
    id: str
    kind: StepKind
    at: datetime
    scheme: str | None = None
    sources: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    source_type: str = ""
    licence: str = ""
    process: str = ""
    to: str = ""
    licences: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    expires: datetime | None = None
    deviations: tuple[Deviation, ...] = ()


_Members: TypeAlias = Mapping[str, Json]


def read_step(text: str, place: str) -> Step:
    """Read a step from its encoded text.

    Raises:
        MalformedError: the text is no Base64 of one JSON object, or a member is not what its kind asks.
    """
    found: list[Deviation] = []
    members = _members(text, place, found)
    name = _word(members, "type", place)
    kind = _KINDS.get(name)
    if kind is None:
        raise unfit(f"{place}/type", f"one of {', '.join(_KINDS)}", name)
    identifier = _word(members, "id", place)
    if _ID.fullmatch(identifier) is None:
        if len(identifier) > _LONGEST_ID or not identifier.isprintable():
            raise unfit(f"{place}/id", f"an id of at most {_LONGEST_ID} visible characters", identifier)
        found.append(Deviation("record.id_form", place, identifier))
    scheme = _scheme(members, place, found)
    at = _moment(members, "timestamp", place, found)
    parts = _parts(kind, members, place, found)
    return Step(place, identifier, kind, at, scheme, **parts, deviations=tuple(found))  # type: ignore[arg-type]  # _parts gives each field its own type


def _parts(kind: StepKind, members: _Members, place: str, found: list[Deviation]) -> dict[str, object]:
    match kind:
        case StepKind.GRANT:
            return _grant(members, place, found)
        case StepKind.ORIGIN:
            return {
                "source_type": _word(members, "sourceType", place),
                "licence": _either(members, "originLicense", "originLicence", place, found),
                "grants": _words(members, "permissions", place),
            }
        case StepKind.TRANSFER:
            licence = _either(members, "license", "licence", place, found)
            if not licence:
                raise unfit(f"{place}/license", "the URL of a licence", "nothing")
            return {
                "sources": (_word(members, "of", place),),
                "to": _word(members, "to", place),
                "licence": licence,
                "grants": _words(members, "permissions", place),
            }
        case StepKind.RECEIPT:
            return {"sources": (_word(members, "transfer", place),)}
        case StepKind.PROCESS:
            return _process(members, place)


def _process(members: _Members, place: str) -> dict[str, object]:
    inputs = _words(members, "inputs", place)
    if not inputs:
        raise unfit(f"{place}/inputs", "at least one id", "none")
    process = _word(members, "process", place) if "process" in members else ""
    return {"sources": inputs, "process": process, "grants": _words(members, "permissions", place)}


def _grant(members: _Members, place: str, found: list[Deviation]) -> dict[str, object]:
    allows = members.get("allows")
    if not isinstance(allows, dict):
        raise unfit(f"{place}/allows", "an object", "none")
    _word(members, "account", place)
    inside = f"{place}/allows"
    spelling = "licences" if "licences" in allows and "licenses" not in allows else "licenses"
    if spelling == "licences":
        found.append(Deviation("record.spelling", place, "allows.licences"))
    return {
        "licences": frozenset(_words(allows, spelling, inside)),
        "processes": frozenset(_words(allows, "processes", inside)),
        "expires": _moment(members, "expires", place, found),
    }


def _members(text: str, place: str, found: list[Deviation]) -> _Members:
    raw = decoded(text, place, found)
    try:
        written = raw.decode("utf-8")
        value: object = _DECODER.decode(written)
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        raise unfit(place, "one JSON object in UTF-8, each member once", str(error)) from error
    if not isinstance(value, dict):
        raise unfit(place, "a JSON object", type(value).__name__)
    members = cast("_Members", value)
    if not is_harmless(written) or not is_shallow(raw):
        _refuse_content(members, place)
    reserved = next((name for name in members if name.startswith("_")), None)
    if reserved is not None:
        raise unfit(place, "no member that begins with an underscore", reserved)
    return members


def _refuse_content(value: object, place: str) -> None:
    try:
        refuse_content(value)
    except MalformedError as error:
        raise unfit(f"{place}{error.where}", error.expected, error.found) from error


def _scheme(members: _Members, place: str, found: list[Deviation]) -> str | None:
    if "scheme" in members:
        return _word(members, "scheme", place)
    found.append(Deviation("record.scheme_absent", place, "no scheme"))
    return None


def _moment(members: _Members, name: str, place: str, found: list[Deviation]) -> datetime:
    return moment_of(_word(members, name, place), f"{place}/{name}", found)


def _either(members: _Members, letter: str, other: str, place: str, found: list[Deviation]) -> str:
    """Take a member in the specification's spelling, or in the other one, but never in both."""
    if letter in members and other in members:
        raise unfit(place, f"either {letter} or {other}", "both")
    if other in members:
        found.append(Deviation("record.spelling", place, other))
        return _word(members, other, place)
    return _word(members, letter, place) if letter in members else ""


def _word(members: _Members, name: str, place: str) -> str:
    value = members.get(name)
    if not isinstance(value, str) or not value:
        found = "none" if name not in members else f"a {type(value).__name__}"
        raise unfit(f"{place}/{name}", "a text", found)
    return value


def _words(members: _Members, name: str, place: str) -> tuple[str, ...]:
    value = members.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise unfit(f"{place}/{name}", "a list of texts", f"a {type(value).__name__}")
    if len(value) > _MOST_LINKS:
        raise unfit(f"{place}/{name}", f"at most {_MOST_LINKS} texts", str(len(value)))
    return tuple(cast("Sequence[str]", value))


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice in one object")
    return members


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")


# Numbers of any kind may stand in what a scheme adds to a step; none of them is judged.
_DECODER: Final = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse_constant)
