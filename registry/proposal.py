"""Proposals: the next event about a subject, with the places in the log that it must name, ready to be signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from registry import bodies
from registry.anchor import Anchor
from registry.bodies import Demand, Officer, Policy
from registry.events import Event, SignedEvent
from registry.fold.keys import possession
from registry.history import Service
from registry.log.cosignature import WitnessKey
from registry.log.note import VerifierKey
from registry.register import Register
from registry.scheme import officers_digest
from trust.did import Did
from trust.digest import Digest
from trust.keys import PublicKey, Signer

QUORUM = (
    Demand("scheme.policy", officers=2),
    Demand("scheme.officers", officers=2),
    Demand("scheme.logkey.rotated", officers=2),
    Demand("scheme.recognised", officers=2),
    Demand("member.admitted", officers=2),
    Demand("member.updated", officers=1, member=True),
    Demand("member.suspended", officers=1, full=2),
    Demand("member.reinstated", officers=2),
    Demand("member.exit-requested", officers=0, member=True),
    Demand("member.exited", officers=1),
    Demand("member.expelled", officers=2),
    Demand("agreement.executed", officers=0, member=True),
    Demand("certificate.recorded", officers=1),
    Demand("role.granted", officers=2),
    Demand("role.ended", officers=2),
    Demand("key.added", officers=1, full=2),
    Demand("key.retired", officers=1, member=True),
    Demand("key.compromised", officers=1, full=2),
    Demand("status.published", officers=0, member=True),
)
"""The quorum table of register.md, as a scheme may begin with it."""


@dataclass(frozen=True, slots=True)
class Possession:
    """A new key's signature over a checkpoint of the log: proof that the member holds it."""

    key: PublicKey
    size: int
    root: bytes
    signature: bytes


def found(
    scheme: str,
    *,
    environment: str,
    officers: Sequence[Officer],
    next_officers: Sequence[Officer],
    log_key: VerifierKey,
    at: datetime,
    quorum: Sequence[Demand] = QUORUM,
) -> Event:
    """Propose the genesis of a scheme; every officer has to sign it."""
    policy = Policy(tuple(quorum), 60, 3_600, 86_400, officers_digest(next_officers))
    body = bodies.Genesis(environment, tuple(officers), policy, str(log_key))
    return Event("scheme.genesis", scheme, scheme, at, None, 0, "", "", bodies.write(body))


def anchor_of(genesis: SignedEvent, *, witnesses: Sequence[WitnessKey] = (), quorum: int = 0) -> Anchor:
    """Give the trust anchor of a scheme from its first entry.

    Raises:
        EventRefusedError: the entry is no genesis.
    """
    body = bodies.read(bodies.Genesis, genesis.event.body)
    log_key = VerifierKey.parse(body.log_key)
    origin = genesis.event.scheme
    return Anchor(origin, Digest(genesis.leaf), log_key, quorum, body.environment, tuple(witnesses))


def propose(
    register: Register,
    kind: str,
    subject: Did | None,
    *,
    body: object,
    at: datetime,
    case: str = "",
    reason: str = "",
    evidence: Sequence[Digest] = (),
) -> Event:
    """Propose any event about a member, or about the scheme where no member is named."""
    origin = register.scheme.origin
    name = origin if subject is None else str(subject)
    return Event(
        type=kind,
        scheme=origin,
        subject=name,
        effective=at,
        prev=register.last_event(name),
        policy=register.scheme.policy_index,
        case=case,
        reason=reason,
        body=bodies.write(body),
        evidence=tuple(evidence),
    )


def admit(
    register: Register, member: Did, *, name: str, at: datetime, services: Mapping[str, str] | None = None
) -> Event:
    """Propose to admit an organisation."""
    named = tuple(Service(key, url) for key, url in sorted((services or {}).items()))
    return propose(register, "member.admitted", member, body=bodies.Admission(name, named), at=at)


def grant_role(
    register: Register, member: Did, *, role: str, at: datetime, until: datetime | None = None
) -> Event:
    """Propose to grant a role."""
    return propose(register, "role.granted", member, body=bodies.Grant(role, until), at=at)


def end_role(register: Register, member: Did, *, role: str, at: datetime, reason: str = "") -> Event:
    """Propose to end a role."""
    return propose(register, "role.ended", member, body=bodies.RoleEnd(role), at=at, reason=reason)


def prove_possession(register: Register, member: Did, *, signer: Signer) -> Possession:
    """Let a new key sign the register's present size and root for a member."""
    message = possession(
        origin=register.scheme.origin,
        size=register.size,
        root=register.root,
        member=str(member),
        thumbprint=signer.key.thumbprint,
    )
    return Possession(signer.key, register.size, register.root, signer.sign(message))


def add_key(register: Register, member: Did, *, proof: Possession, at: datetime, lost: bool = False) -> Event:
    """Propose to add a key; `lost` says that no old key can sign along."""
    body = bodies.NewKey(proof.key.multikey, proof.size, proof.root, proof.signature, lost or None)
    return propose(register, "key.added", member, body=body, at=at)


def retire_key(register: Register, member: Did, *, thumbprint: str, at: datetime) -> Event:
    """Propose to retire a key."""
    return propose(register, "key.retired", member, body=bodies.KeyEnd(thumbprint), at=at)


def compromise(
    register: Register,
    member: Did,
    *,
    thumbprint: str,
    at: datetime,
    since: datetime | None = None,
    confirms: int | None = None,
    reason: str = "",
) -> Event:
    """Propose to stop a key that is in other hands, since a moment that may lie in the past."""
    body = bodies.KeyCompromise(thumbprint, since, confirms)
    return propose(register, "key.compromised", member, body=body, at=at, reason=reason)


def sign_agreement(register: Register, member: Did, *, version: str, digest: Digest, at: datetime) -> Event:
    """Propose, as a member, that it signed a version of the scheme's agreement."""
    body = bodies.Agreement(version, digest)
    return propose(register, "agreement.executed", member, body=body, at=at)


def suspend(
    register: Register, member: Did, *, at: datetime, reason: str, confirms: int | None = None
) -> Event:
    """Propose to suspend a member, or to confirm an emergency suspension by its index."""
    body = bodies.SuspensionOrder(confirms)
    return propose(register, "member.suspended", member, body=body, at=at, reason=reason)


def reinstate(register: Register, member: Did, *, at: datetime, reason: str) -> Event:
    """Propose to lift a member's suspensions."""
    return propose(register, "member.reinstated", member, body=bodies.Nothing(), at=at, reason=reason)


def request_exit(register: Register, member: Did, *, at: datetime) -> Event:
    """Propose, as a member, to leave."""
    return propose(register, "member.exit-requested", member, body=bodies.Nothing(), at=at)


def let_go(register: Register, member: Did, *, at: datetime) -> Event:
    """Propose to let a member go that asked to."""
    return propose(register, "member.exited", member, body=bodies.Nothing(), at=at)


def expel(
    register: Register, member: Did, *, at: datetime, reason: str, since: datetime | None = None
) -> Event:
    """Propose to expel a member, from now or from the moment a fraud began."""
    return propose(register, "member.expelled", member, body=bodies.Expulsion(since), at=at, reason=reason)
