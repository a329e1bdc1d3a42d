"""Making the homes of a town of parties on one machine: settings, keys, and what each has before it is first started.

`OUT/<party>/{db.sqlite, keys/, settings.toml, door, address, pid, log.jsonl}`; a process writes the address it got
into its home, and the others read it there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from perseus import clock, settings
from perseus.keystore import KeyStore, draw_secret
from perseus.log.names import LogName
from perseus.storage import grid, meters, pairings
from perseus.storage.grid import GridMonth
from perseus.storage.log import MEMBERS, Head, Seen
from perseus.storage.meters import Measured, Meter
from perseus.storage.store import Store
from perseus.witness.settings import found_witness
from registry.anchor import Anchor
from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import WitnessKey
from registry.log.note import VerifierKey
from registry.register import Register
from trust.did import Did
from trust.keys import Signer

LOG_KEY = "log"
OPERATOR, WALLET = "operator", "wallet"
_LOGS: dict[str, str | int | float | dict[str, str]] = {
    "log_batch": 0.02,
    "log_lease": 2.0,
    "log_folder": "../registry",
}
"""On one machine nobody shares a batch, and a process that was killed is soon followed by another."""


@dataclass(frozen=True, slots=True)
class Inhabitant:
    """A party of the town: the name of its folder, what it is called, and the host name it goes by."""

    party: str
    name: str
    authority: str


def witness_of(member: Inhabitant) -> Inhabitant:
    """Name the witness that a member runs, as a process of its own beside its service."""
    return Inhabitant(
        f"{settings.WITNESS}{member.party}",
        f"{member.name}'s witness",
        f"{settings.WITNESS}{member.authority}",
    )


def make_witness(out: Path, who: Inhabitant, *, log: VerifierKey) -> WitnessKey:
    """Make a witness's home, with its own key and the keys of both logs, and give the key that verifiers are told."""
    keys = [str(name.key(log)) for name in LogName]
    return found_witness(out / who.party, who.authority, keys)


def make_home(
    out: Path,
    who: Inhabitant,
    *,
    town: Sequence[Inhabitant],
    witnesses: Sequence[Inhabitant] = (),
    port: int = 0,
    database: str = "",
) -> Did:
    """Make a party's home, keeping keys that are there already, and give its identifier.

    A member goes by its host name, a firm by its key. Every party of the town is a peer; the operator is told of the
    witnesses as well. `database` is a URL; without one the database is a file in the home.
    """
    home = out / who.party
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o700)
    keys = KeyStore.founded(home)
    key: Signer = keys.open("signing") if "signing" in keys.names() else keys.create("signing")
    did = Did.key(key.key.multikey) if who.party == WALLET else Did(f"did:web:{who.authority}")
    reached = {one.authority: f"../{one.party}/address" for one in town if one.party != who.party}
    plain: dict[str, str | int | float | dict[str, str]] = {
        "party": who.party,
        "did": str(did),
        "name": who.name,
        "authority": who.authority,
        "environment": settings.DEMO,
        "port": port,
        "database": database,
        "peers": reached,
        "members": {one.party: f"did:web:{one.authority}" for one in town if one.party != WALLET},
    }
    if who.party == OPERATOR:
        asked = {one.authority: f"https://{one.authority}" for one in witnesses}
        peers = {one.authority: f"../{one.party}/address" for one in witnesses}
        plain |= {**_LOGS, "witnesses": asked, "peers": {**reached, **peers}}
    settings.write(home, plain)
    draw_secret(home / "door")
    return did


def seed_register(out: Path, entries: Sequence[bytes], *, anchor: Anchor) -> str:
    """Give the operator the log that officers have signed, and let its log key sign the first checkpoint.

    Where witnesses are demanded, it is published once they have cosigned it, when the operator's service runs.
    """
    home = out / OPERATOR
    found = Register.replay(entries, anchor=anchor)
    note = Checkpoint(found.scheme.origin, found.size, found.root).sign(KeyStore.at(home).open(LOG_KEY))
    store = _opened(home)
    with store.write() as connection:
        MEMBERS.append(connection, entries, at_size=0)
        MEMBERS.sign(connection, Head(found.size, note, clock.now()))
        if not anchor.quorum:
            MEMBERS.see(connection, Seen(found.size, note, clock.now()))
    store.close()
    return note


def load_meter(out: Path, meter: Meter, months: Mapping[datetime, Measured]) -> None:
    """Write an account's meter and its half-hours into the energy data provider's own ledger."""
    store = _opened(out / "edp")
    with store.write() as connection:
        meters.connect(connection, meter)
        for month, found in months.items():
            meters.record(connection, meter.source, month, values=found.values, quality=found.quality)
    store.close()


def load_grid(out: Path, months: Sequence[GridMonth]) -> None:
    """Write intensities into the grid data provider's own ledger."""
    store = _opened(out / "grid")
    with store.write() as connection:
        for found in months:
            grid.record(connection, found)
    store.close()


def invite_customer(out: Path, code: str, *, reference: str) -> None:
    """Let the bank give a customer the code by which its key will be known."""
    store = _opened(out / "bank")
    with store.write() as connection:
        pairings.invite(connection, code, reference=reference)
    store.close()


def _opened(home: Path) -> Store:
    found = settings.load(home)
    store = Store(found.database_url, party=found.party)
    store.upgrade()
    return store
