"""The cases of the fold's vectors: one that has effect and at least one that has none for every type of event."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from registry import bodies, proposal
from registry.bodies import Demand, Officer
from registry.events import Event, SignedEvent
from registry.log.note import VerifierKey
from registry.register import Register
from support.fold_vectors import Case, draw
from support.keys import signer
from support.scheme import ORIGIN, ROLE, START, Party, named
from trust.canonical import canonicalize
from trust.did import Did
from trust.digest import Digest, b64url_encode
from trust.keys import Signer

Build = Callable[[], Case]
CASES: dict[str, Build] = {}
NEWCOMER = Did.parse("did:web:newcomer.example")
AUDITOR = ROLE + "auditor"
LIST = "https://cap.example/status/1"


def case(
    name: str,
    title: str,
    code: str | None = None,
    **settings: Any,  # noqa: ANN401 - the fields of a case
) -> Callable[[Callable[[Case], None]], None]:
    """Keep what writes the log of one vector; the type of event is the first part of the vector's name."""

    def keep(write: Callable[[Case], None]) -> None:
        def build() -> Case:
            made = Case(title, name.partition("--")[0], code, **settings)
            write(made)
            return made

        assert name not in CASES, name
        CASES[name] = build

    return keep


def about(made: Case, party: Party | None, kind: str, body: object, *, day: float = 1) -> Event:
    """Propose an event about a member, or about the scheme."""
    did = None if party is None else party.did
    return proposal.propose(made.scheme.register, kind, did, body=body, at=made.scheme.at(days=day))


def put(made: Case, event: Event | SignedEvent, *signers: Signer, by: str = "ab") -> int:
    """Put an event into the log, be it one that counts or not."""
    return made.scheme.put(event, *signers, by=by)


def key(seed: str) -> Signer:
    """Make another key of a member."""
    return draw(f"did:web/{seed}")


def reshaped(entry: bytes, **changes: Any) -> bytes:  # noqa: ANN401 - any JSON
    """Give an entry with other members, whatever the signatures then say."""
    return canonicalize({**json.loads(entry), **changes})


def policy(made: Case, **changes: Any) -> Event:  # noqa: ANN401 - each case changes another field
    """Propose another policy."""
    return about(made, None, "scheme.policy", replace(made.scheme.register.scheme.policy, **changes))


def stricter(number: int) -> tuple[Demand, ...]:
    """Give the quorum table with more officers for an admission."""
    rest = tuple(item for item in proposal.QUORUM if item.type != "member.admitted")
    return (*rest, Demand("member.admitted", number))


def incoming(made: Case, people: Mapping[str, Signer]) -> Event:
    """Propose that these officers take over."""
    body = bodies.NewOfficers(named(people), Digest.of(b"the set after the next"))
    return about(made, None, "scheme.officers", body)


def added(made: Case, party: Party, new: Signer, *, day: float = 1, **changes: Any) -> Event:  # noqa: ANN401 - fields
    """Propose a key with its proof of possession."""
    proof = proposal.prove_possession(made.scheme.register, party.did, signer=new)
    body = bodies.NewKey(proof.key.multikey, proof.size, proof.root, proof.signature)
    return about(made, party, "key.added", replace(body, **changes), day=day)


# --- the scheme ---


@case("scheme.genesis--founds", "Three officers found a scheme, and a member joins with a key and a role.")
def scheme_genesis_founds(made: Case) -> None:
    made.cap()


@case(
    "scheme.genesis--unsigned-officer",
    "One of the three officers did not sign the genesis.",
    "register.no_anchor",
)
def scheme_genesis_unsigned_officer(made: Case) -> None:
    event = made.scheme.register.event(0).event
    founded(made, event.signed(*list(made.scheme.officers.values())[:2]))


@case(
    "scheme.genesis--policy-nobody-can-meet",
    "The first policy asks for four officers, and there are three.",
    "register.no_anchor",
)
def scheme_genesis_policy_nobody_can_meet(made: Case) -> None:
    event = made.scheme.register.event(0).event
    rules = {
        **cast("dict[str, Any]", event.body["policy"]),
        "quorum": [{"type": "member.admitted", "officers": 4}],
    }
    founded(made, replace(event, body={**event.body, "policy": rules}).signed(*made.scheme.officers.values()))


@case(
    "scheme.genesis--second",
    "A scheme is founded once; a second genesis in its log is ignored.",
    "event.body",
)
def scheme_genesis_second(made: Case) -> None:
    first = made.scheme.register.event(0).event
    put(made, replace(first, prev=0), *made.scheme.officers.values(), by="")


@case("scheme.policy--rules", "A new policy rules from its entry on: an admission then needs three officers.")
def scheme_policy_rules(made: Case) -> None:
    put(made, policy(made, quorum=stricter(3)))
    put(made, proposal.admit(made.scheme.register, NEWCOMER, name="Newcomer", at=START), by="abc")


@case("scheme.policy--one-officer", "One officer alone changes no rules.", "event.quorum")
def scheme_policy_one_officer(made: Case) -> None:
    put(made, policy(made, quorum=stricter(3)), by="a")


@case(
    "scheme.policy--other-successors",
    "A policy cannot replace the commitment to the next officers.",
    "event.precommitment",
)
def scheme_policy_other_successors(made: Case) -> None:
    put(made, policy(made, next_officers=Digest.of(b"others")))


@case(
    "scheme.policy--nobody-can-meet",
    "A policy that asks for four officers of three would lock the scheme.",
    "event.body",
)
def scheme_policy_nobody_can_meet(made: Case) -> None:
    put(made, policy(made, quorum=stricter(4)))


@case("scheme.policy--absurd-time", "A policy with a heartbeat of no seconds is none.", "event.body")
def scheme_policy_absurd_time(made: Case) -> None:
    put(made, policy(made, heartbeat=0))


@case(
    "scheme.policy--unnamed-type",
    "What the policy in force names no quorum for, nobody may do.",
    "event.quorum",
)
def scheme_policy_unnamed_type(made: Case) -> None:
    put(made, policy(made, quorum=(Demand("scheme.policy", 2),)))
    put(made, proposal.admit(made.scheme.register, NEWCOMER, name="Newcomer", at=START), by="abc")


@case("scheme.officers--take-over", "The set that was committed to takes over, and then admits a member.")
def scheme_officers_take_over(made: Case) -> None:
    people = made.scheme.next_officers
    put(made, incoming(made, people), *people.values())
    event = proposal.admit(made.scheme.register, NEWCOMER, name="Newcomer", at=START)
    put(made, event, *list(people.values())[:2], by="")


@case(
    "scheme.officers--not-committed-to",
    "Officers whose digest no policy named do not take over.",
    "event.precommitment",
)
def scheme_officers_not_committed_to(made: Case) -> None:
    people = {name: draw(f"usurper/{name}") for name in made.scheme.officers}
    put(made, incoming(made, people), *people.values())


@case("scheme.officers--without-old-quorum", "The new set cannot take over by itself.", "event.quorum")
def scheme_officers_without_old_quorum(made: Case) -> None:
    put(made, incoming(made, made.scheme.next_officers), *made.scheme.next_officers.values(), by="a")


@case(
    "scheme.officers--one-did-not-sign",
    "Every new officer signs, which proves that each holds a key.",
    "event.quorum",
)
def scheme_officers_one_did_not_sign(made: Case) -> None:
    put(made, incoming(made, made.scheme.next_officers), *list(made.scheme.next_officers.values())[:2])


@case("scheme.officers--key-of-a-member", "A key that belongs to a member is no officer's.", "event.state")
def scheme_officers_key_of_a_member(made: Case) -> None:
    cap, people = made.cap(), made.scheme.next_officers
    taken = people["officer-a"]
    put(made, added(made, cap, taken), cap.signer)
    put(made, incoming(made, people), *people.values())


@case("scheme.officers--retired-officer", "Who is an officer no more signs nothing.", "event.signature")
def scheme_officers_retired_officer(made: Case) -> None:
    people = made.scheme.next_officers
    put(made, incoming(made, people), *people.values())
    put(made, proposal.admit(made.scheme.register, NEWCOMER, name="Newcomer", at=START))


@case("scheme.logkey.rotated--new-key", "Another key signs the checkpoints of all later sizes.")
def scheme_logkey_rotated_new_key(made: Case) -> None:
    new = VerifierKey(ORIGIN, signer("vectors/log", ed25519=True).key)
    put(made, about(made, None, "scheme.logkey.rotated", bodies.NewLogKey(str(new))))


@case("scheme.logkey.rotated--same-key", "A key that the log has had is never used again.", "event.state")
def scheme_logkey_rotated_same_key(made: Case) -> None:
    put(made, about(made, None, "scheme.logkey.rotated", bodies.NewLogKey(str(made.scheme.anchor.log_key))))


@case("scheme.logkey.rotated--no-key", "What is no verifier key signs no checkpoint.", "format.unparseable")
def scheme_logkey_rotated_no_key(made: Case) -> None:
    put(made, about(made, None, "scheme.logkey.rotated", bodies.NewLogKey("none")))


@case("scheme.recognised--other-scheme", "Two officers recognise another scheme.")
def scheme_recognised_other_scheme(made: Case) -> None:
    put(
        made,
        about(made, None, "scheme.recognised", bodies.Recognition("other.example", Digest.of(b"genesis"))),
    )


@case("scheme.recognised--itself", "A scheme does not recognise itself.", "event.body")
def scheme_recognised_itself(made: Case) -> None:
    put(made, about(made, None, "scheme.recognised", bodies.Recognition(ORIGIN, Digest.of(b"genesis"))))


@case(
    "scheme.recognised--about-a-member",
    "An event about the scheme has the scheme as its subject.",
    "event.body",
)
def scheme_recognised_about_a_member(made: Case) -> None:
    cap = made.cap()
    put(
        made,
        about(made, cap, "scheme.recognised", bodies.Recognition("other.example", Digest.of(b"genesis"))),
    )


def founded(made: Case, genesis: SignedEvent) -> None:
    """Take a first entry that founds nothing for the whole log, and anchor in it."""
    made.entries = (genesis.entry,)
    made.anchor = replace(made.scheme.anchor, genesis=Digest(genesis.leaf))


# --- members ---


def admission(made: Case, **changes: Any) -> Event:  # noqa: ANN401 - each case changes another field
    """Propose to admit a newcomer."""
    event = proposal.admit(made.scheme.register, NEWCOMER, name="Newcomer", at=made.scheme.at(days=1))
    return replace(event, **changes)


@case("member.admitted--by-two", "Two officers admit a member.")
def member_admitted_by_two(made: Case) -> None:
    put(made, admission(made))


@case("member.admitted--again-after-exit", "Who left may come back, without its former roles.")
def member_admitted_again_after_exit(made: Case) -> None:
    cap = made.cap()
    put(made, about(made, cap, "member.exit-requested", bodies.Nothing()), cap.signer, by="")
    put(made, about(made, cap, "member.exited", bodies.Nothing(), day=2), by="a")
    put(made, about(made, cap, "member.admitted", bodies.Admission("GreenLedger", ()), day=3))


@case("member.admitted--one-officer", "An admission needs two officers.", "event.quorum")
def member_admitted_one_officer(made: Case) -> None:
    put(made, admission(made), by="a")


@case("member.admitted--one-person-twice", "Two keys of one officer are one person.", "event.quorum")
def member_admitted_one_person_twice(made: Case) -> None:
    two = [draw("one"), draw("another")]
    others = {"officer-b": draw("b"), "officer-c": draw("c")}
    officers = (Officer("officer-a", tuple(one.key.multikey for one in two)), *named(others))
    log = made.scheme.anchor.log_key
    event = proposal.found(
        ORIGIN, environment="test", officers=officers, next_officers=officers, log_key=log, at=START
    )
    genesis = event.signed(*two, *others.values())
    made.scheme.anchor = proposal.anchor_of(genesis)
    made.scheme.register = Register.replay((genesis.entry,), anchor=made.scheme.anchor)
    put(made, admission(made), *two, by="")


@case("member.admitted--already", "A member is admitted once.", "event.state")
def member_admitted_already(made: Case) -> None:
    cap = made.cap()
    put(made, about(made, cap, "member.admitted", bodies.Admission("GreenLedger", ())))


@case(
    "member.admitted--of-another-scheme", "An event counts only in the scheme that it names.", "event.scheme"
)
def member_admitted_of_another_scheme(made: Case) -> None:
    put(made, admission(made, scheme="other.example"))


@case("member.admitted--unknown-policy", "An event names the policy in force.", "event.policy")
def member_admitted_unknown_policy(made: Case) -> None:
    put(made, admission(made, policy=7))


@case("member.admitted--out-of-order", "An event names its subject's last event.", "event.prev")
def member_admitted_out_of_order(made: Case) -> None:
    put(made, admission(made, prev=0))


@case(
    "member.admitted--twice-the-same",
    "The same entry a second time no longer follows the last one.",
    "event.prev",
)
def member_admitted_twice_the_same(made: Case) -> None:
    signed = admission(made).signed(*list(made.scheme.officers.values())[:2])
    put(made, signed, by="")
    put(made, signed, by="")


@case(
    "member.admitted--before-the-scheme",
    "Nothing is dated back behind the scheme's own beginning.",
    "event.backdated",
)
def member_admitted_before_the_scheme(made: Case) -> None:
    put(made, admission(made, effective=made.scheme.at(days=-1)))


@case(
    "member.admitted--before-its-recording",
    "Nothing is dated back behind its own recording.",
    "event.backdated",
)
def member_admitted_before_its_recording(made: Case) -> None:
    made.recorded = [START, made.scheme.at(days=1, seconds=61)]
    put(made, admission(made))


@case("member.admitted--within-the-skew", "A minute of difference between two clocks is no dating back.")
def member_admitted_within_the_skew(made: Case) -> None:
    made.recorded = [START, made.scheme.at(days=1, seconds=60)]
    put(made, admission(made))


@case(
    "member.admitted--by-a-stranger",
    "A signature by a key that may not sign here spoils the entry.",
    "event.signature",
)
def member_admitted_by_a_stranger(made: Case) -> None:
    put(made, admission(made), draw("stranger"))


@case("member.admitted--forged", "A signature that does not fit spoils the entry.", "event.signature")
def member_admitted_forged(made: Case) -> None:
    people = list(made.scheme.officers.values())[:2]
    other = admission(made, reason="bribed").signed(*people)
    put(made, SignedEvent(admission(made), b64url_encode(admission(made).payload), other.signatures), by="")


@case("member.admitted--member-missing", "The body has every member that its type has.", "event.body")
def member_admitted_member_missing(made: Case) -> None:
    put(made, admission(made, body={"name": "Newcomer"}))


@case("member.admitted--member-more", "The body has no member that its type does not have.", "event.body")
def member_admitted_member_more(made: Case) -> None:
    put(made, admission(made, body={"name": "Newcomer", "services": [], "email": "x"}))


@case("member.admitted--service-with-port", "A service is an https name without a port.", "event.body")
def member_admitted_service_with_port(made: Case) -> None:
    put(
        made,
        admission(made, body={"name": "N", "services": [{"name": "api", "url": "https://n.example:8443/"}]}),
    )


@case("member.admitted--no-did", "A member is named by a DID.", "format.unparseable")
def member_admitted_no_did(made: Case) -> None:
    put(made, admission(made, subject="Newcomer"))


@case("member.admitted--of-the-scheme", "The scheme is not a member of itself.", "event.body")
def member_admitted_of_the_scheme(made: Case) -> None:
    put(made, about(made, None, "member.admitted", bodies.Admission("X", ())))


@case("member.updated--new-name", "An officer and the member change its name.")
def member_updated_new_name(made: Case) -> None:
    cap = made.cap()
    put(made, about(made, cap, "member.updated", bodies.Update(name="GreenLedger plc")), cap.signer, by="a")


@case("member.updated--without-the-member", "Nobody changes a member's entry without it.", "event.quorum")
def member_updated_without_the_member(made: Case) -> None:
    put(made, about(made, made.cap(), "member.updated", bodies.Update(name="GreenLedger plc")))


@case("member.updated--empty-name", "A member has a printable name.", "event.body")
def member_updated_empty_name(made: Case) -> None:
    cap = made.cap()
    put(made, about(made, cap, "member.updated", bodies.Update(name=" ")), cap.signer, by="a")


def suspended(made: Case, cap: Party, *, day: float, by: str, confirms: int | None = None) -> int:
    """Suspend the member, or confirm its suspension."""
    return put(made, about(made, cap, "member.suspended", bodies.SuspensionOrder(confirms), day=day), by=by)


@case("member.suspended--by-two", "Two officers suspend a member until it is reinstated.")
def member_suspended_by_two(made: Case) -> None:
    suspended(made, made.cap(), day=2, by="ab")


@case("member.suspended--emergency", "One officer suspends for 72 hours.", days=(0.5, 2.5, 4.99, 5.0, 12.0))
def member_suspended_emergency(made: Case) -> None:
    suspended(made, made.cap(), day=2, by="a")


@case("member.suspended--confirmed", "Two officers confirm within 72 hours what one did.")
def member_suspended_confirmed(made: Case) -> None:
    cap = made.cap()
    index = suspended(made, cap, day=2, by="a")
    suspended(made, cap, day=4, by="bc", confirms=index)


@case(
    "member.suspended--another-emergency",
    "After 72 hours another officer may act alone, once.",
    days=(2.5, 5.5, 12),
)
def member_suspended_another_emergency(made: Case) -> None:
    cap = made.cap()
    suspended(made, cap, day=2, by="a")
    suspended(made, cap, day=5, by="b")


@case(
    "member.suspended--renewed-alone",
    "Who suspended alone does not do so again, unconfirmed.",
    "event.quorum",
)
def member_suspended_renewed_alone(made: Case) -> None:
    cap = made.cap()
    suspended(made, cap, day=2, by="a")
    suspended(made, cap, day=5, by="a")


@case("member.suspended--by-nobody", "A member's own signature suspends nobody.", "event.quorum")
def member_suspended_by_nobody(made: Case) -> None:
    cap = made.cap()
    put(made, about(made, cap, "member.suspended", bodies.SuspensionOrder()), cap.signer, by="")


@case("member.suspended--stranger", "Who is no member is not suspended.", "event.state")
def member_suspended_stranger(made: Case) -> None:
    stranger = Party(NEWCOMER, "Newcomer", key("newcomer"))
    suspended(made, stranger, day=1, by="ab")


@case("member.suspended--confirmed-late", "A suspension that has lapsed is not confirmed.", "event.state")
def member_suspended_confirmed_late(made: Case) -> None:
    cap = made.cap()
    index = suspended(made, cap, day=2, by="a")
    suspended(made, cap, day=5.1, by="bc", confirms=index)


@case("member.suspended--confirmed-alone", "One officer confirms nothing alone.", "event.quorum")
def member_suspended_confirmed_alone(made: Case) -> None:
    cap = made.cap()
    index = suspended(made, cap, day=2, by="a")
    suspended(made, cap, day=3, by="b", confirms=index)


@case(
    "member.reinstated--by-others",
    "Two officers lift what a third ordered; what was signed inside stays refused.",
)
def member_reinstated_by_others(made: Case) -> None:
    cap = made.cap()
    suspended(made, cap, day=2, by="a")
    put(made, about(made, cap, "member.reinstated", bodies.Nothing(), day=3), by="bc")


@case(
    "member.reinstated--by-the-suspender",
    "Who suspended does not count among those who reinstate.",
    "event.quorum",
)
def member_reinstated_by_the_suspender(made: Case) -> None:
    cap = made.cap()
    suspended(made, cap, day=2, by="a")
    put(made, about(made, cap, "member.reinstated", bodies.Nothing(), day=3), by="ab")


@case("member.reinstated--not-suspended", "Who is not suspended is not reinstated.", "event.state")
def member_reinstated_not_suspended(made: Case) -> None:
    put(made, about(made, made.cap(), "member.reinstated", bodies.Nothing(), day=3))


@case("member.exit-requested--by-itself", "A member asks to leave; nothing changes yet.")
def member_exit_requested_by_itself(made: Case) -> None:
    cap = made.cap()
    put(made, about(made, cap, "member.exit-requested", bodies.Nothing()), cap.signer, by="")


@case("member.exit-requested--by-officers", "Nobody asks to leave in a member's name.", "event.quorum")
def member_exit_requested_by_officers(made: Case) -> None:
    put(made, about(made, made.cap(), "member.exit-requested", bodies.Nothing()))


@case("member.exited--run-off", "A member leaves a week after one officer let it go.", days=(0.5, 5, 12))
def member_exited_run_off(made: Case) -> None:
    cap = made.cap()
    put(made, about(made, cap, "member.exit-requested", bodies.Nothing()), cap.signer, by="")
    put(made, about(made, cap, "member.exited", bodies.Nothing(), day=8), by="a")


@case("member.exited--unasked", "Nobody is let go that did not ask.", "event.state")
def member_exited_unasked(made: Case) -> None:
    put(made, about(made, made.cap(), "member.exited", bodies.Nothing(), day=8))


@case("member.expelled--from-now", "An expulsion that looks forward leaves the past.")
def member_expelled_from_now(made: Case) -> None:
    put(made, about(made, made.cap(), "member.expelled", bodies.Expulsion(), day=10))


@case(
    "member.expelled--for-fraud",
    "A fraud reaches back: refused from its beginning, before only with proof of time.",
)
def member_expelled_for_fraud(made: Case) -> None:
    cap = made.cap()
    put(made, about(made, cap, "member.expelled", bodies.Expulsion(made.scheme.at(days=2)), day=10))


@case(
    "member.expelled--for-fraud-after-exit",
    "A fraud that comes to light after the exit reaches back all the same.",
)
def member_expelled_for_fraud_after_exit(made: Case) -> None:
    cap = made.cap()
    put(made, about(made, cap, "member.exit-requested", bodies.Nothing()), cap.signer, by="")
    put(made, about(made, cap, "member.exited", bodies.Nothing(), day=8), by="a")
    put(made, about(made, cap, "member.expelled", bodies.Expulsion(made.scheme.at(days=2)), day=10))


@case("member.expelled--one-officer", "One officer expels nobody.", "event.quorum")
def member_expelled_one_officer(made: Case) -> None:
    put(made, about(made, made.cap(), "member.expelled", bodies.Expulsion(), day=10), by="a")


@case("member.expelled--forward", "A fraud reaches back, not forward.", "event.body")
def member_expelled_forward(made: Case) -> None:
    cap = made.cap()
    put(made, about(made, cap, "member.expelled", bodies.Expulsion(made.scheme.at(days=11)), day=10))


@case("member.expelled--left-already", "Who has left is expelled for a fraud alone.", "event.state")
def member_expelled_left_already(made: Case) -> None:
    cap = made.cap()
    put(made, about(made, cap, "member.exit-requested", bodies.Nothing()), cap.signer, by="")
    put(made, about(made, cap, "member.exited", bodies.Nothing(), day=2), by="a")
    put(made, about(made, cap, "member.expelled", bodies.Expulsion(), day=10))
