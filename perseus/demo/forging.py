"""Making a chain anew after a change: what a rogue member would sign is signed, with that member's own key.

A forger changes one document and signs it; everybody else is deceived and signs on: whatever links to a document that
changed names its new digest and is signed anew by its own issuer, up to the presentation and the bank's receipt. So
each broken chain has the one fault that it was made for, and no other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from perseus.demo.documents import Document, credentials_of, digest_of, kind_of
from trust.canonical import Json, canonicalize, parse_object
from trust.claims.halfhour import instant
from trust.did import Did
from trust.digest import Digest
from trust.errors import UnavailableError
from trust.keys import Signer
from trust.securing.data_integrity import secure
from trust.signing import suite_for, verification_method

Change = Callable[[Document], None]
_ORDER = (
    "MembershipCredential",
    "AccountHolderCredential",
    "ConsentCredential",
    "GridIntensityCredential",
    "ConsumptionCredential",
    "EmissionsCredential",
)


@dataclass(slots=True)
class Forge:
    """The good chain as a file, and every key of the demo's own parties, by DID."""

    evidence: bytes
    signers: Mapping[str, Signer] = field(repr=False)

    def open(self) -> Document:
        """Give a fresh copy of the file to break."""
        return _copy(parse_object(self.evidence, where="evidence", limit=len(self.evidence)))

    def sign(self, document: Document, *, by: str | None = None, method: str | None = None) -> Document:
        """Sign a document anew, at the moment and for the audience of its old proof.

        Raises:
            UnavailableError: the demo holds no key of that party.
        """
        proof = cast("Document", document.pop("proof"))
        party = by or str(document.get("issuer") or document.get("holder"))
        signer = self._signer(party)
        secured = secure(
            document,
            suite=suite_for(signer.key),
            signer=signer,
            verification_method=method or str(verification_method(Did.parse(party), signer.key)),
            purpose="authentication" if "challenge" in proof else "assertionMethod",
            created=_created(document, proof),
            challenge=cast("str | None", proof.get("challenge")),
            domain=cast("str | None", proof.get("domain")),
        )
        return dict(secured)

    def reforge(self, evidence: Document, changes: Mapping[str, Change]) -> bytes:
        """Apply changes to documents by their kind, and let everybody above sign what they now see.

        Raises:
            UnavailableError: the demo holds no key of a party that must sign.
        """
        chain = credentials_of(evidence)
        renewed: dict[str, Digest] = {}
        for place in sorted(range(len(chain)), key=lambda place: _height(chain[place])):
            credential = chain[place]
            change = changes.get(kind_of(credential))
            touched = self._follow(credential, renewed)
            if change is not None:
                change(credential)
            if change is not None or touched:
                chain[place] = self.sign(credential)
                renewed[str(credential["id"])] = digest_of(chain[place])
        return self.close(evidence, changes)

    def close(self, evidence: Document, changes: Mapping[str, Change] | None = None) -> bytes:
        """Let the holder present the chain as it now is, and the bank acknowledge what it got.

        Raises:
            UnavailableError: the demo holds no key of the holder or of the bank.
        """
        presentation = cast("Document", evidence["presentation"])
        change = (changes or {}).get("VerifiablePresentation")
        if change is not None:
            change(presentation)
        evidence["presentation"] = self.sign(presentation)
        receipt = evidence.get("receipt")
        if isinstance(receipt, dict):
            self._acknowledge(receipt, cast("Document", evidence["presentation"]))
            evidence["receipt"] = self.sign(receipt)
        return canonicalize(evidence)

    def _acknowledge(self, receipt: Document, presentation: Document) -> None:
        digest = digest_of(presentation).multibase
        subject = cast("Document", receipt["credentialSubject"])
        subject["digestMultibase"] = digest
        subject["receivedFrom"] = presentation["holder"]
        for entry in cast("list[Document]", receipt.get("relatedResource", [])):
            entry["digestMultibase"] = digest

    def _follow(self, credential: Document, renewed: Mapping[str, Digest]) -> bool:
        """Name the new digests of what this credential links to; tell whether any changed."""
        entries = cast("list[Document]", credential.get("relatedResource", []))
        stale = [entry for entry in entries if str(entry["id"]) in renewed]
        for entry in stale:
            entry["digestMultibase"] = renewed[str(entry["id"])].multibase
        return bool(stale)

    def _signer(self, party: str) -> Signer:
        if party not in self.signers:
            raise UnavailableError(f"the key of {party}", because="the demo holds none", code="key.unknown")
        return self.signers[party]


def _height(credential: Document) -> tuple[int, int]:
    """Tell how high in the chain a credential stands; a consent stands above those it depends on."""
    kind = kind_of(credential)
    depends = cast("Document", credential["credentialSubject"]).get("dependsOn")
    return (_ORDER.index(kind) if kind in _ORDER else 0, len(depends) if isinstance(depends, list) else 0)


def _created(document: Document, proof: Document) -> datetime:
    return instant(str(document.get("validFrom") or proof["created"]))


def _copy(value: Json) -> Document:
    return cast("Document", _fresh(value))


def _fresh(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {name: _fresh(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_fresh(item) for item in value]
    return value
