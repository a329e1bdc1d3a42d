"""The story told to the running parties, call by call: each does its own part, with its own keys and database."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import orjson

from perseus.client import Owner
from perseus.demo.parties import BANK, CAP, EDP, GRID, WALLET
from perseus.demo.supply import Supply
from trust.canonical import EVIDENCE_LIMIT, Json, canonicalize, parse_object
from trust.claims.halfhour import Month, stamp
from trust.did import Did
from trust.digest import Digest
from trust.errors import UnavailableError

ACCOUNT_CODE, CUSTOMER_CODE = "demo-account-code", "demo-customer-code"
CUSTOMER = "NB-2231"
YEAR = timedelta(days=365)
PATIENCE = 180.0
PROOFS = 6.0
"""Seconds that the demo waits at its end for proofs of time: an interval of its evidence log, and a round of clerks."""
_PAUSE, _LOOK = 0.05, 0.3
_TRIES = 100
_MEMBER = "did:web:"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Town:
    """The owners' doors to the services of one folder, and the firm and meter that the story is about."""

    out: Path
    firm: Did
    source: str

    def owner(self, party: str) -> Owner:
        """Give the owner's door to one party."""
        return Owner(self.out / party)

    def introduce(self) -> None:
        """Let the firm show its key to its energy data provider and to its bank."""
        wallet = self.owner(WALLET.key)
        wallet.post("/local/accounts", {"provider": EDP.did, "code": ACCOUNT_CODE})
        wallet.post("/local/pairings", {"bank": BANK.did, "code": CUSTOMER_CODE, "reference": CUSTOMER})

    def consent(self, supply: Supply, *, at: datetime) -> datetime:
        """Let the accounting provider ask, and the firm allow; give the moment at which both consents end."""
        expires = at + YEAR
        asked = self.owner(CAP.key).post(
            "/local/consent-requests",
            {
                "wallet": WALLET.authority,
                "provider": EDP.did,
                "bank": BANK.did,
                "sources": [self.source],
                "data_from": stamp(supply.months[0].period.start),
                "data_to": stamp(Month.of(expires).period.start),
                "expires": stamp(expires),
            },
        )
        self.owner(WALLET.key).post(f"/local/requests/{asked['id']}/grant", {})
        return expires

    def report(self, supply: Supply, progress: Progress) -> Mapping[str, Json]:
        """Let the accounting provider gather, calculate and present; give what the bank answered.

        Raises:
            UnavailableError: it refuses, or does not come to an end.
        """
        job = {
            "firm": str(self.firm),
            "wallet": WALLET.authority,
            "grid": GRID.did,
            "bank": BANK.did,
            "months": [str(month) for month in supply.months],
            "kind": supply.kind.value,
            "region": supply.grid_region.id,
        }
        for number in range(_TRIES):
            ended = self._wait(
                self.owner(CAP.key).post("/local/reports", job, key=f"demo-{number}"), progress
            )
            result = cast("Mapping[str, Json]", ended["result"])
            if ended["state"] == "done":
                return result
            if result["code"] != "consent.missing":
                raise UnavailableError("the report", because=str(result["detail"]), code=str(result["code"]))
            time.sleep(_PAUSE)  # the wallet is still delivering the consents
        raise UnavailableError("the report", because="no consent arrived", code="consent.missing")

    def evidence(self, report: str) -> bytes:
        """Give the bank's evidence file behind a verdict."""
        return self.owner(BANK.key).fetch("GET", f"/v1/reports/{report}/evidence")

    def proven(self, report: str, *, patience: float = PROOFS) -> tuple[bytes, int, int]:
        """Wait until what members signed is proven in the evidence log; give the file, how many are, and of how many.

        A firm signs consents outside the scheme, so that nobody proves those.
        """
        until = time.monotonic() + patience
        while True:
            found = self.evidence(report)
            proven, due = _proven(found)
            if proven == due or time.monotonic() > until:
                return found, proven, due
            time.sleep(_LOOK)

    def readings(self) -> Mapping[str, Json]:
        """Give the readings that the accounting provider holds, for an auditor and with the firm's leave."""
        kept = self.owner(CAP.key).get("/local/readings")
        return cast("Mapping[str, Json]", kept["resources"])

    def verdict(self, evidence: bytes) -> dict[str, Json]:
        """Let the bank judge an evidence file at its HTTP door."""
        answered = self.owner(BANK.key).fetch("POST", "/v1/verifications", body=evidence)
        return cast("dict[str, Json]", orjson.loads(answered))

    def _wait(self, operation: Mapping[str, Json], progress: Progress) -> Mapping[str, Json]:
        until = time.monotonic() + PATIENCE
        while operation["state"] == "running":
            if time.monotonic() > until:
                late = f"it did not end within {PATIENCE:.0f} s"
                raise UnavailableError("the report", because=late, code="fetch.timeout")
            progress(cast("int", operation["done"]), cast("int", operation["total"]))
            time.sleep(_PAUSE)
            operation = self.owner(CAP.key).get(f"/local/operations/{operation['id']}")
        progress(cast("int", operation["done"]), cast("int", operation["total"]))
        return operation


def _proven(file: bytes) -> tuple[int, int]:
    """Count the members' credentials in an evidence file whose time is proven, and all of them."""
    document = parse_object(file, where="evidence", limit=EVIDENCE_LIMIT)
    presentation = cast("Mapping[str, Json]", document["presentation"])
    shown = cast("list[Mapping[str, Json]]", presentation["verifiableCredential"])
    due = {Digest.of(canonicalize(one)).multibase for one in shown if str(one["issuer"]).startswith(_MEMBER)}
    return len(due & cast("Mapping[str, Json]", document.get("timeProofs", {})).keys()), len(due)
