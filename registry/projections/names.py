"""The names that a projection gives: addresses under the operator's own, and the terms that it is written in."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from rdflib import Namespace, URIRef

from trust.did import Did
from trust.terms import PERSEUS, SECURITY, iri, moment, shown, words

__all__ = ["IB1", "PERSEUS", "SCHEMA", "SECURITY", "Names", "iri", "moment", "part", "shown", "words"]
__all__ += ["application_path", "member_path"]
IB1: Final = Namespace("https://registry.trust.ib1.org/ns/1.0#")
SCHEMA: Final = Namespace("http://schema.org/")


@dataclass(frozen=True, slots=True)
class Names:
    """The addresses of members and services under the address of whoever publishes the directory, such as `https://x`."""

    base: str

    @property
    def register(self) -> URIRef:
        """Name the register itself."""
        return URIRef(f"{self.base}/register")

    def member(self, did: Did) -> URIRef:
        """Name a member's page."""
        return URIRef(self.base + member_path(did))

    def application(self, did: Did, service: str) -> URIRef:
        """Name the page of a member's service."""
        return URIRef(self.base + application_path(did, service))


def member_path(did: Did) -> str:
    """Give the path of a member's page."""
    return f"/m/{quote(str(did), safe=':')}"


def application_path(did: Did, service: str) -> str:
    """Give the path of the page of a member's service."""
    return f"/a/{quote(str(did), safe=':')}/{quote(service, safe='')}"


def part(whole: URIRef, kind: str, index: int) -> URIRef:
    """Name something on a page by the entry that recorded it."""
    return URIRef(f"{whole}#{kind}-{index}")
