"""An evidence file of a witnessed scheme: it and the trust anchor decide, with or without a copy of one's own."""

import copy as copying
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from perseus.copies.folder import write_log
from perseus.verification import Question, judge
from registry.errors import RegisterError
from support.chain import AT, ChainSimulator, assert_good, assert_refused, party, scheme
from support.scheme import SchemeSimulator
from support.story import BANK, CAP, GRID, LIST_URL
from trust.canonical import Json, canonicalize
from trust.claims.halfhour import stamp
from trust.errors import UnavailableError
from trust.secured import Secured
from verifiers.evidence import write_evidence
from verifiers.file import verify_file
from verifiers.policy import Policy
from verifiers.verdict import verdict

DAY = timedelta(days=1)


def witnessed() -> ChainSimulator:
    """Give a chain in a scheme whose anchor demands two of three witnesses."""
    return ChainSimulator(scheme=scheme(witnesses=3))


def written(chain: ChainSimulator, note: str | None = None, *, vouched: bool = False) -> bytes:
    """Write the bank's file; unless vouched for, nothing but its witnesses says that the register is whole."""
    presented = chain.presented()
    lists = {LIST_URL: chain.status_list(seen=None if vouched else "")}
    held = chain.evidence(door=None, receipt=chain.receipt(presented), status_lists=lists)
    return write_evidence(presented, held, checkpoint=note or chain.scheme.checkpoint)


def judged(raw: bytes, chain: ChainSimulator) -> dict[str, Json]:
    report = verify_file(raw, policy=Policy.bank(), anchor=chain.anchor, at=AT)
    return verdict(report, at=AT, anchor=chain.anchor, policy=Policy.bank())


def obstacles(found: dict[str, Json]) -> set[str]:
    """Give the codes of what stands in the way."""
    checks = found["checks"]
    assert isinstance(checks, list)
    kinds = ("failed", "unknown")
    return {str(check["code"]) for check in checks if isinstance(check, dict) and check["outcome"] in kinds}


def test_the_file_and_the_anchor_alone_show_who_was_a_member_and_that_the_register_was_whole() -> None:
    chain = witnessed()
    found = judged(written(chain), chain)
    assert (found["overall"], obstacles(found)) == ("verified", set())


def test_without_witnesses_the_same_file_leaves_open_whether_that_was_all() -> None:
    chain = ChainSimulator()
    assert obstacles(judged(written(chain), chain)) == {"register.stale"}


def test_what_witnesses_last_saw_days_ago_is_not_relied_on_anew() -> None:
    chain = witnessed()
    chain.scheme.witnessed_at = AT - 3 * DAY
    assert obstacles(judged(written(chain), chain)) == {"register.stale"}
    assert judged(written(chain, vouched=True), chain)["overall"] == "verified"


def test_of_two_witnesses_the_earlier_time_counts() -> None:
    chain = witnessed()
    old = chain.scheme.cosigned("witness-0.example", at=AT - 3 * DAY)
    new = chain.scheme.cosigned("witness-1.example").splitlines()[-1]
    assert obstacles(judged(written(chain, f"{old}{new}\n"), chain)) == {"register.stale"}


def strangers(chain: ChainSimulator, *, at: datetime = AT) -> str:
    """Let two strangers cosign under the names of the witnesses, below the log's own signature."""
    forger = SchemeSimulator(witnesses=3, seed="forger")
    forger.register, forger.log, forger.witnessed_at = chain.register, chain.scheme.log, at
    return forger.checkpoint


def misfitting(chain: ChainSimulator) -> str:
    """Put a witness's cosignature of an earlier size under the newest checkpoint."""
    earlier = copying.copy(chain.scheme)
    earlier.register = chain.register.prefix(chain.register.size - 1)
    return chain.scheme.cosigned("witness-0.example") + earlier.checkpoint.splitlines()[-1] + "\n"


NOTES: tuple[tuple[Callable[[ChainSimulator], str], str], ...] = (
    (lambda chain: chain.scheme.cosigned(), "register.unwitnessed"),
    (lambda chain: chain.scheme.cosigned("witness-2.example"), "register.unwitnessed"),
    (lambda chain: chain.scheme.cosigned(*["witness-2.example"] * 2), "register.unwitnessed"),
    (strangers, "register.unwitnessed"),
    (misfitting, "register.forked"),
)


@pytest.mark.parametrize(("note", "code"), NOTES, ids=["none", "one", "one twice", "strangers", "misfit"])
def test_too_few_or_wrong_cosignatures_are_refused(note: Callable[[ChainSimulator], str], code: str) -> None:
    chain = witnessed()
    found = judged(written(chain, note(chain), vouched=True), chain)
    assert found["overall"] == "not_verified"
    assert code in obstacles(found)


def test_a_whole_forged_scheme_with_forged_witnesses_in_one_file_is_refused() -> None:
    chain = witnessed()
    forger = replace(chain, scheme=scheme(witnesses=3, seed="forger"))
    assert forger.scheme.anchor.scheme == chain.anchor.scheme
    raw = written(forger, vouched=True)
    found = judged(raw, chain)
    assert found["overall"] == "not_verified"
    assert "register.no_anchor" in obstacles(found)


def test_the_right_register_under_a_forged_log_and_its_witnesses_is_refused() -> None:
    chain = witnessed()
    forger = SchemeSimulator(witnesses=3, seed="forger")
    forger.register = chain.register
    found = judged(written(chain, forger.checkpoint), chain)
    assert found["overall"] == "not_verified"
    assert "register.forked" in obstacles(found)


def kept(chain: ChainSimulator, folder: Path, note: str | None = None) -> Path:
    """Keep a copy of a chain's register, with its anchor beside it."""
    copy, register = folder / "copy", chain.register
    write_log(copy, register.tree, register.entries, note or chain.scheme.checkpoint)
    (folder / "trust.json").write_bytes(chain.anchor.to_json())
    return copy


def with_copy(raw: bytes, copy: Path) -> dict[str, Json]:
    return judge(raw, Question(copy.parent / "trust.json", "bank", AT, None, offline=True, register=copy))


def test_ones_own_copy_shows_a_suspension_that_the_file_leaves_out(tmp_path: Path) -> None:
    chain = witnessed()
    raw = written(chain)
    assert judged(raw, chain)["overall"] == "verified"
    chain.scheme.suspend(party(CAP), at=chain.shown_at - 2 * DAY)
    found = with_copy(raw, kept(chain, tmp_path))
    assert "member.suspended_at_signing" in obstacles(found)


def test_ones_own_fresh_copy_says_how_old_the_files_register_is(tmp_path: Path) -> None:
    chain = witnessed()
    chain.scheme.witnessed_at = AT - 3 * DAY
    raw = written(chain)
    chain.scheme.witnessed_at = AT - timedelta(minutes=5)
    assert with_copy(raw, kept(chain, tmp_path))["overall"] == "verified"


def test_ones_own_stale_copy_does_not_hide_that_it_is_stale(tmp_path: Path) -> None:
    chain = witnessed()
    chain.scheme.witnessed_at = AT - 3 * DAY
    copy = kept(chain, tmp_path)
    assert obstacles(with_copy(written(chain), copy)) == {"register.stale"}


def test_a_file_that_is_newer_than_the_copy_is_judged_by_its_own_register(tmp_path: Path) -> None:
    chain = witnessed()
    copy = kept(chain, tmp_path)
    chain.scheme.join("did:web:late.example", name="Latecomer")
    assert with_copy(written(chain), copy)["overall"] == "verified"


def test_a_file_that_contradicts_the_copy_is_refused_as_a_fork(tmp_path: Path) -> None:
    chain = witnessed()
    other = copying.copy(chain.scheme)
    chain.scheme.join("did:web:one.example", name="One")
    other.join("did:web:two.example", name="Two")
    found = with_copy(written(replace(chain, scheme=other)), kept(chain, tmp_path))
    assert found["overall"] == "not_verified"
    assert obstacles(found) >= {"register.forked"}


def test_a_copy_mends_no_file_whose_own_register_is_refused(tmp_path: Path) -> None:
    chain = witnessed()
    raw = written(chain, chain.scheme.cosigned("witness-2.example"))
    assert "register.unwitnessed" in obstacles(with_copy(raw, kept(chain, tmp_path)))


def test_a_copy_that_is_not_whole_or_has_no_anchor_is_refused_before_any_file_is_judged(
    tmp_path: Path,
) -> None:
    chain = witnessed()
    raw, copy = written(chain), kept(chain, tmp_path, chain.scheme.cosigned())
    with pytest.raises(RegisterError, match="demands 2 of 3 witnesses"):
        with_copy(raw, copy)
    with pytest.raises(UnavailableError, match="no trust file was given"):
        judge(raw, Question(None, "bank", AT, None, offline=True, register=copy))


@pytest.mark.parametrize("named", ["option", "variable", "settings"])
def test_the_command_uses_the_copy_that_is_named(tmp_path: Path, named: str) -> None:
    chain = witnessed()
    (tmp_path / "file").write_bytes(written(chain))
    chain.scheme.suspend(party(CAP), at=chain.shown_at - 2 * DAY)
    copy = kept(chain, tmp_path)
    if named == "settings":
        (tmp_path / "settings.toml").write_text('register = "copy"\n')
    environment = {"PERSEUS_REGISTER": str(copy)} if named == "variable" else {}
    option = ["--register", str(copy)] if named == "option" else []
    command = [sys.executable, "-m", "perseus", "verify", "--json", "--offline", "--at", stamp(AT), *option]
    ran = subprocess.run(
        [*command, "--trust", str(tmp_path / "trust.json"), str(tmp_path / "file")],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "member.suspended_at_signing" in obstacles(json.loads(ran.stdout))


def test_every_truncation_and_every_flipped_byte_of_a_witnessed_file_is_refused() -> None:
    chain = witnessed()
    raw = written(chain)
    for cut in range(0, len(raw), len(raw) // 25):
        assert judged(raw[:cut], chain)["overall"] == "not_verified"
        flipped = raw[:cut] + bytes([raw[cut] ^ 1]) + raw[cut + 1 :]
        assert judged(flipped, chain)["overall"] != "verified", raw[cut - 20 : cut + 20]


def test_a_register_cut_to_what_witnesses_did_cosign_earlier_is_found_out() -> None:
    chain = witnessed()
    earlier = copying.copy(chain.scheme)
    earlier.witnessed_at = AT - 3 * DAY
    chain.scheme.suspend(party(CAP), at=chain.shown_at - 2 * DAY)
    assert "member.suspended_at_signing" in obstacles(judged(written(chain), chain))
    cut = json.loads(written(chain, vouched=True))
    cut["register"] = {
        "events": [json.loads(entry) for entry in earlier.entries],
        "checkpoint": earlier.checkpoint,
    }
    found = judged(canonicalize(cut), chain)
    assert (found["overall"], obstacles(found)) == ("undetermined", {"register.stale"})


def lists_dated(chain: ChainSimulator, before: timedelta) -> dict[str, Secured]:
    """Give the operator's list, dated so long before the witnesses saw the state of the register that it holds."""
    return {LIST_URL: chain.status_list(at=chain.scheme.witnessed_at - before)}


def test_a_receipt_that_is_dated_before_the_register_that_it_holds_was_witnessed_is_refused() -> None:
    chain = witnessed()
    presented = chain.presented()
    # The bank writes it at ten, and dates it to nine, when it might have been shown the chain.
    two = ("witness-0.example", "witness-1.example")
    forged = chain.receipt(presented, seen=chain.scheme.cosigned(*two, at=AT))
    report = chain.report(presented, door=None, receipt=forged)
    assert_refused(report, "signature.backdated", check="signature.time_proven")
    [found] = report.obstacles
    assert found.subject.kind == "ReceiptCredential"
    assert "Northern Bank dates its signature 2026-11-05T09:00" in found.detail
    assert_good(
        chain.report(presented, door=None, receipt=chain.receipt(presented, seen=chain.scheme.checkpoint))
    )


def test_what_a_log_of_another_key_or_without_a_quorum_says_moves_no_bound_of_a_receipt() -> None:
    chain = witnessed()
    presented = chain.presented()
    lone = chain.scheme.cosigned("witness-0.example", at=AT)
    for note in (strangers(chain, at=AT), lone, chain.scheme.cosigned()):
        assert_good(chain.report(presented, door=None, receipt=chain.receipt(presented, seen=note)))


def test_a_status_list_that_is_dated_before_the_register_that_it_holds_is_relied_on_neither() -> None:
    chain = witnessed()
    assert_good(chain.report(status_lists=lists_dated(chain, timedelta(seconds=60))))
    report = chain.report(status_lists=lists_dated(chain, timedelta(seconds=61)))
    assert_refused(report, "status.backdated", check="status.clear")
    assert report.obstacles[0].detail == (
        "The list is dated 2026-11-05T08:58Z, and what it holds did not exist before 2026-11-05T08:59Z."
    )


def test_who_the_verifier_is_comes_from_the_command_or_its_settings_and_never_from_the_file(
    tmp_path: Path,
) -> None:
    chain = witnessed()
    (tmp_path / "trust.json").write_bytes(chain.anchor.to_json())
    (tmp_path / "file").write_bytes(written(chain))
    settings = tmp_path / "settings.toml"

    def ran(*more: str) -> tuple[int, set[str]]:
        asked = ["verify", "--trust", str(tmp_path / "trust.json"), "--at", stamp(AT), "--json", *more]
        command = [sys.executable, "-m", "perseus", *asked, str(tmp_path / "file")]
        done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=60)
        return done.returncode, obstacles(json.loads(done.stdout)) if done.stdout else {done.stderr}

    assert ran()[0] == 0
    assert ran("--audience", str(BANK))[0] == 0
    code, found = ran("--audience", str(GRID))
    assert (code, "presentation.audience" in found) == (1, True)
    settings.write_text(f'audience = "{GRID}"\n')
    assert "presentation.audience" in ran()[1]
    assert ran("--audience", str(BANK))[0] == 0
    code, [said] = ran("--audience", "Northern Bank")
    assert (code, "--audience" in said) == (2, True)
