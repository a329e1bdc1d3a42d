"""Whatever the order, the chunks or the bytes: one figure, no float, no crash."""

import ast
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perseus.formats import carbon_intensity, grid, intensity_csv, n3rgy, octopus, perseus_api, supplier_csv
from perseus.formats.choice import choose
from perseus.formats.metering import settle
from perseus.formats.stamps import Zone
from perseus.made_up import Stream, with_faults
from support.source_tree import modules, place_of, syntax
from trust.claims.consumption import Readings, UnitCode
from trust.claims.emissions import calculate as multiply
from trust.claims.emissions import kilograms, total_of, weights
from trust.claims.halfhour import HalfHour, Month, Period
from trust.claims.intensity import IntensityKind, IntensitySeries
from trust.errors import MalformedError

FAULTY = with_faults(3, Month(2023, 2))
HEADER, *ROWS = FAULTY.meter_csv.decode().splitlines()
MONTH = Month(2023, 2).period
GRID = grid.settle((carbon_intensity.read(FAULTY.intensity_json),))
SERIES = choose(GRID, MONTH, kind=IntensityKind.ACTUAL).series
WORDS = [
    "start",
    "value",
    "from",
    "to",
    "data",
    "2023-01-01T00:00Z",
    "\n",
    ",",
    ":",
    "{",
    "}",
    "[",
    "]",
    '"',
    "1",
    "-",
]
READERS: list[Callable[[bytes], object]] = [
    supplier_csv.read,
    lambda content: supplier_csv.read(content, zone=Zone.LONDON, split_hours=True),
    perseus_api.read,
    carbon_intensity.read,
    intensity_csv.read,
    n3rgy.read,
    octopus.read,
]
slots = st.lists(
    st.tuples(st.none() | st.integers(0, 10**7), st.none() | st.integers(0, 800)), min_size=1, max_size=60
)


def grams(*chunks: Sequence[str]) -> tuple[Decimal, int, int]:
    files = [supplier_csv.read("\n".join([HEADER, *chunk]).encode()) for chunk in chunks]
    meter = settle(tuple(files))
    return multiply(meter.over(MONTH), SERIES).grams, len(meter.duplicates), len(meter.conflicts)


@given(st.integers(0, 10**9))
def test_the_order_of_the_rows_changes_nothing(seed: int) -> None:
    rows = [*ROWS, *ROWS[5:9], ROWS[20].split(",")[0] + ",1", ROWS[20]]
    chance = Stream(seed)
    shuffled = sorted(rows, key=lambda row: chance.draw(row, 0, 10**9))
    assert grams(shuffled) == grams(rows)
    assert grams(rows)[1:] == (5, 1)


@given(st.lists(st.integers(1, len(ROWS) - 1), max_size=6), st.integers(0, 3))
def test_the_chunks_that_rows_come_in_change_nothing(cuts: list[int], overlap: int) -> None:
    edges = [0, *sorted(set(cuts)), len(ROWS)]
    chunks = [ROWS[max(0, start - overlap) : end] for start, end in pairwise(edges)]
    assert grams(*chunks)[0] == grams(ROWS)[0]


@given(slots, st.integers(-12, 3))
def test_the_sum_is_the_one_that_fractions_give(
    pairs: list[tuple[int | None, int | None]], exponent: int
) -> None:
    period = Period(HalfHour(0), HalfHour(len(pairs)))
    values, intensities = tuple(v for v, _ in pairs), tuple(w for _, w in pairs)
    quality = "".join("-" if value is None else "M" for value in values)
    letters = "".join("-" if value is None else "F" for value in intensities)
    if exponent > 2:
        values = tuple(value and value % 10**6 for value in values)
    readings = Readings(period, UnitCode.WATT_HOUR, exponent, values, quality, bytes(32))
    series = IntensitySeries(period, intensities, letters)
    calculation = multiply(readings, series)
    exact = sum(
        (
            Fraction(v) * w
            for v, w in zip(values, intensities, strict=True)
            if v is not None and w is not None
        ),
        start=Fraction(0),
    )
    assert calculation.total == exact
    assert Fraction(calculation.grams) == exact * Fraction(10) ** (exponent - 3)
    vector = weights(series, quality)
    assert sum(w * (v or 0) for w, v in zip(vector, values, strict=True)) == calculation.total
    counts = calculation.coverage
    assert counts.counted + counts.missing_readings + counts.missing_intensity == len(pairs)


@given(st.integers(0, 10**30), st.integers(-25, 6))
def test_kilograms_are_the_nearest_gram_and_the_even_one_of_two(total: int, exponent: int) -> None:
    exact = Fraction(total) * Fraction(10) ** exponent
    rounded = kilograms(total, exponent=exponent)
    assert Fraction(rounded) * 1000 == round(
        exact
    )  # a Decimal would be rounded to 28 digits by its own arithmetic
    assert total_of((rounded, rounded)) == Decimal(f"{2 * round(exact)}e-3")


@given(
    st.sampled_from(READERS),
    st.binary(max_size=200) | st.lists(st.sampled_from(WORDS)).map("".join).map(str.encode),
)
def test_no_bytes_make_a_reader_fail_otherwise_than_by_saying_so(
    reader: Callable[[bytes], object], content: bytes
) -> None:
    try:
        found = reader(content)
    except MalformedError as error:
        assert str(error).isascii() or error.code  # noqa: PT017 - a refusal is the expected outcome, not the only one
    else:
        assert found is not None


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.just("2023-01-01T00:00Z"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "regions", "from", "to", "intensity", "forecast", "regionid", "shortname", "energy"]
            ),
            inner,
            max_size=4,
        )
    ),
)


@given(st.sampled_from([perseus_api.read, carbon_intensity.read, n3rgy.read, octopus.read]), json_values)
def test_no_json_makes_a_reader_fail_otherwise_than_by_saying_so(
    reader: Callable[[bytes], object], document: object
) -> None:
    with pytest.raises(MalformedError):
        reader(json.dumps({"data": document}).encode())


@given(st.lists(st.decimals(0, 10**6, places=6, allow_nan=False), min_size=1, max_size=40))
def test_what_a_meter_writes_is_added_exactly(numbers: list[Decimal]) -> None:
    lines = [f"{HalfHour(slot)},{number:f}" for slot, number in enumerate(numbers, start=48)]
    meter = settle((supplier_csv.read("\n".join(["start,value", *lines]).encode()),))
    assert meter.over(meter.period).total == sum(numbers)


def test_no_float_stands_in_the_claims_or_the_readers() -> None:
    floats = [
        place_of(path, node)
        for path in modules("trust/claims", "perseus/formats")
        for node in ast.walk(syntax(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
    ]
    assert floats == []
