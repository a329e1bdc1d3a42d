"""The published JSON Schemas, and what a document that does not fit is told (VCDM 2.0, section 4.11)."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import cast

from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError

import specs
from trust.canonical import Json
from trust.digest import Digest
from trust.errors import MalformedError

_CODES = MappingProxyType(
    {"stamp": "time.malformed", "slotStamp": "time.malformed", "context": "format.unknown_context"}
)
_RULES = MappingProxyType(
    {
        "additionalProperties": "no member but those of the schema",
        "required": "every member that the schema requires",
        "type": "a value of the type that the schema names",
        "const": "the one value that the schema names",
        "enum": "one of the values that the schema names",
    }
)


def fit(name: str, document: Json) -> None:
    """Hold a document against the schema of that name.

    Raises:
        MalformedError: at the JSON pointer of the first member that does not fit.
    """
    validator = _validator(name)
    if validator.is_valid(document):
        return
    error = next(iter(validator.iter_errors(document)))
    definition = _definition(error)
    raise MalformedError(
        _pointer(error),
        expected=_expected(error, definition),
        found=_found(error),
        code=_CODES.get(definition, "format.schema"),
    )


@cache
def schema_digest(name: str) -> Digest:
    """Give the digest by which `credentialSchema` pins a schema (VC JSON Schema, section 2.1)."""
    return Digest.of(specs.published(name))


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(specs.published(name).decode(), offline=True, pattern_options=RegexOptions())


def _definition(error: ValidationError) -> str:
    """Name the shared definition that a member does not meet, or nothing."""
    path = [str(step) for step in error.schema_path]
    return path[1] if path[:1] == ["$defs"] and len(path) > 1 else ""


def _pointer(error: ValidationError) -> str:
    return "".join(f"/{step}" for step in error.instance_path) or "/"


def _expected(error: ValidationError, definition: str) -> str:
    """Say what belongs there: in the words of the definition, or by the rule of JSON Schema that it breaks."""
    shared = cast("Mapping[str, Mapping[str, str]]", specs.document("schemas/definitions.json")["$defs"])
    told = shared.get(definition, {}).get("description")
    rule = str(error.schema_path[-1]) if error.schema_path else "schema"
    sentence = (told or _RULES.get(rule) or f"what the schema's {rule} asks").rstrip(".")
    return sentence[:1].lower() + sentence[1:]


def _found(error: ValidationError) -> str:
    """Show the value itself, or for members that lack or abound, the sentence that names them."""
    if isinstance(error.instance, Mapping):
        return error.message[:160]
    return ascii(error.instance)[:160]
