"""What two strangers must share to interoperate, as data: schemas, contexts, vocabulary and catalogues."""

import json
from importlib import resources
from typing import Final, TypeAlias, cast

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"
Document: TypeAlias = dict[str, Json]

BASE: Final = "https://w3id.org/perseus/v1/schemas/"
_SHARED: Final = "definitions"
_WHOLE: Final = {
    "evidence": ("pairing", "presentation", "receipt", "status-list"),
    "consumption-delivery": ("half-hour-series", "commitments"),
    "intensity-delivery": ("intensity-series",),
}


def read(path: str) -> bytes:
    """Give the bytes of one file below `specs/`, named from there: `schemas/consent.json`."""
    return resources.files(__name__).joinpath(path).read_bytes()


def document(path: str) -> Document:
    """Give one JSON file below `specs/` as a fresh object."""
    return cast("Document", json.loads(read(path)))


def names() -> tuple[str, ...]:
    """Name every kind that has a schema: `consent`, `half-hour-series`, `evidence`."""
    files = resources.files(__name__).joinpath("schemas").iterdir()
    stems = (file.name.removesuffix(".json") for file in files if file.name.endswith(".json"))
    return tuple(sorted(stem for stem in stems if stem != _SHARED))


def schema(kind: str) -> Document:
    """Give the schema of a kind with its definitions embedded (JSON Schema 2020-12, section 9.3.1)."""
    embedded: Document = {name: document(f"schemas/{name}.json") for name in (_SHARED, *_WHOLE.get(kind, ()))}
    return {**document(f"schemas/{kind}.json"), "$defs": embedded}


def published(kind: str) -> bytes:
    """Give the bytes served at a schema's id, whose SHA-256 a credential names (RFC 8785)."""
    return json.dumps(schema(kind), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
