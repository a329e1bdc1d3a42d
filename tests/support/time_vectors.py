"""Vectors of signing times: documents whose date is false, or may be, and what every verifier must answer.

    python -m support.time_vectors        # writes specs/evidence-log/signing-times.json anew, from the `tests` folder

One scheme for all of them: `anchor`, and `entries` of its register, base64url of the stored bytes. A vector is `{name,
document, receipt, time_proofs, seen, own, at, known_at, expect}`; `expect` gives outcome and code under the question
`signature.time_proven`, of the document, by the policy of a bank.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from registry import proposal
from registry.anchor import Anchor
from registry.evidence.proof import Proof, read_proofs
from registry.log.checkpoint import Checkpoint
from registry.register import Register
from support.evidence_log import EvidenceLogSimulator, cosigned
from support.keys import Repeating, signer
from support.scheme import ORIGIN, ROLE, Party, SchemeSimulator
from trust.canonical import canonicalize, parse
from trust.claims.halfhour import Period, instant, stamp
from trust.claims.membership import Membership
from trust.claims.receipt import Receipt
from trust.credential import Credential
from trust.did import Did
from trust.digest import Digest, b64url_decode, b64url_encode
from trust.keys import Signer
from trust.presentation import Presentation, write_presentation
from trust.secured import Secured
from trust.signing import sign, sign_document
from verifiers.evidence import Evidence
from verifiers.policy import Policy
from verifiers.verify import verify

FILE = Path(__file__).parents[2] / "specs" / "evidence-log" / "signing-times.json"
CHECK = "signature.time_proven"
HOUR, SKEW = timedelta(hours=1), timedelta(seconds=60)
CHALLENGE = "bank-nonce-0001"
ROLES = (
    ("operator", "Perseus Operator", "scheme-operator"),
    ("cap", "GreenLedger", "carbon-accounting-provider"),
    ("bank", "Northern Bank", "financial-service-provider"),
    ("other-bank", "Southern Bank", "financial-service-provider"),
)


def draw(seed: str) -> Signer:
    """Make a key that signs alike every time."""
    return Repeating(seed) if "did:web" in seed else signer(seed, ed25519=True)


def urn(number: int) -> str:
    """Give an identifier that stays."""
    return f"urn:uuid:00000000-0000-4000-8000-{number:012}"


class Written:
    """The scheme of the vectors, and the documents in it.

    At the first size all is in order; then the bank is suspended, and at last the accounting provider's key was stolen.
    """

    def __init__(self) -> None:
        """Found the scheme; all members have joined on its first day."""
        self.scheme = SchemeSimulator(draw=draw)
        self.log = EvidenceLogSimulator()
        joined = [
            self.scheme.join(f"did:web:{who}.example", name=name, roles=(role,)) for who, name, role in ROLES
        ]
        self.operator, self.cap, self.bank, self.other = joined
        self.noon = self.scheme.at(days=30, hours=12)
        self.ended = self.noon + HOUR
        self.good = self.scheme.register.size
        self.scheme.suspend(self.bank, at=self.ended)
        self.suspended = self.scheme.register.size
        key = self.cap.signer.key.thumbprint
        event = proposal.compromise(
            self.scheme.register, self.cap.did, thumbprint=key, at=self.ended, since=self.ended
        )
        self.scheme.take(event)
        self.stolen = self.scheme.register.size

    @property
    def anchor(self) -> Anchor:
        """Give the anchor, which names the evidence log and two of three witnesses."""
        return self.log.anchored(self.scheme.anchor)

    @cached_property
    def shown(self) -> Secured:
        """Give a presentation that the accounting provider dates to noon, for the bank."""
        year = Period.of(self.scheme.at(days=0), self.scheme.at(days=365))
        claim = Membership(self.cap.did, self.cap.name, (ROLE + ROLES[1][2],), "1.0", year)
        paper = Credential(urn(1), self.operator.did, claim, self.noon - HOUR, valid_until=year.end)
        held = sign(paper, signer=self.operator.signer)
        return sign_document(
            write_presentation(Presentation(urn(2), self.cap.did, (held,))),
            by=self.cap.did,
            signer=self.cap.signer,
            purpose="authentication",
            at=self.noon,
            challenge=CHALLENGE,
            domain=self.bank.did,
        )

    def receipt(self, *, by: Party | None = None, at: datetime, holding: str | None = None) -> Secured:
        """Give a receipt for the presentation, dated to a moment, with the checkpoint that its writer saw."""
        party = by or self.bank
        claim = Receipt(urn(2), self.shown.digest, self.cap.did, at, CHALLENGE, party.did, "yes", None)
        paper: Credential[object] = Credential(urn(3), party.did, claim, at, checkpoint=holding)
        return sign(paper, signer=party.signer)

    def register_seen(self, at: datetime, *, by: tuple[str, ...] | None = None) -> str:
        """Give the register's checkpoint at the first size, cosigned by all witnesses or by these."""
        root = self.scheme.register.root_at(self.good)
        note = Checkpoint(ORIGIN, self.good, root).sign(self.scheme.log)
        return cosigned(note, at=at) if by is None else cosigned(note, at=at, by=by)

    def proof(self, one: Secured, *, by: Party, at: datetime) -> dict[Digest, Proof]:
        """Commit a member to a document; witnesses see it at the end of the interval."""
        return {one.digest: self.log.committed(one.digest, by=by, at=at)}


@dataclass(frozen=True, slots=True)
class Given:
    """What a verifier has beside a document, and what it must answer."""

    expect: Mapping[str, str]
    receipt: Secured | None = None
    proofs: Mapping[Digest, Proof] = field(default_factory=dict)
    seen: datetime | None = None
    own: Did | None = None

    def vector(self, name: str, document: Secured, known_at: int) -> dict[str, Any]:
        """Write the vector."""
        return {
            "name": name,
            "document": parse(document.raw),
            "receipt": None if self.receipt is None else parse(self.receipt.raw),
            "time_proofs": {digest.multibase: proof.write() for digest, proof in self.proofs.items()},
            "seen": None if self.seen is None else stamp(self.seen),
            "own": None if self.own is None else str(self.own),
            "known_at": known_at,
            "expect": self.expect,
        }


PASSED = {"outcome": "passed", "code": CHECK}
UNKNOWN = {"outcome": "unknown", "code": "signature.time_unproven"}
BACKDATED = {"outcome": "failed", "code": "signature.backdated"}


def _dated(made: Written) -> list[dict[str, Any]]:
    """Date receipts before, and after, what they hold was witnessed."""
    seen, one = made.register_seen(made.noon), ("witness-one.example",)
    made.proof(made.shown, by=made.cap, at=made.noon - HOUR)
    evidence_seen = made.log.checkpoint(at=made.noon)
    rows = (
        ("dated after the register that it holds was witnessed", seen, timedelta(seconds=1), PASSED),
        ("dated a minute before that, as clocks may differ", seen, -SKEW, PASSED),
        (
            "dated before the quorum's time on the register that it holds",
            seen,
            -SKEW - timedelta(seconds=1),
            BACKDATED,
        ),
        (
            "dated before one witness alone saw the register",
            made.register_seen(made.noon, by=one),
            -HOUR,
            PASSED,
        ),
        ("dated before the evidence log that it holds was witnessed", evidence_seen, -HOUR, BACKDATED),
    )
    return [
        Given(expect).vector(f"a receipt {name}", made.receipt(at=made.noon + by, holding=note), made.good)
        for name, note, by, expect in rows
    ]


def _suspended(made: Written) -> list[dict[str, Any]]:
    """Have the bank suspended an hour after the date on its receipt."""
    receipt = made.receipt(at=made.noon)
    early = made.proof(receipt, by=made.bank, at=made.noon)
    late = made.proof(receipt, by=made.other, at=made.ended)
    seen, size = made.noon + timedelta(minutes=1), made.suspended
    rows: tuple[tuple[str, Given], ...] = (
        ("suspended later, without proof", Given(UNKNOWN)),
        ("suspended later, with proof from before", Given(PASSED, proofs=early)),
        ("suspended later, with proof from after alone", Given(UNKNOWN, proofs=late)),
        ("suspended later, in the verifier's own records since before", Given(PASSED, seen=seen)),
        (
            "suspended later, in the verifier's own records since after",
            Given(UNKNOWN, seen=made.ended),
        ),
    )
    known = [given.vector(f"a receipt of a member {name}", receipt, size) for name, given in rows]
    before = Given(PASSED).vector("the same as the register knew it before", receipt, made.good)
    return [*known, before]


def _received(made: Written) -> list[dict[str, Any]]:
    """Have the presentation's key reported stolen an hour after its date, and receipts vouch for it."""
    receipt = made.receipt(at=made.noon)
    friend = made.receipt(by=made.other, at=made.noon)
    logged = made.proof(friend, by=made.other, at=made.noon)
    size = made.stolen
    rows: tuple[tuple[str, Given], ...] = (
        ("a receipt that anybody may have dated back", Given(UNKNOWN, receipt=friend)),
        ("a receipt that the log has from before", Given(PASSED, receipt=friend, proofs=logged)),
        (
            "the verifier's own receipt",
            Given(PASSED, receipt=friend, own=made.other.did),
        ),
        (
            "the verifier's own receipt, itself suspended since",
            Given(UNKNOWN, receipt=receipt, own=made.bank.did),
        ),
        ("no receipt", Given(UNKNOWN)),
    )
    return [
        given.vector(f"a presentation under a key that was stolen later, with {name}", made.shown, size)
        for name, given in rows
    ]


def written() -> dict[str, Any]:
    """Make all vectors."""
    made = Written()
    vectors = [*_dated(made), *_suspended(made), *_received(made)]
    return {
        "about": "Dates that are false or may be. `expect` is the answer to signature.time_proven about the document.",
        "anchor": parse(made.anchor.to_json()),
        "entries": [b64url_encode(entry) for entry in made.scheme.entries],
        "at": stamp(made.ended + HOUR),
        "vectors": vectors,
    }


def answered(file: Mapping[str, Any], vector: Mapping[str, Any]) -> dict[str, str]:
    """Have our verifier answer a vector, from what stands in the file alone."""
    anchor = Anchor.from_json(json.dumps(file["anchor"]).encode())
    entries = [b64url_decode(entry) for entry in file["entries"]]
    shown = "holder" in vector["document"]
    document = Secured(canonicalize(vector["document"]), "application/vp" if shown else "application/vc")
    receipt, seen, own = vector["receipt"], vector["seen"], vector["own"]
    evidence = Evidence(
        register=Register.replay(entries, anchor=anchor),
        receipt=None if receipt is None else Secured(canonicalize(receipt)),
        time_proofs=read_proofs(vector["time_proofs"]),
        seen={} if seen is None else {document.digest: instant(seen)},
        own=None if own is None else Did.parse(own),
    )
    policy = replace(Policy.bank(), proof_intervals=0)
    report = verify(
        document, evidence, policy=policy, anchor=anchor, at=instant(file["at"]), known_at=vector["known_at"]
    )
    kind = "VerifiablePresentation" if shown else "ReceiptCredential"
    [found] = [check for check in report if check.name == CHECK and check.subject.kind == kind]
    return {"outcome": found.outcome.value, "code": found.code}


def text_of(file: Mapping[str, Any]) -> str:
    """Write the file as it is published."""
    return json.dumps(file, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write the file anew."""
    FILE.write_text(text_of(written()), encoding="utf-8")


if __name__ == "__main__":
    main()
