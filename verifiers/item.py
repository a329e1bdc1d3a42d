"""A document in hand: what could be made of its bytes, and where it first went wrong.

Claims come out of the exact signed bytes, once, and only after the signature was checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from registry.register import Register
from trust.canonical import Json, parse
from trust.claims.halfhour import stamp
from trust.credential import Credential, kind_of, read
from trust.did import Did, DidUrl
from trust.errors import MalformedError, PerseusError, SignatureMismatchError
from trust.keys import PublicKey
from trust.kinds import CONTEXT, Kind
from trust.presentation import Presentation, is_presentation, read_presentation
from trust.report import Subject
from trust.schema import fit
from trust.secured import Secured
from trust.securing.data_integrity import Proof, read_proof, verify_proof
from verifiers.catalogue import check_of
from verifiers.wording import did_of

LARGEST_CREDENTIAL = 256 * 1024
LARGEST_PRESENTATION = 32 * 1024 * 1024
PRESENTATION = "VerifiablePresentation"
_CONTEXT = list(CONTEXT)
_SHAPE = frozenset({"format.kind_known", "time.plausible"})


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A document, its parts as far as they could be read, and the fault that stopped each stage.

    `faults` is by the name of the check that the fault belongs to; `claim` is the stage after the signature.
    """

    secured: Secured
    place: str
    members: Mapping[str, Json]
    subject: Subject
    kind: str = ""
    proof: Proof | None = None
    key: PublicKey | None = None
    credential: Credential[object] | None = None
    presentation: Presentation | None = None
    faults: Mapping[str, PerseusError] = field(default_factory=dict)

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
    secured: Secured, *, place: str, register: Register | None, limit: int = LARGEST_CREDENTIAL
) -> Item:
    """Read a document as far as it can be read; it never raises on bad input."""
    faults: dict[str, PerseusError] = {}
    # (1) The bytes: strict JSON in RFC 8785 form, an object.
    try:
        members = _object(parse(secured.raw, where=place, limit=limit, canonical=True))
    except MalformedError as error:
        return Item(secured, place, {}, Subject("", "", place, ""), faults={"format.parses": error})
    # (2) The kind, its contexts and its schema.
    kind = _kind(members, faults)
    subject = _subject(members, kind, place)
    if kind is None:
        return Item(secured, place, members, subject, faults=faults)
    name = PRESENTATION if isinstance(kind, str) else kind.type
    try:
        fit("presentation" if isinstance(kind, str) else kind.schema, members)
    except MalformedError as error:
        owner = check_of(error.code)
        faults[owner if owner in _SHAPE else "format.schema_fits"] = error
        return Item(secured, place, members, subject, kind=name, faults=faults)
    # (3) The proof, the key it names, and whether the two fit the bytes.
    proof = _proof(members, faults)
    key = None if proof is None else _key(proof, register, faults)
    if proof is not None and key is not None:
        try:
            verify_proof(members, proof, key)
        except SignatureMismatchError as error:
            faults["signature.fits"] = error
    # (4) The claim, from the bytes that were signed.
    credential, presentation = None, None
    if key is not None and not faults:
        try:
            if isinstance(kind, str):
                presentation = read_presentation(members)
            else:
                credential = read(members)
        except MalformedError as error:
            faults["claim"] = error
    return Item(secured, place, members, subject, name, proof, key, credential, presentation, faults)


def reached(item: Item) -> bool:
    """Tell whether the signature was checked and fits."""
    return item.credential is not None or item.presentation is not None or "claim" in item.faults


def when(item: Item) -> str:
    """Give the moment of signing as a sentence has it."""
    return "" if item.proof is None else stamp(item.proof.created)


def _object(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise MalformedError(
            "document", expected="a JSON object", found=type(value).__name__, code="format.unparseable"
        )
    return cast("Mapping[str, Json]", value)


def _kind(members: Mapping[str, Json], faults: dict[str, PerseusError]) -> Kind | str | None:
    try:
        kind = PRESENTATION if is_presentation(members) else kind_of(members)
        _require_context(members.get("@context"))
    except MalformedError as error:
        faults["format.kind_known"] = error
        return None
    return kind


def _require_context(context: Json) -> None:
    if context != _CONTEXT:
        raise MalformedError(
            "/@context",
            expected=" and ".join(CONTEXT),
            found=str(context)[:160],
            code="format.unknown_context",
        )


def _subject(members: Mapping[str, Json], kind: Kind | str | None, place: str) -> Subject:
    named = members.get("holder" if kind == PRESENTATION else "issuer")
    identifier = members.get("id")
    return Subject(
        id=identifier if isinstance(identifier, str) else "",
        kind=str(kind) if kind is not None else "",
        place=place,
        issuer=named if isinstance(named, str) else "",
    )


def _proof(members: Mapping[str, Json], faults: dict[str, PerseusError]) -> Proof | None:
    try:
        return read_proof(members)
    except MalformedError as error:
        faults["signature.allowed"] = error
        return None


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
