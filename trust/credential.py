"""The envelope around a claim (Verifiable Credentials Data Model 2.0, section 4).

The only place where the wire names of an envelope meet Python names; those of a claim follow from its shape
(trust.codec).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar, cast

from trust.canonical import Json
from trust.claims.halfhour import instant, stamp
from trust.codec import decode, encode
from trust.did import Did
from trust.digest import Digest
from trust.errors import MalformedError
from trust.kinds import CONTEXT, KINDS, OF_CLAIM, SCHEMAS, Kind
from trust.links import Link, Relation
from trust.schema import schema_digest
from trust.status import StatusEntry

C_co = TypeVar("C_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Credential(Generic[C_co]):
    """A claim, who makes it, from when to when, and what it rests on.

    `checkpoint` is the newest signed checkpoint, of the members log or of the evidence log, that the signer had seen.
    """

    id: str
    issuer: Did
    claim: C_co
    valid_from: datetime
    valid_until: datetime | None = None
    links: tuple[Link, ...] = ()
    status: tuple[StatusEntry, ...] = ()
    checkpoint: str | None = None

    @property
    def kind(self) -> Kind:
        """Name the kind of credential that carries this claim."""
        return OF_CLAIM[type(self.claim)]

    def linked(self, relation: Relation) -> tuple[Link, ...]:
        """Give the links of one relation, in the order in which they were signed."""
        return tuple(link for link in self.links if link.relation is relation)


def write(credential: Credential[object]) -> dict[str, Json]:
    """Write the unsecured document of a credential; every member that says nothing is left out."""
    kind = credential.kind
    document: dict[str, Json] = {
        "@context": list(CONTEXT),
        "id": credential.id,
        "type": ["VerifiableCredential", kind.type],
        "issuer": str(credential.issuer),
        "validFrom": stamp(credential.valid_from),
        "credentialSubject": {"type": kind.subject, **encode(credential.claim)},
        "credentialSchema": {
            "id": SCHEMAS + kind.schema,
            "type": "JsonSchema",
            "digestMultibase": schema_digest(kind.schema).multibase,
        },
    }
    if credential.valid_until is not None:
        document["validUntil"] = stamp(credential.valid_until)
    if credential.status:
        document["credentialStatus"] = [_write_status(entry) for entry in credential.status]
    if credential.checkpoint is not None:
        document["checkpoint"] = credential.checkpoint
    return document | _write_links(credential.links)


def read(document: Mapping[str, Json]) -> Credential[object]:
    """Read a credential from a document that fits its schema and whose signature has been checked.

    Raises:
        MalformedError: when a value cannot be what its member must be.
    """
    kind = kind_of(document)
    subject = cast("dict[str, Json]", document["credentialSubject"])
    until = document.get("validUntil")
    return Credential(
        id=cast("str", document["id"]),
        issuer=Did.parse(cast("str", document["issuer"])),
        claim=decode(kind.claim, subject),
        valid_from=instant(cast("str", document["validFrom"])),
        valid_until=None if until is None else instant(cast("str", until)),
        links=_read_links(document),
        status=tuple(_read_status(entry) for entry in _objects(document, "credentialStatus")),
        checkpoint=cast("str | None", document.get("checkpoint")),
    )


def kind_of(document: Mapping[str, Json]) -> Kind:
    """Tell which kind of credential a document says it is.

    Raises:
        MalformedError: when it says none that the scheme knows.
    """
    types = document.get("type")
    if isinstance(types, list) and types[:1] == ["VerifiableCredential"]:
        kind = KINDS.get(str(types[-1])) if types[1:] == types[-1:] else None
        if kind is not None:
            return kind
    raise MalformedError(
        "/type",
        expected="VerifiableCredential and one kind of the scheme",
        found=str(types)[:120],
        code="format.unknown_type",
    )


def _write_status(entry: StatusEntry) -> Json:
    return {
        "type": "BitstringStatusListEntry",
        "statusPurpose": entry.purpose,
        "statusListIndex": str(entry.index),
        "statusListCredential": entry.list_url,
    }


def _read_status(entry: Mapping[str, Json]) -> StatusEntry:
    index = cast("str", entry["statusListIndex"])
    return StatusEntry(
        purpose=cast("str", entry["statusPurpose"]),
        index=int(index),
        list_url=cast("str", entry["statusListCredential"]),
    )


def _write_links(links: Sequence[Link]) -> dict[str, Json]:
    if not links:
        return {}
    related: list[Json] = [
        {"id": link.id, "digestMultibase": link.digest.multibase, "mediaType": link.media_type}
        for link in links
    ]
    named: dict[str, Json] = {
        relation.value: [link.id for link in links if link.relation is relation]
        for relation in Relation
        if any(link.relation is relation for link in links)
    }
    return {"relatedResource": related, **named}


def _read_links(document: Mapping[str, Json]) -> tuple[Link, ...]:
    """Pair every id under a PROV term with its digest: either without the other binds nothing."""
    bound = {cast("str", entry["id"]): entry for entry in _objects(document, "relatedResource")}
    named = [
        (relation, cast("str", target))
        for relation in Relation
        for target in cast("list[Json]", document.get(relation.value, []))
    ]
    if {target for _, target in named} != bound.keys() or len(named) != len(bound):
        raise MalformedError(
            "/relatedResource",
            expected="one entry for each credential that a PROV term names",
            found=f"{len(bound)} entries for {len(named)} names",
            code="format.schema",
        )
    return tuple(
        Link(
            relation=relation,
            id=target,
            digest=Digest.parse(cast("str", bound[target]["digestMultibase"])),
            media_type=cast("str", bound[target]["mediaType"]),
        )
        for relation, target in named
    )


def _objects(document: Mapping[str, Json], member: str) -> list[dict[str, Json]]:
    return cast("list[dict[str, Json]]", document.get(member, []))
