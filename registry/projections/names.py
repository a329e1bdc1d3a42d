"""The names that a projection gives: addresses under the operator's own, and texts that no format can stumble over.

A name, a role or a service in the register is text from outside. Characters that an IRI may not have are
percent-encoded, and those that XML cannot carry are replaced, so that every representation says the same.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from rdflib import XSD, Literal, Namespace, URIRef

from trust.claims.halfhour import stamp
from trust.did import Did

PERSEUS: Final = Namespace("https://w3id.org/perseus/v1/vocabulary#")
IB1: Final = Namespace("https://registry.trust.ib1.org/ns/1.0#")
SCHEMA: Final = Namespace("http://schema.org/")
SECURITY: Final = Namespace("https://w3id.org/security#")
_NEVER_IN_AN_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f]')
_REPLACED = "\N{REPLACEMENT CHARACTER}"


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


def iri(text: str) -> URIRef:
    """Take an address from the register over, with what an IRI may not have percent-encoded (RFC 3987, section 3.1)."""
    return URIRef("".join(_encoded(letter) for letter in text))


def words(text: str) -> Literal:
    """Take a text from the register over, without characters that no line can show (XML 1.0, section 2.2)."""
    return Literal(shown(text))


def shown(text: str) -> str:
    """Replace what no line can show."""
    return "".join(letter if letter.isprintable() else _REPLACED for letter in text)


def moment(at: datetime) -> Literal:
    """Write a moment as every stamp on the wire is."""
    return Literal(stamp(at), datatype=XSD.dateTime, normalize=False)


def _encoded(letter: str) -> str:
    legal = letter.isprintable() and _NEVER_IN_AN_IRI.fullmatch(letter) is None
    return letter if legal else quote(letter, safe="", errors="replace")
