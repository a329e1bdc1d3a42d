"""What a verifier has in hand beside the document it judges, and the file in which all of it travels.

Nothing here is believed yet. The file is `*.perseus.json`: RFC 8785 bytes, up to 32 MiB (credentials.md, the evidence
file), from which a presentation can be judged again, offline, years later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from registry.anchor import Anchor
from registry.events import SignedEvent
from registry.evidence.proof import Proof, read_proofs
from registry.log.note import Note
from registry.proposal import anchor_of
from registry.register import Register
from trust.canonical import Json, canonicalize, parse, parse_object
from trust.did import Did
from trust.digest import Digest
from trust.errors import MalformedError, PerseusError
from trust.schema import fit
from trust.secured import Secured

TYPE = "PerseusEvidence"
LARGEST = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Door:
    """What the verifier knows of the moment in which it received a presentation.

    `challenge` is the nonce that it gave out, `audience` itself, `holder` the member of the connection's
    certificate, or None where the connection has none.
    """

    challenge: str
    audience: Did
    holder: Did | None
    received_at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The register, the credentials linked to, the resources by digest, the status lists by URL, and the rest.

    `pairing` are the bytes of the firm's signed `CustomerPairing`; `register_fault` says why a copy of the register
    that was offered is not among it, `register_at` when the copy was surely all there was: when the verifier itself
    fetched it, or the time in its witnesses' cosignatures; `register_carried` says that it came with the document to be
    judged, so that its age is yet to be shown.
    `time_proofs` are from the evidence log, each under the digest that it is about; `other_lists` are status lists that
    came beside those in `status_lists`.
    `own` is the party that judges, where it says who it is; `seen` tells from its own records by when it had documents.
    """

    register: Register | None
    credentials: tuple[Secured, ...] = ()
    resources: Mapping[Digest, bytes] = field(default_factory=dict[Digest, bytes])
    status_lists: Mapping[str, Secured] = field(default_factory=dict[str, Secured])
    receipt: Secured | None = None
    pairing: Secured | None = None
    door: Door | None = None
    register_fault: PerseusError | None = None
    register_at: datetime | None = None
    register_carried: bool = False
    time_proofs: Mapping[Digest, Proof] = field(default_factory=dict[Digest, Proof])
    other_lists: tuple[Secured, ...] = ()
    own: Did | None = None
    seen: Mapping[Digest, datetime] = field(default_factory=dict[Digest, datetime])


def read_evidence(raw: bytes, *, anchor: Anchor | None) -> tuple[Secured, Evidence]:
    """Read an evidence file into the presentation and what travels beside it.

    A register that is not the anchor's becomes `register_fault`; without an anchor the file's own register is read,
    and no verdict can be reached with it.

    Raises:
        MalformedError: the bytes are no evidence file, at the JSON pointer of the first member that is not.
    """
    return read_evidence_document(parse_object(raw, limit=LARGEST, canonical=True), anchor=anchor)


def write_evidence(
    presentation: Secured, evidence: Evidence, *, checkpoint: str, seen: Sequence[str] = ()
) -> bytes:
    """Write an evidence file; `checkpoint` is the log's signed note over the register in the evidence.

    `seen` are earlier checkpoints with their cosignatures, by which a verifier knows when entries were recorded.

    Raises:
        MalformedError: there is no register, or a part is not what its schema asks.
    """
    if evidence.register is None:
        raise MalformedError("/register", expected="a copy of the register", found="none")
    document: dict[str, Json] = {
        "type": TYPE,
        "version": 1,
        "presentation": _parsed(presentation.raw, "/presentation"),
        "receipt": None if evidence.receipt is None else _parsed(evidence.receipt.raw, "/receipt"),
        "resources": {
            name.multibase: _parsed(raw, f"/resources/{name}") for name, raw in evidence.resources.items()
        },
        "register": {
            "checkpoint": checkpoint,
            "events": [_parsed(entry, "/register/events") for entry in evidence.register.entries],
            **({"checkpoints": list(seen)} if seen else {}),
        },
        "statusLists": {
            url: _parsed(held.raw, "/statusLists") for url, held in evidence.status_lists.items()
        },
        "customer": None if evidence.pairing is None else _parsed(evidence.pairing.raw, "/customer"),
    }
    if evidence.time_proofs:
        document["timeProofs"] = {
            digest.multibase: proof.write() for digest, proof in evidence.time_proofs.items()
        }
    fit("evidence", document)
    return canonicalize(document)


def read_evidence_document(
    document: Mapping[str, Json], *, anchor: Anchor | None
) -> tuple[Secured, Evidence]:
    """Read an evidence file that has been parsed already.

    Raises:
        MalformedError: at the JSON pointer of the first member that is not what it must be.
    """
    # The presentation and what it carries are judged member by member later, each fault in its own place.
    if not isinstance(document.get("presentation"), Mapping):
        raise MalformedError("/presentation", expected="an object", found="none", code="format.schema")
    _fit_outline(document)
    register, fault = _register(cast("Mapping[str, Json]", document["register"]), anchor)
    resources = cast("Mapping[str, Json]", document["resources"])
    lists = cast("Mapping[str, Json]", document["statusLists"])
    return _secured(document["presentation"], "application/vp"), Evidence(
        register=register,
        resources={Digest.parse(name): canonicalize(held) for name, held in resources.items()},
        status_lists={url: _secured(held) for url, held in lists.items()},
        receipt=None if document["receipt"] is None else _secured(document["receipt"]),
        pairing=None if document["customer"] is None else _secured(document["customer"]),
        register_fault=fault,
        register_at=_witnessed_at(document["register"], register),
        register_carried=True,
        time_proofs=read_proofs(document.get("timeProofs", {})),
    )


def _fit_outline(document: Mapping[str, Json]) -> None:
    """Hold all but the presentation against the schema of an evidence file.

    Raises:
        MalformedError: at the first member that does not fit.
    """
    fit("evidence", {**document, "presentation": _PLACEHOLDER})


def _register(
    found: Mapping[str, Json], anchor: Anchor | None
) -> tuple[Register | None, PerseusError | None]:
    """Replay the file's register under the anchor; without one, under its own word, which proves nothing."""
    entries = [canonicalize(event) for event in cast("list[Json]", found["events"])]
    checkpoint = str(found["checkpoint"])
    seen = [str(note) for note in cast("list[Json]", found.get("checkpoints", []))]
    try:
        trusted = anchor or anchor_of(SignedEvent.parse(entries[0]))
        return Register.replay(entries, anchor=trusted, checkpoint=checkpoint, seen=(*seen, checkpoint)), None
    except PerseusError as error:
        return None, error


def _witnessed_at(found: Json, register: Register | None) -> datetime | None:
    """Read when witnesses last said that the log had grown no further, where the anchor demands any."""
    if register is None:
        return None
    note = str(cast("Mapping[str, Json]", found)["checkpoint"])
    witnessed = register.anchor.policy.witnessed(Note.parse(note))
    return None if witnessed is None else witnessed.since


def _parsed(raw: bytes, where: str) -> Json:
    return parse(raw, where=where, limit=LARGEST, canonical=True)


def _secured(document: Json, media_type: str = "application/vc") -> Secured:
    return Secured(canonicalize(document), media_type)


_PLACEHOLDER: Mapping[str, Json] = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/perseus/v1"],
    "id": "urn:uuid:00000000-0000-4000-8000-000000000000",
    "type": ["VerifiablePresentation"],
    "holder": "did:web:placeholder.example",
    "verifiableCredential": [
        {
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/perseus/v1"],
            "id": "urn:uuid:00000000-0000-4000-8000-000000000000",
            "type": ["VerifiableCredential", "EmissionsCredential"],
            "issuer": "did:web:placeholder.example",
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {},
        }
    ],
}
