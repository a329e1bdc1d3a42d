"""Members of a JSON file, each of the type that its format says, or a refusal that names its pointer."""

from perseus.formats.content import Value
from trust.errors import MalformedError


def member(value: Value, name: str, *, where: str) -> Value:
    """Take a member that must be there.

    Raises:
        MalformedError: the value is no object, or has no such member.
    """
    if not isinstance(value, dict):
        raise malformed(where, "an object", kind(value))
    if name not in value:
        raise malformed(where, f"a member {name}", "none")
    return value[name]


def items(value: Value, *, where: str) -> list[Value]:
    """Take an array.

    Raises:
        MalformedError: the value is none.
    """
    if not isinstance(value, list):
        raise malformed(where, "an array", kind(value))
    return value


def string(value: Value, *, where: str) -> str:
    """Take a text.

    Raises:
        MalformedError: the value is none.
    """
    if not isinstance(value, str):
        raise malformed(where, "text", kind(value))
    return value


def kind(value: Value) -> str:
    """Name the JSON type of a value, because the value itself may be private."""
    names = {dict: "an object", list: "an array", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def malformed(where: str, expected: str, found: str) -> MalformedError:
    """Say that a member is not what the format says."""
    return MalformedError(where, expected=expected, found=found, code="format.schema")
