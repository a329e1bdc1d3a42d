"""A kept verdict comes out again by what was known then; what was recorded since is named."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from perseus.cli.verify import app
from perseus.copies.folder import write_log
from perseus.stored import Restated, read_stored, restate
from perseus.verification import Question, judge
from support.attacks import Attempt
from support.chain import AT, ChainSimulator, party, scheme
from support.story import CAP
from trust.canonical import canonicalize
from trust.claims.halfhour import stamp
from trust.errors import MalformedError
from verifiers.since import changes

LATER = AT + timedelta(hours=2)


class Kept:
    """A bank's file with the verdict on it, in a scheme that goes on."""

    def __init__(self, folder: Path, *, in_hand: bool = False) -> None:
        self.chain = ChainSimulator(scheme=scheme(witnesses=3))
        self.raw = Attempt(self.chain).file
        self.trust, self.folder = folder / "trust.json", folder / "copy"
        self.trust.write_bytes(self.chain.anchor.to_json())
        asked = Question(self.trust, "bank", AT, None, offline=True, in_hand=in_hand)
        self.stored = judge(self.raw, asked)
        assert self.stored["overall"] == "verified"

    def question(self, **other: object) -> Question:
        """Ask again two hours later, with a copy of the register of that time."""
        scheme = self.chain.scheme
        scheme.witnessed_at = LATER - timedelta(minutes=5)
        write_log(self.folder, scheme.register.tree, scheme.entries, scheme.checkpoint)
        settled: dict[str, object] = {"register": self.folder, **other}
        return Question(self.trust, "bank", LATER, None, offline=True, **settled)  # type: ignore[arg-type]  # its fields

    def restated(self, raw: bytes | None = None, **stored: object) -> Restated:
        """Hold the kept verdict, or one with other members, against the file."""
        held = {**self.stored, **stored}
        return restate(raw or self.raw, held, self.question())  # type: ignore[arg-type]  # JSON members


@pytest.mark.parametrize("in_hand", [False, True])
def test_a_kept_verdict_has_the_same_bytes_by_the_register_of_its_own_size(
    tmp_path: Path, *, in_hand: bool
) -> None:
    kept = Kept(tmp_path, in_hand=in_hand)
    kept.chain.scheme.suspend(party(CAP), at=kept.chain.shown_at - timedelta(days=2))
    found = kept.restated()
    assert (found.same, found.differences) == (True, ())
    size = kept.stored["known_at"]
    assert isinstance(size, int)
    again = judge(kept.raw, Question(kept.trust, "bank", AT, size, offline=True, in_hand=in_hand))
    assert canonicalize(again) == canonicalize(kept.stored)


def test_what_the_register_recorded_since_is_named_with_both_answers(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.chain.scheme.suspend(party(CAP), at=kept.chain.shown_at - timedelta(days=2))
    found = kept.restated()
    told = {one.what: (one.before, one.after) for one in found.changes if not one.document}
    assert told["overall"] == ("verified", "not verified")
    assert told["authentic_at_signing"] == ("yes", "no")
    named = [one for one in found.changes if "member.suspended_at_signing" in one.after]
    assert {one.kind for one in named} >= {"EmissionsCredential"}
    assert all(one.before == "passed" and "suspended" in one.detail for one in named)


def test_where_nothing_was_recorded_since_nothing_is_named(tmp_path: Path) -> None:
    found = Kept(tmp_path).restated()
    assert (found.same, found.changes, found.verdict["overall"]) == (True, (), "verified")


def test_a_verdict_that_somebody_mended_does_not_come_out(tmp_path: Path) -> None:
    found = Kept(tmp_path).restated(usable_now="no", overall="not_verified")
    assert not found.same
    assert {one.what for one in found.differences} == {"usable_now", "overall"}


def test_one_other_word_is_found_and_named(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    before = canonicalize(kept.stored)
    polished = json.loads(before.replace(b"The longest way", b"The shortest way", 1))
    assert canonicalize(polished) != before
    found = restate(kept.raw, polished, kept.question())
    assert not found.same
    assert [one.what for one in found.differences] == ["link.acyclic"]
    assert changes(kept.stored, polished) == ()


def test_a_verdict_on_another_file_does_not_come_out(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    found = kept.restated(raw=kept.raw[:-1])
    assert not found.same
    assert any(one.what == "format.parses" for one in found.differences)


@pytest.mark.parametrize(
    ("raw", "where"),
    [(b"{}", "/overall"), (b"[]", ""), (b'{"overall":"verified"}', "/at"), (b"", "")],
)
def test_what_is_no_verdict_is_refused_at_its_place(raw: bytes, where: str) -> None:
    with pytest.raises(MalformedError) as refused:
        read_stored(raw, where="kept")
    assert str(refused.value).startswith(f"kept{where}")


def test_a_verdict_without_a_size_of_the_register_cannot_be_held_against_one(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    with pytest.raises(MalformedError, match="a size of the register"):
        read_stored(canonicalize({**kept.stored, "known_at": None}), where="kept")


def test_another_policy_than_the_kept_verdicts_is_asked_for_by_name(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    asked = Question(kept.trust, "auditor", LATER, None, offline=True)
    with pytest.raises(MalformedError, match="the policy bank"):
        restate(kept.raw, kept.stored, asked)


@pytest.mark.parametrize("suspended", [False, True])
def test_the_command_says_both_and_its_exit_code_is_todays(tmp_path: Path, *, suspended: bool) -> None:
    kept = Kept(tmp_path)
    file, stored = tmp_path / "file", tmp_path / "kept.json"
    file.write_bytes(kept.raw)
    asked = ["--trust", str(kept.trust), "--offline"]
    first = CliRunner().invoke(app, [*asked, "--at", stamp(AT), "--json", str(file)])
    stored.write_text(first.stdout)
    if suspended:
        kept.chain.scheme.suspend(party(CAP), at=kept.chain.shown_at - timedelta(days=2))
    copy = str(kept.question().register)
    again = [*asked, "--at", stamp(LATER), "--register", copy, "--against", str(stored), str(file)]
    ran = CliRunner().invoke(app, again)
    assert ran.exit_code == (1 if suspended else 0)
    plain = " ".join(ran.stdout.split())
    assert "the kept verdict has the same bytes." in plain
    assert ("What has changed since:" in plain, "Nothing has changed since." in plain) == (
        suspended,
        not suspended,
    )
    told = json.loads(CliRunner().invoke(app, ["--json", *again]).stdout)
    assert told["against"]["same"] is True
    assert bool(told["changes"]) is suspended


def test_the_command_takes_one_file_beside_a_kept_verdict(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    file = tmp_path / "file"
    file.write_bytes(kept.raw)
    ran = CliRunner().invoke(app, ["--trust", str(kept.trust), "--against", str(file), str(file), str(file)])
    assert isinstance(ran.exception, MalformedError)
    assert "one file with --against" in str(ran.exception)
