"""A town of six real processes on loopback, and three witnesses where asked for, with a bakery's data, in a folder.

town = Town(folder, months=("2026-08",))
town.start(); town.prepare(); town.report(); town.stop()
"""

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from perseus import clock, serve
from perseus.client import Owner
from perseus.demo.founding import draw_log_key, found, log_name, populate
from perseus.demo.parties import PROCESSES, QUORUM, WITNESSING
from perseus.homes import (
    Inhabitant,
    invite_customer,
    load_grid,
    load_meter,
    make_home,
    make_witness,
    seed_register,
    witness_of,
)
from perseus.keystore import KeyStore
from perseus.storage.grid import GridMonth
from perseus.storage.meters import Measured, Meter
from registry.anchor import Anchor
from trust.canonical import Json
from trust.claims.halfhour import Month, stamp
from trust.claims.intensity import ATTRIBUTION, LICENCE
from trust.did import Did
from trust.digest import Digest

SOURCE = "urn:uuid:060f1fd5-de0c-45fa-b7d7-b0c12c14a9f8"
CODE, BANK_CODE, REFERENCE = "pre-agreed-code", "northern-bank-code", "NB-2231"
TOWN = tuple(Inhabitant(one.key, one.name, one.authority) for one in PROCESSES)
DID = {one.party: f"did:web:{one.authority}" for one in TOWN}
WALLET = "wallet.demo.perseus.example"
OTHERS = tuple(f"did:web:{one}.demo.perseus.example" for one in ("auditor", "suspended"))
METER = Meter(SOURCE, CODE, "electricity", "EC1A", 13, "London", "WHR", -3, made_up=True)
READING = 7_310_000  # every reading is this and a little more, so that a stray one is found by its digits


@dataclass
class Town:
    """Six homes under one folder, and their processes."""

    out: Path
    months: tuple[str, ...] = ("2026-08",)
    databases: Mapping[str, str] = field(default_factory=dict)
    witnessed: bool = False
    interval: int = 0
    firm: Did = field(init=False)
    anchor: Anchor = field(init=False)
    processes: serve.Town = field(init=False)

    def __post_init__(self) -> None:
        """Make the homes and everything that stands in them before the first start."""
        serve.warm()
        keys = {}
        chosen = {one.key for one in WITNESSING} if self.witnessed else set()
        witnesses = [witness_of(who) for who in TOWN if who.party in chosen]
        for who in TOWN:
            database = self.databases.get(who.party, "")
            did = make_home(self.out, who, town=TOWN, witnesses=witnesses, database=database)
            keys[str(did)] = KeyStore.at(self.out / who.party).open("signing")
        self.firm = Did(next(did for did in keys if did.startswith("did:key:")))
        others = {did: KeyStore.founded(self.out / "others" / did[8:15]).create("signing") for did in OTHERS}
        log_key = draw_log_key(self.out / "operator")
        founding = found(
            KeyStore.founded(self.out / "officers"),
            log_key=log_key,
            at=clock.now(),
            witnesses=[make_witness(self.out, one, log=log_name(log_key)) for one in witnesses],
            quorum=QUORUM if witnesses else 0,
            interval=self.interval,
        )
        populate(founding, {**keys, **others})
        self.anchor = founding.anchor
        (self.out / "trust.json").write_bytes(self.anchor.to_json())
        seed_register(self.out, founding.entries, anchor=self.anchor)
        load_meter(self.out, METER, {start_of(month): readings_of(month) for month in self.months})
        load_grid(self.out, [intensity_of(month) for month in self.months])
        invite_customer(self.out, BANK_CODE, reference=REFERENCE)
        self.processes = serve.Town(self.out)

    def start(self) -> None:
        """Start the six processes."""
        self.processes.start()

    def stop(self) -> None:
        """Stop them."""
        self.processes.stop()

    def owner(self, party: str) -> Owner:
        """Stand at a party's local door."""
        return Owner(self.out / party)

    def kill(self, party: str) -> None:
        """Kill a process without a word, as a power cut would."""
        process = self.processes.running[party]
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()

    def revive(self, party: str) -> None:
        """Start a process again."""
        self.processes.start_one(party)
        self.processes.wait_for(party)

    def prepare(self) -> None:
        """Open the account and pair with the bank."""
        wallet = self.owner("wallet")
        wallet.post("/local/accounts", {"provider": DID["edp"], "code": CODE})
        wallet.post("/local/pairings", {"bank": DID["bank"], "code": BANK_CODE, "reference": REFERENCE})

    def ask(self) -> str:
        """Let the accounting provider ask for consent, and give the request's id."""
        wish = {
            "wallet": WALLET,
            "provider": DID["edp"],
            "bank": DID["bank"],
            "sources": [SOURCE],
            "data_from": stamp(start_of(self.months[0])),
            "data_to": stamp(clock.now().replace(day=1, hour=0, minute=0, second=0)),
            "expires": stamp(clock.now() + timedelta(days=364)),
        }
        return str(self.owner("cap").post("/local/consent-requests", wish)["id"])

    def grant(self, request: str) -> list[str]:
        """Let the firm allow what is asked."""
        return [
            str(one)
            for one in listed(self.owner("wallet").post(f"/local/requests/{request}/grant", {})["consents"])
        ]

    def begin(self, key: str = "report", *, months: tuple[str, ...] = ()) -> str:
        """Let the accounting provider begin a report on its months or others, and give the operation's id."""
        job = {
            "firm": str(self.firm),
            "wallet": WALLET,
            "grid": DID["grid"],
            "bank": DID["bank"],
            "months": list(months or self.months),
            "kind": "forecast",
        }
        return str(self.owner("cap").post("/local/reports", job, key=key)["id"])

    def delivered(self) -> None:
        """Wait until the wallet's outbox is empty."""
        until(lambda: self.owner("wallet").get("/local/deliveries")["waiting"] == 0)

    def finished(self, operation: str) -> Mapping[str, Json]:
        """Wait until a report is done, and give its result."""
        found: dict[str, Json] = {}

        def ended() -> bool:
            found.update(self.owner("cap").get(f"/local/operations/{operation}"))
            return found["state"] != "running"

        until(ended, patience=40)
        result = found["result"]
        assert isinstance(result, dict)
        return result

    def story(self) -> Mapping[str, Json]:
        """Play the whole story up to the bank's receipt."""
        self.prepare()
        self.grant(self.ask())
        self.delivered()
        return self.finished(self.begin())


def until(holds: Callable[[], bool], *, patience: float = 20) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)


def listed(value: Json) -> list[Json]:
    """Read a list."""
    assert isinstance(value, list)
    return value


def start_of(month: str) -> datetime:
    """Give the first moment of a month."""
    return Month.parse(month).period.start


def readings_of(month: str) -> Measured:
    """Make a month of readings up, one of them missing."""
    slots = len(Month.parse(month).period)
    values = [READING + 37 * (slot % 48) for slot in range(slots)]
    return Measured((None, *values[1:]), "-" + "M" * (slots - 1))


def intensity_of(month: str) -> GridMonth:
    """Make a month of intensities up."""
    slots = len(Month.parse(month).period)
    return GridMonth(
        region_id=13,
        kind="forecast",
        month=start_of(month),
        region_name="London",
        values=tuple(100 + slot % 97 for slot in range(slots)),
        quality="F" * slots,
        retrieved_at=clock.now(),
        upstream="https://api.carbonintensity.org.uk/regional/intensity",
        upstream_digest=Digest.of(month.encode()).multibase,
        upstream_type="application/json",
        attribution=ATTRIBUTION,
        licence=LICENCE,
    )
