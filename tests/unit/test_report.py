"""The verdict: two answers, the overall, and who may use a claim."""

import pickle
from dataclasses import replace

import pytest

from trust.report import Answer, Bearing, Check, Outcome, Overall, Refused, Report, Subject, Verified
from trust.secured import Secured

SUBJECT = Subject(
    id="urn:uuid:1", kind="EmissionsCredential", place="emissions", issuer="did:web:cap.example"
)
CHECK = Check(
    name="signature.fits",
    code="signature.fits",
    area="signature",
    outcome=Outcome.PASSED,
    bearing=Bearing.SIGNING,
    subject=SUBJECT,
    title="The signature fits",
    detail="The signature fits GreenLedger's key.",
    clause="Data Integrity 1.0, section 4.4",
)
SECURED = Secured(b"{}")


def report(*pairs: tuple[Outcome, Bearing]) -> Report[str]:
    checks = tuple(replace(CHECK, outcome=outcome, bearing=bearing) for outcome, bearing in pairs)
    return Report(checks, SECURED, "claim")


def test_a_report_of_passed_checks_is_verified() -> None:
    good = report((Outcome.PASSED, Bearing.SIGNING), (Outcome.PASSED, Bearing.USE))
    assert good.overall is Overall.VERIFIED
    assert good.require().claim == "claim"


def test_a_report_without_checks_answers_nothing() -> None:
    empty = report()
    assert (empty.authentic_at_signing, empty.usable_now) == (Answer.UNKNOWN, Answer.UNKNOWN)
    with pytest.raises(Refused, match="no check has passed"):
        empty.require()


def test_a_report_in_which_nothing_ran_answers_nothing() -> None:
    idle = report((Outcome.NOT_RUN, Bearing.SIGNING), (Outcome.NOT_APPLICABLE, Bearing.USE))
    assert idle.overall is Overall.UNDETERMINED


def test_a_withdrawn_consent_leaves_it_genuine_and_unusable() -> None:
    withdrawn = report((Outcome.PASSED, Bearing.SIGNING), (Outcome.FAILED, Bearing.USE))
    assert withdrawn.authentic_at_signing is Answer.YES
    assert withdrawn.usable_now is Answer.NO
    assert withdrawn.overall is Overall.NOT_VERIFIED


def test_a_failure_at_signing_makes_both_answers_no() -> None:
    forged = report((Outcome.FAILED, Bearing.SIGNING), (Outcome.PASSED, Bearing.USE))
    assert (forged.authentic_at_signing, forged.usable_now) == (Answer.NO, Answer.NO)


def test_a_warning_changes_no_answer() -> None:
    warned = report((Outcome.PASSED, Bearing.SIGNING), (Outcome.WARNING, Bearing.SIGNING))
    assert warned.overall is Overall.VERIFIED


def test_a_check_that_could_not_be_made_leaves_the_answer_unknown() -> None:
    blind = report((Outcome.PASSED, Bearing.SIGNING), (Outcome.UNKNOWN, Bearing.USE))
    assert (blind.authentic_at_signing, blind.usable_now) == (Answer.YES, Answer.UNKNOWN)
    assert blind.overall is Overall.UNDETERMINED


def test_every_obstacle_is_reported_not_only_the_first() -> None:
    bad = report(
        (Outcome.FAILED, Bearing.SIGNING), (Outcome.UNKNOWN, Bearing.USE), (Outcome.FAILED, Bearing.USE)
    )
    with pytest.raises(Refused) as refusal:
        bad.require()
    assert len(refusal.value.report.obstacles) == 3
    assert str(refusal.value).count("signature.fits") == 3


def test_a_report_has_no_truth_value() -> None:
    with pytest.raises(
        TypeError, match=r"^a report has no truth value: read report\.overall, or call report\.require\(\)$"
    ):
        bool(report((Outcome.PASSED, Bearing.SIGNING)))


def test_only_a_report_can_make_a_verified() -> None:
    good = report((Outcome.PASSED, Bearing.SIGNING))
    with pytest.raises(TypeError, match=r"^a Verified is made by Report\.require\(\) alone$"):
        Verified("claim", SECURED, good, _made_in_report=object())  # type: ignore[arg-type]  # the forgery under test


def test_a_verified_claim_keeps_the_document_and_the_report_that_vouch_for_it() -> None:
    good = report((Outcome.PASSED, Bearing.SIGNING))
    verified = good.require()
    assert (verified.claim, verified.secured) == ("claim", SECURED)
    assert verified.report is good


@pytest.mark.parametrize(("secured", "claim"), [(None, "claim"), (SECURED, None), (None, None)])
def test_nothing_is_verified_without_both_its_bytes_and_its_claim(
    secured: Secured | None, claim: str | None
) -> None:
    good = report((Outcome.PASSED, Bearing.SIGNING))
    with pytest.raises(Refused):
        Report(good.checks, secured, claim).require()


def test_a_refusal_names_the_verdict_and_each_obstacle_and_carries_the_first_code() -> None:
    passed, wrong, doubt = (
        CHECK,
        replace(CHECK, code="signature.mismatch", outcome=Outcome.FAILED, detail="It does not fit."),
        replace(CHECK, code="status.unreachable", outcome=Outcome.UNKNOWN, detail="No list is here."),
    )
    with pytest.raises(Refused) as refusal:
        Report((passed, wrong, doubt), SECURED, "claim").require()
    assert str(refusal.value) == (
        "not verified: signature.mismatch: It does not fit.; status.unreachable: No list is here."
    )
    assert refusal.value.code == "signature.mismatch"


def test_a_refusal_of_an_empty_report_says_that_nothing_was_found_good() -> None:
    with pytest.raises(Refused) as refusal:
        report().require()
    assert str(refusal.value) == "undetermined: no check has passed"
    assert refusal.value.code == "format.unparseable"


def test_a_report_is_walked_in_the_order_of_its_checks() -> None:
    walked = report((Outcome.PASSED, Bearing.SIGNING), (Outcome.WARNING, Bearing.USE))
    assert [check.outcome for check in walked] == [Outcome.PASSED, Outcome.WARNING]


def test_counts_name_every_outcome() -> None:
    counts = report((Outcome.PASSED, Bearing.SIGNING)).counts
    assert set(counts) == set(Outcome)
    assert sum(counts.values()) == 1


def test_a_secured_document_shows_its_digest_and_never_its_content() -> None:
    shown = repr(Secured(b'{"secret":"reading"}'))
    assert "reading" not in shown
    assert "uEi" in shown


def test_a_check_survives_a_process_pool() -> None:
    assert pickle.loads(pickle.dumps(CHECK)) == CHECK  # noqa: S301 - our own bytes
