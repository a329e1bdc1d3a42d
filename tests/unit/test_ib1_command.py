"""`perseus audit-ib1` and `perseus export-ib1`: files in, exit codes and sentences out."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema_rs
import pytest

import specs
from perseus.cli import main
from support.ib1 import NOW, ByHand, authority, framework, honest, member_url, pem, revocations, stamp

OURS = framework()
Run = Callable[..., tuple[int, str, str]]
SCHEMA = jsonschema_rs.Draft202012Validator(
    json.loads(specs.read("audit/audit-v1.schema.json")), offline=True
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in a folder with the record and the roots."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    Path("record.json").write_bytes(honest())
    Path("roots.pem").write_bytes(pem(OURS.root.certificate))

    def ran(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return ran


def test_a_good_record_ends_with_0_and_says_what_it_proves_and_what_not(run: Run) -> None:
    code, out, _ = run("audit-ib1", "record.json", "--roots", "roots.pem")
    assert code == 0
    assert out.startswith("VERIFIED")
    assert "registry.core.trust.ib1.org/trust-framework (roots: roots.pem)" in out
    assert "It proves" in out
    assert "It does not prove" in out
    assert "Green Bank of London" in out
    assert "record.revocation_unchecked" in out


def test_the_json_fits_its_schema_whether_the_record_is_good_or_not(run: Run) -> None:
    code, out, _ = run("audit-ib1", "record.json", "--roots", "roots.pem", "--json")
    assert code == 0
    good = json.loads(out)
    assert SCHEMA.is_valid(good)
    assert [one["member"] for one in good["signings"]] == [
        member_url(one) for one in (OURS.edp, OURS.cap, OURS.bank)
    ]
    Path("record.json").write_bytes(honest().replace(b'"origins": ["', b'"origins": ["x'))
    code, out, _ = run("audit-ib1", "record.json", "--roots", "roots.pem", "--json")
    assert code == 1
    bad = json.loads(out)
    assert SCHEMA.is_valid(bad)
    assert (bad["signings"], bad["proves"], bad["trust_framework"]) == ([], [], None)


def test_a_record_under_other_roots_ends_with_1(run: Run) -> None:
    Path("roots.pem").write_bytes(pem(authority("Elsewhere").certificate))
    code, out, _ = run("audit-ib1", "record.json", "--roots", "roots.pem")
    assert code == 1
    assert "record.certificate_untrusted" in out
    assert "not proven (roots: roots.pem)" in out


def test_an_old_revocation_list_ends_with_3(run: Run) -> None:
    Path("old.crl").write_bytes(
        revocations(
            OURS.issuer, {}, last=NOW.replace(year=NOW.year - 2), until=NOW.replace(year=NOW.year - 1)
        )
    )
    code, out, _ = run("audit-ib1", "record.json", "--roots", "roots.pem", "--crl", "old.crl")
    assert code == 3
    assert "record.revocation_list_old" in out


def test_certificates_may_be_given_aside(run: Run) -> None:
    record = json.loads(honest())
    del record["certificates"]
    Path("record.json").write_text(json.dumps(record))
    Path("beside.pem").write_bytes(pem(*OURS.edp.bundle, OURS.cap.certificate, OURS.bank.certificate))
    wanted = ("audit-ib1", "record.json", "--roots", "roots.pem")
    assert run(*wanted)[0] == 1
    assert run(*wanted, "--certificates", "beside.pem")[0] == 0


def test_a_record_is_judged_as_at_a_moment_and_never_in_the_future(run: Run) -> None:
    code, out, _ = run("audit-ib1", "record.json", "--roots", "roots.pem", "--at", "2024-01-01T00:00:00Z")
    assert code == 1
    assert "time.future" in out
    code, _, err = run("audit-ib1", "record.json", "--roots", "roots.pem", "--at", "2099-01-01T00:00:00Z")
    assert (code, "a moment that has come" in err) == (2, True)


@pytest.mark.parametrize("missing", ["record.json", "roots.pem"])
def test_a_missing_file_ends_with_2(run: Run, missing: str) -> None:
    Path(missing).unlink()
    code, out, err = run("audit-ib1", "record.json", "--roots", "roots.pem")
    assert (code, out) == (2, "")
    assert f"{missing}: expected a file that can be read" in err


@pytest.mark.parametrize(("option", "code"), [("--roots", "certificate_form"), ("--crl", "revocation_list")])
def test_a_file_of_another_kind_ends_with_2_and_a_place_to_read_on(run: Run, option: str, code: str) -> None:
    Path("other.txt").write_text("neither")
    others = () if option == "--roots" else ("--roots", "roots.pem")
    ended, _, err = run("audit-ib1", "record.json", *others, option, "other.txt")
    assert ended == 2
    assert f"See: perseus explain record.{code}" in err


@pytest.mark.parametrize(("raw", "code"), [(b"", "unparseable"), (b"x" * 1_048_577, "too_large")])
def test_bytes_that_are_no_record_end_with_1(run: Run, raw: bytes, code: str) -> None:
    Path("record.json").write_bytes(raw)
    ended, out, _ = run("audit-ib1", "record.json", "--roots", "roots.pem")
    assert (ended, f"format.{code}" in out) == (1, True)


def test_a_record_comes_from_standard_input_as_well(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(honest())))
    assert run("audit-ib1", "-", "--roots", "roots.pem")[0] == 0


def test_text_from_a_record_cannot_reach_the_terminal_as_anything_else(run: Run) -> None:
    step = {"id": "\x1b[2J", "type": "receipt", "timestamp": stamp(NOW), "transfer": "\x1b]0;x\x07"}
    Path("record.json").write_bytes(ByHand().sign(OURS.edp, step).raw)
    ended, out, _ = run("audit-ib1", "record.json", "--roots", "roots.pem")
    assert ended == 1
    assert "\x1b" not in out


def test_explain_knows_the_codes_of_an_audit(run: Run) -> None:
    ended, out, _ = run("explain", "record.receipt_by_other")
    assert ended == 0
    assert "Only the member that a transfer names can confirm it" in out


def test_export_asks_for_who_is_who(run: Run) -> None:
    ended, _, err = run(
        "export-ib1", "x.json", "--certificate", "c.pem", "--key-file", "k.pem", "--member", "nobody"
    )
    assert ended == 2
    assert "passphrase-file" in err or "--member" in err
