"""Who stands at the door: a challenge given out, a presentation or an answer bound to it, used up once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Connection

from perseus.apps.judging import Judge, require
from perseus.apps.party import Party
from perseus.keystore import fresh_nonce
from perseus.storage import challenges
from registry.register import Register
from registry.standing import Outcome
from trust.canonical import Json, canonicalize
from trust.challenge import Challenge
from trust.claims.halfhour import stamp
from trust.did import Did
from trust.errors import MalformedError, NotPermittedError
from trust.presentation import MEDIA_TYPE, audience_of, read_presentation
from trust.schema import fit
from trust.secured import Secured
from verifiers.evidence import Door
from verifiers.item import open_item
from verifiers.policy import Policy

JsonObject = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Shown:
    """A presentation at the door: who holds it, what is in it, and the challenge of ours that it answers."""

    secured: Secured
    id: str
    holder: Did
    credentials: tuple[Secured, ...]
    door: Door

    @property
    def nonce(self) -> str:
        """Give the nonce that it answers, to be used up with the act that it allows."""
        return self.door.challenge


def give_challenge(party: Party) -> Challenge:
    """Draw a nonce, and write it down before it is given out."""
    nonce = fresh_nonce()
    with party.store.write() as connection:
        expires = challenges.open_challenge(connection, nonce, at=party.now())
    return Challenge(nonce, party.did, expires)


def challenge_json(challenge: Challenge) -> JsonObject:
    """Write a challenge as it is given out."""
    return {
        "nonce": challenge.nonce,
        "audience": str(challenge.audience),
        "expires": stamp(challenge.expires),
    }


def open_challenge(party: Party, nonce: str) -> Challenge:
    """Find the challenge that somebody answers.

    Raises:
        NotPermittedError: it was never given out, or is used up.
    """
    with party.store.read() as connection:
        expires = challenges.expiry_of(connection, nonce)
    if expires is None:
        raise _refused("the nonce was not given out here, or is used up", "presentation.nonce")
    return Challenge(nonce, party.did, expires)


def spent_challenge(party: Party, nonce: str) -> Challenge:
    """Find the challenge that somebody answers, and use it up whatever comes of the answer: one nonce, one guess.

    Raises:
        NotPermittedError: it was never given out, or is used up.
    """
    challenge = open_challenge(party, nonce)
    with party.store.write() as connection:
        use_up(party, connection, nonce)
    return challenge


def use_up(party: Party, connection: Connection, nonce: str) -> None:
    """Use a nonce up, in the transaction of the act that it allows.

    Raises:
        NotPermittedError: somebody was faster, or it has expired.
    """
    if not challenges.spend(connection, nonce, at=party.now()):
        raise _refused("the nonce is used up or has expired", "presentation.replayed")


def signed(document: object, *, where: str) -> Secured:
    """Take a signed presentation or answer out of a body, in its canonical bytes.

    Raises:
        MalformedError: it is no object.
    """
    if not isinstance(document, Mapping):
        name = type(document).__name__
        raise MalformedError(where, expected="an object", found=name, code="format.schema")
    return Secured(canonicalize(cast("Json", document)), MEDIA_TYPE)


def nonce_of(document: Mapping[str, object]) -> str:
    """Read the nonce that a signed document says it answers.

    Raises:
        MalformedError: its proof names none.
    """
    return audience_of(cast("JsonObject", document))[0]


def look_at(party: Party, document: Mapping[str, object], *, peer: Did | None) -> Shown:
    """Take in a presentation that answers a challenge of ours, over a peer's connection; nothing is believed yet.

    Raises:
        MalformedError: it is no presentation.
        NotPermittedError: its nonce is not one of ours.
    """
    secured = signed(document, where="presentation")
    members = cast("JsonObject", document)
    fit("presentation", members)
    challenge = open_challenge(party, nonce_of(document))
    found = read_presentation(members)
    door = Door(challenge.nonce, party.did, peer, party.now())
    return Shown(secured, found.id, found.holder, found.credentials, door)


def admit(
    party: Party, judge: Judge, document: Mapping[str, object], *, policy: Policy, peer: Did | None
) -> Shown:
    """Judge a presentation at the door, and let in what is verified alone.

    Raises:
        MalformedError: it is no presentation.
        NotPermittedError: its nonce is not one of ours, or its holder is no member in good standing.
        Refused: the verdict on it is no.
        UnavailableError: the verdict cannot be reached now.
    """
    shown = look_at(party, document, peer=peer)
    # Who was suspended a second ago is let in no more, even with what it signed two seconds ago.
    evidence = judge.evidence(shown.secured, door=shown.door, fresh=True)
    if evidence.register is not None and shown.holder.multikey is None:
        require_standing(evidence.register, shown, at=shown.door.received_at)
    require(judge.report(shown.secured, evidence, policy=policy))
    return shown


def key_of_holder(register: Register, shown: Shown) -> str | None:
    """Name the key by which the holder itself signed what it shows.

    Raises:
        MalformedError: the proof is missing or of another shape.
        NotPermittedError: another than the holder signed it.
        SignatureMismatchError: the signature does not fit.
    """
    item = open_item(shown.secured, place="", register=register)
    for fault in item.faults.values():
        raise fault
    method = item.proof.verification_method if item.proof is not None else None
    if method is None or method.did != shown.holder:
        raise _refused("its holder did not sign it", "presentation.holder")
    return method.fragment


def require_standing(
    register: Register, shown: Shown, *, key: str | None = None, role: str | None = None, at: datetime
) -> None:
    """Turn away a holder that is no member in good standing now, in this role if one is named, whenever it signed.

    Raises:
        NotPermittedError: it is none.
    """
    standing = register.standing(shown.holder, role, key, signed_at=at, proven_by=at)
    if standing.outcome is not Outcome.VALID:
        raise NotPermittedError("letting a holder in", because=standing.sentence, code=standing.code)


def _refused(because: str, code: str) -> NotPermittedError:
    return NotPermittedError("letting a presentation in", because=because, code=code)
