"""What can be read of a document from its bytes alone, before any key is asked for.

Reading is remembered for bytes without a fault, for as long as they are in use; checking a signature never is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, cast

from trust.canonical import Json, parse
from trust.credential import Credential, kind_of, read
from trust.errors import MalformedError, PerseusError
from trust.kinds import CONTEXT, Kind
from trust.presentation import Presentation, is_presentation, read_presentation
from trust.schema import fit
from trust.secured import Secured
from trust.securing.data_integrity import Proof, read_proof
from verifiers.catalogue import check_of

PRESENTATION = "VerifiablePresentation"
_CONTEXT = list(CONTEXT)
_EARLY = frozenset({"format.kind_known", "time.plausible"})
_REMEMBERED = 1_024
_LONGEST_REMEMBERED = 128 * 1024


class Shape(NamedTuple):
    """A document as it could be parsed: its members, its kind, its proof, and the fault of each stage."""

    members: Mapping[str, Json]
    kind: str
    proof: Proof | None
    faults: Mapping[str, PerseusError]


class _FaultyError(Exception):
    """A shape that is not worth remembering, on its way to whoever asked."""

    def __init__(self, shape: Shape) -> None:
        super().__init__("a fault was found")
        self.shape = shape


@dataclass(frozen=True, slots=True)
class _Source:
    """A document's bytes, by which it is known, and its members where whoever carried it was parsed already."""

    secured: Secured
    members: Mapping[str, Json] | None = field(default=None, compare=False, repr=False)


def shape_of(secured: Secured, *, limit: int, members: Mapping[str, Json] | None = None) -> Shape:
    """Read a document up to its proof; it never raises on bad input.

    `members` are those of the very bytes, where they were parsed as a part of the document that carries them.
    """
    if len(secured.raw) > min(limit, _LONGEST_REMEMBERED):
        return _read_shape(_Source(secured), limit)
    try:
        return _remembered_shape(_Source(secured, members))
    except _FaultyError as found:
        return found.shape


def claim_of(secured: Secured, shape: Shape) -> Credential[object] | Presentation:
    """Read the claim of a document whose signature fits.

    Raises:
        MalformedError: a value cannot be what its member must be.
    """
    if len(secured.raw) > _LONGEST_REMEMBERED:
        return _read_claim(shape.members)
    return _remembered_claim(_Source(secured, shape.members))


@lru_cache(maxsize=_REMEMBERED)
def _remembered_shape(source: _Source) -> Shape:
    shape = _read_shape(source, _LONGEST_REMEMBERED)
    if shape.faults:
        raise _FaultyError(shape)
    return shape


@lru_cache(maxsize=_REMEMBERED)
def _remembered_claim(source: _Source) -> Credential[object] | Presentation:
    return _read_claim({} if source.members is None else source.members)


def _read_claim(members: Mapping[str, Json]) -> Credential[object] | Presentation:
    return read_presentation(members) if is_presentation(members) else read(members)


def _read_shape(source: _Source, limit: int) -> Shape:
    # (1) The bytes: strict JSON in RFC 8785 form, an object.
    try:
        members = source.members
        if members is None:
            members = _object(parse(source.secured.raw, limit=limit, canonical=True))
    except MalformedError as error:
        return Shape({}, "", None, {"format.parses": error})
    # (2) The kind and its contexts, then its schema.
    try:
        kind = PRESENTATION if is_presentation(members) else kind_of(members)
        _require_context(members.get("@context"))
    except MalformedError as error:
        return Shape(members, "", None, {"format.kind_known": error})
    name, schema = (kind.type, kind.schema) if isinstance(kind, Kind) else (kind, "presentation")
    try:
        fit(schema, members)
    except MalformedError as error:
        owner = check_of(error.code)
        return Shape(members, name, None, {owner if owner in _EARLY else "format.schema_fits": error})
    # (3) The proof.
    try:
        return Shape(members, name, read_proof(members), {})
    except MalformedError as error:
        return Shape(members, name, None, {"signature.allowed": error})


def _object(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise MalformedError(
            "document", expected="a JSON object", found=type(value).__name__, code="format.unparseable"
        )
    return cast("Mapping[str, Json]", value)


def _require_context(context: Json) -> None:
    if context != _CONTEXT:
        raise MalformedError(
            "/@context",
            expected=" and ".join(CONTEXT),
            found=str(context)[:160],
            code="format.unknown_context",
        )
