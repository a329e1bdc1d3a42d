"""What a loan finances follows exactly from a verified chain, and from no other."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import specs
from perseus.cli import main
from support.chain import AT, ChainSimulator
from support.reported import SignedVerdict
from support.story import Story
from trust.claims.consumption import Fuel
from trust.claims.emissions import Emissions
from trust.claims.halfhour import Month
from trust.digest import Digest
from trust.errors import MalformedError
from trust.report import Overall
from verifiers.chain import Chain
from verifiers.dossier import figures_of
from verifiers.financed import Assured, Financed, Loan, Share, TotalValue, financed, part_of
from verifiers.pcaf import pcaf_answer

SCHEMA = jsonschema_rs.Draft202012Validator(json.loads(specs.read("pcaf/pcaf-v1.schema.json")), offline=True)
LOAN = Loan(Decimal(250_000), Decimal(1_800_000))
STATEMENT = Assured("Ledger & Partners LLP", Digest.of(b"a statement"))
WHOLE = ChainSimulator(Story(missing=()))
GAPPED = ChainSimulator()
FORGED = replace(WHOLE, revoked=tuple(range(1, 9)))
Run = Callable[..., tuple[int, str, str]]


def chain_of(chain: ChainSimulator) -> Chain:
    return Chain.of(chain.presented(), beside=(), receipt=None, register=chain.register)


def attributed(chain: ChainSimulator, loan: Loan = LOAN, *, assured: Assured | None = None) -> Financed:
    return financed(chain.report(), chain_of(chain), loan, assured=assured)


def answered(found: Financed) -> dict[str, object]:
    answer = pcaf_answer(found, about=WHOLE.report().about, at=AT)
    assert [error.message for error in SCHEMA.iter_errors(answer)] == []
    return dict(answer)


def test_the_share_of_a_loan_is_an_exact_fraction() -> None:
    assert LOAN.attribution == Fraction(5, 36)
    answer = answered(attributed(WHOLE))
    assert answer["attribution"] == {"numerator": "5", "denominator": "36", "decimal": "0.138889"}


def test_the_financed_kilograms_are_the_share_of_the_reported_ones_rounded_once() -> None:
    found = attributed(WHOLE)
    [figure] = figures_of(next(claim for _, claim in chain_of(WHOLE).claims(Emissions)))
    assert [(share.kg, share.scope, share.gases) for share in found.shares] == [
        (figure.kg, "Scope 2, location-based", "CO2")
    ]
    assert found.financed_kg == part_of(figure.kg, Fraction(5, 36))


@pytest.mark.parametrize(
    ("kg", "share", "expected"),
    [
        ("0.001", Fraction(1, 2), "0.000"),
        ("0.003", Fraction(1, 2), "0.002"),
        ("1.000", Fraction(1, 3), "0.333"),
        ("2.000", Fraction(1, 3), "0.667"),
        ("123456789.123", Fraction(1), "123456789.123"),
    ],
)
def test_a_share_is_rounded_half_to_even_to_the_gram(kg: str, share: Fraction, expected: str) -> None:
    assert part_of(Decimal(kg), share) == Decimal(expected)


@given(st.integers(0, 10**12), st.integers(1, 10**12), st.integers(1, 10**12))
def test_a_share_lies_within_half_a_gram_of_the_exact_one(grams: int, part: int, more: int) -> None:
    share = Fraction(part, part + more)
    found = part_of(Decimal(grams).scaleb(-3), share)
    assert abs(Fraction(found) * 1000 - grams * share) <= Fraction(1, 2)
    assert found.as_tuple().exponent == -3


def test_complete_metered_data_score_2_and_say_why_not_1() -> None:
    quality = attributed(WHOLE).quality
    assert quality is not None
    assert (quality.score, quality.option) == (2, "2a")
    assert any("auditor" in reason for reason in quality.reasons)


def test_gaps_score_3_and_are_named_by_month() -> None:
    quality = attributed(GAPPED).quality
    assert quality is not None
    assert quality.score == 3
    assert "Not measured in 2026-10: 2 of 1,488 half-hours." in quality.reasons


@pytest.mark.parametrize("chain", [WHOLE, GAPPED], ids=["whole", "gapped"])
def test_the_score_is_the_one_that_the_verdict_speaks_of(chain: ChainSimulator) -> None:
    quality = attributed(chain).quality
    told = next(check.detail for check in chain.report() if check.name == "policy.quality")
    assert quality is not None
    assert told == f"The data quality score is {quality.score}."


def test_score_1_needs_an_auditors_statement_and_complete_data() -> None:
    whole, gapped = attributed(WHOLE, assured=STATEMENT), attributed(GAPPED, assured=STATEMENT)
    assert whole.quality is not None
    assert gapped.quality is not None
    assert (whole.quality.score, whole.quality.option) == (1, "1a")
    assert gapped.quality.score == 3
    notes = answered(whole)["notes"]
    assert isinstance(notes, list)
    assert any("Ledger & Partners LLP" in note and "nobody here has judged it" in note for note in notes)


def test_a_chain_that_is_not_verified_has_no_figure_and_no_score_whoever_assures_it() -> None:
    found = attributed(FORGED, assured=STATEMENT)
    assert found.overall is Overall.NOT_VERIFIED
    answer = answered(found)
    assert (answer["attribution"], answer["emissions"], answer["total"], answer["data_quality"]) == (
        None,
        [],
        None,
        None,
    )
    refused = answer["refused"]
    assert isinstance(refused, list)
    assert {one["code"] for one in refused} == {"status.revoked"}


def test_what_cannot_be_told_is_not_attributed_either() -> None:
    report = WHOLE.report(status_lists={})
    assert report.overall is Overall.UNDETERMINED
    assert financed(report, chain_of(WHOLE), LOAN).shares == ()


def test_nothing_is_added_for_months_that_are_not_there() -> None:
    found = attributed(WHOLE)
    assert not found.is_whole_year
    notes = answered(found)["notes"]
    assert isinstance(notes, list)
    assert "It covers 1 month, not a year; nothing is added for others." in notes


@pytest.mark.parametrize(
    ("months", "whole"),
    [
        ([Month(2025, 11 + i) if i < 2 else Month(2026, i - 1) for i in range(12)], True),
        ([Month(2026, i) for i in range(1, 12)], False),
        ([*(Month(2026, i) for i in range(1, 12)), Month(2027, 1)], False),
    ],
)
def test_a_year_is_twelve_months_one_after_the_other(months: list[Month], whole: bool) -> None:  # noqa: FBT001 - as listed
    assert replace(attributed(WHOLE), months=tuple(months)).is_whole_year is whole


def test_gas_and_electricity_are_added_only_with_the_word_that_they_are() -> None:
    found = attributed(WHOLE)
    gas = Share(Fuel.GAS, "Scope 1", "CO2e", 1, Decimal("10.000"), Decimal("1.389"))
    both = replace(found, shares=(*found.shares, gas))
    answer = answered(both)
    assert answer["total"] == {
        "kg": f"{found.kg + 10:f}",
        "financed_kg": f"{found.financed_kg + Decimal('1.389'):f}",
        "gases": ["CO2", "CO2e"],
    }
    notes = answer["notes"]
    assert isinstance(notes, list)
    assert "The total adds kilograms of CO2 and of CO2e." in notes


@pytest.mark.parametrize(
    ("outstanding", "total"), [("0", "10"), ("-1", "10"), ("11", "10"), ("1", "0"), ("NaN", "10")]
)
def test_a_loan_that_no_share_follows_from_is_refused(outstanding: str, total: str) -> None:
    with pytest.raises(MalformedError) as refused:
        Loan(Decimal(outstanding), Decimal(total))
    assert refused.value.code == "data.range"


def test_a_listed_firm_is_measured_by_its_enterprise_value() -> None:
    found = attributed(WHOLE, replace(LOAN, total_value_is=TotalValue.EVIC))
    notes = answered(found)["notes"]
    assert isinstance(notes, list)
    assert any("enterprise value" in note for note in notes)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in a folder with an evidence file and its anchor."""
    made = SignedVerdict(WHOLE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    Path("bank.perseus.json").write_bytes(made.file)
    Path("forged.perseus.json").write_bytes(SignedVerdict(FORGED).file)
    Path("trust.json").write_bytes(WHOLE.anchor.to_json())
    at = f"{AT + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"

    def ran(file: str, *arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(("pcaf", file, "--trust", "trust.json", "--at", at, *arguments))
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return ran


def test_the_command_tells_the_figure_its_steps_and_its_score(run: Run) -> None:
    code, out, _ = run("bank.perseus.json", "--outstanding", "£250,000", "--total-value", "1800000.00")
    assert code == 0
    assert "0.138889 (5/36)" in out
    assert "Data quality score 2 (option 2a)" in out
    assert "Electricity, Scope 2" in out


def test_the_command_prints_json_by_its_schema(run: Run) -> None:
    code, out, _ = run("bank.perseus.json", "--outstanding", "1", "--total-value", "3", "--json")
    answer = json.loads(out)
    assert code == 0
    assert SCHEMA.is_valid(answer)
    assert answer["loan"] == {
        "outstanding": "1",
        "total_value": "3",
        "total_value_is": "equity-and-debt",
        "currency": "GBP",
    }


def test_a_forged_chain_ends_with_1_and_nothing_attributed(run: Run) -> None:
    code, out, _ = run("forged.perseus.json", "--outstanding", "1", "--total-value", "3")
    assert code == 1
    assert out.startswith("NOTHING IS ATTRIBUTED: the chain is not verified")
    assert "status.revoked" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--outstanding", "1e3", "--total-value", "3"), "--outstanding: expected an amount"),
        (("--outstanding", "1,00", "--total-value", "300"), "--outstanding: expected an amount"),
        (("--outstanding", "4", "--total-value", "3"), "at most the total value, 3"),
        (
            ("--outstanding", "1", "--total-value", "3", "--currency", "pounds"),
            "--currency: expected three letters",
        ),
        (
            ("--outstanding", "1", "--total-value", "3", "--assured-by", "X"),
            "--assurance: expected the statement",
        ),
        (("--outstanding", "1", "--total-value", "3", "--assurance", "trust.json"), "--assured-by: expected"),
    ],
)
def test_a_choice_that_cannot_be_is_one_sentence_and_2(
    run: Run, arguments: tuple[str, ...], told: str
) -> None:
    code, _, err = run("bank.perseus.json", *arguments)
    assert code == 2
    assert told in " ".join(err.split())


def test_a_named_statement_is_held_by_its_digest(run: Run) -> None:
    Path("statement.pdf").write_bytes(b"We have examined the emissions.")
    code, out, _ = run(
        "bank.perseus.json",
        *("--outstanding", "1", "--total-value", "3", "--json"),
        *("--assurance", "statement.pdf", "--assured-by", "Ledger & Partners LLP"),
    )
    answer = json.loads(out)
    assert code == 0
    assert answer["assurance"]["digest"] == Digest.of(b"We have examined the emissions.").multibase
    assert answer["data_quality"]["score"] == 1
