"""A signed verdict says what was judged, by what, and can be judged again by whoever has the file."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from issuers.issue import Signing
from issuers.verdict import issue_verdict
from support.chain import AT, ChainSimulator, codes, edited, party, scheme
from support.keys import signer
from support.reported import ID, SIGNED_AT, SignedVerdict
from support.story import BANK, CAP, EDP, Story, refused
from trust.canonical import Json
from trust.claims.judgement import Judgement
from trust.credential import Credential
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope
from trust.report import Answer, Outcome, Overall, Report
from trust.signing import sign
from verifiers.evidence import Evidence
from verifiers.judgement import judgement_of
from verifiers.policy import Policy
from verifiers.verdict import verdict_bytes


@pytest.fixture(scope="module")
def good() -> SignedVerdict:
    return SignedVerdict()


def outcome_of(report: Report[object], name: str) -> Outcome:
    return next(check.outcome for check in report if check.name == name)


def test_it_names_the_chain_both_answers_and_what_it_was_judged_by(good: SignedVerdict) -> None:
    claim = envelope(good.sign()).claim
    assert isinstance(claim, Judgement)
    assert claim.digest_multibase == good.presented.digest
    assert claim.evidence_digest == Digest.of(good.file)
    assert (claim.overall, claim.authentic_at_signing, claim.usable_now) == ("verified", "yes", "yes")
    assert claim.anchor.digest_multibase == Digest.of(good.chain.anchor.to_json())
    assert claim.register.size == good.chain.register.size
    assert claim.register.root.value == good.chain.register.root
    assert claim.policy.digest_multibase == Policy.bank().digest
    expected = verdict_bytes(good.report, at=AT, anchor=good.chain.anchor, policy=Policy.bank())
    assert claim.verdict_digest == Digest.of(expected)


def test_it_holds_every_finding_with_its_code(good: SignedVerdict) -> None:
    held = {(found.name, found.code, found.outcome) for found in good.judgement.findings}
    assert held == {(check.name, check.code, check.outcome.value) for check in good.report}
    assert sum(found.count for found in good.judgement.findings) == len(tuple(good.report))


def test_it_verifies_by_its_signature_and_its_signer_alone(good: SignedVerdict) -> None:
    report = good.verified()
    assert report.overall is Overall.VERIFIED
    assert outcome_of(report, "member.known") is Outcome.PASSED
    assert outcome_of(report, "verdict.judged_again") is Outcome.NOT_APPLICABLE


def test_with_the_file_it_is_judged_again_and_has_the_same_bytes(good: SignedVerdict) -> None:
    report = good.verified(file=good.file)
    assert report.overall is Overall.VERIFIED
    assert outcome_of(report, "verdict.judged_again") is Outcome.PASSED


def test_a_later_register_does_not_change_what_was_judged_by_an_earlier_one() -> None:
    made = SignedVerdict(ChainSimulator(scheme=scheme(seed="scheme")))
    signed, file = made.sign(), made.file
    made.chain.scheme.suspend(party(CAP), at=AT + timedelta(days=1))
    report = made.verified(
        signed, file=file, at=AT + timedelta(days=2), evidence=Evidence(made.chain.register)
    )
    assert outcome_of(report, "verdict.judged_again") is Outcome.PASSED
    assert report.authentic_at_signing is Answer.YES


def test_a_no_is_signed_as_well_and_keeps_its_reasons() -> None:
    made = SignedVerdict(ChainSimulator(revoked=(1, 2, 3, 4, 5, 6, 7, 8)))
    assert made.report.overall is Overall.NOT_VERIFIED
    failing = [found for found in made.judgement.findings if found.outcome == "failed"]
    assert {found.code for found in failing} == {"status.revoked"}
    assert all(found.details[0].endswith(".") for found in failing)
    assert made.verified(file=made.file).overall is Overall.VERIFIED


def test_a_yes_about_a_chain_that_deserves_a_no_is_found_out() -> None:
    made = SignedVerdict(ChainSimulator(revoked=(1, 2, 3, 4, 5, 6, 7, 8)))
    rosy = replace(made.judgement, overall="verified", usable_now="yes")
    report = made.verified(made.sign(rosy), file=made.file)
    assert codes(report) == {"verdict.differs"}
    assert "overall is not_verified and not verified" in report.obstacles[0].detail


def test_one_finding_left_out_is_found_out(good: SignedVerdict) -> None:
    short = replace(good.judgement, findings=good.judgement.findings[:-1])
    assert codes(good.verified(good.sign(short), file=good.file)) == {"verdict.differs"}


def test_another_evidence_file_is_not_taken_for_the_one_that_was_judged(good: SignedVerdict) -> None:
    other = SignedVerdict(ChainSimulator(readings=True)).file
    report = good.verified(file=other)
    assert codes(report) == {"verdict.other_file"}
    assert outcome_of(report, "verdict.judged_again") is Outcome.NOT_RUN


def test_another_anchor_is_not_taken_for_ones_own(good: SignedVerdict) -> None:
    theirs = replace(good.judgement.anchor, digest_multibase=Digest.of(b"another trust.json"))
    report = good.verified(good.sign(replace(good.judgement, anchor=theirs)), file=good.file)
    assert codes(report) == {"verdict.other_anchor"}


def test_another_history_of_the_register_is_found_out(good: SignedVerdict) -> None:
    state = replace(good.judgement.register, root=Digest.of(b"another history"))
    report = good.verified(good.sign(replace(good.judgement, register=state)), file=good.file)
    assert codes(report) == {"verdict.other_register"}


def test_a_register_that_ends_earlier_leaves_it_open(good: SignedVerdict) -> None:
    state = replace(good.judgement.register, size=good.chain.register.size + 1)
    report = good.verified(good.sign(replace(good.judgement, register=state)), file=good.file)
    assert codes(report) == {"verdict.register_short"}
    assert report.overall is Overall.UNDETERMINED


def test_a_policy_of_ones_own_is_asked_for_and_taken_by_its_digest() -> None:
    made = SignedVerdict(policy=replace(Policy.bank(), name="house", months_back=24))
    assert codes(made.verified(file=made.file)) == {"verdict.policy_unknown"}
    assert made.verified(file=made.file, policies=(made.policy,)).overall is Overall.VERIFIED


@pytest.mark.parametrize(("audience", "overall"), [(BANK, "verified"), (EDP, "not_verified")])
def test_it_is_judged_again_as_the_party_that_it_was_judged_as(audience: Did, overall: str) -> None:
    made = SignedVerdict(audience=audience)
    assert (made.judgement.audience, made.judgement.overall) == (audience, overall)
    assert made.verified(file=made.file).overall is Overall.VERIFIED


def test_a_verdict_that_hides_as_whom_it_was_judged_is_found_out() -> None:
    made = SignedVerdict(audience=EDP)
    silent = replace(made.judgement, audience=None)
    assert codes(made.verified(made.sign(silent), file=made.file)) == {"verdict.differs"}


def test_a_changed_word_breaks_the_signature(good: SignedVerdict) -> None:
    def soften(document: dict[str, Json]) -> None:
        subject = document["credentialSubject"]
        assert isinstance(subject, dict)
        subject["usableNow"] = "unknown"

    report = good.verified(edited(good.sign(), soften), file=good.file)
    assert codes(report) == {"signature.mismatch"}
    assert outcome_of(report, "verdict.judged_again") is Outcome.NOT_RUN


def test_another_kind_of_document_is_no_signed_verdict(good: SignedVerdict) -> None:
    report = good.verified(good.chain.receipt(good.presented))
    assert codes(report) == {"verdict.no_verdict"}


def test_bytes_that_are_no_document_are_told_as_a_report(good: SignedVerdict) -> None:
    report = good.verified(replace(good.sign(), raw=b"{"))
    assert "format.unparseable" in codes(report)


def test_nobody_signs_with_a_key_that_is_not_in_the_register(good: SignedVerdict) -> None:
    with refused("key.unknown", "Northern Bank"):
        good.sign(by=signer("a stranger"))


def test_a_stranger_signs_nothing(good: SignedVerdict) -> None:
    stranger = Story().firm
    key = Story().firm_signer
    with refused("member.unknown"):
        issue_verdict(
            good.judgement, register=good.chain.register, signing=Signing(stranger, key, SIGNED_AT, ID)
        )


def test_a_suspended_bank_signs_nothing_and_what_it_signs_past_the_rule_is_refused() -> None:
    made = SignedVerdict(ChainSimulator(scheme=scheme()))
    judgement = made.judgement
    made.chain.scheme.suspend(party(BANK), at=AT - timedelta(hours=1))
    with refused("member.suspended_at_signing", "Northern Bank"):
        made.sign(judgement)
    rogue: Credential[object] = Credential(ID, BANK, judgement, SIGNED_AT)
    report = made.verified(sign(rogue, signer=signer(f"scheme/{BANK}")))
    assert "member.suspended_at_signing" in codes(report)


def test_nobody_signs_ahead_of_the_moment_that_was_judged(good: SignedVerdict) -> None:
    with refused("time.future"):
        good.sign(at=AT - timedelta(seconds=1))


def test_without_an_anchor_or_a_register_there_is_nothing_to_sign(good: SignedVerdict) -> None:
    asked = {"file": good.file, "presentation": good.presented, "at": AT, "policy": Policy.bank()}
    with refused("register.no_anchor"):
        judgement_of(good.report, **asked, anchor=None, register=good.chain.register)  # type: ignore[arg-type]  # as named
    with refused("register.unreachable"):
        judgement_of(good.report, **asked, anchor=good.chain.anchor, register=None)  # type: ignore[arg-type]  # as named


def test_it_travels_in_its_canonical_bytes_in_the_contexts_of_the_scheme(good: SignedVerdict) -> None:
    document = json.loads(good.sign().raw)
    assert document["type"] == ["VerifiableCredential", "VerdictCredential"]
    assert document["issuer"] == str(BANK)
    assert document["proof"]["created"] == document["validFrom"]
