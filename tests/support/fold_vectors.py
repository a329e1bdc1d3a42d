"""The fold's vectors: small logs, and what every implementation must read from them.

    python -m support.fold_vectors        # writes specs/register/vectors anew, from the `tests` folder

Each file is `{title, type, anchor, entries, recorded, expect}`: entries are base64url of the stored bytes, `recorded`
the earliest time of recording of each entry where it is known. `expect` gives what is ignored and why, the members, the
scheme, and answers at several sizes of the log; or, where the first entry founds nothing, the code of the refusal.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from registry.anchor import Anchor
from registry.errors import RegisterError
from registry.register import Register
from registry.standing import Standing
from support.keys import Repeating, signer
from support.scheme import Party, SchemeSimulator
from trust.canonical import parse
from trust.claims.halfhour import instant, stamp
from trust.did import Did
from trust.digest import b64url_decode, b64url_encode
from trust.keys import Signer

FOLDER = Path(__file__).parents[2] / "specs" / "register" / "vectors"
DAYS = (0.5, 2.5, 12.0)


def draw(seed: str) -> Signer:
    """Make a key that signs alike every time: P-256 for members, Ed25519 for officers."""
    return Repeating(seed) if "did:web" in seed else signer(seed, ed25519=True)


@dataclass
class Case:
    """A log that is being written, what is asked about it, and the code of the one entry that must be ignored."""

    title: str
    type: str
    code: str | None = None
    scheme: SchemeSimulator = field(default_factory=lambda: SchemeSimulator(draw=draw))
    days: Sequence[float] = DAYS
    recorded: list[datetime] = field(default_factory=list)
    entries: tuple[bytes, ...] | None = None
    anchor: Anchor | None = None

    def cap(self) -> Party:
        """Let a carbon accounting provider join."""
        roles = ("carbon-accounting-provider",)
        return self.scheme.join("did:web:cap.example", name="GreenLedger", roles=roles)

    def document(self) -> dict[str, Any]:
        """Write the vector, with what our own fold makes of it."""
        entries = self.scheme.entries if self.entries is None else self.entries
        anchor = self.scheme.anchor if self.anchor is None else self.anchor
        recorded = [stamp(one) for one in self.recorded]
        found = {
            "title": self.title,
            "type": self.type,
            "anchor": parse(anchor.to_json(), where="anchor"),
            "entries": [b64url_encode(entry) for entry in entries],
            "recorded": recorded,
        }
        return {**found, "expect": expected(found, self._asked(entries))}

    def _asked(self, entries: tuple[bytes, ...]) -> list[dict[str, Any]]:
        sizes = sorted({len(entries), len(entries) - 1} - {0})
        moments = [stamp(self.scheme.at(days=day)) for day in self.days]
        return [
            {**who, "signed_at": at, "proven_by": proof, "known_at": size}
            for who in self._parties()
            for size in sizes
            for at in moments
            for proof in (None, at)
        ]

    def _parties(self) -> Iterator[dict[str, Any]]:
        histories = self.scheme.register._views.state.histories  # noqa: SLF001 - the vectors name every key ever held
        for did, history in histories.items():
            roles: list[str | None] = [role.url for role in history.roles] or [None]
            keys: list[str | None] = [key.key.thumbprint for key in history.keys] or [None]
            yield from ({"member": str(did), "role": roles[-1], "key": key} for key in keys)


def expected(vector: dict[str, Any], asked: list[dict[str, Any]]) -> dict[str, Any]:
    """Say what our fold reads from a vector."""
    try:
        register = replayed(vector)
    except RegisterError as refused:
        return {"refused": refused.code}
    scheme = register.scheme
    return {
        "ignored": [{"index": one.index, "code": one.code} for one in register.ignored],
        "scheme": {
            "policy": scheme.policy_index,
            "officers": sorted(scheme.people),
            "log_keys": [{"from": one.index, "key": str(one.key)} for one in scheme.log_keys],
            "recognised": list(scheme.recognised),
        },
        "members": [
            {
                "did": str(one.did),
                "name": one.name,
                "roles": list(one.roles),
                "keys": [key.thumbprint for key in one.keys],
                "services": {item.name: item.url for item in one.services},
                "active": one.active,
                "agreement": one.agreement,
            }
            for one in register.members
        ],
        "standing": [{**question, **answered(register, question)} for question in asked],
    }


def replayed(vector: dict[str, Any]) -> Register:
    """Replay the log of a vector."""
    anchor = Anchor.from_json(json.dumps(vector["anchor"]).encode())
    entries = tuple(b64url_decode(entry) for entry in vector["entries"])
    return Register.replay(entries, anchor=anchor, recorded=[instant(one) for one in vector["recorded"]])


def answered(register: Register, question: dict[str, Any]) -> dict[str, Any]:
    """Ask the register one question of a vector."""
    proven = question["proven_by"]
    found: Standing = register.standing(
        Did.parse(question["member"]),
        question["role"],
        question["key"],
        signed_at=instant(question["signed_at"]),
        known_at=question["known_at"],
        proven_by=None if proven is None else instant(proven),
    )
    return {"outcome": found.outcome.value, "code": found.code, "entries": list(found.events)}


def written() -> dict[str, dict[str, Any]]:
    """Make every vector, and hold each against the code that its case was written for."""
    from support import fold_cases_keys  # noqa: F401, PLC0415 - the other half of the cases joins the first
    from support.fold_cases import CASES  # noqa: PLC0415 - the cases are built from this module

    made = {}
    for name, build in CASES.items():
        case = build()
        made[name] = case.document()
        expect = made[name]["expect"]
        codes = [expect["refused"]] if "refused" in expect else [one["code"] for one in expect["ignored"]]
        assert codes == ([] if case.code is None else [case.code]), (name, codes)
    return made


def text_of(vector: dict[str, Any]) -> str:
    """Write a vector as it stands in its file: one line a member, one line an answer."""
    lines = [f" {json.dumps(name)}: {_lines(value)}" for name, value in vector.items() if name != "expect"]
    inner = [f"  {json.dumps(name)}: {_lines(value)}" for name, value in vector["expect"].items()]
    return "{\n" + ",\n".join([*lines, ' "expect": {\n' + ",\n".join(inner) + "\n }"]) + "\n}\n"


def _lines(value: object) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value, ensure_ascii=False)
    return "[\n" + ",\n".join(f"   {json.dumps(item, ensure_ascii=False)}" for item in value) + "\n  ]"


def main() -> None:
    """Write the folder anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.glob("*.json"):
        path.unlink()
    for name, vector in written().items():
        (FOLDER / f"{name}.json").write_text(text_of(vector), encoding="utf-8")


if __name__ == "__main__":
    main()
