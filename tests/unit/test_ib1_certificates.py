"""Certificates: only a path to a trusted root, valid when the list was signed and not revoked, makes a signer."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from support.ib1 import (
    BANK,
    DAY,
    DIRECTORY,
    EDP,
    METERED,
    NOW,
    READINGS,
    SCHEME,
    SEC,
    ByHand,
    Holder,
    authority,
    consent,
    der,
    framework,
    honest,
    member,
    pem,
    revocations,
    roles_extension,
    stamp,
    utf8,
)
from trust.errors import MalformedError
from trust.ib1.certificates import Pool, read_certificate, read_certificates, read_revocations
from trust.report import Answer, Check, Outcome, Overall, Report
from verifiers.ib1.audit import audit
from verifiers.ib1.proven import Audited

OURS = framework()
AT = NOW + timedelta(minutes=1)
LEAVE = "leave000000000000000"


def signed(by: Holder) -> ByHand:
    grant = {**consent([READINGS, SEC]), "id": LEAVE}
    origin = {**METERED, "id": "meter000000000000000", "timestamp": stamp(NOW), "permissions": [LEAVE]}
    return ByHand().sign(by, grant, origin)


def audited(by: Holder, *, root: Holder | None = None, crl: tuple[bytes, ...] = ()) -> Report[Audited]:
    return audit(signed(by).raw, pool(root, crl), at=AT)


def pool(root: Holder | None = None, crl: tuple[bytes, ...] = ()) -> Pool:
    roots = read_certificates(pem((root or OURS.root).certificate), where="roots")
    return Pool(roots, revocations=tuple(read_revocations(raw, where="crl") for raw in crl))


def codes(report: Report[Audited], outcome: Outcome = Outcome.FAILED) -> list[str]:
    return [check.code for check in report if check.outcome is outcome]


def check_of(report: Report[Audited], code: str) -> Check:
    return next(check for check in report if check.code == code)


def test_a_certificate_outside_the_roots_makes_nobody_a_member() -> None:
    elsewhere = authority("Core Trust Framework Signing CA")
    issuer = authority("Core Trust Framework Signing Issuer", elsewhere, path_length=0)
    report = audited(member(2876152, "Honest Dave", EDP, issuer))
    assert codes(report) == ["record.certificate_untrusted"]
    assert check_of(report, "record.certificate_not_revoked").outcome is Outcome.NOT_RUN


def test_a_certificate_that_signs_itself_is_no_root() -> None:
    own = authority("Anybody")
    assert codes(audited(member(1, "Anybody", EDP, own))) == ["record.certificate_untrusted"]


@pytest.mark.parametrize(("days", "word"), [((-300, -2), "to"), ((2, 30), "from")])
def test_a_certificate_must_have_been_valid_when_it_signed(days: tuple[int, int], word: str) -> None:
    report = audited(member(5, "Late Ltd", EDP, OURS.issuer, days=days))
    assert codes(report) == ["record.certificate_expired"]
    assert word in check_of(report, "record.certificate_expired").found


def test_a_certificate_that_has_run_out_since_still_makes_what_it_signed_good() -> None:
    short = member(6, "Short Ltd", EDP, OURS.issuer, days=(-5, 1))
    raw = signed(short).raw
    assert audit(raw, pool(), at=NOW + 90 * DAY).overall is Overall.VERIFIED


@pytest.mark.parametrize("days", [(-300, -2), (2, 30)])
def test_so_must_its_issuer(days: tuple[int, int]) -> None:
    issuer = authority("Old Issuer", OURS.root, days=days)
    assert codes(audited(member(7, "Late Ltd", EDP, issuer))) == ["record.certificate_expired"]


def test_so_must_the_root() -> None:
    root = authority("Old Root", days=(-900, -10))
    issuer = authority("Issuer", root)
    report = audited(member(8, "Ltd", EDP, issuer), root=root)
    assert codes(report) == ["record.certificate_expired"]


def test_a_member_may_not_issue_certificates() -> None:
    issuer = authority("Not an Issuer", OURS.root, is_authority=False)
    assert codes(audited(member(9, "Ltd", EDP, issuer))) == ["record.certificate_untrusted"]


def test_an_issuer_may_not_issue_issuers_beyond_its_path_length() -> None:
    below = authority("One Too Many", OURS.issuer)
    assert codes(audited(member(10, "Ltd", EDP, below))) == ["record.certificate_untrusted"]


def test_a_critical_extension_that_nobody_knows_is_refused() -> None:
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    report = audited(member(11, "Ltd", EDP, OURS.issuer, extra=[(strange, True)]))
    assert codes(report) == ["record.certificate_untrusted"]


def test_a_key_that_may_not_sign_is_refused() -> None:
    usage = x509.KeyUsage(*(False, False, True, *[False] * 6))
    report = audited(member(12, "Ltd", EDP, OURS.issuer, extra=[(usage, True)]))
    assert codes(report) == ["record.certificate_untrusted"]


def test_a_key_of_another_curve_is_not_es256() -> None:
    report = audited(member(13, "Ltd", EDP, OURS.issuer, curve=ec.SECP384R1()))
    assert codes(report) == ["record.certificate_key"]


def test_a_key_of_a_small_curve_leads_to_no_root() -> None:
    report = audited(member(14, "Ltd", EDP, OURS.issuer, curve=ec.SECP224R1()))
    assert set(codes(report)) == {"record.certificate_key", "record.certificate_untrusted"}


ROLE = f"{SCHEME}/role/{EDP}"
UNNAMED = [
    {"names": []},
    {"names": [f"{DIRECTORY}/application/1", f"{DIRECTORY}/application/2"]},
    {"roles": b""},
    {"roles": der(0x30, b"")},
    {"roles": utf8(ROLE)},
    {"roles": roles_extension([ROLE])[:-1]},
    {"roles": roles_extension([ROLE]) + b"\x00"},
    {"roles": der(0x30, utf8(ROLE, tag=0x13))},
    {"roles": der(0x30, b"\x0c\x82\xff\xff")},
    {"roles": der(0x30, b"\x0c\x80")},
    {"roles": der(0x30, b"\x0c\x81\x05abcde")},
    {"roles": der(0x30, b"\x0c\x02\xff\xfe")},
    {"roles": b"\x30"},
    {"roles": roles_extension(["r"] * 65)},
]


@pytest.mark.parametrize("arguments", UNNAMED)
def test_a_certificate_without_member_roles_or_one_application_names_nobody(
    arguments: dict[str, Any],
) -> None:
    report = audited(member(15, "Ltd", EDP, OURS.issuer, **arguments))
    assert codes(report) == ["record.signer_unnamed"]
    assert check_of(report, "record.role_allows").outcome is Outcome.NOT_RUN


def test_roles_under_another_number_are_none() -> None:
    other = x509.UnrecognizedExtension(
        x509.ObjectIdentifier("1.3.6.1.4.1.62329.1.2"), roles_extension([ROLE])
    )
    report = audited(member(16, "Ltd", EDP, OURS.issuer, roles=b"", extra=[(other, False)]))
    assert codes(report) == ["record.signer_unnamed"]
    assert "1.3.6.1.4.1.62329.1.1" in check_of(report, "record.signer_unnamed").detail


def test_one_of_several_roles_is_enough() -> None:
    both = roles_extension([f"{SCHEME}/role/{BANK}", "https://elsewhere.example/x", ROLE])
    assert audited(member(17, "Both Ltd", BANK, OURS.issuer, roles=both)).overall is Overall.VERIFIED


def test_a_serial_number_that_names_no_certificate_is_told() -> None:
    record = signed(OURS.edp)
    del record.certificates[OURS.edp.serial]
    report = audit(record.raw, pool(), at=AT)
    assert codes(report) == ["record.certificate_missing"]
    assert OURS.edp.serial in check_of(report, "record.certificate_missing").detail
    assert check_of(report, "signature.fits").depends_on == ("record.certificate_found",)


def test_a_certificate_filed_under_anothers_number_is_refused() -> None:
    record = signed(OURS.edp)
    record.certificates[OURS.edp.serial] = [pem(OURS.cap.certificate).decode()]
    assert codes(audit(record.raw, pool(), at=AT)) == ["record.certificate_other_serial"]


@pytest.mark.parametrize("text", ["", "no PEM", "x" * 20_000, pem(OURS.edp.certificate).decode()[:-80], "€"])
def test_a_certificate_that_cannot_be_read_is_told(text: str) -> None:
    record = signed(OURS.edp)
    record.certificates[OURS.edp.serial] = [text]
    assert codes(audit(record.raw, pool(), at=AT)) == ["record.certificate_form"]


def test_two_certificates_in_one_place_are_refused() -> None:
    with pytest.raises(MalformedError, match="one certificate in PEM, found 2") as raised:
        read_certificate(pem(OURS.edp.certificate, OURS.cap.certificate).decode(), where="here")
    assert raised.value.code == "record.certificate_form"


def test_of_two_certificates_with_one_number_the_trusted_one_counts() -> None:
    elsewhere = authority("Elsewhere")
    serial = OURS.edp.certificate.serial_number
    twin = member(1, "Twin", EDP, elsewhere, serial=serial)
    record = signed(OURS.edp)
    del record.certificates[OURS.edp.serial]
    others = read_certificates(pem(twin.certificate, OURS.edp.certificate), where="beside")
    assert audit(record.raw, Pool(pool().roots, others), at=AT).overall is Overall.VERIFIED


def test_certificates_that_issue_each_other_lead_nowhere_and_cost_little() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    circle = [authority("Round", key=key) for _ in range(40)]
    lost = member(18, "Lost", EDP, circle[0])
    record = signed(lost)
    others = read_certificates(pem(*[one.certificate for one in circle]), where="beside")
    report = audit(record.raw, Pool(pool().roots, others), at=AT)
    assert codes(report) == ["record.certificate_untrusted"]


def revoked(
    on: int,
    reason: x509.ReasonFlags | None = None,
    *,
    last: datetime = NOW - DAY,
    until: datetime = NOW + DAY,
) -> bytes:
    serial = OURS.edp.certificate.serial_number
    return revocations(OURS.issuer, {serial: (NOW + on * DAY, reason)}, last=last, until=until)


def of_root(
    *revoked_on: tuple[int, datetime], last: datetime = NOW - DAY, until: datetime = NOW + DAY
) -> bytes:
    return revocations(OURS.root, {serial: (on, None) for serial, on in revoked_on}, last=last, until=until)


def test_lists_that_name_nobody_clear_the_whole_path() -> None:
    report = audited(OURS.edp, crl=(revocations(OURS.issuer, {}), of_root()))
    assert check_of(report, "record.certificate_not_revoked").outcome is Outcome.PASSED
    assert report.overall is Overall.VERIFIED


def test_a_list_in_der_is_read_as_well() -> None:
    raw = x509.load_pem_x509_crl(revoked(-5)).public_bytes(Encoding.DER)
    assert codes(audited(OURS.edp, crl=(raw, of_root()))) == ["record.certificate_revoked"]


@pytest.mark.parametrize(
    ("on", "reason"), [(-5, None), (-5, x509.ReasonFlags.superseded), (0, x509.ReasonFlags.key_compromise)]
)
def test_a_revoked_certificate_proves_nothing(on: int, reason: x509.ReasonFlags | None) -> None:
    report = audited(OURS.edp, crl=(revoked(on, reason), of_root()))
    assert codes(report) == ["record.certificate_revoked"]
    assert report.authentic_at_signing is Answer.NO


def test_a_certificate_laid_down_later_leaves_the_record_genuine_and_not_usable() -> None:
    later = revocations(
        OURS.issuer,
        {OURS.edp.certificate.serial_number: (NOW + 5 * DAY, x509.ReasonFlags.cessation_of_operation)},
        last=NOW + 6 * DAY,
        until=NOW + 9 * DAY,
    )
    root = of_root(last=NOW + 6 * DAY, until=NOW + 9 * DAY)
    report = audit(signed(OURS.edp).raw, pool(None, (later, root)), at=NOW + 7 * DAY)
    assert codes(report) == ["record.certificate_laid_down"]
    assert (report.authentic_at_signing, report.usable_now) == (Answer.YES, Answer.NO)


def test_a_certificate_revoked_for_a_theft_that_came_later_proves_nothing_either() -> None:
    later = revoked(5, x509.ReasonFlags.key_compromise, last=NOW + 6 * DAY, until=NOW + 9 * DAY)
    report = audit(signed(OURS.edp).raw, pool(None, (later,)), at=NOW + 7 * DAY)
    assert codes(report) == ["record.certificate_revoked"]


def test_a_revoked_issuer_takes_its_members_with_it() -> None:
    root = of_root((OURS.issuer.certificate.serial_number, NOW - DAY))
    assert codes(audited(OURS.edp, crl=(revocations(OURS.issuer, {}), root))) == [
        "record.certificate_revoked"
    ]


def test_a_list_that_has_run_out_leaves_the_answer_open() -> None:
    old = revocations(OURS.issuer, {}, last=NOW - 9 * DAY, until=NOW - 2 * DAY)
    report = audited(OURS.edp, crl=(old, of_root()))
    assert codes(report, Outcome.UNKNOWN) == ["record.revocation_list_old"]
    assert report.overall is Overall.UNDETERMINED


def test_a_list_that_somebody_else_signed_leaves_the_answer_open() -> None:
    forged = revocations(OURS.issuer, {}, key=OURS.bank.key)
    report = audited(OURS.edp, crl=(forged, of_root()))
    assert codes(report, Outcome.UNKNOWN) == ["record.revocation_list"]


def test_of_two_lists_the_newer_counts() -> None:
    empty = revocations(OURS.issuer, {}, last=NOW - 3 * DAY)
    assert codes(audited(OURS.edp, crl=(empty, revoked(-2), of_root()))) == ["record.certificate_revoked"]


def test_without_a_list_the_report_says_that_nobody_looked() -> None:
    report = audited(OURS.edp)
    assert codes(report, Outcome.WARNING) == ["record.revocation_unchecked"]
    assert report.overall is Overall.VERIFIED


@pytest.mark.parametrize("raw", [b"", b"-----BEGIN X509 CRL-----\nx\n-----END X509 CRL-----\n", b"\x30\x00"])
def test_a_file_that_is_no_revocation_list_is_a_fault_of_usage(raw: bytes) -> None:
    with pytest.raises(MalformedError) as raised:
        read_revocations(raw, where="--crl")
    assert raised.value.code == "record.revocation_list"


@pytest.mark.parametrize("raw", [b"", b"x", pem(OURS.root.certificate)[:-60]])
def test_a_file_without_certificates_is_a_fault_of_usage(raw: bytes) -> None:
    with pytest.raises(MalformedError) as raised:
        read_certificates(raw, where="--roots")
    assert raised.value.code == "record.certificate_form"


def test_more_certificates_than_anybody_needs_are_refused() -> None:
    with pytest.raises(MalformedError, match="at most 256"):
        read_certificates(pem(OURS.root.certificate) * 257, where="--roots")
    with pytest.raises(MalformedError, match="at most 1048576 bytes"):
        read_certificates(bytes(1024 * 1024 + 1), where="--roots")


def test_no_root_at_all_trusts_nobody() -> None:
    assert set(codes(audit(honest(), Pool(()), at=AT))) == {"record.certificate_untrusted"}
    assert json.loads(honest())["certificates"]
