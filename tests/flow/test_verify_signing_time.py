"""When it was signed: proven by the evidence log and the door, doubted where a later event reaches back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from registry import proposal
from registry.evidence.proof import Proof, TimeProof
from registry.log.checkpoint import Checkpoint
from registry.log.cosignature import cosign
from registry.log.note import Note
from registry.register import Register
from support.chain import AT, ChainSimulator, assert_good, codes, party, scheme
from support.evidence_log import EvidenceLogSimulator
from support.scheme import ORIGIN as SCHEME
from support.scheme import START, SchemeSimulator
from support.story import BANK, CAP, EDP, GRID, LIST_URL, METERED_AT, OPERATOR, REPORTED_AT
from trust.credential import Credential
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope
from trust.report import Answer, Check, Outcome, Overall, Report
from trust.secured import Secured
from verifiers.evidence import Evidence, read_evidence, write_evidence
from verifiers.file import verify_file
from verifiers.policy import Policy
from verifiers.verify import verify

LOG = EvidenceLogSimulator
LATER = AT + timedelta(hours=6)
MEMBERS = {str(one): one for one in (EDP, GRID, CAP)}
TWO = timedelta(minutes=20)


def proofs_for(
    chain: ChainSimulator, log: LOG, *, late: timedelta | None = None, only: str = ""
) -> dict[Digest, Proof]:
    """Commit to every credential of the chain that a member signed, in its own interval or so much later."""
    found: dict[Digest, Proof] = {}
    for name, secured in chain.credentials.items():
        credential = envelope(secured)
        if str(credential.issuer) in MEMBERS and name.startswith(only):
            at, by = credential.valid_from + (late or timedelta()), party(credential.issuer)
            found[secured.digest] = log.committed(secured.digest, by=by, at=at)
    return found


def judged(
    chain: ChainSimulator,
    log: LOG,
    proofs: Mapping[Digest, Proof] | None = None,
    *,
    policy: Policy | None = None,
    at: datetime = AT,
    target: Secured | None = None,
    **evidence: object,
) -> Report[object]:
    """Have the bank judge the chain with these proofs, under a trust anchor that names the log and its witnesses."""
    held = chain.evidence(time_proofs=proofs or {}, **evidence)
    anchor = log.anchored(chain.anchor)
    return verify(target or chain.presented(), held, policy=policy or Policy.bank(), anchor=anchor, at=at)


def timing(report: Report[object], kind: str = "EmissionsCredential") -> Check:
    """Give what was found about the time of the first document of a kind."""
    return next(
        check for check in report if check.name == "signature.time_proven" and check.subject.kind == kind
    )


def all_timing(report: Report[object]) -> set[Outcome]:
    return {check.outcome for check in report if check.name == "signature.time_proven"}


def test_proofs_within_two_intervals_pass() -> None:
    chain, log = ChainSimulator(), LOG()
    report = judged(chain, log, proofs_for(chain, log))
    assert_good(report)
    assert all_timing(report) == {Outcome.PASSED}
    assert timing(report).detail == "It is shown to have existed by 2026-11-04T14:10Z."


def test_a_missing_proof_is_a_warning_and_changes_no_answer() -> None:
    report = judged(ChainSimulator(), LOG())
    assert_good(report)
    found = timing(report)
    assert (found.outcome, found.code) == (Outcome.WARNING, "signature.time_unproven")
    assert found.detail == (
        "It says that it was signed on 2026-11-04T14:02Z, and it is shown to have existed only by 2026-11-05T09:00Z."
    )
    assert (found.expected, found.found) == ("shown to exist by 2026-11-04T14:22Z", "2026-11-05T09:00Z")


def test_a_proof_after_more_than_two_intervals_is_a_warning() -> None:
    chain, log = ChainSimulator(), LOG()
    in_time = judged(chain, log, proofs_for(chain, log, late=timedelta(minutes=10)))
    assert timing(in_time).outcome is Outcome.PASSED
    late = judged(chain, log, proofs_for(chain, log, late=timedelta(minutes=30)))
    assert timing(late).outcome is Outcome.WARNING
    assert "shown to have existed only by 2026-11-04T14:40Z" in timing(late).detail
    assert_good(late)


def test_what_was_just_signed_is_shown_by_the_door_itself() -> None:
    report = judged(ChainSimulator(), LOG())
    assert timing(report, "VerifiablePresentation").outcome is Outcome.PASSED


def test_a_lone_document_that_is_too_young_for_a_proof_passes() -> None:
    chain, policy = ChainSimulator(), replace(Policy.cap(), proof_intervals=2)
    lone = chain.credentials["intensity"]
    young = judged(chain, LOG(), policy=policy, target=lone, door=None, at=METERED_AT + timedelta(minutes=5))
    assert (
        timing(young, "GridIntensityCredential").detail == "A proof of its time is due by 2026-11-03T03:30Z."
    )
    old = judged(chain, LOG(), policy=policy, target=lone, door=None)
    found = timing(old, "GridIntensityCredential")
    assert (found.outcome, found.found) == (Outcome.WARNING, "nothing")
    assert found.detail.endswith("and no proof of its time is at hand.")


def test_a_proof_that_leads_elsewhere_says_why_it_proves_nothing() -> None:
    chain, log = ChainSimulator(), LOG()
    proofs = proofs_for(chain, log)
    emissions = chain.credentials["emissions"].digest
    good = proofs[emissions]
    assert isinstance(good, TimeProof)
    report = judged(chain, log, {**proofs, emissions: replace(good, salt=bytes(32))})
    assert timing(report).outcome is Outcome.WARNING
    assert "proves nothing: Proof: expected the root" in timing(report).detail
    assert timing(report, "GridIntensityCredential").outcome is Outcome.PASSED
    assert_good(report)


@pytest.mark.parametrize("policy", [Policy.cap(), replace(Policy.bank(), proof_intervals=0)])
def test_where_the_policy_wants_no_proof_none_is_missed(policy: Policy) -> None:
    assert all_timing(judged(ChainSimulator(), LOG(), policy=policy)) == {Outcome.PASSED}


def test_where_no_witness_is_demanded_no_proof_can_be_due() -> None:
    chain, log = ChainSimulator(), LOG(quorum=0)
    assert all_timing(judged(chain, log, proofs_for(chain, log))) == {Outcome.PASSED}
    assert all_timing(ChainSimulator().report()) == {Outcome.PASSED}


def holding(note: str, **changes: object) -> ChainSimulator:
    """Have the accounting provider embed a checkpoint that it saw."""

    def edit(credential: Credential[object]) -> Credential[object]:
        return replace(credential, checkpoint=note, **changes)  # type: ignore[arg-type]  # its fields

    return ChainSimulator().changed(emissions=edit)


def test_a_date_before_the_checkpoint_inside_is_false() -> None:
    log = LOG()
    log.committed(Digest.of(b"x"), by=party(EDP), at=METERED_AT)
    report = judged(holding(log.checkpoint(at=REPORTED_AT + timedelta(hours=1))), log)
    assert codes(report) == {"signature.backdated"}
    found = timing(report)
    assert (found.outcome, found.subject.kind) == (Outcome.FAILED, "EmissionsCredential")
    assert "GreenLedger dates its signature 2026-11-04T14:02Z" in found.detail
    assert report.authentic_at_signing is Answer.NO


def test_the_clocks_of_witnesses_may_be_a_minute_ahead() -> None:
    log = LOG()
    log.committed(Digest.of(b"x"), by=party(EDP), at=METERED_AT)
    assert_good(judged(holding(log.checkpoint(at=REPORTED_AT + timedelta(seconds=60))), log))
    ahead = judged(holding(log.checkpoint(at=REPORTED_AT + timedelta(seconds=61))), log)
    assert codes(ahead) == {"signature.backdated"}


def test_a_checkpoint_without_a_quorum_or_of_nobody_moves_no_bound() -> None:
    log = LOG()
    late = REPORTED_AT + timedelta(hours=1)
    lone = log.checkpoint(at=late, by=["witness-one.example"])
    for note in (lone, "no checkpoint at all, but long enough for the schema to take it\n"):
        assert_good(judged(holding(note), log))
    unwitnessed = LOG(quorum=0)
    assert_good(judged(holding(unwitnessed.checkpoint(at=late)), unwitnessed))


def later() -> tuple[ChainSimulator, SchemeSimulator, int]:
    """Let something happen in the register after the chain was shown, and give the size before."""
    found = scheme()
    size = found.register.size
    return ChainSimulator(scheme=found), found, size


def compromise(found: SchemeSimulator, did: Did, *, since: datetime, at: datetime) -> None:
    key = party(did).signer.key.thumbprint
    found.take(proposal.compromise(found.register, did, thumbprint=key, at=at, since=since))


def expel(found: SchemeSimulator, did: Did, *, since: datetime, at: datetime) -> None:
    found.take(proposal.expel(found.register, did, at=at, reason="fraud", since=since))


REACHING = pytest.mark.parametrize("reach", [compromise, expel], ids=["compromised", "expelled for fraud"])


@REACHING
def test_what_reaches_back_leaves_an_unproven_time_unknown_and_a_proven_one_good(reach: object) -> None:
    assert callable(reach)
    chain, found, _ = later()
    reach(found, CAP, since=METERED_AT + timedelta(hours=40), at=AT - timedelta(minutes=5))
    log = LOG()
    bare = judged(chain, log)
    assert timing(bare).outcome is Outcome.UNKNOWN
    assert "signature.time_unproven" in codes(bare)
    # The report of 14:02 is proven before the cut-off at 19:10; the presentation of the next day is not saved by that.
    proven = judged(chain, log, proofs_for(chain, log))
    assert timing(proven).outcome is Outcome.PASSED
    assert {check.subject.kind for check in proven.obstacles} == {"VerifiablePresentation"}


@REACHING
def test_what_the_door_received_before_the_cut_off_stays_good(reach: object) -> None:
    assert callable(reach)
    chain, found, _ = later()
    reach(found, CAP, since=chain.shown_at + timedelta(minutes=10), at=AT - timedelta(minutes=5))
    report = judged(chain, LOG())
    assert report.authentic_at_signing is Answer.YES


def test_a_receipt_bounds_the_time_where_the_log_holds_it_because_anybody_can_date_one_back() -> None:
    chain, found, _ = later()
    presented, log = chain.presented(), LOG()
    receipt = chain.receipt(presented)
    compromise(found, CAP, since=chain.shown_at + timedelta(hours=3), at=AT + timedelta(hours=5))
    by = party(envelope(receipt).issuer)
    proofs = {receipt.digest: log.committed(receipt.digest, by=by, at=chain.shown_at)}
    report = judged(chain, log, proofs, target=presented, door=None, receipt=receipt, at=LATER)
    assert report.authentic_at_signing is Answer.YES
    told = judged(chain, LOG(), target=presented, door=None, receipt=receipt, at=LATER)
    assert told.authentic_at_signing is Answer.UNKNOWN
    assert "signature.time_unproven" in codes(told)
    without = judged(chain, LOG(), target=presented, door=None, at=LATER)
    assert "signature.time_unproven" in codes(without)


def test_what_a_receipt_says_stands_against_a_signature_all_the_same() -> None:
    chain, found, _ = later()
    presented = chain.presented()
    receipt = chain.receipt(presented)
    found.suspend(party(EDP), at=METERED_AT + timedelta(hours=5))
    told = judged(chain, LOG(), target=presented, door=None, receipt=receipt)
    assert timing(told, "ConsumptionCredential").outcome is Outcome.UNKNOWN


def test_a_receipt_for_other_bytes_bounds_nothing() -> None:
    chain, found, _ = later()
    receipt = chain.receipt(Secured(b"{}"))
    compromise(found, CAP, since=chain.shown_at + timedelta(minutes=10), at=AT - timedelta(minutes=5))
    report = judged(chain, LOG(), door=None, receipt=receipt)
    assert {"signature.time_unproven", "link.digest"} <= codes(report)


def test_a_suspension_between_signing_and_receiving_is_unknown_without_proof() -> None:
    chain, found, _ = later()
    found.suspend(party(EDP), at=METERED_AT + timedelta(hours=5))
    log = LOG()
    bare = judged(chain, log)
    assert timing(bare, "ConsumptionCredential").outcome is Outcome.UNKNOWN
    assert "when it was suspended" in timing(bare, "ConsumptionCredential").detail
    assert_good(judged(chain, log, proofs_for(chain, log)))


def test_a_recheck_names_the_event_that_changed_the_answer() -> None:
    chain, found, size = later()
    presented = chain.presented()
    receipt = chain.receipt(presented)
    cut = chain.shown_at - timedelta(days=1)
    compromise(found, CAP, since=cut, at=AT - timedelta(minutes=5))
    anchor = LOG().anchored(chain.anchor)
    held = chain.evidence(door=None, receipt=receipt)

    def asked(known_at: int | None) -> Report[object]:
        return verify(presented, held, policy=Policy.bank(), anchor=anchor, at=AT, known_at=known_at)

    assert asked(size).authentic_at_signing is Answer.YES
    report = asked(None)
    assert report.authentic_at_signing is Answer.NO
    told = [check.detail for check in report.obstacles if check.code == "key.compromised"]
    assert told
    sentence = f"Register entry {size} (key.compromised, effective 2026-11-05T09:55Z) changed the answer."
    assert all(detail.endswith(sentence) for detail in told)


def test_the_event_is_named_with_when_the_witnesses_show_that_it_was_recorded() -> None:
    found = scheme(witnesses=3)
    two = list(found.witnesses)[:2]
    before = found.cosigned(*two, at=AT - timedelta(minutes=8))
    size = found.register.size
    compromise(found, CAP, since=REPORTED_AT - timedelta(hours=1), at=AT - timedelta(minutes=5))
    notes = (before, found.cosigned(*two, at=AT - timedelta(minutes=4)))
    chain = ChainSimulator(scheme=found)
    register = Register.replay(found.entries, anchor=found.anchor, seen=notes)
    report = chain.report(register=register)
    told = [check.detail for check in report.obstacles if check.code == "key.compromised"]
    assert told
    assert told[0].endswith(
        f"Register entry {size} (key.compromised, recorded between 2026-11-05T09:52Z and 2026-11-05T09:56Z) "
        "changed the answer."
    )


def test_entries_recorded_at_a_time_known_only_roughly_are_told_and_change_no_answer() -> None:
    found = scheme(witnesses=3)
    two = list(found.witnesses)[:2]
    genesis = Checkpoint(SCHEME, 1, found.register.root_at(1)).sign(found.log)
    first = "".join(
        f"{cosign(Note.parse(genesis).text, name=name, signer=found.witnesses[name], at=START)}\n"
        for name in two
    )
    notes = (genesis + first, found.cosigned(*two, at=AT - timedelta(hours=1)))
    chain = ChainSimulator(scheme=found)
    report = chain.report(register=Register.replay(found.entries, anchor=found.anchor, seen=notes))
    assert_good(report)
    told = [check for check in report if check.code == "register.gap"]
    assert {(check.name, check.outcome) for check in told} == {("member.known", Outcome.WARNING)}
    assert "recorded between 2026-01-01T00:00Z and 2026-11-05T09:00Z" in told[0].detail


def test_a_signer_that_was_suspended_already_names_no_later_event() -> None:
    chain, found, _ = later()
    found.suspend(party(CAP), at=REPORTED_AT - timedelta(days=1))
    report = judged(chain, LOG())
    assert not any("changed the answer" in check.detail for check in report)


def test_proofs_travel_in_an_evidence_file_and_answer_from_it_alone() -> None:
    chain, log = ChainSimulator(), LOG()
    presented = chain.presented()
    proofs = proofs_for(chain, log)
    held = chain.evidence(
        time_proofs=proofs, door=None, receipt=chain.receipt(presented, seen=chain.scheme.checkpoint)
    )
    raw = write_evidence(presented, held, checkpoint=chain.scheme.checkpoint, seen=(chain.scheme.checkpoint,))
    anchor = log.anchored(chain.anchor)
    # Witnesses are demanded of the register's checkpoint as well; here the evidence log alone has them.
    _, read = read_evidence(raw, anchor=replace(anchor, quorum=0))
    assert read.time_proofs == proofs
    report = verify_file(raw, policy=Policy.bank(), anchor=replace(anchor, quorum=0), at=AT)
    assert report.overall is Overall.VERIFIED
    assert b"timeProofs" not in write_evidence(
        presented, replace(held, time_proofs={}), checkpoint=chain.scheme.checkpoint
    )


def logged_lists(log: LOG, *lists: Secured, by: Did = OPERATOR) -> dict[Digest, Proof]:
    """Have the keeper tell the log which lists it published."""
    at = AT - timedelta(hours=1)
    return {one.digest: log.published(LIST_URL, one.digest, by=party(by), at=at) for one in lists}


def test_two_status_lists_for_one_interval_are_relied_on_neither() -> None:
    chain, log = ChainSimulator(), LOG()
    used, other = chain.status_list(), chain.status_list(revoked=(5,), at=AT - timedelta(minutes=59))
    report = judged(chain, log, proofs_for(chain, log), status_lists={LIST_URL: used}, other_lists=(other,))
    assert "status.equivocation" in codes(report)
    found = next(check for check in report if check.code == "status.equivocation")
    assert "Perseus Operator signed the status list of 2026-11-05T09:00Z, and another list" in found.detail
    assert report.authentic_at_signing is Answer.YES
    assert report.usable_now is Answer.NO


def test_a_list_beside_the_one_that_the_log_has_is_relied_on_neither() -> None:
    chain, log = ChainSimulator(), LOG()
    used, other = chain.status_list(), chain.status_list(revoked=(5,))
    own = {**proofs_for(chain, log), **logged_lists(log, used)}
    assert_good(judged(chain, log, own, status_lists={LIST_URL: used}))
    both = {**own, **logged_lists(log, other)}
    assert "status.equivocation" in codes(judged(chain, log, both, status_lists={LIST_URL: used}))


def test_a_list_of_another_interval_address_or_keeper_accuses_nobody() -> None:
    chain, log = ChainSimulator(), LOG()
    used = chain.status_list()
    proofs = proofs_for(chain, log)
    others = (
        used,
        chain.status_list(revoked=(5,), at=AT - timedelta(minutes=45)),
        chain.status_list(revoked=(5,), url=LIST_URL.replace("/1", "/2")),
        chain.status_list(revoked=(5,), by=BANK),
        chain.status_list(revoked=(5,), purpose="refresh"),
        Secured(b"{}"),
    )
    assert_good(judged(chain, log, proofs, status_lists={LIST_URL: used}, other_lists=others))
    # What another member says about this keeper's list, or signs in its name, accuses nobody either.
    strange = logged_lists(log, chain.status_list(revoked=(5,)), by=BANK)
    assert_good(judged(chain, log, {**proofs, **strange}, status_lists={LIST_URL: used}))


def test_without_an_evidence_log_two_lists_of_one_second_contradict_each_other() -> None:
    chain = ChainSimulator()
    used, other = chain.status_list(), chain.status_list(revoked=(5,))
    report = chain.report(status_lists={LIST_URL: used}, other_lists=(other,))
    assert "status.equivocation" in codes(report)
    later_one = chain.status_list(revoked=(5,), at=AT - timedelta(minutes=59))
    assert_good(chain.report(status_lists={LIST_URL: used}, other_lists=(later_one,)))


def test_evidence_without_proofs_is_as_it_was() -> None:
    assert Evidence(None).time_proofs == {}
    assert Evidence(None).other_lists == ()
