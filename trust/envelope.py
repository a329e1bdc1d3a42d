"""What stands around a claim that has been verified already: read again from the very bytes that were verified."""

from trust.canonical import parse_object
from trust.credential import Credential, read
from trust.links import Link, Relation
from trust.report import Verified
from trust.secured import Secured


def envelope(held: Secured | Verified[object]) -> Credential[object]:
    """Give the whole credential around a claim, for its id, its issuer, its dates and its links.

    Raises:
        MalformedError: when the bytes are no credential of the scheme.
    """
    secured = held.secured if isinstance(held, Verified) else held
    return read(parse_object(secured.raw, where="credential", canonical=True))


def link(relation: Relation, held: Secured | Verified[object]) -> Link:
    """Name a credential at hand and bind it by the digest of its bytes (VCDM 2.0, section 5.3).

    Raises:
        MalformedError: when the bytes are no credential of the scheme.
    """
    secured = held.secured if isinstance(held, Verified) else held
    return Link(relation, envelope(secured).id, secured.digest, secured.media_type)


def links_to(
    holder: Secured | Verified[object], relation: Relation, target: Secured | Verified[object]
) -> bool:
    """Tell whether one credential names another by this relation, with the digest of the very bytes at hand.

    Raises:
        MalformedError: when the bytes of either are no credential of the scheme.
    """
    return link(relation, target) in envelope(holder).linked(relation)
