"""Who may do what to the register: every refusal has its code, and nothing is ever half done."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from registry import bodies, proposal
from registry.bodies import Demand, Officer
from registry.errors import EventRefusedError, RegisterError
from registry.events import Event
from registry.log.note import VerifierKey
from registry.register import Register
from registry.scheme import officers_digest
from support.keys import signer
from support.scheme import ORIGIN, ROLE, START, Party, SchemeSimulator, named
from trust.did import Did
from trust.digest import Digest
from trust.keys import Algorithm, Signer
from trust.multikey import write_multikey

STRANGER = Did.parse("did:web:stranger.example")


@pytest.fixture
def scheme() -> SchemeSimulator:
    """Give a scheme without members."""
    return SchemeSimulator()


@pytest.fixture
def cap(scheme: SchemeSimulator) -> Party:
    """Let a carbon accounting provider join."""
    return scheme.join("did:web:cap.example", name="GreenLedger", roles=("carbon-accounting-provider",))


def assert_refused(scheme: SchemeSimulator, event: Event, code: str, *signers: Signer, by: str = "ab") -> str:
    """Offer an event, demand that it is refused with this code and changes nothing, and give the sentence."""
    before = scheme.register
    with pytest.raises(EventRefusedError) as refused:
        scheme.take(event, *signers, by=by)
    entry = event.signed(*(scheme.officers[f"officer-{letter}"] for letter in by), *signers).entry
    ignoring = before.extend((entry,))
    assert refused.value.code == code
    assert (ignoring.members, ignoring.scheme) == (before.members, before.scheme)
    assert ignoring.last_event(event.subject) == before.last_event(event.subject)
    return str(refused.value)


def a_member_event(scheme: SchemeSimulator, cap: Party, kind: str, body: object, *, day: float = 1) -> Event:
    """Propose an event about the member."""
    return proposal.propose(scheme.register, kind, cap.did, body=body, at=scheme.at(days=day))


def test_an_admission_needs_two_different_officers(scheme: SchemeSimulator) -> None:
    event = proposal.admit(scheme.register, STRANGER, name="X", at=START)
    second_key = signer("a second key of officer a")
    assert "2 officers must sign, and 1 did" in assert_refused(scheme, event, "event.quorum", by="a")
    assert_refused(scheme, event, "event.signature", second_key, by="a")


def test_two_keys_of_one_officer_are_one_person() -> None:
    keys = [signer("one"), signer("another")]
    officers = (
        Officer("officer-a", tuple(key.key.multikey for key in keys)),
        *named({"officer-b": signer("b"), "officer-c": signer("c")}),
    )
    log = VerifierKey(ORIGIN, signer("log", ed25519=True).key)
    genesis = proposal.found(
        ORIGIN, environment="test", officers=officers, next_officers=officers, log_key=log, at=START
    ).signed(*keys, signer("b"), signer("c"))
    register = Register.replay((genesis.entry,), anchor=proposal.anchor_of(genesis))
    with pytest.raises(EventRefusedError, match="2 officers must sign, and 1 did"):
        register.accept(proposal.admit(register, STRANGER, name="X", at=START).signed(*keys).entry)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda event: replace(event, scheme="other.example"), "event.scheme"),
        (lambda event: replace(event, policy=1), "event.policy"),
        (lambda event: replace(event, prev=0), "event.prev"),
        (lambda event: replace(event, subject="GreenLedger"), "format.unparseable"),
        (lambda event: replace(event, body={"name": "X"}), "event.body"),
        (lambda event: replace(event, body={**event.body, "more": 1}), "event.body"),
        (lambda event: replace(event, type="role.granted"), "event.state"),
        (lambda event: replace(event, type="scheme.policy"), "event.body"),
        (lambda event: replace(event, type="scheme.genesis"), "event.body"),
    ],
)
def test_an_event_out_of_its_place_is_refused(
    scheme: SchemeSimulator, change: Callable[[Event], Event], code: str
) -> None:
    event = proposal.admit(scheme.register, STRANGER, name="X", at=START)
    if code == "event.state":
        event = replace(event, body={"role": ROLE + "auditor"})
    assert_refused(scheme, change(event), code)


def test_a_member_event_cannot_be_about_the_scheme(scheme: SchemeSimulator) -> None:
    event = proposal.propose(scheme.register, "member.admitted", None, body=bodies.Nothing(), at=START)
    assert_refused(scheme, event, "event.body")


@pytest.mark.parametrize(
    ("name", "services", "reason"),
    [
        (" ", {}, "a printable name"),
        ("Green\u00adLedger", {}, "a printable name"),
        ("X", {"api": "https://x.example:8443/"}, "no https name without a port"),
        ("X", {"api": "http://x.example/"}, "no https name without a port"),
        ("X", {"api": "https://user@x.example/"}, "no https name without a port"),
    ],
)
def test_a_member_has_a_name_and_services_by_name(
    scheme: SchemeSimulator, name: str, services: dict[str, str], reason: str
) -> None:
    event = proposal.admit(scheme.register, STRANGER, name=name, at=START, services=services)
    assert reason in assert_refused(scheme, event, "event.body")


def test_a_service_is_found_by_its_name(scheme: SchemeSimulator) -> None:
    services = {"consumption": "https://edp.example/perseus", "withdrawals": "https://edp.example/w"}
    edp = scheme.join("did:web:edp.example", name="Meterworks", services=services)
    member = scheme.register.member(edp.did)
    assert member is not None
    assert member.service("consumption") == "https://edp.example/perseus"
    assert member.service("none") is None


def test_a_member_is_admitted_once(scheme: SchemeSimulator, cap: Party) -> None:
    event = proposal.admit(scheme.register, cap.did, name="GreenLedger again", at=START)
    assert "a member already" in assert_refused(scheme, event, "event.state")


def leave(scheme: SchemeSimulator, cap: Party, *, day: float) -> None:
    """Let the member leave at its own wish."""
    request = proposal.request_exit(scheme.register, cap.did, at=scheme.at(days=1))
    scheme.take(request, cap.signer, by="")
    scheme.take(proposal.let_go(scheme.register, cap.did, at=scheme.at(days=day)), by="a")


def test_a_member_that_left_may_come_back_without_its_old_roles(scheme: SchemeSimulator, cap: Party) -> None:
    leave(scheme, cap, day=10)
    early = proposal.admit(scheme.register, cap.did, name="GreenLedger", at=scheme.at(days=9))
    assert "has not left yet" in assert_refused(scheme, early, "event.state")
    scheme.take(proposal.admit(scheme.register, cap.did, name="GreenLedger II", at=scheme.at(days=20)))
    role = ROLE + "carbon-accounting-provider"
    answer = scheme.register.standing(cap.did, role, None, signed_at=scheme.at(days=21))
    assert [item.code for item in answer.obstacles] == ["member.wrong_role"]
    between = scheme.register.standing(cap.did, None, None, signed_at=scheme.at(days=15))
    assert (between.code, between.member) == ("member.left", "GreenLedger II")


def test_nobody_leaves_without_having_asked(scheme: SchemeSimulator, cap: Party) -> None:
    event = proposal.let_go(scheme.register, cap.did, at=scheme.at(days=1))
    assert "has not asked to leave" in assert_refused(scheme, event, "event.state")


def test_only_the_member_itself_asks_to_leave(scheme: SchemeSimulator, cap: Party) -> None:
    event = proposal.request_exit(scheme.register, cap.did, at=scheme.at(days=1))
    assert "the member's own signature is missing" in assert_refused(scheme, event, "event.quorum")


def test_a_member_that_left_is_told_so(scheme: SchemeSimulator, cap: Party) -> None:
    leave(scheme, cap, day=10)
    event = proposal.grant_role(scheme.register, cap.did, role=ROLE + "auditor", at=scheme.at(days=10))
    assert "it left on 2026-01-11T00:00Z" in assert_refused(scheme, event, "event.state")
    member = scheme.register.member(cap.did, at=scheme.at(days=9))
    assert member is not None
    assert (member.active, member.roles) == (True, (ROLE + "carbon-accounting-provider",))
    now = scheme.register.member(cap.did)
    assert now is not None
    assert (now.active, now.roles) == (False, ())


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("member.updated", bodies.Update(name="Y"), "event.quorum"),
        ("member.reinstated", bodies.Nothing(), "event.state"),
        ("member.suspended", bodies.SuspensionOrder(confirms=1), "event.state"),
        ("member.expelled", bodies.Expulsion(since=datetime(2027, 1, 1, tzinfo=START.tzinfo)), "event.body"),
        ("role.granted", bodies.Grant(ROLE + "carbon-accounting-provider"), "event.state"),
        ("role.granted", bodies.Grant("auditor"), "event.body"),
        ("role.granted", bodies.Grant(ROLE + "auditor", until=START), "event.body"),
        ("role.ended", bodies.RoleEnd(ROLE + "auditor"), "event.state"),
        ("key.retired", bodies.KeyEnd("nobody's"), "event.quorum"),
        ("key.compromised", bodies.KeyCompromise("nobody's"), "event.state"),
        ("agreement.executed", bodies.Agreement("2", Digest.of(b"")), "event.quorum"),
        ("status.published", bodies.StatusPublication("https://x", 1, Digest.of(b"")), "event.quorum"),
    ],
)
def test_what_the_rules_do_not_let_happen_is_refused(
    scheme: SchemeSimulator, cap: Party, kind: str, body: object, code: str
) -> None:
    assert_refused(scheme, a_member_event(scheme, cap, kind, body), code)


def test_a_member_signs_its_own_changes(scheme: SchemeSimulator, cap: Party) -> None:
    update = a_member_event(scheme, cap, "member.updated", bodies.Update(name="GreenLedger plc"))
    scheme.take(update, cap.signer, by="a")
    agreement = bodies.Agreement("2", Digest.of(b"the text"))
    scheme.take(a_member_event(scheme, cap, "agreement.executed", agreement), cap.signer, by="")
    publication = bodies.StatusPublication("https://cap.example/status/1", 7, Digest.of(b"list"))
    scheme.take(a_member_event(scheme, cap, "status.published", publication), cap.signer, by="")
    assert [member.name for member in scheme.register.members] == ["GreenLedger plc"]
    assert scheme.register.ignored == ()


def test_the_officer_who_suspended_does_not_reinstate(scheme: SchemeSimulator, cap: Party) -> None:
    scheme.suspend(cap, at=scheme.at(days=1), by="a")
    event = proposal.reinstate(scheme.register, cap.did, at=scheme.at(days=2), reason="")
    assert "other than those who ordered it must sign, and 1 did" in assert_refused(
        scheme, event, "event.quorum", by="ab"
    )
    scheme.reinstate(cap, at=scheme.at(days=2), by="bc")
    member = scheme.register.member(cap.did, at=scheme.at(days=2))
    assert member is not None
    assert member.active


def test_a_suspension_by_two_is_lifted_by_two_of_whom_one_had_no_part(
    scheme: SchemeSimulator, cap: Party
) -> None:
    scheme.suspend(cap, at=scheme.at(days=1), by="ab")
    event = proposal.reinstate(scheme.register, cap.did, at=scheme.at(days=9), reason="")
    assert_refused(scheme, event, "event.quorum", by="ab")
    now = scheme.register.member(cap.did)
    assert now is not None
    assert not now.active
    scheme.reinstate(cap, at=scheme.at(days=9), by="bc")
    assert scheme.register.standing(cap.did, None, None, signed_at=scheme.at(days=9)).outcome == "valid"


def test_a_lapsed_suspension_cannot_be_confirmed_nor_one_officer_confirm_his_own(
    scheme: SchemeSimulator, cap: Party
) -> None:
    index = scheme.suspend(cap, at=scheme.at(days=1), by="a")
    late, alone = (
        proposal.suspend(scheme.register, cap.did, at=scheme.at(days=day), reason="", confirms=index)
        for day in (4.1, 2)
    )
    assert "had lapsed after 72 hours" in assert_refused(scheme, late, "event.state")
    assert "cannot confirm a suspension alone" in assert_refused(scheme, alone, "event.quorum", by="a")


def test_a_new_key_proves_that_the_member_holds_it(scheme: SchemeSimulator, cap: Party) -> None:
    new, thief = signer("new"), signer("thief")
    proof = proposal.prove_possession(scheme.register, cap.did, signer=new)
    stolen = replace(proposal.prove_possession(scheme.register, cap.did, signer=thief), key=new.key)
    elsewhere = proposal.prove_possession(scheme.register, STRANGER, signer=new)
    unborn = replace(proof, root=bytes(32))
    for wrong in (stolen, elsewhere, unborn, replace(proof, size=1), replace(proof, size=99)):
        event = proposal.add_key(scheme.register, cap.did, proof=wrong, at=scheme.at(days=1))
        assert_refused(scheme, event, "event.possession", cap.signer)


def test_a_key_stands_in_the_register_once(scheme: SchemeSimulator, cap: Party) -> None:
    for taken in (cap.signer, scheme.officers["officer-a"]):
        proof = proposal.prove_possession(scheme.register, cap.did, signer=taken)
        event = proposal.add_key(scheme.register, cap.did, proof=proof, at=scheme.at(days=1))
        by, signers = ("bc", ()) if taken is cap.signer else ("bc", (cap.signer,))
        assert "in the register already" in assert_refused(scheme, event, "event.state", *signers, by=by)


def test_an_old_key_signs_along_or_more_officers_declare_it_lost(scheme: SchemeSimulator, cap: Party) -> None:
    new = signer("new")
    proof = proposal.prove_possession(scheme.register, cap.did, signer=new)
    plain = proposal.add_key(scheme.register, cap.did, proof=proof, at=scheme.at(days=1))
    lost = proposal.add_key(scheme.register, cap.did, proof=proof, at=scheme.at(days=1), lost=True)
    assert_refused(scheme, plain, "event.quorum")
    assert_refused(scheme, lost, "event.quorum", by="a")
    scheme.take(lost)
    member = scheme.register.member(cap.did)
    assert member is not None
    assert member.keys == (cap.signer.key, new.key)


def test_a_first_key_needs_more_than_one_officer(scheme: SchemeSimulator) -> None:
    scheme.take(proposal.admit(scheme.register, STRANGER, name="X", at=START))
    proof = proposal.prove_possession(scheme.register, STRANGER, signer=signer("first"))
    event = proposal.add_key(scheme.register, STRANGER, proof=proof, at=START)
    assert "without an old key" in assert_refused(scheme, event, "event.quorum", by="a")


def test_a_weak_key_never_enters_the_register(scheme: SchemeSimulator, cap: Party) -> None:
    proof = proposal.prove_possession(scheme.register, cap.did, signer=signer("new"))
    event = proposal.add_key(scheme.register, cap.did, proof=proof, at=scheme.at(days=1))
    identity = write_multikey(Algorithm.ED25519, b"\x01" + bytes(31))
    weak = replace(event, body={**event.body, "key": identity})
    assert "the key cannot be used" in assert_refused(scheme, weak, "key.weak", cap.signer)


def test_a_compromised_key_signs_nothing_for_its_member(scheme: SchemeSimulator, cap: Party) -> None:
    thumbprint = cap.signer.key.thumbprint
    scheme.take(
        proposal.compromise(scheme.register, cap.did, thumbprint=thumbprint, at=scheme.at(days=1)),
        cap.signer,
        by="",
    )
    request = proposal.request_exit(scheme.register, cap.did, at=scheme.at(days=2))
    assert_refused(scheme, request, "event.signature", cap.signer, by="")
    now = scheme.register.member(cap.did)
    assert now is not None
    assert now.keys == ()
    assert scheme.register.key(cap.did, thumbprint) == cap.signer.key
    assert scheme.register.key(STRANGER, thumbprint) is None


def test_a_compromise_reaches_back_not_forward(scheme: SchemeSimulator, cap: Party) -> None:
    thumbprint = cap.signer.key.thumbprint
    event = proposal.compromise(
        scheme.register, cap.did, thumbprint=thumbprint, at=scheme.at(days=1), since=scheme.at(days=2)
    )
    assert_refused(scheme, event, "event.body")


def test_a_report_that_stands_in_full_needs_no_confirmation(scheme: SchemeSimulator, cap: Party) -> None:
    thumbprint = cap.signer.key.thumbprint
    index = scheme.take(
        proposal.compromise(scheme.register, cap.did, thumbprint=thumbprint, at=scheme.at(days=1)), by="ab"
    )
    again = proposal.compromise(
        scheme.register, cap.did, thumbprint=thumbprint, at=scheme.at(days=2), confirms=index
    )
    assert "no report that awaits confirmation" in assert_refused(scheme, again, "event.state")


def test_a_key_retires_once_and_while_it_signs(scheme: SchemeSimulator, cap: Party) -> None:
    thumbprint = cap.signer.key.thumbprint
    event = proposal.retire_key(scheme.register, cap.did, thumbprint=thumbprint, at=scheme.at(days=1))
    scheme.take(event, cap.signer, by="a")
    again = proposal.retire_key(scheme.register, cap.did, thumbprint=thumbprint, at=scheme.at(days=2))
    assert_refused(scheme, again, "event.signature", cap.signer, by="a")


def new_officers(scheme: SchemeSimulator, officers: tuple[Officer, ...]) -> Event:
    """Propose to replace the officers."""
    body = bodies.NewOfficers(officers, officers_digest(officers))
    return proposal.propose(scheme.register, "scheme.officers", None, body=body, at=scheme.at(days=5))


def test_officers_are_replaced_by_the_set_committed_to_before(scheme: SchemeSimulator) -> None:
    event = new_officers(scheme, named(scheme.next_officers))
    incoming = tuple(scheme.next_officers.values())
    assert "did not sign" in assert_refused(scheme, event, "event.quorum", *incoming[:2])
    index = scheme.take(event, *incoming)
    admission = proposal.admit(scheme.register, STRANGER, name="X", at=scheme.at(days=6))
    assert_refused(scheme, admission, "event.signature")
    scheme.officers = scheme.next_officers
    scheme.take(admission)
    assert scheme.register.scheme.policy_index == index
    assert admission.policy == index


def test_other_officers_than_those_committed_to_are_refused(scheme: SchemeSimulator) -> None:
    others = {f"officer-{letter}": signer(f"usurper {letter}") for letter in "xyz"}
    event = new_officers(scheme, named(others))
    assert "not the officers that the policy committed to" in assert_refused(
        scheme, event, "event.precommitment", *others.values(), by="abc"
    )


@pytest.mark.parametrize(
    "officers",
    [
        (),
        named({"officer-a": signer("a")}),
        (*named({"officer-a": signer("a")}), *named({"officer-a": signer("b")})),
        named({"officer-a": signer("a"), "officer-b": signer("a")}),
        (Officer("officer-a", ()), *named({"officer-b": signer("b")})),
        (Officer("officer-a", ("zzz",)), *named({"officer-b": signer("b")})),
    ],
    ids=["none", "one", "same name", "same key", "no key", "bad key"],
)
def test_a_set_of_officers_that_could_not_check_each_other_founds_nothing(
    officers: tuple[Officer, ...],
) -> None:
    log = VerifierKey(ORIGIN, signer("log", ed25519=True).key)
    event = proposal.found(
        ORIGIN, environment="test", officers=officers, next_officers=officers, log_key=log, at=START
    )
    signed = event.signed(signer("a"), signer("b"))
    with pytest.raises(RegisterError, match="founds no scheme"):
        Register.replay((signed.entry,), anchor=proposal.anchor_of(signed))


def test_every_officer_signs_the_genesis() -> None:
    officers = {name: signer(name) for name in ("officer-a", "officer-b")}
    log = VerifierKey(ORIGIN, signer("log", ed25519=True).key)
    event = proposal.found(
        ORIGIN,
        environment="test",
        officers=named(officers),
        next_officers=named(officers),
        log_key=log,
        at=START,
    )
    signed = event.signed(officers["officer-a"])
    with pytest.raises(RegisterError, match="the genesis is not signed by officer-b"):
        Register.replay((signed.entry,), anchor=proposal.anchor_of(signed))


def changed_policy(scheme: SchemeSimulator, **changes: object) -> Event:
    """Propose another policy."""
    body = replace(scheme.register.scheme.policy, **changes)  # type: ignore[arg-type]  # each test changes one
    return proposal.propose(scheme.register, "scheme.policy", None, body=body, at=scheme.at(days=3))


def test_a_new_policy_rules_from_its_entry_on(scheme: SchemeSimulator) -> None:
    stricter = (
        *(item for item in proposal.QUORUM if item.type != "member.admitted"),
        Demand("member.admitted", 3),
    )
    index = scheme.take(changed_policy(scheme, quorum=stricter))
    event = proposal.admit(scheme.register, STRANGER, name="X", at=scheme.at(days=4))
    assert event.policy == index
    assert_refused(scheme, event, "event.quorum", by="ab")
    scheme.take(event, by="abc")
    assert len(scheme.register.members) == 1


def test_what_a_policy_does_not_name_nobody_may_do(scheme: SchemeSimulator) -> None:
    scheme.take(changed_policy(scheme, quorum=(Demand("scheme.policy", 2),)))
    event = proposal.admit(scheme.register, STRANGER, name="X", at=scheme.at(days=4))
    assert "names no quorum" in assert_refused(scheme, event, "event.quorum", by="abc")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"next_officers": Digest.of(b"others")}, "event.precommitment"),
        ({"quorum": (Demand("member.admitted", 0),)}, "event.body"),
        ({"quorum": (Demand("member.admitted", 2, full=1),)}, "event.body"),
        ({"quorum": (Demand("member.admitted", 2), Demand("member.admitted", 1))}, "event.body"),
        ({"heartbeat": 0}, "event.body"),
        ({"skew": 2**53 - 1}, "event.body"),
    ],
)
def test_a_policy_that_would_undo_the_rules_is_refused(
    scheme: SchemeSimulator, changes: dict[str, object], code: str
) -> None:
    assert_refused(scheme, changed_policy(scheme, **changes), code)


def test_another_scheme_is_recognised_once(scheme: SchemeSimulator) -> None:
    body = bodies.Recognition("other.example", Digest.of(b"genesis"))
    event = proposal.propose(scheme.register, "scheme.recognised", None, body=body, at=START)
    scheme.take(event)
    again = proposal.propose(scheme.register, "scheme.recognised", None, body=body, at=START)
    assert_refused(scheme, again, "event.body")
    assert scheme.register.scheme.recognised == ("other.example",)


def test_a_log_key_is_never_used_twice(scheme: SchemeSimulator) -> None:
    same = bodies.NewLogKey(str(scheme.anchor.log_key))
    event = proposal.propose(scheme.register, "scheme.logkey.rotated", None, body=same, at=START)
    assert_refused(scheme, event, "event.state")
    none = proposal.propose(
        scheme.register, "scheme.logkey.rotated", None, body=bodies.NewLogKey("none"), at=START
    )
    assert "the log key cannot be used" in assert_refused(scheme, none, "format.unparseable")


def test_an_unknown_event_that_nobody_signed_is_ignored(scheme: SchemeSimulator, cap: Party) -> None:
    event = a_member_event(scheme, cap, "member.merged", bodies.Nothing())
    assert_refused(scheme, event, "event.quorum", signer("nobody"), by="")


def test_a_forged_signature_of_an_officer_is_refused(scheme: SchemeSimulator) -> None:
    event = proposal.admit(scheme.register, STRANGER, name="X", at=START)
    other = replace(event, reason="another").signed(*scheme.officers.values())
    forged = replace(other, event=event, payload=event.signed(*scheme.officers.values()).payload)
    with pytest.raises(EventRefusedError, match="does not count") as refused:
        scheme.register.accept(forged.entry)
    assert refused.value.code == "event.signature"


def test_nobody_acts_as_a_member_before_its_admission(scheme: SchemeSimulator) -> None:
    scheme.take(proposal.admit(scheme.register, STRANGER, name="X", at=scheme.at(days=5)))
    event = proposal.grant_role(scheme.register, STRANGER, role=ROLE + "auditor", at=scheme.at(days=4))
    assert "a member only from 2026-01-06T00:00Z" in assert_refused(scheme, event, "event.state")


def test_a_key_that_is_retired_cannot_be_retired_again(scheme: SchemeSimulator, cap: Party) -> None:
    new = signer("new")
    scheme.add_key(cap, new, at=scheme.at(days=1), old=cap.signer)
    thumbprint = cap.signer.key.thumbprint
    first, second = (
        a_member_event(scheme, cap, "key.retired", bodies.KeyEnd(thumbprint), day=day) for day in (2, 3)
    )
    scheme.take(first, new, by="a")
    again = replace(second, prev=scheme.register.last_event(str(cap.did)))
    assert "does not sign at that moment" in assert_refused(scheme, again, "event.state", new, by="a")


def test_somebody_with_a_say_reports_a_compromise(scheme: SchemeSimulator, cap: Party) -> None:
    thumbprint = cap.signer.key.thumbprint
    demands = (*(item for item in proposal.QUORUM if item.type != "key.compromised"),)
    scheme.take(changed_policy(scheme, quorum=(*demands, Demand("key.compromised", 2))))
    event = proposal.compromise(scheme.register, cap.did, thumbprint=thumbprint, at=scheme.at(days=4))
    assert "an officer or the member must sign" in assert_refused(scheme, event, "event.quorum", by="a")
    scheme.take(event, cap.signer, by="a")
    assert scheme.register.ignored == ()


def test_one_person_cannot_confirm_an_own_report(scheme: SchemeSimulator, cap: Party) -> None:
    thumbprint = cap.signer.key.thumbprint
    report = proposal.compromise(
        scheme.register, cap.did, thumbprint=thumbprint, at=scheme.at(days=9), since=scheme.at(days=1)
    )
    index = scheme.take(report, by="a")
    again = proposal.compromise(
        scheme.register, cap.did, thumbprint=thumbprint, at=scheme.at(days=9), confirms=index
    )
    assert "must confirm" in assert_refused(scheme, again, "event.quorum", by="a")


def test_a_service_has_one_address(scheme: SchemeSimulator) -> None:
    service = {"name": "api", "url": "https://x.example/"}
    event = proposal.admit(scheme.register, STRANGER, name="X", at=START)
    twice = replace(event, body={"name": "X", "services": [service, service]})
    assert "a service is named twice" in assert_refused(scheme, twice, "event.body")


def test_a_genesis_follows_nothing(scheme: SchemeSimulator) -> None:
    signed = replace(scheme.register.event(0).event, prev=0).signed(*scheme.officers.values())
    with pytest.raises(RegisterError, match="the first entry is no genesis of this scheme"):
        Register.replay((signed.entry,), anchor=proposal.anchor_of(signed))


def test_a_genesis_names_the_first_policy(scheme: SchemeSimulator) -> None:
    event = replace(scheme.register.event(0).event, policy=7)
    signed = event.signed(*scheme.officers.values())
    with pytest.raises(RegisterError, match="names its origin, its environment and policy 0"):
        Register.replay((signed.entry,), anchor=proposal.anchor_of(signed))


def test_an_officer_is_no_member(scheme: SchemeSimulator) -> None:
    incoming = {**scheme.next_officers}
    cap = scheme.join("did:web:cap.example", name="GreenLedger")
    proof = proposal.prove_possession(scheme.register, cap.did, signer=incoming["officer-b"])
    taking = proposal.add_key(scheme.register, cap.did, proof=proof, at=scheme.at(days=1))
    scheme.take(taking, cap.signer)
    event = new_officers(scheme, named(incoming))
    assert "belong to members" in assert_refused(scheme, event, "event.state", *incoming.values())


def test_the_agreement_that_a_member_signed_is_listed(scheme: SchemeSimulator, cap: Party) -> None:
    for version in ("1", "2"):
        event = proposal.sign_agreement(
            scheme.register, cap.did, version=version, digest=Digest.of(b"text"), at=scheme.at(days=1)
        )
        scheme.take(event, cap.signer, by="")
    assert [member.agreement for member in scheme.register.members] == ["2"]
    assert [member.agreement for member in scheme.register.prefix(5).members] == ["1"]
