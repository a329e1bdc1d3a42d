"""A verifier's copy of the register: what is taken over, what is refused, and that nothing is half stored."""

import contextlib
import copy as copying
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from perseus.cli import main
from perseus.copies import folder as copies
from perseus.copies.folder import open_copy, write_log
from perseus.copies.source import Folder
from perseus.copies.syncing import Demand, Synced, synchronise
from perseus.copies.using import OwnCopy
from perseus.witness.settings import known_logs
from registry import proposal
from registry.bodies import NewLogKey
from registry.errors import RegisterError
from registry.log.checkpoint import Checkpoint
from registry.log.merkle import Tree, leaf_hash
from registry.log.note import VerifierKey
from registry.log.proof import InclusionProof
from registry.log.quorum import WitnessPolicy
from registry.log.tiles import bundle as write_bundle
from registry.recording import Recorded
from registry.register import Register
from support.keys import signer
from support.scheme import ORIGIN, START, Party, SchemeSimulator
from trust.did import Did
from trust.errors import PerseusError, UnavailableError
from verifiers.evidence import Evidence

AT = datetime(2026, 11, 1, tzinfo=UTC)


def scheme(members: int = 3, *, seed: str = "scheme") -> SchemeSimulator:
    """Found a witnessed scheme of a few members."""
    found = SchemeSimulator(witnesses=3, seed=seed)
    for number in range(members):
        found.join(f"did:web:member-{number}.example", name=f"Member {number}")
    found.witnessed_at = AT
    return found


def beginning(found: SchemeSimulator, members: int) -> SchemeSimulator:
    """Give the same scheme as it was with fewer members."""
    earlier = copying.copy(found)
    earlier.register = found.register.prefix(1 + 2 * members)
    return earlier


def published(found: SchemeSimulator, place: Path, *, note: str | None = None) -> Path:
    """Publish the log as static files."""
    write_log(place, found.register.tree, found.entries, note or found.checkpoint)
    return place


def synced(place: Path, copy: Path, found: SchemeSimulator, policy: WitnessPolicy | None = None) -> Synced:
    demand = Demand(found.anchor, policy or WitnessPolicy())
    return synchronise(Folder(place), copy, demand, at=AT + timedelta(minutes=1), served=False)


def refused(
    place: Path, copy: Path, found: SchemeSimulator, policy: WitnessPolicy | None = None
) -> PerseusError:
    """Demand a refusal that leaves the copy as it was."""
    before = files(copy)
    with pytest.raises(PerseusError) as caught:
        synced(place, copy, found, policy)
    assert files(copy) == before
    return caught.value


def files(folder: Path) -> dict[str, bytes]:
    """Read all that a copy is made of; refused notes and locks are no part of it."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "refused" and path.name != ".lock"
    }


def test_a_copy_is_taken_whole_and_then_grows_by_what_is_new(tmp_path: Path) -> None:
    found, log, copy = scheme(), tmp_path / "log", tmp_path / "copy"
    first = synced(published(found, log), copy, found)
    assert (first.since, first.copy.register.root) == (0, found.register.root)
    assert first.copy.witnessed is not None
    assert first.copy.witnessed.names == ("witness-0.example", "witness-1.example")
    assert first.copy.as_of == AT
    found.join("did:web:late.example", name="Latecomer")
    second = synced(published(found, log), copy, found)
    assert (second.since, second.copy.register.size) == (first.copy.register.size, found.register.size)
    assert open_copy(copy, found.anchor).register.root == found.register.root
    assert synced(log, copy, found).since == found.register.size


def test_a_copy_is_itself_a_log_that_another_verifier_can_copy(tmp_path: Path) -> None:
    found = scheme(100)
    synced(published(found, tmp_path / "log"), tmp_path / "copy", found)
    again = synced(tmp_path / "copy", tmp_path / "another", found)
    assert again.copy.register.root == found.register.root
    assert found.register.size > 200


def test_a_partial_bundle_that_gave_way_to_the_full_one_is_read_from_there(tmp_path: Path) -> None:
    found, log = scheme(127), tmp_path / "log"
    small, note = found.register, found.checkpoint
    assert small.size == 255
    for number in range(3):
        found.join(f"did:web:more-{number}.example", name=f"More {number}")
    published(found, log)
    (log / "checkpoint").write_text(note)
    assert synced(log, tmp_path / "copy", found).copy.register.root == small.root
    published(found, log)
    assert synced(log, tmp_path / "copy", found).copy.register.root == found.register.root
    assert not (tmp_path / "copy" / "tile" / "entries" / "000.p").exists()


def truncated(log: Path, _found: SchemeSimulator) -> None:
    bundle(log).write_bytes(bundle(log).read_bytes()[:-1])


def emptied(log: Path, _found: SchemeSimulator) -> None:
    bundle(log).write_bytes(b"")


def lengthened(log: Path, _found: SchemeSimulator) -> None:
    bundle(log).write_bytes(bundle(log).read_bytes() + b"\x00\x01x")


def missing(log: Path, _found: SchemeSimulator) -> None:
    bundle(log).unlink()


def without_checkpoint(log: Path, _found: SchemeSimulator) -> None:
    (log / "checkpoint").unlink()


def swapped(log: Path, found: SchemeSimulator) -> None:
    """Put two entries of the last bundle in each other's place."""
    *rest, last, newest = found.entries
    bundle(log).write_bytes(write_bundle((*rest, newest, last)))


def of_another_log(log: Path, found: SchemeSimulator) -> None:
    """Put all the tiles of another scheme under this one's checkpoint."""
    other = scheme(seed="another")
    write_log(log, other.register.tree, other.entries, found.checkpoint)


def beyond(log: Path, found: SchemeSimulator) -> None:
    """Let a checkpoint count more entries than any scheme has."""
    note = Checkpoint(ORIGIN, 10**12, found.register.root).sign(found.log)
    (log / "checkpoint").write_text(note)


def without_text(log: Path, _found: SchemeSimulator) -> None:
    (log / "checkpoint").write_bytes(b"\xff")


def of_another_origin(log: Path, found: SchemeSimulator) -> None:
    (log / "checkpoint").write_text(
        Checkpoint("other.example/log", found.register.size, found.register.root).sign(found.log)
    )


def by_another_key(log: Path, found: SchemeSimulator) -> None:
    stranger = signer("stranger", ed25519=True)
    checkpoint = Checkpoint(ORIGIN, found.register.size, found.register.root)
    (log / "checkpoint").write_text(checkpoint.sign(stranger))


def by_one_witness(log: Path, found: SchemeSimulator) -> None:
    (log / "checkpoint").write_text(found.cosigned("witness-2.example"))


def by_one_witness_twice(log: Path, found: SchemeSimulator) -> None:
    twice = found.cosigned("witness-2.example", "witness-2.example")
    (log / "checkpoint").write_text(twice)


def by_strangers(log: Path, found: SchemeSimulator) -> None:
    """Let two witnesses cosign that are called as the known ones, with other keys."""
    forger = scheme(seed="forger")
    forger.register, forger.log = found.register, found.log
    (log / "checkpoint").write_text(forger.checkpoint)


def by_a_broken_cosignature(log: Path, found: SchemeSimulator) -> None:
    lines = found.checkpoint.split("\n")
    other = beginning(found, 1).cosigned("witness-0.example").split("\n")
    lines[5] = other[5]
    (log / "checkpoint").write_text("\n".join(lines))


def bundle(log: Path) -> Path:
    """Find the largest bundle of entries."""
    found = [path for path in (log / "tile" / "entries").rglob("*") if path.is_file()]
    return max(found, key=lambda path: int(path.name))


Harm = Callable[[Path, SchemeSimulator], None]
HARMS: tuple[tuple[Harm, str], ...] = (
    (truncated, "format.unparseable"),
    (emptied, "format.unparseable"),
    (lengthened, "format.unparseable"),
    (missing, "register.unreachable"),
    (without_checkpoint, "register.unreachable"),
    (swapped, "register.other_entries"),
    (of_another_log, "register.other_entries"),
    (beyond, "format.too_large"),
    (without_text, "format.encoding"),
    (of_another_origin, "register.no_anchor"),
    (by_another_key, "register.forked"),
    (by_one_witness, "register.unwitnessed"),
    (by_one_witness_twice, "register.unwitnessed"),
    (by_strangers, "register.unwitnessed"),
    (by_a_broken_cosignature, "register.forked"),
)


@pytest.mark.parametrize(("harm", "code"), HARMS, ids=lambda one: getattr(one, "__name__", one))
def test_a_harmed_log_is_refused_and_a_held_copy_stays_as_it_was(
    harm: Harm, code: str, tmp_path: Path
) -> None:
    found, log, copy = scheme(), tmp_path / "log", tmp_path / "copy"
    copy.mkdir()
    harm(published(found, log), found)
    assert refused(log, copy, found).code == code
    before = beginning(found, 2)
    shutil.rmtree(log)
    synced(published(before, log), copy, found)
    harm(published(found, log), found)
    assert refused(log, copy, found).code == code
    shutil.rmtree(log)
    assert synced(published(found, log), copy, found).copy.register.root == found.register.root


def test_a_swapped_entry_is_named(tmp_path: Path) -> None:
    found, log = scheme(), tmp_path / "log"
    (tmp_path / "copy").mkdir()
    swapped(published(found, log), found)
    last = found.register.size - 2
    assert f"entry {last} in its bundle" in str(refused(log, tmp_path / "copy", found))


def test_a_shorter_log_is_refused_and_its_note_is_kept_as_evidence(tmp_path: Path) -> None:
    found, log, copy = scheme(), tmp_path / "log", tmp_path / "copy"
    synced(published(found, log), copy, found)
    older = beginning(found, 2)
    error = refused(published(older, log), copy, found)
    assert error.code == "register.rolled_back"
    assert f"{older.register.size} entries, fewer than the {found.register.size}" in str(error)
    assert [path.read_text() for path in (copy / "refused").iterdir()] == [older.checkpoint]


@pytest.mark.parametrize("more", [-1, 0, 2])
def test_a_log_that_tells_its_past_otherwise_is_refused_with_proof(tmp_path: Path, more: int) -> None:
    found, log, copy = scheme(), tmp_path / "log", tmp_path / "copy"
    synced(published(found, log), copy, found)
    fork = forked(found, members=3 + more)
    error = refused(published(fork, log), copy, found)
    assert error.code == "register.forked"
    [kept] = (copy / "refused").iterdir()
    proof = perseus("fork-proof", copy, kept if more <= 0 else log, trust=trusted(tmp_path, found))
    assert proof.returncode == 0, proof.stderr
    (tmp_path / "proof").write_text(proof.stdout)
    checked = perseus("fork-proof", tmp_path / "proof", trust=trusted(tmp_path, found))
    assert (checked.returncode, checked.stdout) == (0, "")
    assert "signed two roots" in checked.stderr


def forked(found: SchemeSimulator, *, members: int) -> SchemeSimulator:
    """Let the same officers, log and witnesses tell another story from the first member on."""
    other = beginning(found, 0)
    for number in range(members):
        other.join(f"did:web:rogue-{number}.example", name=f"Rogue {number}")
    return other


def test_an_older_note_of_the_same_size_takes_no_newer_ones_place(tmp_path: Path) -> None:
    found, log, copy = scheme(), tmp_path / "log", tmp_path / "copy"
    synced(published(found, log), copy, found)
    for days, expected in ((-1, AT), (1, AT + timedelta(days=1))):
        names = ("witness-0.example", "witness-2.example")
        note = found.cosigned(*names, at=AT + timedelta(days=days))
        assert synced(published(found, log, note=note), copy, found).copy.as_of == expected
        assert open_copy(copy, found.anchor).as_of == expected


def test_a_copy_knows_when_entries_were_recorded_from_the_checkpoints_it_accepted(tmp_path: Path) -> None:
    """Two officers and the log date a role back; a copy that was there before and after does not count it."""
    found, log, copy = scheme(), tmp_path / "log", tmp_path / "copy"
    member = Party(Did("did:web:member-0.example"), "Member 0", signer("unused"))
    size = found.register.size
    for days in (0, 2, 4):
        found.witnessed_at = AT + timedelta(days=days)
        synced(published(found, log), copy, found)
    backdated = found.grant(member, "auditor", at=AT + timedelta(days=3))
    found.witnessed_at = AT + timedelta(days=5)
    grown = synced(published(found, log), copy, found).copy.register
    assert grown.recorded[0] == Recorded(None, AT)
    assert grown.recorded[size:] == (Recorded(AT + timedelta(days=4), AT + timedelta(days=5)),)
    assert [(one.index, one.code) for one in grown.ignored] == [(backdated, "event.backdated")]
    opened = open_copy(copy, found.anchor).register
    assert (opened.recorded, opened.ignored) == (grown.recorded, grown.ignored)


def test_a_checkpoint_that_witnesses_cosigned_over_another_past_harms_the_copy_that_keeps_it(
    tmp_path: Path,
) -> None:
    found, copy = scheme(), tmp_path / "copy"
    synced(published(found, tmp_path / "log"), copy, found)
    (copy / "notes" / "5").write_text(forked(found, members=2).checkpoint)
    with pytest.raises(RegisterError, match="Witnesses saw another root of the first 5 entries"):
        open_copy(copy, found.anchor)


LATE = AT + timedelta(days=5)


def dated_back(found: SchemeSimulator) -> int:
    """Let two officers date a role back by two days, and give the entry."""
    member = Party(Did("did:web:member-0.example"), "Member 0", signer("unused"))
    found.witnessed_at = LATE
    return found.grant(member, "auditor", at=AT + timedelta(days=3))


def used_by(copy: Path, found: SchemeSimulator, *, carried: Register) -> Register:
    """Give the register that counts where a file carries one and a copy is at hand."""
    used = OwnCopy(open_copy(copy, found.anchor)).beside(Evidence(carried)).register
    assert used is not None
    assert used.checkpoint is not None
    return used


def test_a_longer_copy_learns_from_a_file_what_was_dated_back(tmp_path: Path) -> None:
    found, copy = scheme(), tmp_path / "copy"
    before = found.cosigned(*list(found.witnesses)[:2], at=AT + timedelta(days=4))
    entry = dated_back(found)
    carried = Register.replay(found.entries, anchor=found.anchor, seen=(before,))
    found.join("did:web:late.example", name="Latecomer", at=LATE)
    fresh = synced(published(found, tmp_path / "log"), copy, found).copy.register
    assert fresh.ignored == ()
    used = used_by(copy, found, carried=carried)
    assert (used.size, [one.index for one in used.ignored]) == (found.register.size, [entry])
    assert used.recorded[entry] == Recorded(AT + timedelta(days=4), LATE)


def test_a_longer_file_is_held_to_what_the_copy_saw_before(tmp_path: Path) -> None:
    found, log, copy = scheme(), tmp_path / "log", tmp_path / "copy"
    found.witnessed_at = AT + timedelta(days=4)
    synced(published(found, log), copy, found)
    entry = dated_back(found)
    synced(published(found, log), copy, found)
    found.join("did:web:late.example", name="Latecomer", at=LATE)
    carried = Register.replay(found.entries, anchor=found.anchor, checkpoint=found.checkpoint)
    assert carried.ignored == ()
    used = used_by(copy, found, carried=carried)
    assert (used.size, [one.index for one in used.ignored]) == (found.register.size, [entry])


def test_a_verifiers_own_policy_is_demanded_beside_the_anchors(tmp_path: Path) -> None:
    found, log, copy = scheme(), tmp_path / "log", tmp_path / "copy"
    published(found, log)
    copy.mkdir()
    third = next(key for key in found.anchor.witnesses if key.name == "witness-2.example")
    policy = WitnessPolicy.parse(f"log {found.anchor.log_key}\nwitness w {third}\nquorum w\n")
    assert refused(log, copy, found, policy).code == "register.unwitnessed"
    published(found, log, note=found.cosigned("witness-0.example", "witness-2.example"))
    assert synced(log, copy, found, policy).copy.register.size == found.register.size
    strange = replace(found.anchor.log_key, key=signer("stranger", ed25519=True).key)
    other = WitnessPolicy.parse(f"log {strange}\nquorum none\n")
    assert refused(log, copy, found, other).code == "register.no_anchor"


def test_a_copy_that_was_harmed_on_the_disk_is_not_used(tmp_path: Path) -> None:
    found, copy = scheme(), tmp_path / "copy"
    synced(published(found, tmp_path / "log"), copy, found)
    swapped(copy, found)
    with pytest.raises(RegisterError):
        open_copy(copy, found.anchor)
    bundle(copy).unlink()
    with pytest.raises(UnavailableError):
        open_copy(copy, found.anchor)


@pytest.mark.parametrize("writes", range(8))
def test_ended_between_two_writes_the_copy_is_the_old_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    found, log, copy = scheme(2), tmp_path / "log", tmp_path / "copy"
    synced(published(found, log), copy, found)
    before = found.register.size
    found.join("did:web:late.example", name="Latecomer")
    published(found, log)
    left = iter([True] * writes)
    write = copies._write  # noqa: SLF001 - the one place that writes

    def dying(path: Path, content: bytes, *, durable: bool = True) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        write(path, content, durable=durable)

    with monkeypatch.context() as patch:
        patch.setattr(copies, "_write", dying)
        with contextlib.suppress(KeyboardInterrupt):
            synced(log, copy, found)
    assert open_copy(copy, found.anchor).register.size in {before, found.register.size}
    assert synced(log, copy, found).copy.register.root == found.register.root


def trusted(place: Path, found: SchemeSimulator) -> Path:
    path = place / "trust.json"
    path.write_bytes(found.anchor.to_json())
    return path


class Ran(NamedTuple):
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


def perseus(*arguments: str | Path, trust: Path) -> Ran:
    """Run a command of `perseus registry` in this process."""
    out, err = io.StringIO(), io.StringIO()
    words = ["registry", *map(str, arguments), "--trust", str(trust)]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(words)
    return Ran(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def test_the_command_tells_size_root_witnesses_age_and_events(tmp_path: Path) -> None:
    found = scheme(1)
    log, trust, copy = published(found, tmp_path / "log"), trusted(tmp_path, found), tmp_path / "copy"
    ran = perseus("sync", "--from", log, "--to", copy, trust=trust)
    assert (ran.returncode, ran.stderr) == (0, "")
    told = ran.stdout.splitlines()
    assert told[0] == f"{ORIGIN}: 3 entries, root {found.register.root.hex()}"
    assert told[1] == "cosigned by witness-0.example, witness-1.example, of whom 2 are demanded"
    assert told[2].startswith("known to be whole on 2026-11-01T00:00:00Z, ")
    assert told[3] == "3 new events"
    assert [line.split()[1:] for line in told[4:]] == [
        ["scheme.genesis", ORIGIN],
        ["member.admitted", "did:web:member-0.example"],
        ["key.added", "did:web:member-0.example"],
    ]
    again = json.loads(perseus("sync", "--from", log, "--to", copy, "--json", trust=trust).stdout)
    assert (again["size"], again["new"], again["as_of"]) == (3, [], "2026-11-01T00:00:00Z")


def test_the_commands_exit_code_tells_a_refusal_from_what_cannot_be_had(tmp_path: Path) -> None:
    found = scheme(1)
    log, trust, copy = published(found, tmp_path / "log"), trusted(tmp_path, found), tmp_path / "copy"
    by_one_witness(log, found)
    ran = perseus("sync", "--from", log, "--to", copy, trust=trust)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "and only witness-2.example cosigned" in ran.stderr
    assert "perseus explain register.unwitnessed" in ran.stderr
    without_checkpoint(log, found)
    assert perseus("sync", "--from", log, "--to", copy, trust=trust).returncode == 3
    missing = perseus("sync", "--from", tmp_path / "none", "--to", copy, trust=trust)
    assert missing.returncode == 2
    assert "there is no such folder" in missing.stderr
    assert perseus("sync", "--from", "http://log.example", "--to", copy, trust=trust).returncode == 2
    assert perseus("sync", "--from", log, trust=trust).returncode == 2
    assert perseus("sync", "--from", log, "--to", copy, trust=tmp_path / "none").returncode == 2


def test_the_anchors_policy_can_be_given_to_any_other_client(tmp_path: Path) -> None:
    found = scheme(1)
    ran = perseus("policy", trust=trusted(tmp_path, found))
    policy = WitnessPolicy.parse(ran.stdout)
    assert ran.returncode == 0
    assert list(policy.logs) == [found.anchor.log_key]
    assert [one.key for one in policy.witnesses.values()] == list(found.anchor.witnesses)
    assert policy.groups[policy.quorum].threshold == 2


def test_a_witness_is_told_both_logs_although_a_policy_holds_their_key_once(tmp_path: Path) -> None:
    found = scheme(1)
    trust = trusted(tmp_path, found)
    keys = perseus("policy", "--logs", trust=trust).stdout.split()
    assert list(known_logs(keys)) == [ORIGIN, f"{ORIGIN}/evidence"]
    assert VerifierKey.parse(keys[0]) == found.anchor.log_key
    told = perseus("policy", trust=trust).stdout
    assert f"# the same key signs the evidence log: {keys[1]}\n" in told
    assert list(WitnessPolicy.parse(told).logs) == [found.anchor.log_key]


def test_an_entrys_place_is_checked_offline(tmp_path: Path) -> None:
    found, trust = scheme(1), tmp_path / "trust.json"
    trusted(tmp_path, found)
    (tmp_path / "entry").write_bytes(found.entries[1])
    path = tmp_path / "entry.tlog-proof"
    path.write_text(str(InclusionProof(1, found.register.tree.inclusion(1, size=3), found.checkpoint)))
    ran = perseus("check-proof", path, "--entry", tmp_path / "entry", trust=trust)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(f"entry 1 of the 3 entries of {ORIGIN}\n")
    (tmp_path / "entry").write_bytes(found.entries[2])
    assert perseus("check-proof", path, "--entry", tmp_path / "entry", trust=trust).returncode == 1
    path.write_text(str(InclusionProof(1, found.register.tree.inclusion(1, size=3), found.cosigned())))
    ran = perseus("check-proof", path, "--entry", tmp_path / "entry", trust=trust)
    assert (ran.returncode, "register.unwitnessed" in ran.stderr) == (1, True)
    path.write_text("c2sp.org/tlog-proof@v1\n")
    assert perseus("check-proof", path, "--entry", tmp_path / "entry", trust=trust).returncode == 1
    assert perseus("check-proof", path, "--entry", tmp_path / "none", trust=trust).returncode == 2


def test_a_proof_of_the_evidence_log_is_checked_under_its_own_name(tmp_path: Path) -> None:
    found = SchemeSimulator()
    tree = Tree.of([leaf_hash(b"commitment"), leaf_hash(b"another")])
    note = Checkpoint(f"{ORIGIN}/evidence", 2, tree.root).sign(found.log)
    path = tmp_path / "proof"
    path.write_text(str(InclusionProof(0, tree.inclusion(0, size=2), note)))
    (tmp_path / "entry").write_bytes(b"commitment")
    ran = perseus("check-proof", path, "--entry", tmp_path / "entry", trust=trusted(tmp_path, found))
    assert (ran.returncode, ran.stdout) == (0, f"entry 0 of the 2 entries of {ORIGIN}/evidence\n")


def test_two_checkpoints_that_agree_prove_nothing_and_it_is_said_why(tmp_path: Path) -> None:
    found, trust = scheme(), tmp_path / "trust.json"
    trusted(tmp_path, found)
    small, large, strange = tmp_path / "small", tmp_path / "large", tmp_path / "strange"
    small.write_text(beginning(found, 1).checkpoint)
    large.write_text(found.checkpoint)
    by = signer("stranger", ed25519=True)
    strange.write_text(Checkpoint(ORIGIN, found.register.size, bytes(32)).sign(by))
    log = published(found, tmp_path / "log")
    for one, other, why in (
        (large, large, "in both"),
        (small, large, "nothing that joins them"),
        (small, log, "in both"),
        (large, strange, f"found only {ORIGIN}+"),
        (trust, large, "an evidence file"),
    ):
        ran = perseus("fork-proof", one, other, trust=trust)
        assert (ran.returncode, ran.stdout) == (1, ""), (one, other)
        assert ran.stderr.startswith("perseus: this proves nothing: ")
        assert why in ran.stderr
    assert perseus("fork-proof", large, tmp_path / "none", trust=trust).returncode == 2


def test_a_whole_other_scheme_of_the_same_name_is_not_taken_for_the_anchors(tmp_path: Path) -> None:
    found, copy = scheme(), tmp_path / "copy"
    copy.mkdir()
    other = published(scheme(4, seed="another"), tmp_path / "other")
    assert refused(other, copy, found).code == "register.no_anchor"
    synced(published(found, tmp_path / "log"), copy, found)
    error = refused(other, copy, found)
    assert error.code == "register.other_entries"
    assert "no key of the log signed that" in str(error)


def rotated(found: SchemeSimulator) -> SchemeSimulator:
    """Let the log's key be replaced, and another member join."""
    new = signer("the log's next key", ed25519=True)
    body = NewLogKey(str(VerifierKey(ORIGIN, new.key)))
    found.take(proposal.propose(found.register, "scheme.logkey.rotated", None, body=body, at=START))
    found.log = new
    found.join("did:web:later.example", name="Later")
    return found


def test_a_key_that_the_log_was_given_later_is_taken_from_ones_own_copy_of_the_register(
    tmp_path: Path,
) -> None:
    """The anchor names the first key alone; a fork that the log tells under a later one is proven with both."""
    found, log, copy = rotated(scheme(1)), tmp_path / "log", tmp_path / "copy"
    trust = trusted(tmp_path, found)
    synced(published(found, log), copy, found)
    size = found.register.size
    (tmp_path / "other").write_text(Checkpoint(ORIGIN, size, bytes(32)).sign(found.log))
    alone = perseus("fork-proof", copy, tmp_path / "other", trust=trust)
    assert (alone.returncode, alone.stdout) == (1, "")
    both = perseus("fork-proof", copy, tmp_path / "other", "--register", copy, trust=trust)
    assert both.returncode == 0, both.stderr
    (tmp_path / "proof").write_text(both.stdout)
    assert perseus("fork-proof", tmp_path / "proof", "--register", copy, trust=trust).returncode == 0
    (tmp_path / "settings.toml").write_text('register = "copy"\n')
    assert perseus("fork-proof", tmp_path / "proof", trust=trust).returncode == 0
    shutil.rmtree(copy)
    assert perseus("fork-proof", tmp_path / "proof", trust=trust).returncode == 1


def test_an_entry_under_a_later_key_of_the_log_is_checked_with_ones_own_copy(tmp_path: Path) -> None:
    found, copy = rotated(scheme(1)), tmp_path / "copy"
    trust = trusted(tmp_path, found)
    synced(published(found, tmp_path / "log"), copy, found)
    (tmp_path / "entry").write_bytes(found.entries[1])
    path = tmp_path / "entry.tlog-proof"
    hashes = found.register.tree.inclusion(1, size=found.register.size)
    path.write_text(str(InclusionProof(1, hashes, found.checkpoint)))
    ran = perseus("check-proof", path, "--entry", tmp_path / "entry", trust=trust)
    assert (ran.returncode, ran.stdout) == (1, "")
    ran = perseus("check-proof", path, "--entry", tmp_path / "entry", "--register", copy, trust=trust)
    assert (ran.returncode, ran.stderr) == (0, "")
