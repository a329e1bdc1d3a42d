"""`perseus calculate` as a clerk and a program meet it."""

import json
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from perseus.cli import main

DATA = Path(__file__).parents[1] / "data"
METER = str(DATA / "made-up-building-2023-01.csv")
GRID = str(DATA / "made-up-gb-intensity-2023-01.json")
PAIR = ("calculate", "--meter", METER, "--intensity", GRID)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


def test_a_clerk_sees_the_month_the_method_and_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*PAIR) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    above, heading, month, apart, *rest = shown.out.splitlines()
    assert above.split() == ["Half-hours", "kWh", "kWh"]
    assert heading.split() == ["Month", "counted", "counted", "metered", "kg", "CO2"]
    assert month.split() == ["2023-01", "1,483", "of", "1,488", "101,966", "102,273", "16,905.200"]
    assert apart.startswith("307 kWh were metered in half-hours without an intensity")
    assert len(month) <= 60
    assert "And 4 more." in shown.out
    assert "! data.implausible_zero" in rest


def test_a_program_gets_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*PAIR, "--json", "--outcode", "LS1", "--fill", "forecast") == 0
    answer = json.loads(capsys.readouterr().out)
    assert list(answer) == ["months", "total", "fuels", "method", "findings"]
    assert answer["total"]["missing"] == 0
    assert isinstance(answer["total"]["kg"], str)
    assert answer["method"]["fill"] == "forecast"


@pytest.mark.parametrize("first", ["2023-01", "2023-01-01", "2023-01-01T00:00:00Z"])
def test_a_month_can_be_named_in_three_ways(first: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*PAIR, "--json", "--from", first, "--to", "2023-02") == 0
    assert json.loads(capsys.readouterr().out)["total"]["month"] == "2023-01"


def test_several_months_have_a_total(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*PAIR, "--from", "2022-12") == 0
    assert "Total    1,483 of 2,976" in capsys.readouterr().out


def test_columns_are_as_wide_as_their_figures_and_end_at_the_watt_hour(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meter = tmp_path / "meter.csv"
    rows = Path(METER).read_text().splitlines()
    meter.write_text("\n".join([rows[0], *(row + ".199299999999998584" for row in rows[1:])]))
    assert run("calculate", "--meter", str(meter), "--intensity", GRID) == 0
    above, heading, month, *_ = capsys.readouterr().out.splitlines()
    assert month.split()[4:6] == ["102,261.562", "102,569.558"]
    assert len(above.rstrip()) < len(heading) == len(month)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((*PAIR, "--from", "January"), "--from: expected a month like 2023-01, found 'January'"),
        ((*PAIR, "--outcode", "BT1"), "Northern Ireland"),
        ((*PAIR, "--region", "99"), "--region: expected a region from 1 to 18, found 99"),
        ((*PAIR, "--region", "1", "--outcode", "LS1"), "the region of LS1: Yorkshire (region 5)"),
        (("calculate", "--meter", "nowhere.csv", "--intensity", GRID), "nowhere.csv cannot be read"),
        (("calculate", "--meter", GRID, "--intensity", GRID), "/location: expected"),
        ((*PAIR, "--meter-zone", "Mars"), "Mars"),
        (("calculate", "--meter", METER), "--intensity"),
    ],
)
def test_what_cannot_be_calculated_is_one_sentence_and_exit_code_2(
    arguments: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    if sentence.startswith("/location"):
        assert "made-up-gb-intensity-2023-01.json: /data/0: expected a member type" in shown.err
    else:
        assert sentence in shown.err
    assert "Traceback" not in shown.err


def test_a_control_character_in_a_file_never_reaches_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = tmp_path / "meter\x1b[31m.csv"
    hostile.write_text("start,value\n\x1b[31mred,1\n")
    assert run("calculate", "--meter", str(hostile), "--intensity", GRID) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_the_meter_can_come_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(Path(METER).read_bytes())))
    assert run("calculate", "--meter", "-", "--intensity", GRID, "--json") == 0
    assert json.loads(capsys.readouterr().out)["method"]["meter"][0]["name"] == "standard input"
