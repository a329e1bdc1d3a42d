"""Real records depart from the letter: each departure is accepted, and named in a warning of its own."""

import json
from base64 import b64encode
from datetime import timedelta

import pytest

from support.ib1 import (
    DIRECTORY,
    METERED,
    NOW,
    READINGS,
    SCHEME,
    SEC,
    ByHand,
    Step,
    consent,
    encode,
    framework,
    library_verifies,
    member_url,
    stamp,
)
from trust.report import Check, Outcome, Overall
from verifiers.ib1.audit import audit

OURS = framework()
AT = NOW + timedelta(minutes=1)
LEAVE = "leave000000000000000"
GRANT: Step = {**consent([READINGS, SEC]), "id": LEAVE}
ORIGIN: Step = {**METERED, "id": "meter000000000000000", "timestamp": stamp(NOW), "permissions": [LEAVE]}


def handed(to: str, **members: object) -> Step:
    return {
        "type": "transfer",
        "id": "handed00000000000000",
        "timestamp": stamp(NOW),
        "scheme": SCHEME,
        "of": ORIGIN["id"],
        "to": to,
        "license": READINGS,
        "permissions": [LEAVE],
        **members,
    }


RECEIPT: Step = {
    "type": "receipt",
    "id": "receipt0000000000000",
    "timestamp": stamp(NOW),
    "scheme": SCHEME,
    "transfer": "handed00000000000000",
}


def warned(record: ByHand) -> dict[str, Check]:
    report = audit(record.raw, OURS.pool, at=AT)
    assert report.overall is Overall.VERIFIED, [
        check.detail for check in report if check.outcome is Outcome.FAILED
    ]
    return {
        check.code: check
        for check in report
        if check.outcome is Outcome.WARNING and check.name == "record.by_the_letter"
    }


def without(step: Step, *names: str) -> Step:
    return {name: value for name, value in step.items() if name not in names}


OTHER_SPELLING: Step = {
    **without(GRANT, "allows"),
    "allows": {"licences": [READINGS, SEC]},
}
DEVIATIONS: list[tuple[str, list[Step | str]]] = [
    ("record.spelling", [OTHER_SPELLING, ORIGIN]),
    ("record.spelling", [GRANT, {**without(ORIGIN, "originLicense"), "originLicence": SEC}]),
    (
        "record.spelling",
        [GRANT, ORIGIN, handed(member_url(OURS.cap), license=READINGS.replace("/license/", "/licence/"))],
    ),
    ("record.time_form", [GRANT, {**ORIGIN, "timestamp": f"{stamp(NOW)[:16]}Z"}]),
    ("record.time_form", [GRANT, {**ORIGIN, "timestamp": f"{stamp(NOW)[:19]}.123456Z"}]),
    ("record.time_form", [{**GRANT, "expires": f"{stamp(NOW + timedelta(days=9))[:19]}+00:00"}, ORIGIN]),
    ("record.id_form", [GRANT, {**ORIGIN, "id": "urn:uuid:4f1c6a52-6b8c-4a58-8d9e-0c1f2f3a4b5c"}]),
    ("record.id_form", [GRANT, {**ORIGIN, "id": "Zähler 7"}]),
    ("record.scheme_absent", [GRANT, without(ORIGIN, "scheme")]),
    ("record.encoding", [GRANT, encode(ORIGIN).rstrip("=") + "=" * 0]),
    ("record.other_registry", [GRANT, {**ORIGIN, "scheme": SCHEME.replace("core.", "core.pilot.")}]),
]


@pytest.mark.parametrize(("code", "steps"), DEVIATIONS)
def test_a_departure_that_leaves_no_doubt_is_accepted_and_named(code: str, steps: list[Step | str]) -> None:
    record = ByHand().sign(OURS.edp, *steps)
    record.origins = record.origins or [str(ORIGIN["id"])]
    if code == "record.encoding" and len(str(steps[-1])) % 4 == 0:
        record.steps, record.origins = [], [str(ORIGIN["id"])]
        padded = json.dumps({**ORIGIN, "x": "y"}).encode()
        record.sign(OURS.edp, GRANT, b64encode(padded + b" " * (1 + -len(padded) % 3)).decode().rstrip("="))
    found = warned(record)
    assert set(found) == {code}
    assert found[code].detail.startswith("Accepted at /steps/")


def test_the_other_alphabet_of_base64_is_accepted_and_named() -> None:
    plain = b64encode(json.dumps({**ORIGIN, "note": "??>>??>>??>"}).encode()).decode()
    assert "/" in plain or "+" in plain
    record = ByHand(origins=[str(ORIGIN["id"])]).sign(OURS.edp, GRANT, plain)
    assert set(warned(record)) == {"record.encoding"}


def test_a_transfer_to_the_application_of_the_member_that_confirms_it_is_accepted_and_named() -> None:
    to = f"{DIRECTORY}/application/81524"
    record = ByHand().sign(OURS.edp, GRANT, ORIGIN, handed(to)).sign(OURS.cap, RECEIPT)
    assert set(warned(record)) == {"record.application_recipient"}


def test_a_transfer_to_another_application_is_not() -> None:
    to = f"{DIRECTORY}/application/99999"
    report = audit(
        ByHand().sign(OURS.edp, GRANT, ORIGIN, handed(to)).sign(OURS.cap, RECEIPT).raw, OURS.pool, at=AT
    )
    assert [check.code for check in report if check.outcome is Outcome.FAILED] == ["record.receipt_by_other"]


def test_one_finding_names_all_places_of_one_departure() -> None:
    many = [{**without(ORIGIN, "scheme"), "id": f"meter{number:015}"} for number in range(7)]
    found = warned(ByHand().sign(OURS.edp, GRANT, *many))
    assert "/steps/1, /steps/2, /steps/3 and 4 more" in found["record.scheme_absent"].detail


def test_a_record_to_the_letter_is_told_so() -> None:
    record = ByHand().sign(OURS.edp, GRANT, ORIGIN, handed(member_url(OURS.cap))).sign(OURS.cap, RECEIPT)
    assert warned(record) == {}
    assert library_verifies(record.raw)
