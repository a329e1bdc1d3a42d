"""What the demonstration takes in: where it says the meter is, and what it refuses before anything is made."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from perseus.demo.preparing import MARK, clear, discard
from perseus.demo.supply import FROM_FILE, INVENTED, MADE_UP, UNSTATED, UPSTREAM, Supply, supply
from perseus.inputs import Inputs, Source
from perseus.made_up import made_up, with_faults
from trust.claims.halfhour import Month, instant
from trust.claims.intensity import ATTRIBUTION, LICENCE
from trust.claims.region import Region
from trust.errors import MalformedError

AT = instant("2026-11-23T12:00:00Z")
FAULTY = with_faults(7, Month(2023, 1))
NATIONAL = Inputs(
    meter=(Source("m.csv", FAULTY.meter_csv),), intensity=(Source("g.json", FAULTY.intensity_json),)
)
SCOTTISH = made_up(7, Month(2026, 2), months=1, outcode="IV1", region=Region.of(1))
REGIONAL = Inputs(
    meter=(Source("m.csv", SCOTTISH.meter_csv),), intensity=(Source("g.json", SCOTTISH.intensity_json),)
)


def placed(found: Supply) -> tuple[str, int, int]:
    return found.outcode, found.region.id, found.grid_region.id


def refusal(inputs: Inputs) -> MalformedError:
    with pytest.raises(MalformedError) as refused:
        supply(inputs, at=AT)
    return refused.value


def test_the_region_that_is_stated_is_the_one_that_is_signed() -> None:
    assert placed(supply(replace(NATIONAL, outcode="LS1"), at=AT)) == ("LS1", 5, 18)
    assert placed(supply(replace(NATIONAL, outcode="LS22", region=4), at=AT)) == ("LS22", 4, 18)
    assert placed(supply(replace(NATIONAL, region=5), at=AT)) == ("LS1", 5, 18)
    assert placed(supply(REGIONAL, at=AT)) == ("IV1", 1, 1)


def test_a_meter_that_nobody_places_is_placed_in_london_and_the_findings_say_so() -> None:
    found = supply(NATIONAL, at=AT)
    assert placed(found) == ("EC1A", 13, 18)
    assert "EC1A, in London (region 13)" in found.findings[-1].detail
    assert [finding.code for finding in found.findings].count("data.national_intensity") == 1


def test_a_source_is_named_only_where_the_files_name_it() -> None:
    rows = "from,intensity\n" + "".join(
        f"2023-01-{day:02}T{hour:02}:{minute:02}Z,100\n"
        for day in range(1, 32)
        for hour in range(24)
        for minute in (0, 30)
    )
    own = [replace(NATIONAL, intensity=(Source(*one),)) for one in plain_and_packed(rows.encode())]
    for found in (supply(inputs, at=AT) for inputs in own):
        assert "do not name their source" in found.attribution
        assert (found.licence, found.upstream_url) == (UNSTATED, FROM_FILE)
    answers = supply(NATIONAL, at=AT)
    assert (answers.attribution, answers.licence, answers.upstream_url) == (ATTRIBUTION, LICENCE, UPSTREAM)
    packed = Source("g.json.gz", gzip.compress(FAULTY.intensity_json))
    assert supply(replace(NATIONAL, intensity=(packed,)), at=AT).attribution == ATTRIBUTION
    invented = replace(answers, made_up=True)
    assert (invented.attribution, invented.licence, invented.upstream_url) == (INVENTED, UNSTATED, MADE_UP)


def plain_and_packed(content: bytes) -> tuple[tuple[str, bytes], ...]:
    return ("g.csv", content), ("g.csv.gz", gzip.compress(content))


def test_a_region_is_never_invented_for_an_outcode() -> None:
    refused = refusal(replace(NATIONAL, outcode="LS22"))
    assert (refused.where, refused.code) == ("--region", "data.location_unstated")
    assert "North East England (region 4) or Yorkshire (region 5)" in refused.expected
    assert refusal(replace(REGIONAL, outcode="LS1")).code == "data.region"


def test_quantities_that_no_credential_can_carry_are_refused_before_anything_is_made() -> None:
    fine = FAULTY.meter_csv.replace(b"\n", b".0000000000000000001\n").replace(
        b"value.0000000000000000001", b"value"
    )
    refused = refusal(replace(NATIONAL, meter=(Source("fine.csv", fine),)))
    assert refused.where.startswith("fine.csv: 2023-01: readings/")
    rows = FAULTY.meter_csv.split(b"\n")
    rows[4] = rows[4].split(b",")[0] + b",1000000000"
    huge = refusal(replace(NATIONAL, meter=(Source("huge.csv", b"\n".join(rows)),)))
    assert (huge.where, huge.code) == ("huge.csv: line 5", "data.range")


def test_a_story_that_ends_early_leaves_nothing_behind_and_one_with_evidence_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    clear(out)
    assert (out / MARK).exists()
    discard(out)
    assert not out.exists()
    clear(out)
    (out / "evidence").mkdir()
    discard(out)
    assert (out / "evidence").exists()
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    discard(foreign)
    assert foreign.exists()


@pytest.mark.parametrize("name", ["file", "file/below", "full"])
def test_what_is_no_folder_for_a_demonstration_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    with pytest.raises(MalformedError, match="an empty folder"):
        clear(tmp_path / name)
    assert (tmp_path / "full" / "mine").exists()
