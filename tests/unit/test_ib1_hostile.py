"""Records that nobody honest makes: each gets one sentence and a code, and none an exception."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from ib1.provenance import Record

from support.ib1 import (
    FRAMEWORK,
    METERED,
    NOW,
    READINGS,
    SCHEME,
    SEC,
    SUMMED,
    ByHand,
    Step,
    base64url,
    consent,
    encode,
    framework,
    honest,
    stamp,
)
from trust.report import Check, Outcome, Overall, Report
from verifiers.ib1.audit import audit
from verifiers.ib1.proven import Audited, does_not_prove, proves

OURS = framework()
AT = NOW + timedelta(minutes=1)
SLOWEST = 1.0


def audited(raw: bytes) -> Report[Audited]:
    return audit(raw, OURS.pool, at=AT)


def failed(raw: bytes) -> Check:
    """Give the first failed check, with the whole report told, so that no sentence raises."""
    report = audited(raw)
    assert report.overall is Overall.NOT_VERIFIED
    assert all(check.detail and check.title for check in report)
    return next(check for check in report if check.outcome is Outcome.FAILED)


def step(kind: str, name: str, **members: object) -> Step:
    return {"id": name.ljust(20, "0"), "type": kind, "timestamp": stamp(NOW), "scheme": SCHEME, **members}


def grant(name: str = "leave", **members: object) -> Step:
    return {**consent([READINGS, SEC]), "id": name.ljust(20, "0"), **members}


def meter(name: str = "meter", **members: object) -> Step:
    return {
        **METERED,
        "id": name.ljust(20, "0"),
        "timestamp": stamp(NOW),
        "permissions": ["leave".ljust(20, "0")],
        **members,
    }


def good() -> ByHand:
    return ByHand().sign(OURS.edp, grant(), meter())


def changed(change: Callable[[dict[str, Any]], None]) -> bytes:
    """Change an honest record after it was signed."""
    document: dict[str, Any] = json.loads(honest())
    change(document)
    return json.dumps(document).encode()


def test_a_record_written_by_hand_by_the_words_of_the_specification_passes() -> None:
    assert audited(good().raw).overall is Overall.VERIFIED


def _set(place: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        document[place] = value

    return change


def _block(number: int, value: object) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        document["steps"][-1][number] = value

    return change


def _drop(place: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        del document[place]

    return change


FORMS = [
    (_set("extra", 1), "record.form"),
    (_drop("origins"), "record.form"),
    (_drop("ib1:provenance"), "record.form"),
    (_set("ib1:provenance", 5), "record.form"),
    (_set("ib1:provenance", "http://registry.example/tf"), "record.form"),
    (_set("origins", [1]), "record.form"),
    (_set("steps", {}), "record.form"),
    (_set("steps", []), "record.form"),
    (_set("steps", ["eyJ9", "eyJ9"]), "record.form"),
    (_set("steps", [[0, "1", "2026-01-01T00:00:00Z", "AA=="]]), "record.form"),
    (_set("steps", [None, [0, "1", "2026-01-01T00:00:00Z", "AA=="]]), "record.form"),
    (_set("steps", [["eyJ9"], [0, "1", "2026-01-01T00:00:00Z", "AA=="]]), "record.form"),
    (_set("certificates", []), "record.form"),
    (_set("certificates", {"x": ["y"]}), "record.form"),
    (_set("certificates", {"1": []}), "record.form"),
    (_set("certificates", {"1": ["x"] * 9}), "record.form"),
    (_set("certificates", {"1": "x"}), "record.form"),
    (_block(0, 1), "record.version"),
    (_block(0, None), "record.version"),
    (_block(0, "0"), "record.version"),
    (_block(1, 12), "record.form"),
    (_block(1, "012"), "record.form"),
    (_block(1, "-1"), "record.form"),
    (_block(2, "yesterday"), "record.form"),
    (_block(3, "a.b"), "record.form"),
    (_block(3, ""), "record.form"),
]


@pytest.mark.parametrize(("change", "code"), FORMS)
def test_a_container_of_another_form_is_refused_with_its_place(
    change: Callable[[dict[str, Any]], None], code: str
) -> None:
    found = failed(changed(change))
    assert found.code == code
    assert found.detail.startswith("At /")


BYTES = [
    (b"", "format.unparseable"),
    (b"[]", "format.unparseable"),
    (b"null", "format.unparseable"),
    (honest()[:-200], "format.unparseable"),
    (honest()[: len(honest()) // 2], "format.unparseable"),
    (honest() + b"x", "format.unparseable"),
    (b"\xef\xbb\xbf" + honest(), "format.encoding"),
    (honest().replace(b'"steps"', b'"st\xffeps"'), "format.encoding"),
    (honest().replace(b'"origins"', b'"steps":[],"origins"', 1), "format.duplicate_key"),
    (b'{"steps":' + b"[" * 10_000 + b"]" * 10_000 + b"}", "format.too_deep"),
    (b'{"steps":' + b"[" * 500_000, "format.too_deep"),
    (b'{"steps":"' + b"A" * 1_048_576 + b'"}', "format.too_large"),
    (b'{"steps":[' + b"0," * 500_000 + b"0]}", "record.form"),
]


@pytest.mark.parametrize(("raw", "code"), BYTES)
def test_bytes_that_are_no_record_are_refused_quickly(raw: bytes, code: str) -> None:
    begun = time.process_time()
    assert failed(raw).code == code
    assert time.process_time() - begun < SLOWEST


def test_more_lists_than_any_record_has_are_refused() -> None:
    one = ["eyJ9", [0, "1", "2026-01-01T00:00:00Z", "AA=="]]
    raw = changed(_set("steps", [*[one] * 64, [0, "1", "2026-01-01T00:00:00Z", "AA=="]]))
    assert failed(raw).code == "format.too_large"


def test_more_steps_than_any_record_has_are_refused() -> None:
    raw = changed(_set("steps", [*["eyJ9"] * 4_097, [0, "1", "2026-01-01T00:00:00Z", "AA=="]]))
    assert failed(raw).code == "format.too_large"


def test_as_many_lists_and_steps_as_are_read_cost_no_more_than_a_second() -> None:
    record = ByHand().sign(OURS.edp, grant(), *[meter(f"meter{number}") for number in range(1_000)])
    inner = record.steps
    for _ in range(25):
        record.sign(OURS.cap)
    assert record.steps is not inner
    begun = time.process_time()
    assert audited(record.raw).overall is Overall.VERIFIED
    assert time.process_time() - begun < SLOWEST


def test_a_step_cannot_be_hidden_in_the_name_of_the_framework() -> None:
    record = good()
    first, *rest = record.steps
    record.framework, record.steps = f"{FRAMEWORK}.{first}", rest
    assert failed(record.raw).code == "record.form"


def test_the_library_takes_the_step_for_a_part_of_the_name_where_its_caller_names_no_framework() -> None:
    record = good()
    first, *rest = record.steps
    document = {**record.document, "ib1:provenance": f"{FRAMEWORK}.{first}", "steps": rest}
    other = Record(document["ib1:provenance"], document)
    other.verify(OURS.provider)
    assert [step["type"] for step in other.decoded()] == ["origin"]
    assert failed(json.dumps(document).encode()).code == "record.form"


def test_a_record_signed_by_the_letter_of_the_published_text_does_not_fit() -> None:
    record = good()
    *steps, block = record.steps
    by_letter = ".".join([FRAMEWORK, *steps]).encode()
    block[3] = base64url(OURS.edp.key.sign(by_letter, ec.ECDSA(hashes.SHA256())))
    assert failed(record.raw).code == "signature.mismatch"


def test_two_steps_cannot_be_joined_to_one() -> None:
    record = good()
    first, second, block = record.steps
    record.steps = [f"{first}.{second}", block]
    assert failed(record.raw).code == "record.form"


def test_a_list_cannot_be_written_out_as_text() -> None:
    record = good().sign(OURS.cap, step("receipt", "r", transfer="x"))
    inner = ".".join([*record.steps[0][:-1], "%", *map(str, record.steps[0][-1]), "&"])
    record.steps = ["%", inner, "&", *record.steps[1:]]
    assert failed(record.raw).code == "record.form"


def _swap(document: dict[str, Any]) -> None:
    steps = document["steps"][0]
    steps[1], steps[2] = steps[2], steps[1]


def _leave_out(document: dict[str, Any]) -> None:
    del document["steps"][0][1]


def _later(document: dict[str, Any]) -> None:
    document["steps"][-1][2] = stamp(NOW + timedelta(seconds=20))


def _other_framework(document: dict[str, Any]) -> None:
    document["ib1:provenance"] = "https://registry.elsewhere.example/trust-framework"


def _other_signer(document: dict[str, Any]) -> None:
    document["steps"][-1][1] = OURS.cap.serial


def _no_inner(document: dict[str, Any]) -> None:
    document["steps"] = document["steps"][1:]


@pytest.mark.parametrize("change", [_swap, _leave_out, _later, _other_framework, _other_signer, _no_inner])
def test_whatever_is_changed_after_signing_shows(change: Callable[[dict[str, Any]], None]) -> None:
    found = failed(changed(change))
    assert found.code == "signature.mismatch"
    report = audited(changed(change))
    assert proves(report) == ()
    assert does_not_prove(report) == ("Anything at all: see the checks.",)
    assert any(
        check.outcome is Outcome.NOT_RUN and check.depends_on == ("signature.fits",) for check in report
    )


@given(place=st.integers(0, len(honest()) - 1), bit=st.integers(0, 7))
def test_a_bit_that_was_flipped_never_changes_what_is_verified(place: int, bit: int) -> None:
    raw = bytearray(honest())
    raw[place] ^= 1 << bit
    report = audited(bytes(raw))
    # A PEM text may hold one bit that its reader passes over, and its bytes are no part of what is signed.
    if report.overall is Overall.VERIFIED:
        assert report.require().claim == audited(honest()).require().claim


def test_the_list_of_origins_stands_outside_the_signatures_and_is_held_against_the_steps() -> None:
    assert failed(changed(lambda record: record["origins"].reverse())).code == "record.origins_differ"
    assert failed(changed(_set("origins", []))).code == "record.origins_differ"


STEPS = [
    base64url(b"not json"),
    base64url(b"[]"),
    base64url(b'{"id":"a","id":"b"}'),
    base64url(b'{"type":"origin","x":' + b"[" * 5_000 + b"]" * 5_000 + b"}"),
    base64url(b'{"type":"origin","x":' + b"[" * 40 + b"]" * 40 + b"}"),
    base64url(b'{"x":NaN}'),
    base64url(b"\xff\xfe"),
    base64url(b'{"id":"\xe2\x80\xae"}'),
    "abcde",
    encode(step("gift", "g")),
    encode({"type": "receipt", "id": "r" * 20, "transfer": "t"}),
    encode(step("receipt", "r")),
    encode(step("receipt", "r", transfer=["t"])),
    encode(step("receipt", "r", transfer="t", _signature={})),
    encode({**step("receipt", "r", transfer="t"), "id": "x" * 300}),
    encode({**step("receipt", "r", transfer="t"), "timestamp": "2026-02-30T00:00:00Z"}),
    encode({**step("receipt", "r", transfer="t"), "timestamp": "2026-02-03T00:00:00+01:00"}),
    encode(step("transfer", "t", of="o", to="https://x.example")),
    encode(step("transfer", "t", of="o", to="https://x.example", license="a", licence="b")),
    encode(step("process", "p", inputs=[])),
    encode(step("process", "p", inputs="o")),
    encode(step("process", "p", inputs=["o"] * 300)),
    encode(step("permission", "q", account="a", expires=stamp(NOW))),
    encode(step("permission", "q", account="a", allows={}, expires="soon")),
    encode(step("permission", "q", allows={}, expires=stamp(NOW))),
    encode(step("origin", "o")),
]


@pytest.mark.parametrize("text", STEPS)
def test_a_step_that_cannot_be_read_is_named_by_its_place(text: str) -> None:
    record = good()
    record.steps = []
    record.origins = ["meter".ljust(20, "0")]
    found = failed(record.sign(OURS.edp, grant(), meter(), text).raw)
    assert found.code == "record.step_form"
    assert found.subject.place.startswith("/steps/2")


def test_an_id_that_stands_for_two_steps_is_refused() -> None:
    record = ByHand().sign(OURS.edp, grant(), meter(), meter(origin="https://elsewhere.example"))
    assert failed(record.raw).code == "record.step_repeated"


def test_records_that_were_merged_may_carry_one_list_twice() -> None:
    one = good()
    merged = ByHand(certificates=dict(one.certificates), origins=one.origins * 2)
    merged.steps = [one.steps, one.steps]
    block: list[Any] = [0, OURS.cap.serial, stamp(NOW), ""]
    block[3] = base64url(OURS.cap.key.sign(merged.string(merged.steps, block), ec.ECDSA(hashes.SHA256())))
    merged.steps = [*merged.steps, block]
    merged.certificates |= ByHand().sign(OURS.cap, grant()).certificates
    assert audited(merged.raw).overall is Overall.VERIFIED


def test_steps_that_come_from_each_other_lead_round_in_a_circle() -> None:
    leave = ["leave".ljust(20, "0")]
    first = step("process", "a", inputs=["b".ljust(20, "0")], permissions=leave, **_process())
    second = step("process", "b", inputs=["a".ljust(20, "0")], permissions=leave, **_process())
    report = audited(good().sign(OURS.cap, first, second).raw)
    codes = {check.code for check in report if check.outcome is Outcome.FAILED}
    assert {"record.cycle", "record.step_later"} <= codes
    cycle = next(check for check in report if check.code == "record.cycle")
    assert "from" in cycle.detail


def test_a_transfer_of_itself_is_a_circle_of_one() -> None:
    own = "t".ljust(20, "0")
    leave = ["leave".ljust(20, "0")]
    record = good().sign(
        OURS.edp, step("transfer", "t", of=own, to="https://x.example", license=READINGS, permissions=leave)
    )
    codes = {check.code for check in audited(record.raw) if check.outcome is Outcome.FAILED}
    assert codes == {"record.cycle", "record.step_other_kind"}


def _process() -> dict[str, object]:
    return {"process": SUMMED["process"]}


def test_a_list_that_is_signed_before_what_it_holds_is_refused() -> None:
    record = good().sign(OURS.cap, at=NOW - timedelta(hours=1))
    assert failed(record.raw).code == "record.time_order"


def test_a_signature_dated_in_the_future_is_refused() -> None:
    record = ByHand().sign(OURS.edp, grant(), meter(), at=NOW + timedelta(hours=1))
    assert failed(record.raw).code == "time.future"


@pytest.mark.parametrize("signed_at", ["2026-13-01T00:00:00Z", "2026", "2026-01-01T00:00:00+01:00"])
def test_a_signing_time_that_is_no_moment_of_utc_is_refused(signed_at: str) -> None:
    report = audited(ByHand().sign(OURS.edp, grant(), meter(), signed_at=signed_at).raw)
    codes = [check.code for check in report if check.outcome is Outcome.FAILED]
    assert codes == ["time.malformed"]
    assert any(check.depends_on == ("time.plausible",) for check in report)


def test_at_most_fifty_findings_of_one_kind_are_told() -> None:
    record = ByHand().sign(OURS.edp, grant(), *[meter(f"m{n}", permissions=["nobody"]) for n in range(200)])
    found = [check for check in audited(record.raw) if check.code == "record.step_missing"]
    assert len(found) == 50
