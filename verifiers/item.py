"""A document in hand: what could be made of its bytes, and where it first went wrong.

Claims come out of the exact signed bytes, and only after the signature was checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from registry.register import Register
from trust.canonical import Json
from trust.credential import Credential
from trust.did import Did, DidUrl
from trust.errors import MalformedError, PerseusError, SignatureMismatchError
from trust.keys import PublicKey
from trust.presentation import Presentation
from trust.report import Subject
from trust.secured import Secured
from trust.securing.data_integrity import Proof, verify_proof
from verifiers.shape import PRESENTATION, claim_of, shape_of
from verifiers.wording import did_of

LARGEST_CREDENTIAL = 256 * 1024
LARGEST_PRESENTATION = 32 * 1024 * 1024

__all__ = ["LARGEST_CREDENTIAL", "LARGEST_PRESENTATION", "PRESENTATION", "Item", "open_item"]


@dataclass(slots=True, eq=False)
class Item:
    """A document, its parts as far as they could be read, and the fault that stopped each stage.

    `faults` is by the name of the check that the fault belongs to; `claim` is the stage after the signature.
    """

    secured: Final[Secured]
    place: Final[str]
    members: Final[Mapping[str, Json]]
    subject: Final[Subject]
    kind: Final[str] = ""
    proof: Final[Proof | None] = None
    key: Final[PublicKey | None] = None
    credential: Final[Credential[object] | None] = None
    presentation: Final[Presentation | None] = None
    faults: Final[Mapping[str, PerseusError]] = field(default_factory=dict[str, PerseusError])

    @property
    def id(self) -> str:
        """Give the identifier that links name it by."""
        return self.subject.id

    @property
    def issuer(self) -> Did:
        """Give the party that the document names as its issuer or holder; only for one that fits its schema."""
        return did_of(self.subject.issuer)

    def __repr__(self) -> str:
        """Name it as a report does."""
        return f"Item({self.kind or 'unreadable'}, {self.place})"


def open_item(
    secured: Secured,
    *,
    place: str,
    register: Register | None,
    limit: int = LARGEST_CREDENTIAL,
    members: Mapping[str, Json] | None = None,
) -> Item:
    """Read a document as far as it can be read, and check its signature; it never raises on bad input."""
    shape = shape_of(secured, limit=limit, members=members)
    subject = _subject(shape.members, shape.kind, place)
    proof, faults = shape.proof, dict(shape.faults)
    if proof is None:
        return Item(secured, place, shape.members, subject, shape.kind, faults=faults)
    # (1) The key that the proof names, and whether the two fit the bytes.
    key = _key(proof, register, faults)
    if key is None:
        return Item(secured, place, shape.members, subject, shape.kind, proof, faults=faults)
    credential, presentation = None, None
    try:
        verify_proof(shape.members, proof, key)
        # (2) The claim, from the bytes that were signed.
        claim = claim_of(secured, shape)
        credential, presentation = (None, claim) if isinstance(claim, Presentation) else (claim, None)
    except SignatureMismatchError as error:
        faults["signature.fits"] = error
    except MalformedError as error:
        faults["claim"] = error
    return Item(
        secured, place, shape.members, subject, shape.kind, proof, key, credential, presentation, faults
    )


def _subject(members: Mapping[str, Json], kind: str, place: str) -> Subject:
    named = members.get("holder" if kind == PRESENTATION else "issuer")
    identifier = members.get("id")
    return Subject(
        identifier if isinstance(identifier, str) else "",
        kind,
        place,
        named if isinstance(named, str) else "",
    )


def _key(proof: Proof, register: Register | None, faults: dict[str, PerseusError]) -> PublicKey | None:
    """Take the key from the register for a member, from the identifier itself for a small firm."""
    method = proof.verification_method
    try:
        if method.did.multikey is not None:
            return _own_key(method.did.multikey, method.fragment)
        return _registered_key(method, register)
    except MalformedError as error:
        faults["key.known"] = error
        return None


def _registered_key(method: DidUrl, register: Register | None) -> PublicKey:
    found = None if register is None else register.key(method.did, method.fragment)
    if found is None:
        raise MalformedError(
            "/proof/verificationMethod",
            expected="a key in the register",
            found=str(method),
            code="key.unknown",
        )
    return found


def _own_key(multikey: str, fragment: str) -> PublicKey:
    if fragment != multikey:
        raise MalformedError(
            "/proof/verificationMethod",
            expected=f"#{multikey}",
            found=f"#{fragment}",
            code="key.other_issuer",
        )
    return PublicKey.from_multikey(multikey)
