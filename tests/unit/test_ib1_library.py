"""IB1's own library on the other side: what it makes honestly passes our audit, and what it lets through does not."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from support.ib1 import (
    CALCULATION,
    DAY,
    EDP,
    HANDED,
    METERED,
    NOW,
    READINGS,
    REPORT,
    REPORTED,
    SCHEME,
    SEC,
    SUMMED,
    Holder,
    Step,
    by_library,
    cap_steps,
    consent,
    edp_steps,
    framework,
    honest,
    library_verifies,
    member_url,
    pem,
    stamp,
)
from trust.ib1.certificates import Pool, read_certificates
from trust.report import Check, Outcome, Overall, Report
from verifiers.ib1.audit import audit
from verifiers.ib1.proven import Audited, does_not_prove, proves

AT = NOW + timedelta(hours=12)  # the library reads the clock, however long the other tests took
Made = Step | Callable[[Mapping[str, str]], Step]
OURS = framework()
BANK_URL, CAP_URL = member_url(OURS.bank), member_url(OURS.cap)


def audited(raw: bytes, pool: Pool | None = None) -> Report[Audited]:
    return audit(raw, pool or OURS.pool, at=AT)


def failures(report: Report[Audited]) -> list[str]:
    return [check.code for check in report if check.outcome is Outcome.FAILED]


def only(report: Report[Audited], code: str) -> Check:
    (found,) = [check for check in report if check.code == code]
    return found


def test_an_honest_record_of_three_signers_passes_both() -> None:
    assert library_verifies(honest())
    report = audited(honest())
    assert report.overall is Overall.VERIFIED
    assert {check.code for check in report if check.outcome is not Outcome.PASSED} == {
        "record.revocation_unchecked"
    }


def test_a_record_says_what_it_proves_and_what_no_record_can() -> None:
    report = audited(honest())
    told = proves(report)
    assert [sentence.split(" (")[0] for sentence in told[:3]] == [
        OURS.edp.certificate.subject.rfc4514_string().removeprefix("O="),
        "Emission Calculations 4 U",
        "Green Bank of London",
    ]
    assert sum("is confirmed by that member" in sentence for sentence in told) == 2
    assert any("kilograms" in sentence for sentence in does_not_prove(report))
    assert report.require().claim.framework.endswith("/trust-framework")


@pytest.mark.parametrize("signers", [1, 2])
def test_a_record_on_its_way_passes_and_names_the_receipt_that_is_not_there_yet(signers: int) -> None:
    runs: list[tuple[Holder, Sequence[Made]]] = [(OURS.edp, edp_steps()), (OURS.cap, cap_steps())]
    report = audited(by_library(runs[:signers]))
    assert report.overall is Overall.VERIFIED
    assert only(report, "record.receipt_missing").outcome is Outcome.WARNING


def test_a_record_without_its_certificates_passes_with_those_beside_it() -> None:
    document: dict[str, Any] = json.loads(honest())
    del document["certificates"]
    bare = json.dumps(document).encode()
    beside = pem(*OURS.edp.bundle, OURS.cap.certificate, OURS.bank.certificate)
    pool = Pool(OURS.pool.roots, read_certificates(beside, where="beside"))
    assert audited(bare, pool).overall is Overall.VERIFIED
    assert set(failures(audited(bare))) == {"record.certificate_missing"}


def upon_edp(*steps: Made) -> bytes:
    return by_library([(OURS.edp, edp_steps()), (OURS.cap, steps)])


def received(ids: Mapping[str, str]) -> Step:
    return {"type": "receipt", "scheme": SCHEME, "transfer": ids["transfer"]}


def leave(*licences: str, processes: Sequence[str] = (CALCULATION,), **other: object) -> Step:
    return consent(licences, processes, name="leave2", **other)


def summed(ids: Mapping[str, str]) -> Step:
    return {**SUMMED, "inputs": [ids["receipt"]], "permissions": [ids["leave2"]]}


def reported(of: str, **other: object) -> Callable[[Mapping[str, str]], Step]:
    return lambda ids: {**REPORTED, "of": ids[of], "to": BANK_URL, "name": "report", **other}


def an_expired_consent() -> bytes:
    past = {"timestamp": stamp(NOW - 200 * DAY), "expires": stamp(NOW - 100 * DAY)}
    return by_library(
        [
            (
                OURS.edp,
                [
                    consent([READINGS, SEC], name="leave", **past),
                    lambda ids: {**METERED, "permissions": [ids["leave"]]},
                ],
            )
        ]
    )


def a_transfer_of_nothing() -> bytes:
    return by_library(
        [
            (
                OURS.edp,
                [
                    *edp_steps()[:2],
                    lambda ids: {
                        **HANDED,
                        "of": "nosuchstep0000000000",
                        "to": CAP_URL,
                        "permissions": [ids["leave"]],
                    },
                ],
            )
        ]
    )


def a_meter_of_the_bank() -> bytes:
    return by_library([(OURS.bank, edp_steps())])


def a_process_nobody_allowed() -> bytes:
    return upon_edp(
        received, leave(REPORT, processes=[f"{SCHEME}/process/credit-scoring/2025-01-01"]), summed
    )


def a_receipt_of_the_bank() -> bytes:
    return by_library([(OURS.edp, edp_steps()), (OURS.bank, [received])])


def a_transfer_under_no_consent() -> bytes:
    return upon_edp(received, leave(REPORT), summed, reported("process"))


def a_licence_nobody_allowed() -> bytes:
    return upon_edp(
        received,
        leave(READINGS),
        summed,
        lambda ids: {**reported("process")(ids), "permissions": [ids["leave2"]]},
    )


def a_consent_given_afterwards() -> bytes:
    return by_library(
        [
            (
                OURS.edp,
                [
                    consent([SEC], name="leave"),
                    lambda ids: {
                        **METERED,
                        "timestamp": stamp(NOW - 2 * DAY),
                        "permissions": [ids["leave"]],
                    },
                ],
            )
        ]
    )


def a_receipt_of_an_origin() -> bytes:
    return upon_edp(lambda ids: {"type": "receipt", "scheme": SCHEME, "transfer": ids["origin"]})


def a_meter_without_consent() -> bytes:
    return by_library([(OURS.edp, [METERED])])


def a_sum_dated_before_its_readings() -> bytes:
    return upon_edp(
        received, leave(REPORT), lambda ids: {**summed(ids), "timestamp": stamp(NOW - timedelta(hours=2))}
    )


def a_step_dated_after_its_signature() -> bytes:
    late = {"timestamp": stamp(NOW + timedelta(hours=5))}
    return by_library(
        [(OURS.edp, [edp_steps()[0], lambda ids: {**METERED, **late, "permissions": [ids["leave"]]}])]
    )


def no_origin_at_all() -> bytes:
    return by_library([(OURS.edp, [consent([SEC])])])


LET_THROUGH = {
    "record.consent_expired": an_expired_consent,
    "record.step_missing": a_transfer_of_nothing,
    "record.wrong_role": a_meter_of_the_bank,
    "record.consent_other_process": a_process_nobody_allowed,
    "record.receipt_by_other": a_receipt_of_the_bank,
    "record.consent_missing": a_transfer_under_no_consent,
    "record.consent_other_licence": a_licence_nobody_allowed,
    "record.consent_later": a_consent_given_afterwards,
    "record.step_other_kind": a_receipt_of_an_origin,
    "record.time_order": a_sum_dated_before_its_readings,
    "record.no_origin": no_origin_at_all,
}


@pytest.mark.parametrize("code", LET_THROUGH)
def test_what_the_library_accepts_is_refused_by_its_name_and_for_that_alone(code: str) -> None:
    raw = LET_THROUGH[code]()
    assert library_verifies(raw)
    report = audited(raw)
    assert report.overall is Overall.NOT_VERIFIED
    expected = {code, "record.wrong_role"} if code == "record.wrong_role" else {code}
    assert set(failures(report)) == expected


@pytest.mark.parametrize("make", [a_meter_without_consent, a_step_dated_after_its_signature])
def test_other_records_that_the_library_accepts_are_refused(make: Callable[[], bytes]) -> None:
    raw = make()
    assert library_verifies(raw)
    assert audited(raw).overall is Overall.NOT_VERIFIED


def test_a_bank_that_signs_meter_data_is_told_from_the_role_it_has() -> None:
    check = next(check for check in audited(a_meter_of_the_bank()) if check.code == "record.wrong_role")
    assert "Green Bank of London" in check.detail
    assert check.found == "financial service provider of perseus"
    assert check.expected == "energy data provider"
    assert check.subject.issuer == BANK_URL


def test_a_source_that_no_rule_names_leaves_the_verdict_open() -> None:
    strange = {**METERED, "sourceType": f"{SCHEME}/source-type/Weather"}
    raw = by_library([(OURS.edp, [edp_steps()[0], lambda ids: {**strange, "permissions": [ids["leave"]]}])])
    report = audited(raw)
    assert report.overall is Overall.UNDETERMINED
    assert only(report, "record.kind_unknown").outcome is Outcome.UNKNOWN


def test_a_consent_that_ended_since_is_a_warning_and_the_record_stays_genuine() -> None:
    ends = stamp(NOW + timedelta(hours=6))
    steps = [consent([READINGS, SEC], name="leave", expires=ends), *edp_steps()[1:]]
    report = audited(by_library([(OURS.edp, steps)]))
    assert report.overall is Overall.VERIFIED
    assert only(report, "record.consent_ended").outcome is Outcome.WARNING


def test_of_two_consents_the_one_in_force_that_covers_is_enough() -> None:
    steps: list[Made] = [
        consent([SEC, READINGS], name="old", timestamp=stamp(NOW - 9 * DAY), expires=stamp(NOW - 3 * DAY)),
        consent([SEC, READINGS], name="leave"),
        lambda ids: {**METERED, "permissions": [ids["old"], ids["leave"]]},
    ]
    assert audited(by_library([(OURS.edp, steps)])).overall is Overall.VERIFIED


def test_data_taken_up_without_a_receipt_are_a_warning() -> None:
    raw = upon_edp(leave(REPORT), lambda ids: summed({**ids, "receipt": ids["origin"]}))
    report = audited(raw)
    assert report.overall is Overall.VERIFIED
    assert (
        OURS.edp.certificate.subject.rfc4514_string().removeprefix("O=")
        in only(report, "record.not_held").detail
    )


def test_grid_data_alone_need_no_consent() -> None:
    grid = cap_steps()[2]
    raw = by_library(
        [(OURS.cap, [grid, lambda ids: {**REPORTED, "of": ids["grid"], "to": BANK_URL}]), (OURS.bank, [])]
    )
    assert failures(audited(raw)) == []


def test_every_obstacle_is_reported_and_not_only_the_first() -> None:
    raw = by_library(
        [
            (OURS.bank, [METERED]),
            (OURS.edp, [{**HANDED, "of": "nosuchstep0000000000", "to": CAP_URL}]),
        ]
    )
    found = set(failures(audited(raw)))
    assert {"record.wrong_role", "record.consent_missing", "record.step_missing"} <= found


def test_a_member_in_another_scheme_is_none_in_this_one() -> None:
    other = METERED | {"scheme": SCHEME.replace("perseus", "elsewhere")}
    raw = by_library([(OURS.edp, [edp_steps()[0], lambda ids: {**other, "permissions": [ids["leave"]]}])])
    check = only(audited(raw), "record.wrong_role")
    assert check.found == f"{EDP.replace('-', ' ')} of perseus"


def test_steps_are_told_by_their_signer() -> None:
    record = audited(honest()).require().claim
    assert [len(signing.steps) for signing in record.signings] == [3, 5, 1]
    assert [step.kind.value for step in record.signings[-1].steps] == ["receipt"]
