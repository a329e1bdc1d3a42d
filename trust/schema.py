"""The published JSON Schemas, and what a document that does not fit is told (VCDM 2.0, section 4.11)."""

from functools import cache

from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError

import specs
from trust.canonical import Json
from trust.digest import Digest
from trust.errors import MalformedError


def fit(name: str, document: Json) -> None:
    """Hold a document against the schema of that name.

    Raises:
        MalformedError: at the JSON pointer of the first member that does not fit.
    """
    validator = _validator(name)
    if validator.is_valid(document):
        return
    error = next(iter(validator.iter_errors(document)))
    raise MalformedError(
        _pointer(error), expected=_expected(error), found=_found(error), code="format.schema"
    )


@cache
def schema_digest(name: str) -> Digest:
    """Give the digest by which `credentialSchema` pins a schema (VC JSON Schema, section 2.1)."""
    return Digest.of(specs.published(name))


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(specs.published(name).decode(), offline=True, pattern_options=RegexOptions())


def _pointer(error: ValidationError) -> str:
    return "".join(f"/{step}" for step in error.instance_path) or "/"


def _expected(error: ValidationError) -> str:
    rule = str(error.schema_path[-1]) if error.schema_path else "schema"
    return f"what the schema's {rule} asks"


def _found(error: ValidationError) -> str:
    return error.message[:160]
