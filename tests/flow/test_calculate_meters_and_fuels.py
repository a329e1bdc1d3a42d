"""`perseus calculate` with several meters and with gas: what a clerk and a program get, to the last digit."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import specs
from perseus.cli import main
from perseus.made_up import made_up
from trust.claims.halfhour import HalfHour, Month

FIRST = Month(2026, 5)
MADE = made_up(7, FIRST, months=3, missing=0)
SCHEMA = jsonschema_rs.validator_for(specs.document("calculate/calculate-v1.schema.json"))


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(["calculate", *arguments])
    assert isinstance(end.value.code, int)
    return end.value.code


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Run the command for a program; what it prints fits the published schema."""
    assert run(*arguments, "--json") == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    SCHEMA.validate(answer)
    return answer


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Write two electricity meters, one of them installed in the second month, and two of gas."""
    (tmp_path / "grid.json").write_bytes(MADE.intensity_json)
    (tmp_path / "shop.csv").write_bytes(MADE.meter_csv)
    whole = (MADE.months[0].period.first.number, MADE.months[-1].period.after.number)
    later = (MADE.months[1].period.first.number + 48, whole[1])
    write(tmp_path / "oven.csv", "value", later, "0.25")
    write(tmp_path / "boiler.csv", "volume [m3]", whole, "1.5")
    write(tmp_path / "heater.csv", "kWh", whole, "2")
    return tmp_path


def write(path: Path, column: str, slots: tuple[int, int], amount: str) -> None:
    """Write a meter that counts the same in every half-hour."""
    rows = [f"{HalfHour(slot)},{amount}" for slot in range(*slots)]
    path.write_text("\n".join([f"start,{column}", *rows, ""]))


def figures(answer: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(figure["month"], figure["fuel"]): figure for figure in answer["months"]}


def test_gas_takes_the_factor_that_was_in_force_when_each_month_began(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = told(capsys, "--meter", str(files / "boiler.csv"))
    found = {month: figure["kg_exact"] for (month, _), figure in figures(answer).items()}
    slots = {str(month): len(month.period) for month in MADE.months}
    per_m3 = {"2026-05": "2.06672", "2026-06": "2.06672", "2026-07": "2.02633"}
    expected = {month: Decimal(slots[month]) * Decimal("1.5") * Decimal(per_m3[month]) for month in slots}
    assert {month: Decimal(kg) for month, kg in found.items()} == expected
    first = answer["months"][0]
    assert (first["gases"], first["kwh"], first["m3"]) == ("CO2e", None, "2232")
    assert [factor["kg_per_unit"] for factor in answer["method"]["gas_factors"]] == ["2.06672", "2.02633"]
    assert (answer["method"]["scope"], answer["method"]["intensity_kind"]) == ("Scope 1", None)


def test_a_file_in_kwh_is_gas_where_it_is_given_as_gas(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = told(capsys, "--gas", str(files / "heater.csv"), "--from", "2026-05", "--to", "2026-06")
    kg = Decimal(1_488 * 2) * Decimal("0.18296")
    assert answer["total"]["kg"] == f"{kg:.3f}"
    assert "data.fuel_assumed" not in {finding["code"] for finding in answer["findings"]}


def test_both_fuels_of_four_meters_are_told_apart_and_together(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meters = [f"{name}={files / name}.csv" for name in ("shop", "oven")]
    answer = told(
        capsys,
        *("--meter", meters[0], "--meter", meters[1]),
        *("--gas", f"boiler={files / 'boiler.csv'}", "--gas", f"heater={files / 'heater.csv'}"),
        *("--intensity", str(files / "grid.json"), "--outcode", MADE.outcode),
    )
    alone = told(
        capsys,
        *("--meter", str(files / "shop.csv"), "--intensity", str(files / "grid.json")),
        *("--outcode", MADE.outcode),
    )
    oven = told(
        capsys,
        *("--meter", str(files / "oven.csv"), "--intensity", str(files / "grid.json")),
        *("--outcode", MADE.outcode, "--from", "2026-06"),
    )
    july = figures(answer)["2026-07", "electricity"]
    apart = [figures(one)["2026-07", "electricity"] for one in (alone, oven)]
    assert Decimal(july["kg_exact"]) == sum(Decimal(one["kg_exact"]) for one in apart)
    assert july["expected"] == 2 * 1_488
    may, gas = figures(answer)["2026-05", "electricity"], figures(answer)["2026-05", "gas"]
    assert (may["present"], may["missing"]) == (1_488, 1_488)  # the oven was not there yet, and that is said
    assert (gas["kwh"], gas["m3"]) == ("2976", "2232")
    assert answer["total"]["gases"] == "CO2 and CO2e"
    kg = [Decimal(figure["kg"]) for figure in (*answer["fuels"], answer["total"])]
    assert kg[0] + kg[1] == kg[2]
    gaps = [finding["detail"] for finding in answer["findings"] if finding["code"] == "data.gap"]
    assert gaps == [f"oven: 1,536 half-hours without a reading: {gap()}."]
    assert answer["method"]["meters"] == ["shop", "oven", "boiler", "heater"]


def gap() -> str:
    start, end = MADE.months[0].period.first, HalfHour(MADE.months[1].period.first.number + 48)
    return f"{start} to {end}"


def test_a_clerk_sees_each_fuel_its_unit_and_its_factor(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop, boiler = str(files / "shop.csv"), str(files / "boiler.csv")
    assert run("--meter", shop, "--meter", boiler, "--intensity", str(files / "grid.json")) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[1].split() == ["Month", "counted", "counted", "metered", "kg"]
    assert shown[3].split() == [
        *("2026-05", "gas", "1,488", "of", "1,488"),
        *("2,232", "m3") * 2,
        *("4,612.919", "CO2e"),
    ]
    assert any(line.startswith("Together ") and "CO2e of the gas" in line for line in shown)
    assert any(line.startswith("Gas: 2.06672 kg CO2e a m3, published 2025-06-10") for line in shown)


def test_a_file_that_says_it_is_electricity_is_not_taken_as_gas(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = {
        "data": [],
        "location": {"ukPostcodeOutcode": "SE1"},
    }
    reading = {
        "type": "electricity",
        "from": "2026-05-01T00:00:00Z",
        "to": "2026-05-01T00:30:00Z",
        "takenAt": "2026-05-02T00:00:00Z",
        "energy": {"value": 1, "unitCode": "KWH"},
        "cumulative": {"value": 1, "unitCode": "KWH"},
    }
    path = files / "api.json"
    path.write_text(json.dumps({**answer, "data": [reading]}))
    assert run("--gas", str(path)) == 2
    assert "expected gas, as it is named here, found electricity" in capsys.readouterr().err


def test_a_month_before_every_published_factor_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    early = Month(2024, 7)
    write(tmp_path / "old.csv", "kWh", (early.period.first.number, early.period.after.number), "1")
    assert run("--gas", str(tmp_path / "old.csv")) == 2
    shown = capsys.readouterr().err
    assert "old.csv: month: expected a month after 2024-07-08" in shown
    assert "calculation.method_unknown" in shown


def test_a_file_whose_name_has_an_equals_sign_is_found_as_it_is(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files)
    (files / "a=b.csv").write_bytes((files / "boiler.csv").read_bytes())
    assert told(capsys, "--gas", "a=b.csv")["method"]["meters"] == ["gas"]
    assert told(capsys, "--gas", "a=boiler.csv")["method"]["meters"] == ["a"]
