"""A chain as the steps of an IB1 provenance record: each member writes those that it did itself, and no others.

A step's id follows from the credential that it stands for, so that members who write one after the other name the
same steps. What the form loses stands in docs/how-to/audit-an-ib1-record.md.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

import specs
from trust.canonical import Json
from trust.claims.consent import Consent, Data
from trust.claims.consumption import Consumption
from trust.claims.emissions import Emissions
from trust.claims.halfhour import Period, stamp
from trust.claims.intensity import Intensity
from trust.credential import Credential
from trust.did import Did
from trust.digest import Digest
from trust.errors import NotPermittedError
from trust.links import Relation

SCHEME = "https://registry.core.trust.ib1.org/scheme/perseus"
FRAMEWORK = "https://registry.core.trust.ib1.org/trust-framework"
_STANDARDS = {Data.CONSUMPTION: "energy-consumption-data", Data.EMISSIONS: "emissions-report"}
_ID_SIZE = 15

C = TypeVar("C")
Step = dict[str, Json]
Shown = tuple[Credential[object], Digest]


@dataclass(frozen=True, slots=True)
class Passing:
    """What passed: the credentials shown, each with its digest, when and to whom, and when that party received them.

    `members` has the directory URL of each party, by which IB1's records name it.
    """

    shown: tuple[Shown, ...]
    audience: Did
    shown_at: datetime
    received_at: datetime | None
    members: Mapping[Did, str]

    def of(self, claim: type[C]) -> Iterator[tuple[Credential[object], C, Digest]]:
        """Walk the credentials of one kind."""
        for credential, digest in self.shown:
            if isinstance(credential.claim, claim):
                yield credential, credential.claim, digest


def steps_by(me: Did, passing: Passing) -> tuple[Step, ...]:
    """Write the steps that one party did in a chain: as provider of the readings, as accountant, as bank.

    Raises:
        NotPermittedError: it did none, or a party has no directory URL.
    """
    steps = [*_provided(me, passing), *_accounted(me, passing), *_received(me, passing)]
    if not steps:
        because = "no credential of the chain is issued by it, and none was received by it"
        raise NotPermittedError(f"writing steps of {me}", because=because, code="record.wrong_role")
    return tuple(steps)


def step_id(kind: str, credential: str) -> str:
    """Derive the id of a step from the credential that it stands for: 15 bytes, as IB1's ids have."""
    digest = hashlib.sha256(f"perseus/ib1/{kind}/{credential}".encode()).digest()
    return urlsafe_b64encode(digest[:_ID_SIZE]).decode()


def published(address: str) -> str:
    """Give the address under which IB1's registry publishes a licence or a process of ours, where it does."""
    catalogue = specs.document("scheme/catalogue.json")
    for entry in cast(
        "list[Mapping[str, Json]]", [*_listed(catalogue, "licences"), *_listed(catalogue, "processes")]
    ):
        own, others = str(entry["id"]), cast("list[str]", entry["published_as"])
        if address == own or address.startswith(f"{own}/"):
            name = own.rpartition("/")[2]
            return next((other for other in others if f"/{name}/" in other), own)
    return address


def _provided(me: Did, passing: Passing) -> Iterator[Step]:
    for credential, claim, _ in passing.of(Consent):
        if claim.data is Data.CONSUMPTION and claim.from_ == me:
            yield _granted(credential, claim)
    for credential, metered, digest in passing.of(Consumption):
        if credential.issuer != me:
            continue
        consents = _consents(passing, credential)
        origin = _step("origin", credential.id, credential.valid_from)
        yield {
            **origin,
            "sourceType": f"{SCHEME}/source-type/Meter",
            "origin": credential.id,
            "external": False,
            "permissions": [step_id("permission", consent.id) for consent in consents],
            "perseus:scheme": _bound(credential.id, digest, metered.period),
        }
        yield _handed(passing, credential, consents, of=str(origin["id"]), at=credential.valid_from)


def _accounted(me: Did, passing: Passing) -> Iterator[Step]:
    reports = [found for found in passing.of(Emissions) if found[0].issuer == me]
    if not reports:
        return
    begun = min(claim.activity.started_at for _, claim, _ in reports)
    for credential, _, _ in passing.of(Consumption):
        yield {**_step("receipt", credential.id, begun), "transfer": step_id("transfer", credential.id)}
    leaves = [
        found for found in passing.of(Consent) if found[1].data is Data.EMISSIONS and found[1].from_ == me
    ]
    for credential, leave, _ in leaves:
        yield _granted(credential, leave)
    for credential, grid, digest in passing.of(Intensity):
        yield {
            **_step("origin", credential.id, credential.valid_from),
            "sourceType": f"{SCHEME}/source-type/GridCarbonIntensity",
            "origin": grid.upstream.id,
            "originLicense": grid.licence,
            "external": True,
            "perseus:scheme": _bound(credential.id, digest, grid.period),
        }
    for credential, claim, digest in reports:
        process = _summed(passing, credential, claim, digest)
        yield process
        to_audience = [showing for showing, leave, _ in leaves if leave.to == passing.audience]
        yield _handed(passing, credential, to_audience, of=str(process["id"]), at=passing.shown_at)


def _received(me: Did, passing: Passing) -> Iterator[Step]:
    if passing.audience != me or passing.received_at is None:
        return
    for credential, _, _ in passing.of(Emissions):
        yield {
            **_step("receipt", credential.id, passing.received_at),
            "transfer": step_id("transfer", credential.id),
        }


def _summed(passing: Passing, credential: Credential[object], claim: Emissions, digest: Digest) -> Step:
    sources = {link.id for link in credential.linked(Relation.DERIVED)}
    grids = {link.id for link in credential.linked(Relation.USED)}
    inputs: list[Json] = [
        step_id("receipt", one.id) for one, _, _ in passing.of(Consumption) if one.id in sources
    ]
    inputs += [step_id("origin", one.id) for one, _, _ in passing.of(Intensity) if one.id in grids]
    grants: list[Json] = [
        step_id("permission", one.id)
        for one, leave, _ in passing.of(Consent)
        if leave.data is Data.CONSUMPTION and leave.to == credential.issuer
    ]
    return {
        **_step("process", credential.id, claim.activity.ended_at),
        "inputs": inputs,
        "process": published(claim.method.id),
        "permissions": grants,
        "perseus:scheme": _bound(credential.id, digest, claim.period),
    }


def _granted(credential: Credential[object], claim: Consent) -> Step:
    licences: list[Json] = [published(claim.licence)]
    processes: list[Json] = [published(purpose) for purpose in claim.purposes]
    return {
        **_step("permission", credential.id, credential.valid_from),
        "account": step_id("account", credential.id),
        "allows": {"licenses": licences, "processes": processes},
        "expires": stamp(claim.expires),
    }


def _handed(
    passing: Passing,
    credential: Credential[object],
    consents: list[Credential[object]],
    *,
    of: str,
    at: datetime,
) -> Step:
    if not consents:
        because = f"no consent of the chain lets {credential.id} pass"
        raise NotPermittedError("writing a transfer", because=because, code="record.consent_missing")
    leave = cast("Consent", consents[0].claim)
    period = cast("Consumption | Emissions", credential.claim).period
    return {
        **_step("transfer", credential.id, at),
        "of": of,
        "to": _member(passing, leave.to),
        "standard": f"{SCHEME}/standard/{_STANDARDS[leave.data]}/2024-12-05",
        "license": published(leave.licence),
        "parameters": {"from": stamp(period.start), "to": stamp(period.end)},
        "permissions": [step_id("permission", consent.id) for consent in consents],
    }


def _consents(passing: Passing, credential: Credential[object]) -> list[Credential[object]]:
    named = {link.id for link in credential.linked(Relation.PERMITTED)}
    return [
        one for one, leave, _ in passing.of(Consent) if one.id in named and leave.data is Data.CONSUMPTION
    ]


def _member(passing: Passing, party: Did) -> str:
    if party not in passing.members:
        because = f"{party} has no directory URL; name it with --member {party}=URL"
        raise NotPermittedError("naming the recipient of a transfer", because=because, code="member.unknown")
    return passing.members[party]


def _step(kind: str, credential: str, at: datetime) -> Step:
    return {"id": step_id(kind, credential), "type": kind, "timestamp": stamp(at), "scheme": SCHEME}


def _bound(credential: str, digest: Digest, period: Period) -> Json:
    """Bind the credential that a step stands for: IB1's record signs no data, this name and digest it does."""
    return {
        "credential": {"id": credential, "digestMultibase": digest.multibase},
        "meteringPeriod": {"from": stamp(period.start), "to": stamp(period.end)},
    }


def _listed(catalogue: Mapping[str, object], member: str) -> list[Json]:
    return cast("list[Json]", catalogue[member])
