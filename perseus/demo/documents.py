"""Finding one's way among the documents of an evidence file, as JSON that can be changed."""

from typing import cast

from perseus.keystore import fresh_urn
from trust.canonical import Json, canonicalize
from trust.digest import Digest
from trust.kinds import CONTEXT, SCHEMAS
from trust.schema import schema_digest
from trust.secured import Secured

Document = dict[str, Json]


def credentials_of(evidence: Document) -> list[Document]:
    """Give the credentials that the file's presentation carries, from the bottom of the chain up."""
    presentation = cast("Document", evidence["presentation"])
    return cast("list[Document]", presentation["verifiableCredential"])


def kind_of(credential: Document) -> str:
    """Name the kind of a credential."""
    return str(cast("list[str]", credential["type"])[-1])


def digest_of(document: Document) -> Digest:
    """Give the digest of a document's RFC 8785 bytes."""
    return Secured(canonicalize(document)).digest


def last_moment(evidence: Document) -> Json:
    """Give the last moment of the story: when the bank acknowledged the chain."""
    return cast("Document", evidence["receipt"])["validFrom"]


def reports_of(evidence: Document) -> list[Document]:
    """Give the reports of a chain."""
    return [held for held in credentials_of(evidence) if kind_of(held) == "EmissionsCredential"]


def one_of(evidence: Document, kind: str) -> Document:
    """Give the first credential of a kind."""
    return next(held for held in credentials_of(evidence) if kind_of(held) == kind)


def consent_to(evidence: Document, data: str) -> Document:
    """Give the consent to one kind of data."""
    return next(held for held in credentials_of(evidence) if subject_of(held).get("data") == data)


def firm_of(evidence: Document) -> str:
    """Name the firm that a chain is about."""
    return str(subject_of(one_of(evidence, "AccountHolderCredential"))["id"])


def subject_of(document: Document) -> Document:
    """Give what a credential says."""
    return cast("Document", document["credentialSubject"])


def rows_of(report: Document) -> list[Document]:
    """Give the rows of a report."""
    return cast("list[Document]", subject_of(report)["rows"])


def statuses_of(credential: Document) -> list[Document]:
    """Give the places of a credential in status lists."""
    return cast("list[Document]", credential["credentialStatus"])


def withdrawal_of(consent: Document, *, at: Json) -> Document:
    """Write the end of a consent, still to be signed by the firm that gave it."""
    name, firm = str(consent["id"]), str(consent["issuer"])
    related: list[Json] = [
        {"id": name, "digestMultibase": digest_of(consent).multibase, "mediaType": "application/vc"}
    ]
    return {
        "@context": list(CONTEXT),
        "id": fresh_urn(),
        "type": ["VerifiableCredential", "WithdrawalCredential"],
        "issuer": firm,
        "validFrom": at,
        "credentialSubject": {"type": "Withdrawal", "consent": name},
        "credentialSchema": {
            "id": f"{SCHEMAS}withdrawal",
            "type": "JsonSchema",
            "digestMultibase": schema_digest("withdrawal").multibase,
        },
        "wasDerivedFrom": [name],
        "relatedResource": related,
        "proof": {},
    }
