"""Writes `specs/commitments/vectors.json`, the same bytes each time: python -m support.commitment_vectors, in `tests`.

Two months of made-up readings, electricity and gas, committed to under keys that everybody knows; sums that open and
sums that do not; single half-hours; pairs of weights of which the second may not be opened.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from trust.canonical import canonicalize, parse
from trust.claims.commitments import Commitments
from trust.claims.consumption import Fuel, UnitCode
from trust.claims.gas import gas_factors, gas_weights
from trust.claims.halfhour import Month
from trust.commitment import H_COMPRESSED, blindings, commit
from trust.digest import Digest, b64url_encode
from trust.resource import write_resource
from trust.secp256k1 import ORDER
from trust.weighted_sum import Opening, open_sum

FILE = Path(__file__).parents[2] / "specs" / "commitments" / "vectors.json"
MONTH = Month(2026, 2)
SLOTS = range(len(MONTH.period))
KEYS = {"electricity": bytes(range(32)), "gas": bytes(range(100, 132))}
GAPS = {"electricity": (5, 700), "gas": (0,)}
ABOUT = (
    "Commitments to half-hours and the opening of their weighted sums (docs/explanation/commitments.md). A key that is "
    "published hides nothing: these are for testing alone. `expect` is `opens`, or the code of the refusal."
)


def values_of(name: str) -> tuple[int | None, ...]:
    """Give a month of made-up readings, some of them nothing, one of them missing."""
    step = 37 if name == "electricity" else 11
    return tuple(None if slot in GAPS[name] else slot * step % 1_993 for slot in SLOTS)


def weights_of(name: str) -> tuple[int, ...]:
    """Give the public weights: intensities for electricity, one of them 0, and the month's factor for gas."""
    quality = quality_of(name)
    if name == "gas":
        return gas_weights(gas_factors(MONTH), UnitCode.CUBIC_METRE, quality)
    values = [0 if slot == 9 else 40 + slot * 13 % 247 for slot in SLOTS]
    return tuple(0 if letter == "-" else value for value, letter in zip(values, quality, strict=True))


def quality_of(name: str) -> str:
    """Give a letter for every half-hour."""
    return "".join("-" if value is None else "M" for value in values_of(name))


def commitments_of(name: str) -> Commitments:
    """Commit to a month."""
    fuel = Fuel(name)
    unit = UnitCode.WATT_HOUR if fuel is Fuel.ELECTRICITY else UnitCode.CUBIC_METRE
    exponent = 0 if fuel is Fuel.ELECTRICITY else -3
    points = commit(values_of(name), KEYS[name])
    return Commitments(MONTH.period, fuel, unit, exponent, quality_of(name), points)


def vectors() -> dict[str, object]:
    """Make the whole file."""
    return {
        "version": 1,
        "about": ABOUT,
        "h": H_COMPRESSED.hex(),
        "single": list(_singles()),
        "months": {name: _month(name) for name in KEYS},
        "sums": list(_sums()),
        "slots": list(_slots()),
        "weights": list(_weights()),
    }


def _month(name: str) -> dict[str, object]:
    raw = write_resource(commitments_of(name))
    return {
        "k": b64url_encode(KEYS[name]),
        "values": list(values_of(name)),
        "weights": list(weights_of(name)),
        "digest": Digest.of(raw).multibase,
        "commitments": parse(raw, where="commitments"),
    }


def _singles() -> Iterator[dict[str, object]]:
    for value in (0, 1, 1_420, 10**9, 2**63 - 1):
        for k in KEYS.values():
            [point], [r] = commit([value], k), blindings(k, 1)
            assert point is not None
            yield {
                "k": b64url_encode(k),
                "slot": 0,
                "value": str(value),
                "r": f"{r:064x}",
                "point": point.hex(),
            }


def _opening(names: Sequence[str]) -> Opening:
    return open_sum([(values_of(name), weights_of(name), KEYS[name]) for name in names])


def _sums() -> Iterator[dict[str, object]]:
    for names in (("electricity",), ("gas",), ("electricity", "gas")):
        good = _opening(names)
        yield _sum(f"the total of {' and '.join(names)}", names, good, "opens")
    good, both = _opening(["electricity"]), _opening(["electricity", "gas"])
    electric = ["electricity"]
    for title, total in (("one more", good.total + 1), ("one less", good.total - 1)):
        yield _sum(f"a total of {title}", electric, Opening(total, good.blinding), "calculation.opening")
    wrong = {
        "the total plus the order of the group": Opening(good.total + ORDER, good.blinding),
        "a total below nothing": Opening(-1, good.blinding),
        "a total of 2^63": Opening(2**63, good.blinding),
        "another blinding": Opening(good.total, (int.from_bytes(good.blinding) ^ 1).to_bytes(32)),
        "a blinding of nothing": Opening(good.total, bytes(32)),
        "a blinding not below the order": Opening(good.total, b"\xff" * 32),
        "a blinding of 31 bytes": Opening(good.total, good.blinding[1:]),
        "the total of both fuels for one": both,
    }
    for title, opening in wrong.items():
        yield _sum(title, electric, opening, "calculation.opening")
    yield _sum("a source left out of the sum", ["electricity", "gas"], good, "calculation.opening")
    elsewhere = list(weights_of("electricity"))
    elsewhere[17] += 1
    yield _sum("weights from elsewhere", electric, good, "calculation.opening", weights=elsewhere)
    gap = list(weights_of("electricity"))
    gap[5] = 100
    yield _sum("a weight where nothing is committed to", electric, good, "calculation.opening", weights=gap)
    few = [weight if slot < 1_000 else 0 for slot, weight in enumerate(weights_of("electricity"))]
    yield _sum("fewer than 1,000 weights", electric, good, "calculation.too_few_slots", weights=few)


def _sum(
    title: str, names: Sequence[str], opening: Opening, expect: str, *, weights: list[int] | None = None
) -> dict[str, object]:
    told: dict[str, object] = {
        "title": title,
        "months": list(names),
        "total": str(opening.total),
        "blinding": b64url_encode(opening.blinding),
        "expect": expect,
    }
    return told if weights is None else {**told, "weights": weights}


def _slots() -> Iterator[dict[str, object]]:
    for name, slot in (("electricity", 0), ("electricity", 17), ("electricity", 1_343), ("gas", 902)):
        yield _slot(f"half-hour {slot} of {name}", name, slot, slot, "opens")
    name = "electricity"
    yield _slot("a reading of one more", name, 17, 17, "audit.forged", more=1)
    yield _slot("another half-hour's opening", name, 17, 18, "audit.other_slot")
    yield {**_slot("a gap", name, 17, 17, "audit.gap"), "slot": 5}
    yield {**_slot("a half-hour of the next month", name, 17, 17, "audit.gap"), "slot": 1_344}
    yield {**_slot("another meter's opening", "gas", 17, 17, "audit.forged"), "month": name}
    for title, blinding in (("a blinding of nothing", bytes(32)), ("a blinding too large", b"\xff" * 32)):
        told = _slot(title, name, 17, 17, "audit.forged")
        yield {**told, "blinding": b64url_encode(blinding)}
    yield {**_slot("a reading of 2^63", name, 17, 17, "audit.forged"), "value": str(2**63)}


def _slot(title: str, name: str, at: int, of: int, expect: str, *, more: int = 0) -> dict[str, object]:
    scalars = tuple(blindings(KEYS[name], len(SLOTS)))
    value = values_of(name)[of]
    assert value is not None
    blinding = b64url_encode(scalars[of].to_bytes(32))
    told = {"title": title, "month": name, "slot": at, "value": str(value + more), "blinding": blinding}
    return {**told, "expect": expect}


def _weights() -> Iterator[dict[str, object]]:
    for title, changed, correcting, expect in (
        ("the same weights again", 0, False, "opens"),
        ("one weight more", 1, False, "calculation.second_weights"),
        ("a hundred other weights", 100, False, "calculation.second_weights"),
        ("a correction of 47 half-hours", 47, True, "calculation.second_weights"),
        ("a correction of 48 half-hours", 48, True, "opens"),
        ("a correction of nothing", 0, True, "opens"),
    ):
        slots = [slot for slot, weight in enumerate(weights_of("electricity")) if weight][:changed]
        yield {
            "title": title,
            "month": "electricity",
            "more": slots,
            "correcting": correcting,
            "expect": expect,
        }


def written() -> bytes:
    """Write the file: a line for each entry, so that a change of one shows as one."""
    made = vectors()
    lines = ["{"]
    for place, (name, member) in enumerate(made.items()):
        end = "," if place + 1 < len(made) else ""
        if isinstance(member, list):
            entries = ",\n".join(f"    {json.dumps(one)}" for one in member)
            lines.append(f'  "{name}": [\n{entries}\n  ]{end}')
        elif isinstance(member, dict):
            entries = ",\n".join(f'    "{key}": {json.dumps(one)}' for key, one in member.items())
            lines.append(f'  "{name}": {{\n{entries}\n  }}{end}')
        else:
            lines.append(f'  "{name}": {json.dumps(member)}{end}')
    return "\n".join([*lines, "}", ""]).encode()


def example() -> bytes:
    """Write `specs/examples/slot-openings.json`: two half-hours of the month of electricity, for an auditor."""
    found = {str(one["title"]): one for one in _slots()}
    opened = [found[f"half-hour {slot} of electricity"] for slot in (17, 1_343)]
    document = {
        "type": "SlotOpenings",
        "credential": "urn:uuid:5a3a5d0f-2f0e-4b0d-9f5c-0d7d6a1d5a11",
        "commitments": Digest.of(write_resource(commitments_of("electricity"))).multibase,
        "from": "2026-02-01T00:00:00Z",
        "interval": "PT30M",
        "auditor": "did:web:auditor.demo.perseus.example",
        "openedAt": "2026-11-20T10:00:00Z",
        "openings": [{key: one[key] for key in ("slot", "value", "blinding")} for one in opened],
    }
    return canonicalize(parse(json.dumps(document).encode(), where="example"))


if __name__ == "__main__":
    FILE.write_bytes(written())
    (FILE.parents[1] / "examples" / "slot-openings.json").write_bytes(example())
    sys.stdout.write(f"{FILE}\n")
