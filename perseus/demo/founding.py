"""Founding the demo's scheme: three officers sign the genesis; two admit the members, add keys and grant roles.

The third signs nothing else, because whoever lifts a suspension must not be those alone who ordered it.

The officers' keys stay in OUT/officers, where no service looks; the operator's process gets the log it is to keep.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from perseus.demo.parties import MEMBERS, NEXT_OFFICERS, OFFICERS, ORIGIN, ROLE, SUSPENDED, Cast
from perseus.keystore import KeyStore
from registry import proposal
from registry.anchor import Anchor
from registry.bodies import Officer
from registry.events import Event, SignedEvent
from registry.log.cosignature import WitnessKey
from registry.log.note import VerifierKey
from registry.register import Register
from trust.did import Did
from trust.keys import Algorithm, PrivateKey, Signer

ENVIRONMENT = "demo"
SIGNING = 2  # officers that sign an event


@dataclass(slots=True)
class Founding:
    """A scheme while its officers build it up; every event must be one that the fold accepts."""

    officers: Mapping[str, Signer] = field(repr=False)
    at: datetime
    entries: list[bytes]
    anchor: Anchor
    register: Register

    def take(self, event: Event | SignedEvent, *others: Signer) -> None:
        """Have two officers sign an event, and put it into the log."""
        entry = event.signed(*tuple(self.officers.values())[:SIGNING], *others).entry
        self.register = self.register.accept(entry)
        self.entries.append(entry)

    def join(self, member: Cast, key: Signer) -> None:
        """Admit a member, add its key with proof that it holds it, and grant its role."""
        did = Did.parse(member.did)
        services = {"perseus": f"https://{member.authority}"}
        self.take(proposal.admit(self.register, did, name=member.name, at=self.at, services=services))
        proof = proposal.prove_possession(self.register, did, signer=key)
        self.take(proposal.add_key(self.register, did, proof=proof, at=self.at))
        self.take(proposal.grant_role(self.register, did, role=ROLE + member.role, at=self.at))


def found(
    officers: KeyStore,
    *,
    log_key: PrivateKey,
    at: datetime,
    witnesses: Sequence[WitnessKey] = (),
    quorum: int = 0,
) -> Founding:
    """Draw the officers' keys and those of their successors, and sign the genesis; witnesses stand in the anchor."""
    present = {name: officers.create(name) for name in OFFICERS}
    following = {name: officers.create(name) for name in NEXT_OFFICERS}
    genesis = proposal.found(
        ORIGIN,
        environment=ENVIRONMENT,
        officers=_named(present),
        next_officers=_named(following),
        log_key=log_name(log_key),
        at=at,
    ).signed(*present.values())
    anchor = replace(proposal.anchor_of(genesis), quorum=quorum, witnesses=tuple(witnesses))
    register = Register.replay((genesis.entry,), anchor=anchor)
    return Founding(present, at, [genesis.entry], anchor, register)


def populate(founding: Founding, keys: Mapping[str, Signer]) -> None:
    """Let every member of the demo join, and suspend the one that a broken chain needs suspended."""
    for member in MEMBERS:
        founding.join(member, keys[member.did])
    reason = "its annual audit is overdue"
    suspended = Did.parse(SUSPENDED.did)
    founding.take(proposal.suspend(founding.register, suspended, at=founding.at, reason=reason))


def draw_keys(home: Path) -> PrivateKey:
    """Draw a party's signing key in its own home, behind its own passphrase."""
    return KeyStore.founded(home).create("signing")


def draw_log_key(home: Path) -> PrivateKey:
    """Draw the key by which the operator's log signs its checkpoints."""
    return KeyStore.founded(home).create("log", algorithm=Algorithm.ED25519)


def log_name(key: PrivateKey) -> VerifierKey:
    """Give the name and the public key under which the log signs."""
    return VerifierKey(ORIGIN, key.key)


def _named(signers: Mapping[str, Signer]) -> tuple[Officer, ...]:
    return tuple(Officer(name, (signer.key.multikey,)) for name, signer in signers.items())
