"""What a terminal shows: lines that fit it, commands that can be typed, and the reason for what was not done."""

from collections.abc import Mapping

import pytest

from perseus.cli.explain import pointer_to
from perseus.cli.text import command_lines
from perseus.cli.tree import draw
from perseus.demo.telling import Teller
from perseus.formats.finding import Finding
from trust.canonical import Json

COUNTS = {"passed": 1, "failed": 1, "warning": 0, "unknown": 0, "not_run": 2, "not_applicable": 0}


def check(name: str, outcome: str, *waits: str) -> dict[str, Json]:
    return {
        "name": name,
        "code": name,
        "area": {"member": "membership", "data": "data"}.get(name.split(".", maxsplit=1)[0], "calculation"),
        "outcome": outcome,
        "title": name,
        "detail": f"It waits for {', '.join(waits)}." if waits else name,
        "depends_on": list(waits),
    }


def drawn(*checks: Mapping[str, Json]) -> list[str]:
    verdict: dict[str, Json] = {
        "overall": "not_verified",
        "authentic_at_signing": "no",
        "usable_now": "no",
        "counts": COUNTS,
        "checks": list(checks),
    }
    return draw(verdict)


def test_what_was_not_run_names_the_area_that_it_rests_on_in_the_end() -> None:
    role, sound = check("member.had_role", "failed"), check("data.sound", "not_run", "member.had_role")
    waiting = check("calculation.sum", "not_run", "data.sound")
    shown = "\n".join(drawn(role, sound, waiting))
    assert "calculation not run: membership failed" in shown
    shown = "\n".join(drawn(role, sound, check("calculation.method", "passed"), waiting))
    assert "calculation 1/2, 1 not run: membership failed" in shown


def test_what_is_the_same_of_several_half_hours_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    missing = [Finding("data.missing", f"2026-01-0{day}T00:00:00Z", "It is null.") for day in (1, 2, 3)]
    other = Finding("data.missing", "2026-01-09T00:00:00Z", "It is negative.")
    Teller().findings([missing[0], Finding("data.fuel", "", "No fuel is named."), *missing[1:], other])
    told = [" ".join(line.split()) for line in capsys.readouterr().err.split(" ! ")[1:]]
    assert told == [
        "data.missing 2026-01-01T00:00:00Z It is null. So at 2 more, the last 2026-01-03T00:00:00Z.",
        "data.fuel No fuel is named.",
        "data.missing 2026-01-09T00:00:00Z It is negative.",
    ]


def test_a_question_that_nothing_in_the_list_answers_still_has_a_reason() -> None:
    assert "calculation not run: It waits for x.y" in drawn(check("calculation.sum", "not_run", "x.y"))[-1]
    ring = [check("data.a", "not_run", "data.b"), check("data.b", "not_run", "data.a")]
    assert "data not run: It waits for" in drawn(*ring)[-1]


@pytest.mark.parametrize("columns", ["40", "60", "80", "100"])
def test_no_line_of_the_story_is_wider_than_the_terminal(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    teller = Teller()
    teller.done("Scheme", "register opened, two officers signed 23 events", "perseus-demo/registry/")
    teller.done("Members", "energy data provider, grid data provider, carbon accounting provider, bank")
    teller.say("     The bank checked the sum without seeing a reading; an auditor differs by 0.000 kg.")
    teller.note("data.gap  2026-01-01T00:00:00Z  " + "One half-hour is missing. " * 5)
    words = ["perseus", "verify", "--trust", "out/trust.json", "out/with space.json"]
    teller.command("Try", words)
    lines = capsys.readouterr().err.splitlines()
    assert max(map(len, lines)) <= int(columns)
    typed = " ".join(line.removesuffix("\\").split("Try")[-1].strip() for line in lines[-5:] if "out" in line)
    assert "'out/with space.json'" in typed


def test_a_command_is_broken_between_its_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    word = "w" * 70
    assert command_lines(["perseus", word, "x"], indent="  ") == ["  perseus \\", f"  {word} \\", "  x"]
    assert command_lines(["perseus", "x"], indent="  ") == ["  perseus x"]


def test_a_refusal_points_only_to_what_can_be_explained() -> None:
    assert pointer_to("data.region") == "See: perseus explain data.region"
    assert pointer_to("file.missing") == "See: perseus explain file.missing"
    assert pointer_to("file.of_no_name") == ""


def test_a_place_stands_at_the_end_of_a_line_or_under_it_and_never_behind_a_line_that_was_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    teller = Teller()
    teller.done("Scheme", "register opened", "demo/registry/")
    teller.done("Consent", "Baker & Sons allows 2 uses until 24 Nov 2027", "demo/wallet/")
    first, *second = capsys.readouterr().err.splitlines()
    assert first.endswith("register opened            demo/registry/")
    assert [line.strip() for line in second[1:]] == ["2027", "demo/wallet/"]
    assert [len(line) - len(line.lstrip()) for line in second[1:]] == [19, 19], "under the text, not ragged"


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_no_line_of_a_verdict_is_wider_than_the_terminal(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    failed = check("member.suspended_at_signing", "failed") | {
        "title": "Murk Carbon was suspended when it signed this and everything else in the chain",
        "detail": "Murk Carbon was suspended when it signed: suspended since 2026-11-24T18:36:27Z.",
        "remedy": "Ask Murk Carbon to sign again once it is reinstated.",
    }
    lines = drawn(failed, check("data.sound", "not_run", "member.suspended_at_signing"))
    assert max(map(len, lines)) <= columns
    told = [line.strip("│├└─ ✗|`-x") for line in lines]
    assert "member.suspended_at_signing" in told, "a code is never broken, so that it can be copied"
