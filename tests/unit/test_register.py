"""A copy of the register against its trust anchor and its signed checkpoint."""

import json
from dataclasses import replace

import pytest

from registry.anchor import Anchor
from registry.bodies import NewLogKey, Update
from registry.errors import EventRefusedError, RegisterError
from registry.fold.signing import VERIFIED
from registry.fold.step import State, read
from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import WitnessKey
from registry.log.note import Note, VerifierKey
from registry.proposal import admit, end_role, propose
from registry.register import Register
from support.keys import signer
from support.scheme import ORIGIN, START, SchemeSimulator
from trust.canonical import canonicalize
from trust.did import Did
from trust.digest import Digest
from trust.errors import MalformedError

CAP = "did:web:cap.example"


@pytest.fixture
def scheme() -> SchemeSimulator:
    """Give a scheme with one carbon accounting provider."""
    made = SchemeSimulator()
    made.join(CAP, name="GreenLedger", roles=("carbon-accounting-provider",))
    return made


def refusal(scheme: SchemeSimulator, **changes: object) -> RegisterError:
    """Replay the scheme's log with something changed, and give the refusal."""
    given = {"entries": scheme.entries, "anchor": scheme.anchor, "checkpoint": scheme.checkpoint} | changes
    with pytest.raises(RegisterError) as refused:
        Register.replay(given.pop("entries"), **given)  # type: ignore[arg-type]  # each test changes one of them
    return refused.value


def test_a_replay_of_the_whole_log_has_its_size_and_root(scheme: SchemeSimulator) -> None:
    register = Register.replay(scheme.entries, anchor=scheme.anchor, checkpoint=scheme.checkpoint)
    assert (register.size, register.root) == (4, scheme.register.root)
    assert register.checkpoint == Checkpoint(ORIGIN, 4, register.root)
    assert register.ignored == ()


def test_a_register_from_another_first_entry_is_not_the_trusted_one(scheme: SchemeSimulator) -> None:
    other = SchemeSimulator(seed="a forged scheme")
    refused = refusal(scheme, entries=other.entries, checkpoint=other.checkpoint)
    assert refused.code == "register.no_anchor"
    assert "not the one of the trust anchor perseus.example/register: it has another first entry" in str(
        refused
    )
    assert refused.expected == f"a first entry {scheme.anchor.genesis.multibase}"
    assert refused.found == f"a first entry {other.anchor.genesis.multibase}"


def test_an_empty_register_is_not_the_trusted_one(scheme: SchemeSimulator) -> None:
    assert refusal(scheme, entries=()).code == "register.no_anchor"


def test_a_first_entry_that_founds_nothing_is_no_register(scheme: SchemeSimulator) -> None:
    entries = scheme.entries[1:]
    anchor = replace(scheme.anchor, genesis=Digest(scheme.register.tree.levels[0][1]))
    refused = refusal(scheme, entries=entries, anchor=anchor)
    assert (refused.code, "founds no scheme" in str(refused)) == ("register.no_anchor", True)


def test_a_register_of_another_environment_is_refused(scheme: SchemeSimulator) -> None:
    refused = refusal(scheme, anchor=replace(scheme.anchor, environment="production"))
    assert refused.code == "environment.mismatch"
    assert "the environment test, and the trust anchor is for production" in str(refused)


def test_an_anchor_for_another_scheme_is_refused(scheme: SchemeSimulator) -> None:
    assert refusal(scheme, anchor=replace(scheme.anchor, scheme="other.example")).code == "register.no_anchor"


def test_an_anchor_with_a_log_key_that_the_register_never_had_is_refused(scheme: SchemeSimulator) -> None:
    other = VerifierKey(ORIGIN, signer("other log", ed25519=True).key)
    assert refusal(scheme, anchor=replace(scheme.anchor, log_key=other)).code == "register.no_anchor"


def test_a_changed_entry_does_not_fit_what_the_log_signed(scheme: SchemeSimulator) -> None:
    document = json.loads(scheme.entries[3])
    shortened = canonicalize({**document, "signatures": document["signatures"][:1]})
    refused = refusal(scheme, entries=(*scheme.entries[:3], shortened))
    assert (refused.code, "not those that its log signed" in str(refused)) == ("register.forked", True)


def test_entries_that_are_held_back_show(scheme: SchemeSimulator) -> None:
    refused = refusal(scheme, entries=scheme.entries[:3])
    assert refused.code == "register.rolled_back"
    assert str(refused) == "The log signed 4 entries, and only 3 are at hand."


def test_entries_that_the_log_did_not_sign_show(scheme: SchemeSimulator) -> None:
    checkpoint = scheme.checkpoint
    scheme.join("did:web:edp.example", name="Meterworks")
    assert refusal(scheme, checkpoint=checkpoint).code == "register.forked"


@pytest.mark.parametrize("name", [ORIGIN, "other.example"])
def test_a_checkpoint_that_another_key_signed_is_refused(scheme: SchemeSimulator, name: str) -> None:
    made = Checkpoint(name, 4, scheme.register.root).sign(signer("other log", ed25519=True))
    assert refusal(scheme, checkpoint=made).code == "register.forked"


def test_a_checkpoint_of_another_log_under_the_same_key_is_refused(scheme: SchemeSimulator) -> None:
    elsewhere = Checkpoint("other.example", 4, scheme.register.root).text
    note = str(Note(elsewhere).signed(name=ORIGIN, signer=scheme.log))
    refused = refusal(scheme, checkpoint=note)
    assert refused.code == "register.no_anchor"
    assert "is of the log other.example, and the trust anchor is for perseus.example/register" in str(refused)


def test_a_checkpoint_that_is_no_note_is_refused(scheme: SchemeSimulator) -> None:
    assert refusal(scheme, checkpoint="no note").code == "register.forked"


def test_witnesses_that_the_anchor_demands_cannot_be_left_out(scheme: SchemeSimulator) -> None:
    witness = WitnessKey("witness.example", signer("witness", ed25519=True).key)
    anchor = replace(scheme.anchor, quorum=1, witnesses=(witness,))
    assert refusal(scheme, anchor=anchor).code == "register.unwitnessed"


def test_a_register_never_goes_back_from_what_was_seen(scheme: SchemeSimulator) -> None:
    kept = Checkpoint(ORIGIN, 4, scheme.register.root)
    refused = refusal(scheme, entries=scheme.entries[:3], checkpoint=None, kept=kept)
    assert (refused.code, "fewer than the 4 seen before" in str(refused)) == ("register.rolled_back", True)


def test_a_register_never_tells_its_past_otherwise(scheme: SchemeSimulator) -> None:
    kept = Checkpoint(ORIGIN, 3, bytes(32))
    assert refusal(scheme, kept=kept).code == "register.forked"
    seen = Checkpoint(ORIGIN, 3, scheme.register.root_at(3))
    assert Register.replay(scheme.entries, anchor=scheme.anchor, kept=seen).size == 4


def test_checkpoints_after_a_rotation_are_signed_by_the_new_log_key(scheme: SchemeSimulator) -> None:
    old_checkpoint = scheme.checkpoint
    new_log = signer("new log", ed25519=True)
    body = NewLogKey(str(VerifierKey(ORIGIN, new_log.key)))
    scheme.take(propose(scheme.register, "scheme.logkey.rotated", None, body=body, at=START))
    assert refusal(scheme).code == "register.forked"
    scheme.log = new_log
    register = Register.replay(scheme.entries, anchor=scheme.anchor, checkpoint=scheme.checkpoint)
    assert register.checkpoint is not None
    before = Register.replay(scheme.entries[:4], anchor=scheme.anchor, checkpoint=old_checkpoint)
    assert before.size == 4


def test_a_log_that_grew_gives_the_same_register_as_one_read_at_once(scheme: SchemeSimulator) -> None:
    first = Register.replay(scheme.entries[:2], anchor=scheme.anchor)
    grown = first.extend(scheme.entries[2:], checkpoint=scheme.checkpoint)
    assert (grown.size, grown.root, grown.members) == (4, scheme.register.root, scheme.register.members)
    assert (first.size, first.members[0].roles) == (2, ())


def test_a_prefix_is_the_register_as_it_was(scheme: SchemeSimulator) -> None:
    assert scheme.register.prefix(2).members[0].keys == ()
    assert scheme.register.prefix(2).root == scheme.register.root_at(2)


def test_a_second_replay_verifies_no_signature_again(
    scheme: SchemeSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = len(VERIFIED)
    monkeypatch.setattr("registry.jws.EventSignature.verify", None)
    assert Register.replay(scheme.entries, anchor=scheme.anchor).root == scheme.register.root
    assert len(VERIFIED) == seen


def test_an_invalid_entry_in_a_log_is_ignored_and_reported(scheme: SchemeSimulator) -> None:
    lone = admit(scheme.register, Did.parse("did:web:x.example"), name="X", at=START)
    register = scheme.register.extend((lone.signed(scheme.officers["officer-a"]).entry, b"no event"))
    assert [(item.index, item.code) for item in register.ignored] == [
        (4, "event.quorum"),
        (5, "format.unparseable"),
    ]
    assert "2 officers must sign, and 1 did" in register.ignored[0].sentence
    assert register.members == scheme.register.members


def test_an_operator_refuses_what_the_fold_would_ignore(scheme: SchemeSimulator) -> None:
    lone = admit(scheme.register, Did.parse("did:web:x.example"), name="X", at=START)
    with pytest.raises(EventRefusedError, match="2 officers must sign") as refused:
        scheme.register.accept(lone.signed(scheme.officers["officer-a"]).entry)
    assert refused.value.code == "event.quorum"


def test_an_event_dated_back_is_refused_where_its_recording_is_known(scheme: SchemeSimulator) -> None:
    event = admit(scheme.register, Did.parse("did:web:x.example"), name="X", at=scheme.at(days=1))
    entry = event.signed(*scheme.officers.values()).entry
    for seconds in (0, 60):
        at = scheme.at(days=1, seconds=seconds)
        assert scheme.register.prefix(4).accept(entry, recorded=at).size == 5
    known = Register.replay(scheme.entries, anchor=scheme.anchor, recorded=(START,) * 4)
    with pytest.raises(EventRefusedError, match="before it was recorded") as refused:
        known.accept(entry, recorded=scheme.at(days=1, seconds=61))
    assert refused.value.code == "event.backdated"


def test_nothing_is_older_than_the_scheme(scheme: SchemeSimulator) -> None:
    event = admit(scheme.register, Did.parse("did:web:x.example"), name="X", at=scheme.at(days=-1))
    with pytest.raises(EventRefusedError) as refused:
        scheme.take(event)
    assert refused.value.code == "event.backdated"


def test_a_time_becomes_the_number_of_entries_that_were_surely_recorded_by_then(
    scheme: SchemeSimulator,
) -> None:
    scheme.join("did:web:edp.example", name="Meterworks", at=scheme.at(days=10))
    assert scheme.register.size_at(scheme.at(days=-1)) == 0
    assert scheme.register.size_at(scheme.at(days=9)) == 4
    assert scheme.register.size_at(scheme.at(days=10)) == 6


def test_known_times_of_recording_decide_the_size_at_a_time(scheme: SchemeSimulator) -> None:
    times = [scheme.at(minutes=minute) for minute in range(4)]
    late = Register.replay(scheme.entries[:1], anchor=scheme.anchor, recorded=times[:1])
    assert late.recorded == (START,)
    known = Register.replay(scheme.entries[:1], anchor=scheme.anchor, recorded=(scheme.at(seconds=30),))
    assert (known.size_at(START), known.size_at(scheme.at(seconds=30))) == (0, 1)


def test_a_trust_file_is_read_as_it_was_written(scheme: SchemeSimulator) -> None:
    assert Anchor.from_json(scheme.anchor.to_json()) == scheme.anchor
    witness = WitnessKey("witness.example", signer("witness", ed25519=True).key)
    longer = replace(scheme.anchor, quorum=1, witnesses=(witness,))
    assert Anchor.from_json(longer.to_json()) == longer


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"genesis": None}, "anchor/genesis: expected text"),
        ({"quorum": "0"}, "anchor/quorum: expected an integer"),
        ({"quorum": 1}, "anchor/quorum: expected 0 to 0 witnesses, found 1"),
        ({"environment": "staging"}, "anchor/environment: expected demo, test, production, found 'staging'"),
        ({"scheme": ""}, "anchor/scheme: expected the origin of a log"),
        ({"logKey": "log"}, "verifier key"),
        ({"witnesses": "none"}, "anchor/witnesses: expected an array"),
        ({"more": 1}, "anchor: expected an object of"),
    ],
)
def test_a_trust_file_of_another_shape_is_refused(
    scheme: SchemeSimulator, changes: dict[str, object], reason: str
) -> None:
    document = json.loads(scheme.anchor.to_json()) | changes
    with pytest.raises(MalformedError, match=reason):
        Anchor.from_json(json.dumps(document).encode())


def test_a_trust_file_of_nothing_is_told_as_what_it_is() -> None:
    with pytest.raises(MalformedError) as refused:
        Anchor.from_json(b"{}")
    assert "witnesses" not in refused.value.expected
    assert refused.value.found == "no member"


def test_what_one_copy_takes_in_no_other_copy_of_the_same_log_sees(scheme: SchemeSimulator) -> None:
    edp = scheme.join("did:web:edp.example", name="Meterworks", roles=("energy-data-provider",))
    held = scheme.register
    before = held.history(edp.did)
    ending = end_role(held, edp.did, role=before.roles[0].url, at=scheme.at(days=1))
    renaming = propose(held, "member.updated", edp.did, body=Update(name="Other"), at=scheme.at(days=2))
    people = tuple(scheme.officers.values())
    ended = held.accept(ending.signed(*people).entry)
    renamed = held.accept(renaming.signed(*people, edp.signer).entry)
    assert (held.history(edp.did), before.name, before.roles[0].span.ends) == (before, "Meterworks", ())
    assert [ended.history(edp.did).name, len(ended.history(edp.did).roles[0].span.ends)] == ["Meterworks", 1]
    assert [renamed.history(edp.did).name, renamed.history(edp.did).roles[0].span.ends] == ["Other", ()]


def test_a_state_that_goes_on_after_it_was_copied_leaves_the_copy_as_it_is(scheme: SchemeSimulator) -> None:
    edp = scheme.join("did:web:edp.example", name="Meterworks")
    scheme.grant(edp, "auditor", at=scheme.at(days=1))
    register, entries = scheme.register, scheme.entries
    state = State.of_genesis(entries[0], register.tree.levels[0][0])
    state.take(read(entries[1:-1]), tree=register.tree)
    copy = state.copy()
    state.take(read(entries[-1:]), tree=register.tree)
    assert [len(one.histories[edp.did].roles) for one in (copy, state)] == [0, 1]
    copy.take(read(entries[-1:]), tree=register.tree)
    assert copy.ignored == state.ignored == []
    assert [one.histories[edp.did].events for one in (copy, state)] == [(4, 5, 6)] * 2
