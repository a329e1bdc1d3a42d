"""The terms that every graph is written in, and texts from outside made so that no format can stumble over them.

A name, a role or an address in a document is text from outside. Characters that an IRI may not have are
percent-encoded, and those that XML cannot carry are replaced, so that every representation says the same.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias
from urllib.parse import quote

from rdflib import XSD, Literal, Namespace, URIRef
from rdflib.term import Node

from trust.claims.halfhour import Month, stamp
from trust.digest import Digest, b64url_encode

PERSEUS: Final = Namespace("https://w3id.org/perseus/v1/vocabulary#")
SECURITY: Final = Namespace("https://w3id.org/security#")
STATUS: Final = Namespace("https://www.w3.org/ns/credentials/status#")
Triple: TypeAlias = tuple[Node, Node, Node]
_NEVER_IN_AN_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f]')
_REPLACED = "\N{REPLACEMENT CHARACTER}"


def iri(text: str) -> URIRef:
    """Take an address from outside over, with what an IRI may not have percent-encoded (RFC 3987, section 3.1)."""
    return URIRef("".join(_encoded(letter) for letter in text))


def words(text: str) -> Literal:
    """Take a text from outside over, without characters that no line can show (XML 1.0, section 2.2)."""
    return Literal(shown(text))


def shown(text: str) -> str:
    """Replace what no line can show."""
    return "".join(letter if letter.isprintable() else _REPLACED for letter in text)


def moment(at: datetime) -> Literal:
    """Write a moment as every stamp on the wire is."""
    return Literal(stamp(at), datatype=XSD.dateTime, normalize=False)


def month(at: Month) -> Literal:
    """Write a calendar month (XML Schema 1.1, gYearMonth)."""
    return Literal(str(at), datatype=XSD.gYearMonth, normalize=False)


def decimal(number: Decimal) -> Literal:
    """Write a decimal with all its places, the last zeros too."""
    return Literal(format(number, "f"), datatype=XSD.decimal, normalize=False)


def digest(found: Digest) -> Literal:
    """Write a digest as a credential does (Controlled Identifiers 1.0, section 2.4)."""
    return Literal(found.multibase, datatype=SECURITY.multibase)


def by_digest(found: Digest) -> URIRef:
    """Name bytes by their digest alone (RFC 6920, section 3)."""
    return URIRef(f"ni:///sha-256;{b64url_encode(found.value)}")


def _encoded(letter: str) -> str:
    legal = letter.isprintable() and _NEVER_IN_AN_IRI.fullmatch(letter) is None
    return letter if legal else quote(letter, safe="", errors="replace")
