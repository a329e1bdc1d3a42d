"""What the scheme's catalogue says about roles, standards and kinds of credential."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import cast

import specs

SCHEME = "https://registry.ib1.org/scheme/perseus"


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the scheme, and the kinds of credential that it may sign."""

    url: str
    label: str
    description: str
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard that a member's service meets if the member holds the role and the service has the name."""

    url: str
    label: str
    description: str
    role: str
    service: str
    licence: str


@cache
def roles() -> Mapping[str, Role]:
    """Give the roles by their addresses."""
    entries = (
        Role(str(entry["id"]), str(entry["label"]), str(entry["description"]), _texts(entry["signs"]))
        for entry in _entries("roles")
    )
    return MappingProxyType({role.url: role for role in entries})


@cache
def standards() -> tuple[Standard, ...]:
    """Give the standards for services."""
    names = ("id", "label", "description", "role", "service", "licence")
    return tuple(Standard(*(str(entry[name]) for name in names)) for entry in _entries("standards"))


@cache
def any_member_signs() -> tuple[str, ...]:
    """Name the kinds of credential that every member may sign."""
    return _texts(specs.document("scheme/catalogue.json")["any_member_signs"])


def signers_of(kind: str) -> tuple[str, ...]:
    """Give the roles whose holders may sign a kind of credential."""
    return tuple(role.url for role in roles().values() if kind in role.signs)


def ours(url: str) -> str:
    """Give our address of what IB1's registry publishes under another one; any other address is as it was."""
    return _published().get(url, url)


@cache
def _published() -> Mapping[str, str]:
    listed = (*_entries("roles"), *_entries("standards"))
    return MappingProxyType({url: str(one["id"]) for one in listed for url in _texts(one["published_as"])})


def _entries(name: str) -> list[specs.Document]:
    return cast("list[specs.Document]", specs.document("scheme/catalogue.json")[name])


def _texts(value: specs.Json) -> tuple[str, ...]:
    return tuple(cast("list[str]", value))
