"""Who signed what: the chain from the account holder up to the bank's receipt, read from the evidence file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import cast

from perseus.pages.exhibit import Exhibit
from trust.canonical import EVIDENCE_LIMIT, Json, parse_object
from trust.claims.halfhour import instant

Document = Mapping[str, Json]
_KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "MembershipCredential": ("Membership", "Says who is a member, and in which role"),
        "AccountHolderCredential": ("Account holder", "Says whose meter it is"),
        "ConsentCredential": ("Consent", "Says who may use which data, for what, and until when"),
        "ConsumptionCredential": ("Meter data", "Seals every half-hour that the meter recorded"),
        "GridIntensityCredential": (
            "Grid intensity",
            "States the grams of CO\N{SUBSCRIPT TWO} of each kilowatt-hour",
        ),
        "EmissionsCredential": ("Emissions report", "States the kilograms of a month, and opens their sum"),
        "WithdrawalCredential": ("Withdrawal", "Takes a consent back"),
        "VerifiablePresentation": ("Presentation", "Hands the chain to this bank, and to nobody else"),
        "ReceiptCredential": ("Receipt", "Says that the bank has received it"),
    }
)


@dataclass(frozen=True, slots=True)
class Signed:
    """One signed document: what it is about, by whom and when it was signed, and with which key."""

    id: str
    kind: str
    about: str
    issuer: str
    at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Link:
    """The documents of one kind by one issuer: a link of the chain."""

    kind: str
    purpose: str
    issuer: str
    name: str
    role: str
    documents: tuple[Signed, ...]

    @property
    def first(self) -> datetime:
        """Tell when the first of them was signed."""
        return min(document.at for document in self.documents)

    @property
    def last(self) -> datetime:
        """Tell when the last of them was signed."""
        return max(document.at for document in self.documents)


def chain_of(exhibit: Exhibit) -> tuple[Link, ...]:
    """Read the links of the chain, in the order in which the story made them.

    Raises:
        MalformedError: the evidence is not a JSON object.
    """
    grouped: dict[tuple[str, str], list[Signed]] = {}
    for document in documents_of(exhibit.evidence):
        found = _signed(document, exhibit)
        grouped.setdefault((found.kind, found.issuer), []).append(found)
    order = list(_KINDS)
    return tuple(
        Link(
            *_KINDS.get(kind, (kind, "")),
            issuer,
            exhibit.name_of(issuer),
            exhibit.roles.get(issuer, ""),
            tuple(documents),
        )
        for (kind, issuer), documents in sorted(
            grouped.items(), key=lambda item: order.index(item[0][0]) if item[0][0] in order else len(order)
        )
    )


def titles_of(exhibit: Exhibit) -> Mapping[str, str]:
    """Name every document of the chain by its id: `Emissions report, November 2025`.

    Raises:
        MalformedError: the evidence is not a JSON object.
    """
    found = ((link, document) for link in chain_of(exhibit) for document in link.documents)
    return {
        document.id: f"{link.kind}, {document.about}" if document.about else link.kind
        for link, document in found
    }


@lru_cache(maxsize=2)
def documents_of(evidence: bytes) -> tuple[Document, ...]:
    """Give every signed document of the chain: the credentials, the presentation, the receipt.

    Raises:
        MalformedError: the evidence is not a JSON object.
    """
    held = parse_object(evidence, where="evidence", limit=EVIDENCE_LIMIT)
    presentation = held.get("presentation")
    receipt = held.get("receipt")
    found: list[Document] = []
    if isinstance(presentation, Mapping):
        found += [*cast("list[Document]", presentation.get("verifiableCredential", [])), presentation]
    return (*found, receipt) if isinstance(receipt, Mapping) else tuple(found)


def subject_of(document: Document) -> Document:
    """Give what a document says of its subject; a presentation says nothing of its own."""
    found = document.get("credentialSubject")
    return found if isinstance(found, Mapping) else {}


def kind_of(document: Document) -> str:
    """Name the kind of a document."""
    return str(cast("list[str]", document["type"])[-1])


def _signed(document: Document, exhibit: Exhibit) -> Signed:
    proof = cast("Mapping[str, str]", document["proof"])
    return Signed(
        id=str(document["id"]),
        kind=kind_of(document),
        about=_about(subject_of(document), exhibit),
        issuer=str(document.get("issuer") or document.get("holder")),
        at=instant(proof["created"]),
        key=proof["verificationMethod"].rpartition("#")[2],
    )


def _about(subject: Document, exhibit: Exhibit) -> str:
    """Say in a few words what sets a document apart from the others of its kind."""
    if subject.get("type") == "Consent":
        data = {
            "emissionsMonthly": "monthly kilograms",
            "energyConsumptionHalfHourly": "half-hourly readings",
        }
        ends = (exhibit.name_of(str(subject[end])) for end in ("from", "to"))
        return f"{data.get(str(subject['data']), str(subject['data']))}, {' to '.join(ends)}"
    if subject.get("type") in {"Consumption", "Emissions", "GridIntensity"}:
        return f"{instant(str(subject['from'])):%B %Y}"
    return ""
