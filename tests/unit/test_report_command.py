"""`perseus report` and `perseus verify-verdict`: a PDF for auditors, a zip that shows it again, a signed verdict."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from perseus.cli import main
from perseus.keystore import write_secret
from perseus.reporting.account import account_of
from perseus.reporting.bundle import files_of
from perseus.reporting.paper import write_pdf
from perseus.reporting.printable import _RANGES, printable
from perseus.verification import Judged, Question, judged
from support.chain import AT, ChainSimulator, party, scheme
from support.keys import signer
from support.reported import SignedVerdict
from support.story import BANK, Story
from trust.canonical import Json, canonicalize
from trust.claims.halfhour import stamp
from trust.keys import PrivateKey

Run = Callable[..., tuple[int, str, str]]
WHOLE = ChainSimulator(Story(missing=()))
MADE = SignedVerdict(WHOLE)
FORGED = SignedVerdict(replace(WHOLE, revoked=tuple(range(1, 9))))
MOMENT = stamp(AT)
PASSPHRASE = b"a passphrase of the bank"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a folder with evidence files, the anchor and the bank's key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("PERSEUS_KEY_PASSPHRASE_FILE", raising=False)
    monkeypatch.setattr("perseus.cli.report.now", lambda: AT + timedelta(minutes=1))
    Path("bank.perseus.json").write_bytes(MADE.file)
    Path("forged.perseus.json").write_bytes(FORGED.file)
    Path("trust.json").write_bytes(WHOLE.anchor.to_json())
    write_secret(Path("passphrase"), PASSPHRASE)
    for name, seed in (("bank.pem", f"scheme/{BANK}"), ("stranger.pem", "a stranger")):
        key = signer(seed)
        assert isinstance(key, PrivateKey)
        write_secret(Path(name), key.to_pem(PASSPHRASE, salt=bytes(32)))

    def ran(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, " ".join(told.err.split())

    return ran


def reported(run: Run, *arguments: str, file: str = "bank.perseus.json") -> tuple[int, str, str]:
    return run("report", file, "--trust", "trust.json", "--at", MOMENT, *arguments)


def unzipped(path: str) -> Mapping[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def held(file: bytes, tmp_path: Path, *, anchored: bool = True) -> Judged:
    trust = tmp_path / "anchor.json"
    trust.write_bytes(WHOLE.anchor.to_json())
    return judged(file, Question(trust if anchored else None, "bank", AT, None, offline=True))


def pdf_of(found: Judged) -> bytes:
    return write_pdf(account_of(found, pcaf=None, signed=None))


def test_the_same_question_gives_the_same_zip_byte_for_byte(run: Run) -> None:
    loan = ("--outstanding", "250000", "--total-value", "1800000")
    codes = [reported(run, "--zip", name, *loan)[0] for name in ("one.zip", "two.zip")]
    assert codes == [0, 0]
    assert Path("one.zip").read_bytes() == Path("two.zip").read_bytes()


def test_the_zip_holds_all_that_it_takes_and_the_folder_the_same(run: Run) -> None:
    code, out, _ = reported(run, "--zip", "r.zip", "--out", "folder")
    files = unzipped("r.zip")
    assert (code, out.split()[0]) == (0, "VERIFIED")
    assert list(files) == [
        *(
            "README.txt",
            "evidence.perseus.json",
            "policy.json",
            "register/checkpoint",
            "register/entries.jsonl",
        ),
        *("report.pdf", "trust.json", "verdict.json", "DIGESTS.txt"),
    ]
    assert files == {name: (Path("folder") / name).read_bytes() for name in files}
    assert files["evidence.perseus.json"] == MADE.file
    assert files["trust.json"] == WHOLE.anchor.to_json()
    assert files["register/entries.jsonl"].splitlines() == list(WHOLE.register.entries)


def test_its_digests_are_those_of_its_files(run: Run) -> None:
    reported(run, "--zip", "r.zip")
    files = dict(unzipped("r.zip"))
    told = dict(line.split("  ")[::-1] for line in files.pop("DIGESTS.txt").decode().splitlines())
    assert told == {name: hashlib.sha256(raw).hexdigest() for name, raw in files.items()}


def test_the_commands_of_its_readme_give_the_same_verdict_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported(run, "--out", "folder", "--sign", "bank.pem", "--passphrase-file", "passphrase")
    monkeypatch.chdir("folder")
    readme = Path("README.txt").read_text(encoding="utf-8")
    first, second = [line.split()[1:] for line in readme.splitlines() if line.strip().startswith("perseus ")]
    code, out, _ = run(*first, "--json")
    assert code == 0
    assert canonicalize(json.loads(out)) == Path("verdict.json").read_bytes()
    assert run(*second)[0] == 0


def test_a_policy_of_ones_own_goes_into_the_zip_and_the_commands_name_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("house.json").write_bytes(replace(MADE.policy, name="house", months_back=24).to_json())
    signing = ("--sign", "bank.pem", "--passphrase-file", "passphrase")
    assert reported(run, "--out", "folder", "--policy", "house.json", *signing)[0] == 0
    monkeypatch.chdir("folder")
    lines = Path("README.txt").read_text(encoding="utf-8").splitlines()
    commands = [line.split()[1:] for line in lines if line.strip().startswith("perseus ")]
    assert [run(*words)[0] for words in commands] == [0, 0]


def test_a_report_is_made_as_the_party_that_asks_for_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    other = "did:web:edp.demo.perseus.example"
    assert reported(run, "--zip", "other.zip", "--audience", other)[0] == 1
    assert "presentation.audience" in text_of(unzipped("other.zip")["report.pdf"])
    signing = ("--sign", "bank.pem", "--passphrase-file", "passphrase")
    assert reported(run, "--out", "folder", "--audience", str(BANK), *signing)[0] == 0
    monkeypatch.chdir("folder")
    lines = Path("README.txt").read_text(encoding="utf-8").splitlines()
    commands = [line.split()[1:] for line in lines if line.strip().startswith("perseus ")]
    assert [run(*words)[0] for words in commands] == [0, 0]


def test_the_pdf_is_tagged_titled_and_in_english(tmp_path: Path) -> None:
    pdf = pdf_of(held(MADE.file, tmp_path))
    reader = PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"].get_object()
    assert str(root["/MarkInfo"]["/Marked"]) == "True"  # type: ignore[index]  # a dictionary of the file
    assert root["/Lang"] == "en-GB"  # type: ignore[index]  # as above
    assert "/StructTreeRoot" in root  # type: ignore[operator]  # as above
    assert reader.metadata is not None
    assert reader.metadata.title == "Verification report: Verified"
    assert reader.metadata.creation_date == AT
    assert b"pdfuaid" in pdf
    assert len(reader.pages) >= 4
    assert "Page 1 of" in reader.pages[0].extract_text()


def test_the_pdf_says_what_an_auditor_asks_for(tmp_path: Path) -> None:
    found = held(MADE.file, tmp_path)
    text, verdict = text_of(pdf_of(found)), found.verdict
    figures = verdict["figures"]
    assert isinstance(figures, list)
    assert isinstance(figures[0], dict)
    assert "VERIFIED Northern Bank may rely on these figures." in text
    assert f"{figures[0]['kg']}" in text
    for words in ("Meterworks", "GreenLedger", "carbon accounting provider", "What this does not prove"):
        assert words in text
    assert MADE.judgement.evidence_digest.multibase in text
    assert MADE.judgement.verdict_digest.multibase in text
    assert MADE.judgement.register.root.multibase in text
    names = {check.name for check in found.report}
    assert {name for name in names if name not in text} == set()


def test_a_chain_that_is_not_verified_is_reported_in_large_words_without_a_figure(run: Run) -> None:
    code, out, _ = reported(run, "--zip", "r.zip", file="forged.perseus.json")
    text = text_of(unzipped("r.zip")["report.pdf"])
    assert (code, out[:12]) == (1, "NOT VERIFIED")
    assert "NOT VERIFIED" in text
    assert "status.revoked" in text
    assert "To mend it" in text
    assert b"exit code 1" in unzipped("r.zip")["README.txt"]


def test_a_genuine_chain_that_may_not_be_used_shows_its_figures_and_says_so(tmp_path: Path) -> None:
    text = text_of(pdf_of(held(FORGED.file, tmp_path)))
    assert "Genuine when signed; may no longer be used" in text
    assert "Total" in text


def test_bytes_that_are_no_evidence_are_reported_as_well(run: Run) -> None:
    Path("junk.json").write_bytes(b"{")
    code, _, _ = reported(run, "--zip", "r.zip", file="junk.json")
    text = text_of(unzipped("r.zip")["report.pdf"])
    assert code == 1
    assert "No figure is shown." in text
    assert "format.unparseable" in text
    assert "No signature could be read." in text


def test_without_an_anchor_the_report_says_that_nothing_was_decided(tmp_path: Path) -> None:
    found = held(MADE.file, tmp_path, anchored=False)
    files = files_of(found, pcaf=None, signed=None)
    assert "UNDETERMINED" in text_of(files["report.pdf"])
    assert "trust.json" not in files
    assert b"--trust" not in files["README.txt"]


def test_a_loan_stands_in_the_report_and_beside_it(run: Run) -> None:
    reported(run, "--zip", "r.zip", "--outstanding", "250000", "--total-value", "1800000")
    files = unzipped("r.zip")
    text = text_of(files["report.pdf"])
    assert "Financed emissions" in text
    assert "0.138889 (5/36)" in text
    assert "2 (option 2a)" in text
    assert json.loads(files["pcaf.json"])["data_quality"]["score"] == 2


def test_a_signed_verdict_names_its_signer_in_the_report(run: Run) -> None:
    code, _, _ = reported(run, "--zip", "r.zip", "--sign", "bank.pem", "--passphrase-file", "passphrase")
    files = unzipped("r.zip")
    assert code == 0
    assert json.loads(files["signed-verdict.json"])["issuer"] == str(BANK)
    assert "Verdict signed by Northern Bank" in text_of(files["report.pdf"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "--out or --zip: expected where the report is to go, found neither"),
        (("--zip", "r.zip", "--sign", "bank.pem"), "--passphrase-file: expected the file that opens the key"),
        (
            ("--zip", "r.zip", "--sign", "none.pem", "--passphrase-file", "passphrase"),
            "the key in none.pem cannot be had",
        ),
        (
            ("--zip", "r.zip", "--sign", "bank.pem", "--passphrase-file", "none"),
            "the secret in none cannot be had",
        ),
        (
            ("--zip", "r.zip", "--sign", "trust.json", "--passphrase-file", "passphrase"),
            "expected a PEM key that the passphrase opens",
        ),
        (
            ("--zip", "r.zip", "--sign", "stranger.pem", "--passphrase-file", "passphrase"),
            "is of no member in the register",
        ),
        (("--zip", "r.zip", "--outstanding", "5"), "--total-value: expected an amount, beside the other one"),
        (("--zip", "bank.pem/r.zip"), "a place for bank.pem/r.zip cannot be had"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_leaves_no_file(
    run: Run, arguments: tuple[str, ...], told: str
) -> None:
    code, _, err = reported(run, *arguments)
    assert code == 2
    assert told in err
    assert not Path("r.zip").exists()


def test_nothing_is_signed_about_bytes_that_are_no_evidence(run: Run) -> None:
    Path("junk.json").write_bytes(b"{}")
    signing = ("--sign", "bank.pem", "--passphrase-file", "passphrase")
    code, _, err = reported(run, "--zip", "r.zip", *signing, file="junk.json")
    assert code == 2
    assert "there is no chain to name" in err


def test_a_bank_that_is_suspended_signs_nothing(run: Run) -> None:
    suspended = ChainSimulator(WHOLE.story, scheme=scheme())
    suspended.scheme.suspend(party(BANK), at=AT - timedelta(days=40))
    made = SignedVerdict(suspended)
    Path("s.perseus.json").write_bytes(made.file)
    Path("trust.json").write_bytes(suspended.anchor.to_json())
    signing = ("--sign", "bank.pem", "--passphrase-file", "passphrase")
    code, _, err = reported(run, "--zip", "r.zip", *signing, file="s.perseus.json")
    assert code == 2
    assert "Northern Bank was suspended" in err


def test_a_signed_verdict_is_verified_with_the_file_and_told_from_a_changed_one(run: Run) -> None:
    reported(run, "--out", "o", "--sign", "bank.pem", "--passphrase-file", "passphrase")
    signed = Path("o/signed-verdict.json")
    asked = ("verify-verdict", str(signed), "--trust", "trust.json", "--evidence", "bank.perseus.json")
    code, out, _ = run(*asked, "--at", json.loads(signed.read_bytes())["validFrom"], "--json")
    answer = json.loads(out)
    assert (code, answer["overall"]) == (0, "verified")
    assert {check["outcome"] for check in answer["checks"] if check["area"] == "verdict"} == {"passed"}
    document = json.loads(signed.read_bytes())
    document["credentialSubject"]["overall"] = "undetermined"
    signed.write_bytes(canonicalize(document))
    code, out, _ = run(*asked)
    assert code == 1
    assert "signature.mismatch" in out


def test_a_signed_verdict_without_a_register_is_left_open(run: Run) -> None:
    reported(run, "--out", "o", "--sign", "bank.pem", "--passphrase-file", "passphrase")
    code, out, _ = run("verify-verdict", "o/signed-verdict.json", "--trust", "trust.json")
    assert code == 3
    assert "register.unreachable" in out


def test_another_evidence_file_than_the_one_judged_is_told(run: Run) -> None:
    reported(run, "--out", "o", "--sign", "bank.pem", "--passphrase-file", "passphrase")
    asked = ("verify-verdict", "o/signed-verdict.json", "--trust", "trust.json")
    code, out, _ = run(*asked, "--evidence", "forged.perseus.json")
    assert code == 1
    assert "verdict.other_file" in out


def named(name: str) -> dict[str, Json]:
    return {**ACCOUNT, "reader": name, "signers": [{**SIGNER, "name": name}]}


SIGNER: dict[str, Json] = {
    "did": "did:web:x.example",
    "roles": [],
    "signed": "receipt",
    "first": MOMENT,
    "last": MOMENT,
    "keys": ["k"],
    "outcome": "passed",
    "standing": "A member.",
}
ACCOUNT: dict[str, Json] = {
    "title": "t",
    "heading": "h",
    "at": MOMENT,
    "moment": MOMENT,
    "tag": "VERIFIED",
    "tone": "passed",
    "sentence": "s",
    "answers": [],
    "period": "",
    "environment": "",
    "scheme": "",
    "loan": None,
    "figures": {"rows": [], "total": "0", "counted": "0", "share": "0%", "gases": "", "scope": ""},
    "to_read": [],
    "areas": [],
    "documents": [],
    "limits": ["x"],
    "basis": [],
    "again": [],
}


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_name_from_outside_stops_the_typesetter_or_changes_the_page(name: str) -> None:
    pdf = write_pdf(named(name))
    assert pdf.startswith(b"%PDF-")
    assert pdf == write_pdf(named(name))


def test_both_fonts_together_have_every_character_that_is_let_through() -> None:
    for first, last in _RANGES:
        text = " ".join(chr(point) for point in range(first, last + 1))
        assert write_pdf(named(printable(text))).startswith(b"%PDF-")


def test_markup_in_a_name_stays_text() -> None:
    text = text_of(write_pdf(named('#panic("x") *b* <a> $x$ [c] // d')))
    assert '#panic("x") *b* <a> $x$ [c] // d' in text


def test_a_character_that_no_font_has_stands_as_its_number() -> None:
    assert printable("Łódź \u4e2d\u202e\u00ad") == "Łódź [U+4E2D][U+202E][U+00AD]"
    assert printable("one\ntwo\u2028three") == "one two three"
