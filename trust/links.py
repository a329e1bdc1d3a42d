"""How one credential names another, and binds its bytes."""

from dataclasses import dataclass
from enum import StrEnum

from trust.digest import Digest


class Relation(StrEnum):
    """The terms by which a credential names what it came from (PROV-O, section 3.1; ours: permittedBy)."""

    DERIVED = "wasDerivedFrom"
    USED = "used"
    PERMITTED = "permittedBy"


@dataclass(frozen=True, slots=True)
class Link:
    """One credential named by another, bound by the digest of its bytes (VCDM 2.0, section 5.3)."""

    relation: Relation
    id: str
    digest: Digest
    media_type: str = "application/vc"
