"""Every bad event at the door of a running operator: refused with a code and a sentence, and the log stays."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import httpx2
import pytest

from perseus import clock, serve
from perseus.keystore import KeyStore
from perseus.officers import register_of
from registry import proposal
from registry.events import Event, SignedEvent
from registry.register import Register
from support.keys import signer
from support.scheme import ROLE
from support.town import DID, Town
from trust.did import Did
from trust.keys import Signer

NEW, STRANGER, EDP = Did("did:web:new.example"), Did("did:web:stranger.example"), Did(DID["edp"])
HOURS = timedelta(hours=2)
Document = dict[str, Any]


class Office(NamedTuple):
    """A running operator, the register as it stands, and two of its officers."""

    town: Town
    register: Register
    ash: Signer
    birch: Signer

    def admission(self) -> Event:
        """Propose what two officers may decide."""
        return proposal.admit(self.register, NEW, name="New", at=clock.now())

    def suspension(self) -> Event:
        """Propose what follows an earlier event."""
        return proposal.suspend(self.register, EDP, at=clock.now(), reason="overdue audit")

    def both(self, event: Event) -> SignedEvent:
        """Have the two sign."""
        return event.signed(self.ash, self.birch)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Run the operator alone."""
    town = Town(tmp_path_factory.mktemp("town"), months=())
    town.processes = serve.Town(town.out, parties=("operator",))
    try:
        town.start()
        keys = KeyStore.at(town.out / "officers")
        register = register_of(town.out / "operator")
        yield Office(town, register, keys.open("officer-ash"), keys.open("officer-birch"))
    finally:
        town.stop()


def written(signed: SignedEvent) -> Document:
    found: Document = json.loads(signed.entry)
    return found


def reshaped(office: Office, change: Callable[[list[Document]], list[Document]]) -> Document:
    """Change the signatures of a sound event."""
    entry = written(office.both(office.admission()))
    return {**entry, "signatures": change(entry["signatures"])}


def exchanged(given: list[Document]) -> list[Document]:
    one, other = given
    return [{**one, "signature": other["signature"]}, {**other, "signature": one["signature"]}]


def dated(event: Event, *, back: timedelta) -> Event:
    return replace(event, effective=event.effective - back)


def granted(office: Office, member: Did) -> Event:
    return proposal.grant_role(office.register, member, role=f"{ROLE}auditor", at=clock.now())


def first_key(office: Office, member: Did) -> Event:
    proof = proposal.prove_possession(office.register, member, signer=signer("stranger"))
    return proposal.add_key(office.register, member, proof=proof, at=clock.now())


Make = Callable[[Office], Document]
BAD: dict[str, tuple[Make, int, str, str]] = {
    "unsigned": (
        lambda at: reshaped(at, lambda _: []),
        400,
        "event.quorum",
        "expected 1 to 32 signatures by different keys, found none",
    ),
    "under-signed": (
        lambda at: written(at.admission().signed(at.ash)),
        400,
        "event.quorum",
        "2 officers must sign, and 1 did",
    ),
    "signed twice by one person": (
        lambda at: reshaped(at, lambda given: given[:1] * 2),
        400,
        "event.quorum",
        "found two by the key",
    ),
    "signed by somebody who may not": (
        lambda at: written(at.admission().signed(at.ash, signer("nobody"))),
        400,
        "event.signature",
        "may not sign this",
    ),
    "with another's signature": (
        lambda at: reshaped(at, exchanged),
        400,
        "event.signature",
        "the key did not make it over this message",
    ),
    "backdated": (
        lambda at: written(at.both(dated(at.admission(), back=HOURS))),
        409,
        "event.backdated",
        "before it was recorded",
    ),
    "of a mistyped year": (
        lambda at: written(at.both(dated(at.admission(), back=-timedelta(days=365 * 474)))),
        400,
        "event.ahead",
        "more than 400 days ahead",
    ),
    "out of order": (
        lambda at: written(at.both(replace(at.suspension(), prev=0))),
        409,
        "event.prev",
        "it follows entry 0, and the last one is",
    ),
    "after no event": (
        lambda at: written(at.both(replace(at.suspension(), prev=None))),
        409,
        "event.prev",
        "it follows no entry, and the last one is",
    ),
    "after an event of a stranger": (
        lambda at: written(at.both(replace(at.admission(), prev=1))),
        409,
        "event.prev",
        "it follows entry 1, and there is none",
    ),
    "a role for a stranger": (
        lambda at: written(at.both(granted(at, STRANGER))),
        400,
        "event.state",
        "it is not a member",
    ),
    "a key for a stranger": (
        lambda at: written(at.both(first_key(at, STRANGER))),
        400,
        "event.state",
        "it is not a member",
    ),
    "unknown type": (
        lambda at: written(at.both(replace(at.admission(), type="member.promoted"))),
        400,
        "event.type",
        "member.promoted (version 1) is no event that this version of Perseus can read",
    ),
    "unknown policy": (
        lambda at: written(at.both(replace(at.admission(), policy=7))),
        409,
        "event.policy",
        "it names policy 7, and 0 is in force",
    ),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_event_is_refused_with_a_code_and_a_sentence_and_the_log_stays(
    office: Office, bad: str
) -> None:
    make, status, code, words = BAD[bad]
    address = (office.town.out / "operator" / "address").read_text()
    answered = httpx2.post(f"{address}/v1/events", json={"entry": make(office)}, trust_env=False, timeout=30)
    problem = answered.json()
    assert (answered.status_code, problem["code"]) == (status, code)
    assert words in problem["detail"]
    assert register_of(office.town.out / "operator").size == office.register.size


def test_the_same_event_unspoiled_is_taken_in(office: Office) -> None:
    """Else every refusal above might have another cause."""
    address = (office.town.out / "operator" / "address").read_text()
    entry = written(office.both(office.admission()))
    answered = httpx2.post(f"{address}/v1/events", json={"entry": entry}, trust_env=False, timeout=30)
    assert (answered.status_code, answered.json()["index"]) == (201, office.register.size)
