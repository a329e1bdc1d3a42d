"""Five meters of two fuels in two regions, over real HTTP: one report a month, and one meter that was not read once."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import cast

import pytest

from perseus.homes import load_grid
from perseus.storage.meters import Meter
from support.town import CODE, DID, METER, WALLET, Town, intensity_of, listed, readings_of
from trust.canonical import Json
from trust.claims.emissions import kilograms
from trust.claims.gas import gas_factors
from trust.claims.halfhour import Month
from trust.claims.region import GB

MONTHS = ("2026-08", "2026-09")


def meter(number: int, fuel: str, unit: str, exponent: int, region: tuple[int, str, str]) -> Meter:
    """Give a meter of the account."""
    source = f"urn:uuid:00000000-0000-4000-8000-00000000000{number}"
    number_of, name, outcode = region
    return Meter(source, CODE, fuel, outcode, number_of, name, unit, exponent, made_up=True)


LONDON, YORKSHIRE = (13, "London", "EC1A"), (5, "Yorkshire", "LS1")
SHOP = meter(1, "electricity", "WHR", -3, LONDON)
STORE = meter(2, "electricity", "WHR", -3, YORKSHIRE)
BOILER = meter(3, "gas", "MTQ", -6, LONDON)
OVENS = meter(4, "gas", "WHR", -3, YORKSHIRE)
METERS = (METER, SHOP, STORE, BOILER, OVENS)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Give a running town whose grid data provider has the national intensities as well."""
    town = Town(
        tmp_path_factory.mktemp("town"),
        months=MONTHS,
        meters=METERS,
        unread=frozenset({(OVENS.source, MONTHS[0])}),
    )
    load_grid(town.out, [intensity_of(month, GB.id, GB.name) for month in MONTHS])
    try:
        town.start()
        yield town
    finally:
        town.stop()


@pytest.fixture(scope="module")
def verdict(town: Town) -> Mapping[str, Json]:
    """Play the story once, and give the bank's verdict."""
    result = town.story()
    told = town.owner("bank").get(f"/v1/reports/{result['report']}")
    return cast("Mapping[str, Json]", told["verdict"])


def kg(month: str, *parts: tuple[int, int]) -> Decimal:
    """Weigh the readings of each meter by hand; a part is a weight in hundredths of a gram, and a shift of tens."""
    values = [value or 0 for value in readings_of(month).values]
    return kilograms(sum(sum(values) * weight * 10**shift for weight, shift in parts), exponent=-8)


def electric(month: str) -> Decimal:
    """Weigh two meters in London and one in Yorkshire by hand: milliwatt-hours times grams a kilowatt-hour."""
    values = readings_of(month).values
    total = sum(
        (value or 0) * (2 * (100 + slot % 97) + (92 + slot % 97)) for slot, value in enumerate(values)
    )
    return kilograms(total, exponent=-6)


def test_the_bank_gets_one_figure_for_each_fuel_and_month(verdict: Mapping[str, Json]) -> None:
    assert verdict["overall"] == "verified"
    figures = cast("list[dict[str, str]]", listed(verdict["figures"]))
    found = {(figure["from"][:7], figure["fuel"]): Decimal(figure["kg"]) for figure in figures}
    factors = gas_factors(Month.parse(MONTHS[0]))
    boiler, ovens = (factors.per_cubic_metre, 0), (factors.per_kilowatt_hour, 0)
    assert found == {
        (MONTHS[0], "electricity"): electric(MONTHS[0]),
        (MONTHS[0], "gas"): kg(MONTHS[0], boiler),
        (MONTHS[1], "electricity"): electric(MONTHS[1]),
        (MONTHS[1], "gas"): kg(MONTHS[1], boiler, ovens),
    }


def test_a_meter_that_was_not_read_is_named_with_its_share(verdict: Mapping[str, Json]) -> None:
    checks = cast("list[dict[str, str]]", listed(verdict["checks"]))
    warned = [check for check in checks if check["code"] == "data.source_missing"]
    assert [(check["outcome"], check["found"]) for check in warned] == [("warning", "1 of 5 meters missing")]
    assert "2026-08" in warned[0]["detail"] or "August 2026" in warned[0]["detail"]


@pytest.mark.usefixtures("verdict")
def test_the_same_readings_are_not_opened_again_under_the_national_intensities(town: Town) -> None:
    """New consents bring new vectors under new keys; the readings are the same, and so is the rule."""
    town.grant(town.ask())
    town.delivered()
    job = {
        "firm": str(town.firm),
        "wallet": WALLET,
        "grid": DID["grid"],
        "bank": DID["bank"],
        "months": list(MONTHS),
        "kind": "forecast",
    }
    for region, state, code in ((GB.id, "failed", "calculation.second_weights"), (None, "done", None)):
        begun = town.owner("cap").post("/local/reports", {**job, "region": region}, key=f"again {region}")
        result = town.finished(str(begun["id"]))
        told = town.owner("cap").get(f"/local/operations/{begun['id']}")
        assert (told["state"], result.get("code")) == (state, code)
