"""Whatever officers and members do, the register's past stays as it was told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from registry import bodies, proposal
from registry.anchor import Anchor
from registry.errors import RegisterError
from registry.events import Event, SignedEvent
from registry.fold.rules import KNOWN
from registry.log.merkle import Tree, leaf_hash, verify_consistency, verify_inclusion
from registry.register import Register
from registry.standing import Standing
from support.keys import signer
from support.scheme import ROLE, START, Party, SchemeSimulator
from trust.canonical import Json
from trust.digest import Digest, b64url_encode
from trust.keys import Signer

ROLES = ("carbon-accounting-provider", "auditor")
LATEST = 40
LATE = START + timedelta(days=LATEST)


def begun() -> tuple[SchemeSimulator, tuple[Party, ...]]:
    """Found a scheme with two members, once for all examples: a register is a value."""
    scheme = SchemeSimulator()
    cap = scheme.join("did:web:cap.example", name="GreenLedger", roles=ROLES[:1])
    edp = scheme.join("did:web:edp.example", name="Meterworks", roles=ROLES[1:])
    return scheme, (cap, edp)


SCHEME, PARTIES = begun()
SPARE = tuple(signer(f"spare {number}") for number in range(2))


@dataclass(frozen=True)
class Deed:
    """Something that somebody puts into the log, allowed or not."""

    kind: str
    party: int
    day: int
    since: int
    by: str
    own: bool
    spare: int

    def event(self, register: Register) -> Event:
        """Propose it, with the places in the log that it must name."""
        party = PARTIES[self.party]
        at = START + timedelta(days=self.day)
        if self.kind == "key.added":
            proof = proposal.prove_possession(register, party.did, signer=SPARE[self.spare])
            return proposal.add_key(register, party.did, proof=proof, at=at)
        return proposal.propose(register, self.kind, party.did, body=self.body(register), at=at)

    def body(self, register: Register) -> object:
        """Give the body of the event."""
        party = PARTIES[self.party]
        since = START + timedelta(days=min(self.since, self.day))
        last = register.last_event(str(party.did))
        return {
            "member.admitted": bodies.Admission("Anew", ()),
            "member.suspended": bodies.SuspensionOrder(last if self.own else None),
            "member.expelled": bodies.Expulsion(since if self.own else None),
            "role.granted": bodies.Grant(ROLE + ROLES[self.spare]),
            "role.ended": bodies.RoleEnd(ROLE + ROLES[self.spare]),
            "key.retired": bodies.KeyEnd(party.signer.key.thumbprint),
            "key.compromised": bodies.KeyCompromise(
                party.signer.key.thumbprint, since, last if self.spare else None
            ),
        }.get(self.kind, bodies.Nothing())


KINDS = (
    "member.admitted",
    "member.suspended",
    "member.reinstated",
    "member.exit-requested",
    "member.exited",
    "member.expelled",
    "member.unheard-of",
    "role.granted",
    "role.ended",
    "key.added",
    "key.retired",
    "key.compromised",
)
deeds = st.builds(
    Deed,
    kind=st.sampled_from(KINDS),
    party=st.integers(0, 1),
    day=st.integers(0, LATEST),
    since=st.integers(0, LATEST),
    by=st.sampled_from(("", "a", "b", "ab", "bc", "abc")),
    own=st.booleans(),
    spare=st.integers(0, 1),
)


@st.composite
def confirmed(draw: st.DrawFn) -> tuple[Deed, ...]:
    """One officer suspends a member or reports its key, and two others confirm it a day or more later."""
    kind = draw(st.sampled_from(("member.suspended", "key.compromised")))
    party, day, later = draw(st.integers(0, 1)), draw(st.integers(1, LATEST)), draw(st.integers(0, 4))
    since = draw(st.integers(0, day - 1))
    report = Deed(kind, party, day, since, by="a", own=False, spare=0)
    return report, Deed(kind, party, day + later, since, by="bc", own=kind == "member.suspended", spare=1)


stories = st.lists(deeds.map(lambda deed: (deed,)) | confirmed(), max_size=6).map(
    lambda parts: [deed for part in parts for deed in part]
)


def grown(done: list[Deed], *, onto: Register | None = None) -> Register:
    """Put deeds into the log, one after another, whether the rules allow them or not."""
    register = SCHEME.register if onto is None else onto
    for deed in done:
        officers = [SCHEME.officers[f"officer-{letter}"] for letter in deed.by]
        own = [PARTIES[deed.party].signer] if deed.own or not officers else []
        register = register.extend((deed.event(register).signed(*officers, *own).entry,))
    return register


def answers(register: Register, *, known_at: int | None = None) -> list[Standing]:
    """Ask about both members on many days."""
    return [
        register.standing(
            party.did,
            ROLE + ROLES[0],
            party.signer.key.thumbprint,
            signed_at=START + timedelta(days=day),
            known_at=known_at,
            proven_by=None if proof is None else START + timedelta(days=day + proof),
        )
        for party in PARTIES
        for day in range(-1, LATEST + 5, 4)
        for proof in (None, 1, 20)
    ]


@given(stories, st.integers(0, 12))
def test_no_later_event_changes_the_answer_at_an_earlier_size(done: list[Deed], cut: int) -> None:
    register = grown(done)
    size = min(SCHEME.register.size + cut, register.size)
    then = Register.replay(register.entries[:size], anchor=SCHEME.anchor)
    assert answers(register, known_at=size) == answers(then)


@given(stories)
def test_a_log_read_entry_by_entry_is_the_log_read_at_once(done: list[Deed]) -> None:
    step_by_step = grown(done)
    at_once = Register.replay(step_by_step.entries, anchor=SCHEME.anchor)
    assert at_once.ignored == step_by_step.ignored
    assert at_once.members == step_by_step.members
    assert answers(at_once) == answers(step_by_step)


@given(stories)
def test_an_ignored_entry_changes_no_answer_but_its_size_and_root(done: list[Deed]) -> None:
    register = grown(done)
    ignored = {item.index for item in register.ignored}
    before = register.prefix(register.size - 1)
    same = [(answer.outcome, answer.obstacles, answer.events) for answer in answers(before)]
    after = [(answer.outcome, answer.obstacles, answer.events) for answer in answers(register)]
    assert same == after or register.size - 1 not in ignored


def signed_otherwise(event: Event) -> bytes:
    """Sign one event, and put the signatures under another."""
    people = (SCHEME.officers["officer-a"], SCHEME.officers["officer-b"])
    other = replace(event, reason="bribed").signed(*people)
    return SignedEvent(event, b64url_encode(event.payload), other.signatures).entry


def signed_by(event: Event, *signers: Signer) -> bytes:
    """Sign an event."""
    return event.signed(*signers).entry


BREAKS: dict[str, Callable[[Event], bytes]] = {
    "no event": lambda event: event.payload,
    "a stranger's signature": lambda event: signed_by(event, *SCHEME.officers.values(), signer("stranger")),
    "a signature of another event": signed_otherwise,
    "a stranger alone": lambda event: signed_by(event, signer("stranger")),
    "another scheme": lambda event: signed_by(replace(event, scheme="x.example"), *SCHEME.officers.values()),
    "an unknown policy": lambda event: signed_by(replace(event, policy=999), *SCHEME.officers.values()),
    "out of order": lambda event: signed_by(replace(event, prev=999), *SCHEME.officers.values()),
    "dated back": lambda event: signed_by(
        replace(event, effective=START - timedelta(days=1)), *SCHEME.officers.values()
    ),
    "a member more in the body": lambda event: signed_by(
        replace(event, body={**event.body, "more": 1}), *SCHEME.officers.values()
    ),
    "about nobody": lambda event: signed_by(replace(event, subject="GreenLedger"), *SCHEME.officers.values()),
}


def told(register: Register, *, without: int | None = None) -> list[object]:
    """Give every answer with the entries that it names, numbered as if one entry were not there."""

    def number(index: int) -> int:
        return index if without is None or index < without else index - 1

    return [
        (
            (answer.outcome, answer.code, answer.since, answer.until, tuple(map(number, answer.events))),
            [(one.code, one.outcome, tuple(map(number, one.events))) for one in answer.obstacles],
        )
        for answer in answers(register)
    ]


@given(
    stories,
    st.integers(0, 8),
    st.sampled_from(sorted(BREAKS)),
    # What no version knows is not ignored: it leaves its subject undetermined.
    deeds.filter(lambda deed: deed.kind in KNOWN),
)
def test_an_event_that_breaks_a_rule_is_ignored_wherever_it_stands_and_nothing_else_changes(
    done: list[Deed], cut: int, how: str, deed: Deed
) -> None:
    cut = min(cut, len(done))
    before = grown(done[:cut])
    broken = before.extend((BREAKS[how](deed.event(before)),))
    with_it = grown(done[cut:], onto=broken)
    assert (broken.members, broken.scheme) == (before.members, before.scheme)
    assert before.size in {item.index for item in with_it.ignored}
    without = grown(done)
    assert told(with_it, without=before.size) == told(without)
    assert with_it.members == without.members
    assert [item.code for item in with_it.ignored if item.index != before.size] == [
        item.code for item in without.ignored
    ]


@given(st.binary(max_size=400), st.integers(0, 6), st.integers(0, 200))
def test_any_bytes_in_a_log_are_reported_and_never_raise(noise: bytes, index: int, at: int) -> None:
    entry = SCHEME.entries[index]
    for strange in (noise, entry[:at] + noise + entry[at:], entry[:at] + entry[at + 1 :]):
        register = SCHEME.register.extend((strange,))
        assert [item.index for item in register.ignored] == [7]
        assert register.members == SCHEME.register.members


@settings(max_examples=50)
@given(st.integers(1, 200), st.data())
def test_every_place_and_every_past_can_be_proven(size: int, data: st.DataObject) -> None:
    tree = Tree.of(leaf_hash(number.to_bytes(2)) for number in range(size))
    index = data.draw(st.integers(0, size - 1))
    older = data.draw(st.integers(0, size))
    leaf = tree.levels[0][index]
    verify_inclusion(leaf, index=index, size=size, proof=tree.inclusion(index, size=size), root=tree.root)
    proof = tree.consistency(older, size=size)
    verify_consistency(older, older_root=tree.root_at(older), size=size, root=tree.root, proof=proof)
    assert tree.root_at(older) == Tree.of(tree.levels[0][:older]).root


WORDS = st.sampled_from(
    (
        "https://[",
        "https://x.example",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "é",
        "log+00000000+é",
        "u",
        "z6Mk",
        ROLE + "auditor",
    )
)
scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8) | WORDS
FIELDS = (
    "name",
    "services",
    "url",
    "confirms",
    "since",
    "role",
    "from",
    "until",
    "key",
    "size",
    "root",
    "signature",
    "lost",
    "thumbprint",
    "version",
    "digest",
    "statusList",
    "interval",
    "logKey",
    "officers",
    "nextOfficers",
    "quorum",
    "pseudonym",
    "keys",
    "scheme",
    "genesis",
)
names = st.sampled_from(FIELDS)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=8,
)
TEMPLATES: dict[str, tuple[str, ...]] = {
    "member.admitted": ("name", "services"),
    "member.updated": ("name", "services"),
    "member.suspended": ("confirms",),
    "member.expelled": ("since",),
    "role.granted": ("role", "until"),
    "role.ended": ("role",),
    "key.added": ("key", "size", "root", "signature", "lost", "until"),
    "key.retired": ("thumbprint",),
    "key.compromised": ("thumbprint", "since", "confirms"),
    "agreement.executed": ("version", "digest", "until"),
    "certificate.recorded": ("digest", "from", "until"),
    "status.published": ("statusList", "interval", "digest"),
    "scheme.logkey.rotated": ("logKey",),
    "scheme.officers": ("officers", "nextOfficers"),
    "scheme.recognised": ("scheme", "genesis"),
    "scheme.policy": ("quorum", "skew", "heartbeat", "staleness", "nextOfficers"),
}
GENESIS = SCHEME.register.event(0).event


@given(
    st.sampled_from(sorted(TEMPLATES)).flatmap(
        lambda kind: st.tuples(
            st.just(kind),
            st.fixed_dictionaries({}, optional=dict.fromkeys(TEMPLATES[kind], values))
            | st.dictionaries(names, values, max_size=5),
        )
    ),
    st.sampled_from((START, LATE, datetime(8999, 12, 31, 23, 59, 59, tzinfo=UTC))),
)
def test_no_body_however_strange_breaks_the_fold(made: tuple[str, dict[str, Json]], at: datetime) -> None:
    kind, body = made
    subject = None if kind.startswith("scheme.") else PARTIES[0].did
    proposed = proposal.propose(SCHEME.register, kind, subject, body=bodies.Nothing(), at=at)
    event = replace(proposed, body=body)
    for signers in (tuple(SCHEME.officers.values()), (SCHEME.officers["officer-a"],)):
        register = SCHEME.register.extend((event.signed(*signers, PARTIES[0].signer).entry,))
        assert len(answers(register)) == len(answers(SCHEME.register))


@given(
    st.dictionaries(st.sampled_from(sorted(GENESIS.body)), values, max_size=3),
    st.dictionaries(st.sampled_from(("skew", "heartbeat", "staleness", "quorum")), values, max_size=2),
)
def test_no_genesis_however_strange_breaks_the_replay(
    changes: dict[str, Json], rules: dict[str, Json]
) -> None:
    policy = GENESIS.body["policy"]
    body = {**GENESIS.body, "policy": {**(policy if isinstance(policy, dict) else {}), **rules}, **changes}
    genesis = replace(GENESIS, body=body).signed(*SCHEME.officers.values())
    anchor = replace(SCHEME.anchor, genesis=Digest(genesis.leaf))
    assert answered((genesis.entry, *SCHEME.entries[1:]), anchor) in {
        "register.no_anchor",
        "environment.mismatch",
        "answered",
    }


def answered(entries: tuple[bytes, ...], anchor: Anchor) -> str:
    """Replay and ask, and give the code of the refusal where there is one."""
    try:
        register = Register.replay(entries, anchor=anchor)
    except RegisterError as refused:
        return refused.code
    return "answered" if len(answers(register)) == len(answers(SCHEME.register)) else "cut short"
