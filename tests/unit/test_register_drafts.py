"""Proposals on their way: drafts, what they lack, receipts, and what ends soon."""

from dataclasses import replace

import pytest

from registry import bodies, proposal
from registry.draft import Draft
from registry.endings import endings
from registry.errors import EventRefusedError
from registry.foresight import foresee, lacking
from registry.log.note import VerifierKey
from registry.receipt import EventReceipt
from registry.register import Register
from support.keys import signer
from support.scheme import ORIGIN, ROLE, START, Party, SchemeSimulator
from trust.canonical import canonicalize, parse
from trust.did import Did
from trust.digest import Digest
from trust.errors import MalformedError

NEWCOMER = Did.parse("did:web:newcomer.example")


@pytest.fixture
def scheme() -> SchemeSimulator:
    """Give a scheme without members."""
    return SchemeSimulator()


@pytest.fixture
def cap(scheme: SchemeSimulator) -> Party:
    """Let a carbon accounting provider join."""
    return scheme.join("did:web:cap.example", name="GreenLedger", roles=("carbon-accounting-provider",))


def admission(scheme: SchemeSimulator) -> Draft:
    event = proposal.admit(scheme.register, NEWCOMER, name="Newcomer", at=scheme.at(days=1))
    return Draft.of(event, register=scheme.register)


def test_a_draft_is_read_as_it_was_written(scheme: SchemeSimulator) -> None:
    a, b = scheme.officers["officer-a"], scheme.officers["officer-b"]
    for draft in (admission(scheme), admission(scheme).signed(b, a)):
        assert Draft.from_json(draft.to_json()) == draft


def test_the_order_of_signing_and_of_joining_leaves_no_trace(scheme: SchemeSimulator) -> None:
    draft = admission(scheme)
    first, second = (draft.signed(scheme.officers[f"officer-{letter}"]) for letter in "ab")
    assert first.joined(second) == second.joined(first)
    assert first.joined(second).entry == first.joined(second).joined(first).entry
    scheme.register.accept(first.joined(second).entry.entry)


def test_copies_of_two_proposals_are_not_joined(scheme: SchemeSimulator) -> None:
    draft = admission(scheme)
    other = Draft.of(replace(draft.event, reason="another"), register=scheme.register)
    with pytest.raises(MalformedError, match="a copy of"):
        draft.joined(other)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "PerseusEventReceipt"}, "format.unknown_type"),
        ({"version": 2}, "format.unknown_type"),
        ({"size": -1}, "format.schema"),
        ({"more": 1}, "format.schema"),
        ({"payload": 7}, "format.schema"),
        ({"signatures": {}}, "format.schema"),
    ],
)
def test_a_file_of_another_shape_is_no_proposal(
    scheme: SchemeSimulator, changes: dict[str, object], code: str
) -> None:
    document = parse(admission(scheme).to_json(), where="proposal")
    assert isinstance(document, dict)
    with pytest.raises(MalformedError) as refused:
        Draft.from_json(canonicalize({**document, **changes}))  # type: ignore[dict-item]  # JSON as it comes
    assert refused.value.code == code


def test_what_a_proposal_lacks_is_told_in_the_folds_own_words(scheme: SchemeSimulator) -> None:
    draft, now = admission(scheme), scheme.at(days=1)
    one = draft.signed(scheme.officers["officer-a"])
    assert "2 officers must sign, and 1 did" in str(lacking(scheme.register, one.entry, recorded=now))
    assert lacking(scheme.register, one.signed(scheme.officers["officer-b"]).entry, recorded=now) is None


def test_what_no_signature_mends_is_refused_before_anybody_signs(scheme: SchemeSimulator, cap: Party) -> None:
    now = scheme.at(days=1)
    event = proposal.grant_role(scheme.register, cap.did, role=ROLE + "carbon-accounting-provider", at=now)
    with pytest.raises(EventRefusedError, match="it holds this role already"):
        foresee(scheme.register, event, recorded=now)
    with pytest.raises(EventRefusedError) as unknown:
        foresee(scheme.register, replace(event, type="member.merged"), recorded=now)
    with pytest.raises(EventRefusedError) as nobody:
        foresee(scheme.register, replace(event, subject="GreenLedger"), recorded=now)
    assert (unknown.value.code, nobody.value.code) == ("event.type", "format.unparseable")


def test_looking_ahead_changes_nothing(scheme: SchemeSimulator, cap: Party) -> None:
    before = (scheme.register.members, scheme.register.ignored, scheme.register.last_event(str(cap.did)))
    event = proposal.suspend(scheme.register, cap.did, at=scheme.at(days=1), reason="")
    foresee(scheme.register, event, recorded=scheme.at(days=1))
    assert before == (
        scheme.register.members,
        scheme.register.ignored,
        scheme.register.last_event(str(cap.did)),
    )


def test_a_reinstatement_that_nobody_is_left_for_is_refused_at_once(
    scheme: SchemeSimulator, cap: Party
) -> None:
    scheme.suspend(cap, at=scheme.at(days=1), by="abc")
    event = proposal.reinstate(scheme.register, cap.did, at=scheme.at(days=2), reason="")
    with pytest.raises(EventRefusedError, match="other than those who ordered it"):
        foresee(scheme.register, event, recorded=scheme.at(days=2))


def test_an_event_that_a_member_without_a_key_must_sign_is_refused_at_once(scheme: SchemeSimulator) -> None:
    scheme.take(proposal.admit(scheme.register, NEWCOMER, name="Newcomer", at=START))
    event = proposal.request_exit(scheme.register, NEWCOMER, at=START)
    with pytest.raises(EventRefusedError, match="the member's own signature is missing"):
        foresee(scheme.register, event, recorded=START)


def test_a_receipt_proves_with_the_anchor_alone_that_an_entry_is_in_the_log(
    scheme: SchemeSimulator, cap: Party
) -> None:
    index = scheme.register.last_event(str(cap.did))
    assert index is not None
    made = EventReceipt.of(scheme.register, index, checkpoint=scheme.checkpoint)
    read = EventReceipt.from_json(made.to_json())
    assert read == made
    assert read.verify(scheme.anchor).checkpoint.size == scheme.register.size
    assert read.signed.event.subject == str(cap.did)


def test_a_receipt_for_another_entry_or_of_another_scheme_proves_nothing(
    scheme: SchemeSimulator, cap: Party
) -> None:
    made = EventReceipt.of(scheme.register, 2, checkpoint=scheme.checkpoint)
    with pytest.raises(MalformedError):
        EventReceipt(scheme.register.event(1), made.proof).verify(scheme.anchor)
    forger = VerifierKey(ORIGIN, signer("forger", ed25519=True).key)
    with pytest.raises(MalformedError):
        made.verify(scheme.anchor, log_key=forger)
    with pytest.raises(MalformedError) as other:
        made.verify(replace(scheme.anchor, scheme="other.example"))
    assert other.value.code == "event.scheme"
    with pytest.raises(MalformedError, match="entry 0 to 3"):
        EventReceipt.of(scheme.register, 4, checkpoint=scheme.checkpoint)
    assert cap.name == scheme.register.members[0].name


def test_a_receipt_says_the_place_that_it_proves(scheme: SchemeSimulator, cap: Party) -> None:
    made = EventReceipt.of(scheme.register, 2, checkpoint=scheme.checkpoint)
    document = parse(made.to_json(), where="receipt", limit=1 << 20)
    assert isinstance(document, dict)
    for changes in ({"index": 1}, {"type": "Receipt"}, {"more": 1}):
        with pytest.raises(MalformedError):
            EventReceipt.from_json(canonicalize({**document, **changes}))
    assert cap.did in {member.did for member in scheme.register.members}


def test_a_rotated_log_key_is_taken_from_a_copy_of_the_register(scheme: SchemeSimulator) -> None:
    new = signer("new log key", ed25519=True)
    body = bodies.NewLogKey(str(VerifierKey(ORIGIN, new.key)))
    scheme.take(proposal.propose(scheme.register, "scheme.logkey.rotated", None, body=body, at=START))
    scheme.log = new
    made = EventReceipt.of(scheme.register, 1, checkpoint=scheme.checkpoint)
    with pytest.raises(MalformedError):
        made.verify(scheme.anchor)
    key = scheme.register.scheme.log_key(scheme.register.size)
    assert made.verify(scheme.anchor, log_key=key).checkpoint.size == 2


def ending(register: Register, scheme: SchemeSimulator, *, day: float, days: int) -> list[tuple[str, int]]:
    found = endings(register, at=scheme.at(days=day), days=days)
    return [(one.what.split()[0], (one.at - START).days) for one in found]


def test_what_ends_soon_is_listed_the_first_first(scheme: SchemeSimulator, cap: Party) -> None:
    take = scheme.take
    for until in (20, 50):
        dates = bodies.CertificateDates(Digest.of(b"c"), START, scheme.at(days=until))
        take(proposal.propose(scheme.register, "certificate.recorded", cap.did, body=dates, at=START), by="a")
    signed = bodies.Agreement("2", Digest.of(b"a"), scheme.at(days=40))
    take(
        proposal.propose(scheme.register, "agreement.executed", cap.did, body=signed, at=START),
        cap.signer,
        by="",
    )
    take(
        proposal.grant_role(
            scheme.register, cap.did, role=ROLE + "auditor", at=START, until=scheme.at(days=30)
        )
    )
    proof = proposal.prove_possession(scheme.register, cap.did, signer=signer("new"))
    body = bodies.NewKey(
        proof.key.multikey, proof.size, proof.root, proof.signature, until=scheme.at(days=45)
    )
    take(proposal.propose(scheme.register, "key.added", cap.did, body=body, at=START), cap.signer, by="a")
    scheme.suspend(cap, at=scheme.at(days=9), by="a")
    assert ending(scheme.register, scheme, day=10, days=100) == [
        ("emergency", 12),
        ("role", 30),
        ("agreement", 40),
        ("key", 45),
        ("certificate", 50),
    ]
    assert ending(scheme.register, scheme, day=13, days=20) == [("role", 30)]
    assert ending(scheme.register, scheme, day=60, days=100) == []


def test_of_a_member_that_left_nothing_ends_any_more(scheme: SchemeSimulator, cap: Party) -> None:
    dates = bodies.CertificateDates(Digest.of(b"c"), START, scheme.at(days=20))
    event = proposal.propose(scheme.register, "certificate.recorded", cap.did, body=dates, at=START)
    scheme.take(event, by="a")
    scheme.take(proposal.expel(scheme.register, cap.did, at=scheme.at(days=5), reason="fraud"))
    assert ending(scheme.register, scheme, day=4, days=30) == [("role", 5), ("certificate", 20)]
    assert ending(scheme.register, scheme, day=6, days=30) == []
