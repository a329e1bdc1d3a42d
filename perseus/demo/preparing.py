"""What each party has before the story begins: a home with its own keys, and its own ledger."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from perseus import homes
from perseus.demo.founding import Founding, draw_keys, draw_log_key, found, log_name, populate
from perseus.demo.parties import AUDITOR, MEMBERS, PROCESSES, QUORUM, SUSPENDED, WALLET, WITNESSING
from perseus.demo.running import ACCOUNT_CODE, CUSTOMER, CUSTOMER_CODE
from perseus.demo.supply import Supply
from perseus.homes import Inhabitant
from perseus.keystore import KeyStore, fresh_urn
from perseus.served import served_at
from perseus.settings import ADDRESS
from perseus.storage.grid import GridMonth
from perseus.storage.meters import Measured, Meter
from registry.register import Register
from trust.claims.halfhour import Month
from trust.did import Did
from trust.digest import Digest
from trust.errors import MalformedError
from trust.keys import Signer

MARK = "perseus-demo.txt"
_OTHERS = (AUDITOR, SUSPENDED)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A folder of homes, and the keys that only a demonstration ever has in one hand."""

    out: Path
    firm: Did
    source: str
    keys: Mapping[str, Signer] = field(repr=False)
    register: Register


def clear(out: Path) -> None:
    """Empty a folder that an earlier demonstration left; refuse one that holds anything else.

    Raises:
        MalformedError: it is no folder, cannot be made, or is not empty and no demonstration made it.
    """
    try:
        if out.exists() and not (out / MARK).exists() and any(out.iterdir()):
            raise _no_folder(out, "other files")
        for party in sorted(out.glob(f"*/{ADDRESS}")):
            if served_at(party.parent) is not None:
                raise _no_folder(
                    out, f"a demonstration that still runs ({party.parent.name}); stop it with Ctrl-C"
                )
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        (out / MARK).write_text(
            "Made by `perseus demo`; the next run empties this folder.\n", encoding="utf-8"
        )
    except OSError as error:
        raise _no_folder(out, error.strerror or str(error)) from error


def discard(out: Path) -> None:
    """Remove what a demonstration left that came to no evidence; nothing else is touched."""
    if (out / MARK).exists() and not (out / "evidence").exists():
        shutil.rmtree(out, ignore_errors=True)


def _no_folder(out: Path, found: str) -> MalformedError:
    expected = "an empty folder, one that can be made, or an earlier demonstration's"
    return MalformedError(f"--out {out}", expected=expected, found=found, code="file.folder")


def prepare(out: Path, supply: Supply, *, at: datetime) -> Prepared:
    """Make every home, found the scheme, and fill the ledgers of those who have one."""
    town = [Inhabitant(party.key, party.name, party.authority) for party in PROCESSES]
    witnesses = [homes.witness_of(one) for one in town if one.party in {who.key for who in WITNESSING}]
    dids = {one.party: homes.make_home(out, one, town=town, witnesses=witnesses) for one in town}
    keys: dict[str, Signer] = {str(did): _key(out / party) for party, did in dids.items()}
    keys |= {party.did: draw_keys(out / "others" / party.key) for party in _OTHERS}
    stranger = draw_keys(out / "others" / "stranger")
    keys[str(Did.key(stranger.key.multikey))] = stranger
    founding = _found(out, {party.did: keys[party.did] for party in MEMBERS}, witnesses, at=at)
    source = fresh_urn()
    homes.load_meter(out, *_metered(supply, source))
    homes.load_grid(out, [_graded(supply, month, at=at) for month in supply.months])
    homes.invite_customer(out, CUSTOMER_CODE, reference=CUSTOMER)
    return Prepared(out, dids[WALLET.key], source, keys, founding.register)


def _found(
    out: Path, keys: Mapping[str, Signer], witnesses: Sequence[Inhabitant], *, at: datetime
) -> Founding:
    log_key = draw_log_key(out / "operator")
    witnessing = [homes.make_witness(out, one, log=log_name(log_key)) for one in witnesses]
    officers = KeyStore.founded(out / "officers")
    founding = found(officers, log_key=log_key, at=at, witnesses=witnessing, quorum=QUORUM)
    populate(founding, keys)
    (out / "trust.json").write_bytes(founding.anchor.to_json())
    _map_names(out / "settings.toml")
    homes.seed_register(out, founding.entries, anchor=founding.anchor)
    return founding


def _map_names(path: Path) -> None:
    """Tell a verifier on this machine where the parties' processes write their addresses."""
    lines = [f'"{party.authority}" = "{party.key}/address"' for party in PROCESSES]
    path.write_text("[peers]\n" + "\n".join(lines) + "\n", encoding="utf-8")


def _key(home: Path) -> Signer:
    return KeyStore.at(home).open("signing")


def _metered(supply: Supply, source: str) -> tuple[Meter, dict[datetime, Measured]]:
    meter = Meter(
        source,
        ACCOUNT_CODE,
        supply.meter.fuel.value,
        supply.outcode,
        supply.region.id,
        supply.region.name,
        supply.meter.unit_code.value,
        supply.meter.exponent,
        supply.made_up,
    )
    read = {month: supply.readings(month) for month in supply.months}
    return meter, {month.period.start: Measured(found.values, found.quality) for month, found in read.items()}


def _graded(supply: Supply, month: Month, *, at: datetime) -> GridMonth:
    """Enter a month under the region that it is asked for by; national values are entered as what they are."""
    region, series = supply.grid_region, supply.series(month)
    return GridMonth(
        region.id,
        supply.kind.value,
        month.period.start,
        region.name,
        series.values,
        series.quality,
        at,
        supply.upstream_url,
        Digest.of(supply.upstream.content).multibase,
        supply.upstream_type,
        supply.attribution,
        supply.licence,
    )
