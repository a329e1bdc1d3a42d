"""An evidence file with the proofs of time that have come since it was written."""

from collections.abc import Mapping
from typing import cast

from perseus.apps.party import Party
from perseus.evidence.gathering import at_hand
from trust.canonical import EVIDENCE_LIMIT, Json, canonicalize, parse_object
from trust.digest import Digest
from trust.secured import Secured


def completed(party: Party, file: bytes) -> bytes:
    """Add the proofs that are at hand for the documents and the status lists of a file; else give it as it is."""
    if party.evidence is None:
        return file
    document = dict(parse_object(file, where="evidence", limit=EVIDENCE_LIMIT))
    known = cast("Mapping[str, Json]", document.get("timeProofs", {}))
    found: dict[Digest, Json] = {
        digest: proof.write() for digest, proof in at_hand(party, _documents(document)).items()
    }
    added = {digest.multibase: proof for digest, proof in found.items() if digest.multibase not in known}
    return canonicalize({**document, "timeProofs": {**known, **added}}) if added else file


def _documents(file: Mapping[str, Json]) -> tuple[Secured, ...]:
    presentation = cast("Mapping[str, Json]", file["presentation"])
    held = [*cast("list[Json]", presentation["verifiableCredential"])]
    held += [file["receipt"], *cast("Mapping[str, Json]", file["statusLists"]).values()]
    return tuple(Secured(canonicalize(one)) for one in held if one is not None)
