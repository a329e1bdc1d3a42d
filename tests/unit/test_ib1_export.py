"""A chain of ours as an IB1 record: each member signs its own steps, and IB1's library verifies the whole."""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from ib1.provenance.certificates import CertificatesProviderSelfContainedRecord

from perseus.cli import main
from perseus.exporting import export, signing_key
from support.chain import AT, ChainSimulator
from support.ib1 import (
    BANK as BANK_ROLE,
)
from support.ib1 import (
    CAP as CAP_ROLE,
)
from support.ib1 import (
    EDP as EDP_ROLE,
)
from support.ib1 import (
    NOW,
    Holder,
    authority,
    library_verifies,
    member,
    member_url,
    pem,
)
from support.story import BANK, CAP, EDP
from trust.did import Did
from trust.envelope import envelope
from trust.errors import MalformedError, NotPermittedError, UnavailableError
from trust.ib1.certificates import Pool, read_certificates
from trust.keys import PrivateKey
from trust.report import Outcome, Overall
from verifiers.evidence import write_evidence
from verifiers.ib1.audit import audit

SIGNED_AT = AT + timedelta(hours=1)
DAYS = ((datetime(2026, 1, 1, tzinfo=UTC) - NOW).days, 600)


@cache
def holders() -> tuple[Holder, dict[Did, Holder]]:
    root = authority("Root", days=DAYS)
    issuer = authority("Issuer", root, days=DAYS)
    roles = ((EDP, 1, EDP_ROLE), (CAP, 2, CAP_ROLE), (BANK, 3, BANK_ROLE))
    return root, {did: member(number, str(did), role, issuer, days=DAYS) for did, number, role in roles}


@cache
def simulated() -> ChainSimulator:
    return ChainSimulator()


@cache
def evidence_file() -> bytes:
    chain = simulated()
    presented = chain.presented()
    held = chain.evidence(door=None, receipt=chain.receipt(presented, seen=chain.scheme.checkpoint))
    return write_evidence(presented, held, checkpoint=chain.scheme.checkpoint)


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    path = tmp_path / "trust.json"
    path.write_bytes(simulated().anchor.to_json())
    return path


def pool() -> Pool:
    return Pool(read_certificates(pem(holders()[0].certificate), where="roots"))


def urls() -> dict[Did, str]:
    return {did: member_url(holder) for did, holder in holders()[1].items()}


def exported(who: Did, trust: Path | None, upon: bytes | None = None, **changes: object) -> bytes:
    holder = holders()[1][who]
    asked: dict[str, object] = {
        "certificates": pem(*holder.bundle),
        "signer": PrivateKey(holder.key),
        "members": urls(),
        "trust": trust,
        "at": AT,
        "signed_at": SIGNED_AT,
        "upon": upon,
        **changes,
    }
    return export(evidence_file(), **asked)  # type: ignore[arg-type]  # the names are those of the arguments


def whole(trust: Path) -> bytes:
    record = exported(EDP, trust)
    record = exported(CAP, trust, record)
    return exported(BANK, trust, record)


def test_three_members_write_one_record_that_the_library_verifies_and_our_audit_too(trust: Path) -> None:
    raw = whole(trust)
    provider = CertificatesProviderSelfContainedRecord(pem(holders()[0].certificate))
    assert library_verifies(raw, provider)
    report = audit(raw, pool(), at=SIGNED_AT)
    assert report.overall is Overall.VERIFIED
    assert {check.code for check in report if check.outcome is not Outcome.PASSED} == {
        "record.revocation_unchecked"
    }
    kinds = [[step.kind.value for step in one.steps] for one in report.require().claim.signings]
    assert kinds == [
        ["permission", "origin", "transfer"],
        ["receipt", "permission", "origin", "process", "transfer"],
        ["receipt"],
    ]


def test_each_part_is_a_record_of_its_own(trust: Path) -> None:
    for record in (first := exported(EDP, trust), exported(CAP, trust, first)):
        report = audit(record, pool(), at=SIGNED_AT)
        assert report.overall is Overall.VERIFIED
        assert "record.receipt_missing" in {check.code for check in report}


def test_a_step_names_the_credential_that_it_stands_for_and_its_digest(trust: Path) -> None:
    record = json.loads(exported(EDP, trust))
    origin = json.loads(urlsafe_b64decode(record["steps"][1]))
    named = {
        (envelope(held).id, held.digest.multibase)
        for name, held in simulated().credentials.items()
        if name.startswith("consumption")
    }
    bound = origin["perseus:scheme"]["credential"]
    assert named == {(bound["id"], bound["digestMultibase"])}


def test_a_member_writes_no_step_of_another(trust: Path) -> None:
    with pytest.raises(NotPermittedError, match="name it with --upon") as refusal:
        exported(CAP, trust)
    assert refusal.value.code == "record.step_missing"
    with pytest.raises(NotPermittedError, match="name it with --upon"):
        exported(BANK, trust, exported(EDP, trust))


def test_a_chain_that_is_not_shown_to_be_genuine_is_not_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(NotPermittedError, match=r"not shown to be genuine \(.*register.no_anchor"):
        exported(EDP, None)


def test_a_certificate_of_nobody_in_the_chain_signs_nothing(trust: Path) -> None:
    with pytest.raises(NotPermittedError, match="no --member says") as refusal:
        exported(EDP, trust, members={CAP: urls()[CAP]})
    assert refusal.value.code == "member.unknown"
    stranger = Did.parse("did:web:stranger.example")
    with pytest.raises(NotPermittedError, match="no credential of the chain") as refusal:
        exported(EDP, trust, members={stranger: urls()[EDP], CAP: urls()[CAP]})
    assert refusal.value.code == "record.wrong_role"


def test_a_recipient_without_a_directory_url_is_asked_for(trust: Path) -> None:
    with pytest.raises(NotPermittedError, match=f"--member {CAP}=URL"):
        exported(EDP, trust, members={EDP: urls()[EDP]})


def test_the_key_must_be_that_of_the_certificate(trust: Path) -> None:
    with pytest.raises(NotPermittedError, match="the key is not that of certificate") as refusal:
        exported(EDP, trust, signer=PrivateKey(ec.generate_private_key(ec.SECP256R1())))
    assert refusal.value.code == "key.other_issuer"


def test_a_record_of_another_framework_is_not_signed_upon(trust: Path) -> None:
    record = json.loads(exported(EDP, trust))
    record["ib1:provenance"] = "https://registry.elsewhere.example/trust-framework"
    with pytest.raises(NotPermittedError, match="the record received is of https://registry"):
        exported(CAP, trust, json.dumps(record).encode())


def test_what_was_received_must_be_a_record(trust: Path) -> None:
    with pytest.raises(MalformedError):
        exported(CAP, trust, b"{}")


def test_a_key_file_is_opened_by_a_passphrase_in_a_file_of_its_own(tmp_path: Path) -> None:
    key = PrivateKey(holders()[1][EDP].key)
    (tmp_path / "key.pem").write_bytes(key.to_pem(b"open sesame", salt=bytes(range(32))))
    (tmp_path / "passphrase").write_text("open sesame")
    (tmp_path / "passphrase").chmod(0o600)
    assert signing_key(tmp_path / "key.pem", tmp_path / "passphrase").key == key.key
    with pytest.raises(UnavailableError, match=r"no\.pem"):
        signing_key(tmp_path / "no.pem", tmp_path / "passphrase")


def test_the_command_writes_a_record_that_the_audit_verifies(
    tmp_path: Path, trust: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    holder = holders()[1][EDP]
    (tmp_path / "chain.perseus.json").write_bytes(evidence_file())
    (tmp_path / "mine.pem").write_bytes(pem(*holder.bundle))
    (tmp_path / "key.pem").write_bytes(PrivateKey(holder.key).to_pem(b"open sesame", salt=bytes(range(32))))
    (tmp_path / "phrase").write_text("open sesame")
    (tmp_path / "phrase").chmod(0o600)
    named = [part for did, url in urls().items() for part in ("--member", f"{did}={url}")]
    asked = ["export-ib1", str(tmp_path / "chain.perseus.json"), "--trust", str(trust), *named]
    asked += ["--certificate", str(tmp_path / "mine.pem"), "--key-file", str(tmp_path / "key.pem")]
    asked += ["--passphrase-file", str(tmp_path / "phrase")]
    with pytest.raises(SystemExit) as ended:
        main([*asked, "--at", "2026-11-05T10:00:00Z"])
    assert not ended.value.code
    record = capsysbinary.readouterr().out
    assert audit(record, pool(), at=datetime.now(UTC) + timedelta(minutes=1)).overall is Overall.VERIFIED
    with pytest.raises(SystemExit) as ended:
        main([*asked[:-1], str(tmp_path / "none"), "--at", "2026-11-05T10:00:00Z"])
    assert ended.value.code == 2
    assert b"the secret in" in capsysbinary.readouterr().err
