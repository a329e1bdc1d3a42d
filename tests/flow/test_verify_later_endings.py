"""Whoever may sign no more dates a document back: to before its suspension, its leaving, or the loss of its key.

The forger holds the member's true key and writes the true chain; only the dates are false, which no file shows.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import pytest

from registry import proposal
from registry.evidence.proof import Proof
from support.chain import AT, ChainSimulator, assert_good, assert_refused, codes, party, scheme
from support.evidence_log import EvidenceLogSimulator as Log
from support.scheme import ROLE, SchemeSimulator
from support.story import BANK, CAP, EDP, GRID, LIST_URL, OPERATOR
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope
from trust.report import Answer, Check, Outcome, Overall, Report
from trust.secured import Secured
from verifiers.policy import Policy
from verifiers.verify import verify

LATER = AT + timedelta(hours=6)
ENDED = AT + timedelta(hours=4)
MEMBERS = {str(one) for one in (EDP, GRID, CAP, BANK)}


def suspend(found: SchemeSimulator, did: Did) -> None:
    found.suspend(party(did), at=ENDED)


def suspend_and_reinstate(found: SchemeSimulator, did: Did) -> None:
    found.suspend(party(did), at=ENDED)
    found.reinstate(party(did), at=ENDED + timedelta(hours=1))


def steal(found: SchemeSimulator, did: Did) -> None:
    key = party(did).signer.key.thumbprint
    found.take(proposal.compromise(found.register, did, thumbprint=key, at=ENDED, since=ENDED))


def leave(found: SchemeSimulator, did: Did) -> None:
    found.take(proposal.request_exit(found.register, did, at=ENDED), party(did).signer, by="")
    found.take(proposal.let_go(found.register, did, at=ENDED), by="a")


def end_role(found: SchemeSimulator, did: Did) -> None:
    role = ROLE + {BANK: "financial-service-provider", CAP: "carbon-accounting-provider"}[did]
    found.take(proposal.end_role(found.register, did, role=role, at=ENDED))


def retire_key(found: SchemeSimulator, did: Did) -> None:
    one = party(did).signer
    found.take(proposal.retire_key(found.register, did, thumbprint=one.key.thumbprint, at=ENDED), one, by="a")


Event = Callable[[SchemeSimulator, Did], None]
REFUSES = pytest.mark.parametrize("event", [suspend, suspend_and_reinstate, steal])
WARNS = pytest.mark.parametrize("event", [leave, end_role, retire_key])


def after(event: Event, did: Did) -> ChainSimulator:
    """Give a chain that is dated before the event, in a register that has recorded it."""
    found = scheme()
    event(found, did)
    return ChainSimulator(scheme=found)


def proofs(
    chain: ChainSimulator, log: Log, *more: Secured, seen: datetime | None = None
) -> dict[Digest, Proof]:
    """Have every document of a member, and these besides, committed to the log in its own interval."""
    held = [one for one in (*chain.credentials.values(), *more) if str(envelope(one).issuer) in MEMBERS]
    return {
        one.digest: log.committed(
            one.digest, by=party(envelope(one).issuer), at=seen or envelope(one).valid_from
        )
        for one in held
    }


def judged(
    chain: ChainSimulator,
    proven: Mapping[Digest, Proof] | None = None,
    *,
    log: Log | None = None,
    at: datetime = LATER,
    shown: Secured | None = None,
    **evidence: object,
) -> Report[object]:
    """Have somebody who was not there judge the bank's file, receipt and all, hours later."""
    presented = shown or chain.presented()
    lists = {LIST_URL: chain.status_list(at=at - timedelta(hours=1))}
    parts = {"door": None, "receipt": chain.receipt(presented), "status_lists": lists, **evidence}
    held = chain.evidence(time_proofs=proven or {}, **parts)
    anchor = (log or Log()).anchored(chain.anchor)
    return verify(presented, held, policy=Policy.bank(), anchor=anchor, at=at)


def timing(report: Report[object], kind: str) -> Check:
    return next(
        check for check in report if check.name == "signature.time_proven" and check.subject.kind == kind
    )


@REFUSES
def test_a_document_that_is_dated_before_a_later_ending_is_unknown_where_nothing_shows_its_age(
    event: Event,
) -> None:
    report = judged(after(event, CAP))
    assert (report.overall, report.authentic_at_signing) == (Overall.UNDETERMINED, Answer.UNKNOWN)
    assert codes(report) == {"signature.time_unproven"}
    assert {check.subject.kind for check in report.obstacles} == {
        "EmissionsCredential",
        "VerifiablePresentation",
    }
    found = timing(report, "EmissionsCredential")
    assert found.outcome is Outcome.UNKNOWN
    assert found.detail.startswith("Nothing proves that GreenLedger signed before 2026-11-05T14:00Z, when it")
    assert "evidence log from before 2026-11-05T14:00Z, or go by your own record" in found.remedy


@REFUSES
def test_what_the_log_holds_from_before_the_ending_stays_verified(event: Event) -> None:
    chain, log = after(event, CAP), Log()
    presented = chain.presented()
    receipt = chain.receipt(presented)
    report = judged(chain, proofs(chain, log, receipt), log=log, shown=presented, receipt=receipt)
    assert_good(report)


@REFUSES
def test_what_the_log_holds_only_from_after_the_ending_shows_nothing(event: Event) -> None:
    chain, log = after(event, CAP), Log()
    late = proofs(chain, log, seen=ENDED + timedelta(minutes=5))
    assert codes(judged(chain, late, log=log)) == {"signature.time_unproven"}


@REFUSES
def test_the_verifiers_own_record_of_receiving_keeps_a_chain_verified(event: Event) -> None:
    chain = after(event, CAP)
    presented = chain.presented()
    for records in (
        {"own": BANK},
        {"seen": {presented.digest: AT}},
        {"door": chain.door(), "receipt": None},
    ):
        assert_good(judged(chain, shown=presented, **records))
    # What was recorded after the ending shows nothing, nor does the receipt of another.
    too_late = {presented.digest: ENDED + timedelta(seconds=1)}
    assert codes(judged(chain, shown=presented, seen=too_late)) == {"signature.time_unproven"}
    assert {"signature.time_unproven", "presentation.audience"} == codes(
        judged(chain, shown=presented, own=OPERATOR)
    ) - {"consent.other_recipient", "presentation.other_customer"}


@REFUSES
def test_a_receipt_by_a_member_that_may_sign_no_more_is_worth_its_proof(event: Event) -> None:
    """The bank itself is gone: with its key, or for its accomplice, a receipt can be dated back at any time."""
    chain, log = after(event, BANK), Log()
    bare = judged(chain, proofs(chain, log), log=log)
    assert (bare.overall, codes(bare)) == (Overall.UNDETERMINED, {"signature.time_unproven"})
    assert {check.subject.kind for check in bare.obstacles} == {"ReceiptCredential"}
    # Its own record is no better once others may have its key, or it is not to be relied on.
    assert "signature.time_unproven" in codes(judged(chain, proofs(chain, log), log=log, own=BANK))
    presented = chain.presented()
    receipt = chain.receipt(presented)
    proven = proofs(chain, log, receipt)
    assert_good(judged(chain, proven, log=log, shown=presented, receipt=receipt))


def test_a_receipt_of_a_member_that_was_suspended_when_it_signed_is_refused() -> None:
    found = scheme()
    found.suspend(party(BANK), at=AT - timedelta(days=1))
    report = judged(ChainSimulator(scheme=found))
    assert_refused(report, "member.suspended_at_signing", check="member.had_role")
    assert {check.subject.kind for check in report.obstacles} == {"ReceiptCredential"}


@WARNS
def test_whoever_left_later_leaves_a_warning_that_says_how_to_exclude_a_false_date(event: Event) -> None:
    """The register's table lets these stand without proof: they are told, and change no answer."""
    chain, log = after(event, CAP), Log()
    bare = judged(chain)
    assert_good(bare)
    found = timing(bare, "EmissionsCredential")
    assert (found.outcome, found.code) == (Outcome.WARNING, "signature.time_unproven")
    assert found.detail.endswith(
        "and nothing proves that it signed before: that the date was set back is not excluded."
    )
    assert "2026-11-05T14:00Z" in found.detail
    assert found.expected == "a proof that the signature is older than 2026-11-05T14:00Z"
    assert "evidence log from before 2026-11-05T14:00Z, or go by your own record" in found.remedy
    proven = judged(chain, proofs(chain, log), log=log)
    assert timing(proven, "EmissionsCredential").outcome is Outcome.PASSED
    # Until it has come, an end that is known beforehand is no end.
    assert "ended" not in timing(judged(chain, at=AT), "EmissionsCredential").detail
    assert "set back" not in timing(judged(chain, at=AT), "EmissionsCredential").detail


def test_a_receipt_of_a_member_that_has_left_carries_the_same_warning() -> None:
    chain, log = after(leave, BANK), Log()
    report = judged(chain, proofs(chain, log), log=log)
    assert_good(report)
    found = timing(report, "ReceiptCredential")
    assert (found.outcome, found.code) == (Outcome.WARNING, "signature.time_unproven")
    assert found.detail.startswith("Northern Bank left the scheme on 2026-11-05T14:00Z")


def test_a_list_that_its_keeper_may_have_dated_back_leaves_the_use_unknown_until_the_log_shows_it() -> None:
    found = scheme()
    found.suspend(party(OPERATOR), at=ENDED)
    chain, log = ChainSimulator(scheme=found), Log()
    listed = chain.status_list(at=AT)
    own = {LIST_URL: listed}
    presented = chain.presented()
    receipt = chain.receipt(presented)
    proven = proofs(chain, log, receipt)
    bare = judged(chain, proven, log=log, shown=presented, receipt=receipt, status_lists=own)
    assert codes(bare) == {"status.keeper_away", "consent.stale"}
    assert (bare.authentic_at_signing, bare.usable_now) == (Answer.YES, Answer.UNKNOWN)
    shown = {listed.digest: log.published(LIST_URL, listed.digest, by=party(OPERATOR), at=AT)}
    assert_good(
        judged(chain, {**proven, **shown}, log=log, shown=presented, receipt=receipt, status_lists=own)
    )
    seen = {listed.digest: AT}
    assert_good(judged(chain, proven, log=log, shown=presented, receipt=receipt, status_lists=own, seen=seen))


def test_a_verifier_that_says_who_it_is_takes_nothing_that_was_made_for_another() -> None:
    """A file whose every part names another bank is sound in itself, and not for this one."""
    chain = ChainSimulator()
    assert_good(judged(chain, own=BANK))
    assert_good(judged(chain))
    report = judged(chain, own=GRID)
    found = next(check for check in report.obstacles if check.code == "presentation.audience")
    assert found.outcome is Outcome.FAILED
    assert found.detail == "It was made for Northern Bank, and GridWatch judges it."
    assert (found.expected, found.found) == (str(GRID), str(BANK))
    assert report.overall is Overall.NOT_VERIFIED


def test_a_file_without_a_receipt_is_not_for_another_either() -> None:
    report = judged(ChainSimulator(), receipt=None, own=GRID)
    assert "presentation.audience" in {
        check.code for check in report.obstacles if check.outcome is Outcome.FAILED
    }


def test_a_thief_of_the_banks_key_makes_no_record_of_its_own() -> None:
    chain = after(steal, CAP)
    presented = chain.presented()
    assert_good(judged(chain, shown=presented, own=BANK))
    steal(chain.scheme, BANK)
    report = judged(chain, shown=presented, own=BANK)
    assert "signature.time_unproven" in codes(report)
    assert report.overall is Overall.UNDETERMINED
