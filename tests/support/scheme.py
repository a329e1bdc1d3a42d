"""A scheme in memory: officers, members and their keys, all from fixed seeds, one log that only grows.

    scheme = SchemeSimulator()
    edp = scheme.join("did:web:edp.example", name="Meterworks", roles=("energy-data-provider",))
    register = scheme.register
    scheme.suspend(edp, at=scheme.at(days=3))

Every step is a proposal, signed by the officers it needs, that the fold must accept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from registry import proposal
from registry.anchor import Anchor
from registry.bodies import Officer
from registry.events import Event, SignedEvent
from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import WitnessKey, cosign
from registry.log.note import Note, VerifierKey
from registry.register import Register
from support.keys import signer
from trust.did import Did
from trust.keys import Signer

ORIGIN = "perseus.example/register"
ROLE = "https://registry.ib1.org/scheme/perseus/role/"
START = datetime(2026, 1, 1, tzinfo=UTC)
OFFICERS = ("officer-a", "officer-b", "officer-c")


@dataclass(frozen=True, slots=True)
class Party:
    """A member with its present signing key."""

    did: Did
    name: str
    signer: Signer


class SchemeSimulator:
    """A scheme that grows by accepted events; `register` is the copy that everybody has."""

    def __init__(
        self,
        *,
        environment: str = "test",
        seed: str = "scheme",
        witnesses: int = 0,
        quorum: int = 2,
        draw: Callable[[str], Signer] = signer,
    ) -> None:
        """Found the scheme with three officers and a log key; a quorum of the witnesses is demanded.

        `draw` makes the key of a seed.
        """
        self.seed = seed
        self.draw = draw
        self.officers = {name: draw(f"{seed}/{name}") for name in OFFICERS}
        self.next_officers = {name: draw(f"{seed}/{name}/next") for name in OFFICERS}
        self.log = signer(f"{seed}/log", ed25519=True)
        genesis = proposal.found(
            ORIGIN,
            environment=environment,
            officers=named(self.officers),
            next_officers=named(self.next_officers),
            log_key=VerifierKey(ORIGIN, self.log.key),
            at=START,
        ).signed(*self.officers.values())
        self.witnesses = {
            f"witness-{number}.example": signer(f"{seed}/witness/{number}", ed25519=True)
            for number in range(witnesses)
        }
        self.witnessed_at = START
        self.anchor: Anchor = replace(
            proposal.anchor_of(genesis),
            quorum=quorum if witnesses else 0,
            witnesses=tuple(WitnessKey(name, one.key) for name, one in self.witnesses.items()),
        )
        self.register = Register.replay((genesis.entry,), anchor=self.anchor)
        self.now = START

    def at(self, **delta: float) -> datetime:
        """Give a moment after the beginning."""
        return START + timedelta(**delta)

    def take(self, event: Event | SignedEvent, *signers: Signer, by: str = "ab") -> int:
        """Have officers (by letter) and others sign an event, put it into the log, and give its index."""
        people = [self.officers[f"officer-{letter}"] for letter in by]
        self.register = self.register.accept(event.signed(*people, *signers).entry)
        return self.register.size - 1

    def put(self, event: Event | SignedEvent, *signers: Signer, by: str = "ab") -> int:
        """Put an event into the log whether the fold accepts it or not, and give its index."""
        people = [self.officers[f"officer-{letter}"] for letter in by]
        self.register = self.register.extend((event.signed(*people, *signers).entry,))
        return self.register.size - 1

    def join(
        self,
        did: str,
        *,
        name: str,
        roles: tuple[str, ...] = (),
        at: datetime = START,
        services: dict[str, str] | None = None,
    ) -> Party:
        """Admit a member, add its key, grant its roles (the last word of their URLs)."""
        member = Did.parse(did)
        party = Party(member, name, self.draw(f"{self.seed}/{did}"))
        self.take(proposal.admit(self.register, member, name=name, at=at, services=services))
        self.add_key(party, party.signer, at=at)
        for role in roles:
            self.grant(party, role, at=at)
        return party

    def add_key(
        self, party: Party, new: Signer, *, at: datetime, old: Signer | None = None, by: str = "ab"
    ) -> int:
        """Add a key with its proof of possession; an old one signs along."""
        proof = proposal.prove_possession(self.register, party.did, signer=new)
        event = proposal.add_key(self.register, party.did, proof=proof, at=at)
        return self.take(event, *([old] if old else []), by=by)

    def grant(self, party: Party, role: str, *, at: datetime) -> int:
        """Grant a role by the last word of its URL."""
        return self.take(proposal.grant_role(self.register, party.did, role=ROLE + role, at=at))

    def suspend(self, party: Party, *, at: datetime, by: str = "ab") -> int:
        """Suspend a member."""
        return self.take(proposal.suspend(self.register, party.did, at=at, reason="overdue audit"), by=by)

    def reinstate(self, party: Party, *, at: datetime, by: str = "bc") -> int:
        """Lift a member's suspensions."""
        return self.take(proposal.reinstate(self.register, party.did, at=at, reason="audited"), by=by)

    @property
    def entries(self) -> tuple[bytes, ...]:
        """The log."""
        return self.register.entries

    @property
    def checkpoint(self) -> str:
        """The log's signed checkpoint over all entries, cosigned by as many witnesses as are demanded."""
        return self.cosigned(*list(self.witnesses)[: self.anchor.quorum])

    def cosigned(self, *names: str, at: datetime | None = None) -> str:
        """Give the checkpoint over all entries with the cosignatures of these witnesses."""
        note = Checkpoint(ORIGIN, self.register.size, self.register.root).sign(self.log)
        text = Note.parse(note).text
        moment = at or self.witnessed_at
        return note + "".join(
            f"{cosign(text, name=name, signer=self.witnesses[name], at=moment)}\n" for name in names
        )


def named(signers: Mapping[str, Signer]) -> tuple[Officer, ...]:
    """Name officers with one key each."""
    return tuple(Officer(name, (item.key.multikey,)) for name, item in signers.items())
