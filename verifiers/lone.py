"""One credential from outside the scheme: whose form and signature are judged, and nothing that it says."""

from collections.abc import Mapping

from trust.canonical import Json, parse_with_form
from trust.errors import MalformedError, PerseusError, SignatureMismatchError
from trust.keys import PublicKey
from trust.report import Subject
from trust.secured import Secured
from trust.securing.data_integrity import Proof, read_proof, verify_proof
from verifiers.chain import Chain
from verifiers.item import LARGEST_CREDENTIAL, PRESENTATION, Item

_METHOD_SHOWN = 120


def open_lone(secured: Secured) -> Chain:
    """Read a document of anybody's as far as it can be read; it never raises on bad input."""
    faults: dict[str, PerseusError] = {}
    members: Mapping[str, Json] = {}
    proof, key = None, None
    try:
        members, form = parse_with_form(secured.raw, limit=LARGEST_CREDENTIAL)
    except MalformedError as error:
        item = Item(secured, "", members, Subject("", "", "", ""), faults={"format.parses": error})
        return Chain(item, (item,), {}, {})
    try:
        proof = read_proof(members)
        key = _key(proof)
        verify_proof(members, proof, key, form=form)
    except SignatureMismatchError as error:
        faults["signature.fits"] = error
    except MalformedError as error:
        faults["signature.allowed" if proof is None else "key.known"] = error
    kind = PRESENTATION if "verifiableCredential" in members else "VerifiableCredential"
    item = Item(secured, "", members, _subject(members, kind), kind, proof, key, faults=faults)
    return Chain(item, (item,), {}, {})


def _key(proof: Proof) -> PublicKey:
    """Take the key from the identifier; an identifier that would have to be fetched is not known here.

    Raises:
        MalformedError: the key is weak, or not part of the identifier.
    """
    method = proof.verification_method
    multikey = method.did.multikey
    if multikey is None or method.fragment != multikey:
        found = str(method)[:_METHOD_SHOWN]
        raise MalformedError(
            "/proof/verificationMethod", expected="a did:key", found=found, code="key.unknown"
        )
    return PublicKey.from_multikey(multikey)


def _subject(members: Mapping[str, Json], kind: str) -> Subject:
    named = members.get("holder" if kind == PRESENTATION else "issuer")
    issuer = named.get("id") if isinstance(named, dict) else named
    identifier = members.get("id")
    return Subject(
        id=identifier if isinstance(identifier, str) else "",
        kind=kind,
        place="",
        issuer=issuer if isinstance(issuer, str) else "",
    )
