"""Who may sign which step, as the scheme publishes it (specs/ib1/rules.json).

A thing is known by a part of its registry address, so that hosts and dates may differ between environments.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple, cast
from urllib.parse import urlsplit

import specs

_SCHEME = "scheme"


class Rule(NamedTuple):
    """Which roles may sign, and whether the data are somebody's, so that a consent is needed."""

    roles: frozenset[str]
    of_a_person: bool


class Role(NamedTuple):
    """A role's address in three: the registry's host, the scheme's short name, the role's."""

    host: str
    scheme: str
    name: str


def source_rule(address: str) -> Rule | None:
    """Give the rule for a type of source; none where the scheme knows no such type."""
    return _rule("sources", address)


def process_rule(address: str) -> Rule | None:
    """Give the rule for a process."""
    return _rule("processes", address)


def licence_rule(address: str) -> Rule | None:
    """Give the rule for handing data on under a licence."""
    return _rule("licences", address)


def read_role(address: str) -> Role | None:
    """Read the address of a role, `https://HOST/scheme/SCHEME/role/NAME`; none where it is another address."""
    host, parts = _parts(address)
    match parts:
        case ("scheme", scheme, "role", name):
            return Role(host, scheme, name)
        case _:
            return None


def read_scheme(address: str) -> tuple[str, str]:
    """Read the host and the short name from the address of a scheme; the name is empty where there is none."""
    host, parts = _parts(address)
    return host, parts[1] if parts[:1] == (_SCHEME,) and len(parts) > 1 else ""


def one_spelling(address: str) -> str:
    """Write an address of a licence in one spelling: `licence` and `license` stand for one thing there."""
    return address.replace("/licence/", "/license/").rstrip("/")


def _rule(member: str, address: str) -> Rule | None:
    _, parts = _parts(address)
    rules = _rules(member)
    return next((rules[part.casefold()] for part in parts if part.casefold() in rules), None)


@cache
def _rules(member: str) -> Mapping[str, Rule]:
    entries = cast("list[dict[str, object]]", specs.document("ib1/rules.json")[member])
    return MappingProxyType({str(entry["part"]).casefold(): _read(entry) for entry in entries})


def _read(entry: Mapping[str, object]) -> Rule:
    roles = frozenset(cast("list[str]", entry["roles"]))
    return Rule(roles, bool(entry.get("of_a_person", True)))


def _parts(address: str) -> tuple[str, tuple[str, ...]]:
    try:
        split = urlsplit(address)
    except ValueError:
        return "", ()
    return split.netloc, tuple(part for part in split.path.split("/") if part)
