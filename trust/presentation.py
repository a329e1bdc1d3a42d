"""A presentation: credentials that a holder shows one audience, once (VCDM 2.0, section 4.13)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from trust.canonical import Json, canonicalize, parse
from trust.did import Did
from trust.errors import MalformedError
from trust.kinds import CONTEXT
from trust.secured import Secured

MEDIA_TYPE = "application/vp"
TYPE = "VerifiablePresentation"


@dataclass(frozen=True, slots=True)
class Presentation:
    """Who shows which credentials; to whom and against which nonce stands in its proof."""

    id: str
    holder: Did
    credentials: tuple[Secured, ...]


def write_presentation(presentation: Presentation) -> dict[str, Json]:
    """Write the unsecured document of a presentation, each credential whole and as it was signed."""
    return {
        "@context": list(CONTEXT),
        "id": presentation.id,
        "type": [TYPE],
        "holder": str(presentation.holder),
        "verifiableCredential": [parse(held.raw, where="credential") for held in presentation.credentials],
    }


def read_presentation(document: Mapping[str, Json]) -> Presentation:
    """Read a presentation from a document that fits its schema; its credentials come back as their own bytes.

    Raises:
        MalformedError: when the holder is no DID.
    """
    held = cast("list[Json]", document["verifiableCredential"])
    return Presentation(
        id=cast("str", document["id"]),
        holder=Did.parse(cast("str", document["holder"])),
        credentials=tuple(Secured(canonicalize(credential)) for credential in held),
    )


def is_presentation(document: Mapping[str, Json]) -> bool:
    """Tell whether a document says that it is a presentation."""
    return document.get("type") == [TYPE]


def audience_of(document: Mapping[str, Json]) -> tuple[str, Did]:
    """Give the nonce and the audience that a presentation's proof binds it to (Data Integrity 1.0, section 2.1).

    Raises:
        MalformedError: when the proof names neither.
    """
    proof = document.get("proof")
    if isinstance(proof, dict):
        challenge, domain = proof.get("challenge"), proof.get("domain")
        if isinstance(challenge, str) and isinstance(domain, str):
            return challenge, Did.parse(domain)
    raise MalformedError(
        "/proof", expected="a challenge and a domain", found="neither", code="presentation.nonce"
    )
