"""A folder of evidence is asked in SPARQL as the directory is: the same answers each time, the same walls around it."""

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from perseus.apps.sparql import QueryRefusedError
from perseus.querying import ask, gather
from support.chain import ChainSimulator, party, scheme
from support.keys import signer
from support.source_tree import HOME
from support.story import CAP, SHOWN_AT, Story
from trust.claims.halfhour import Month
from trust.errors import MalformedError
from verifiers.evidence import write_evidence

MONTHS = ((2026, 8), (2026, 10))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Leave two months of one firm, the later under a register in which the accounting provider was suspended."""
    found = tmp_path_factory.mktemp("evidence")
    for year, month in MONTHS:
        members = scheme()
        if month == MONTHS[-1][1]:
            members.suspend(party(CAP), at=SHOWN_AT)
        story = Story(opening=f"query {month}", month=Month(year, month))
        story.firm_signer = signer("first/firm")
        chain = ChainSimulator(story, scheme=members)
        shown = chain.presented()
        held = replace(chain.evidence(door=None), receipt=chain.receipt(shown))
        raw = write_evidence(shown, held, checkpoint=chain.scheme.checkpoint)
        (found / f"{month}.perseus.json").write_bytes(raw)
    return found


@pytest.fixture(scope="module")
def documented() -> dict[str, str]:
    """Give the queries that the how-to offers, by the names under which it saves them."""
    page = (HOME / "docs" / "how-to" / "trace-and-query.md").read_text()
    names = re.findall(r"`(\w+)\.rq`:", page)
    return dict(zip(names, re.findall(r"```sparql\n(.*?)```", page, re.DOTALL), strict=True))


def rows(folder: Path, query: str) -> list[dict[str, str]]:
    answer = ask(gather(folder, anchor=None), query, answer="csv")
    return list(csv.DictReader(io.StringIO(answer.decode())))


def perseus(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "perseus", "query", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False, text=True, timeout=60)


def test_the_figures_that_rest_on_a_suspended_member_are_found(
    folder: Path, documented: dict[str, str]
) -> None:
    late = folder / "10.perseus.json"
    alone = late.parent.parent / "late"
    alone.mkdir()
    (alone / late.name).write_bytes(late.read_bytes())
    found = rows(alone, documented["suspended"])
    assert [(one["month"], one["name"]) for one in found] == [("2026-10", "GreenLedger")]
    early = alone.parent / "early"
    early.mkdir()
    (early / late.name).write_bytes((folder / "8.perseus.json").read_bytes())
    assert rows(early, documented["suspended"]) == []


def test_the_months_without_a_figure_are_found(folder: Path, documented: dict[str, str]) -> None:
    found = [one["month"] for one in rows(folder, documented["months"])]
    assert found == [f"2026-{month:02}" for month in range(1, 13) if (2026, month) not in MONTHS]


def test_the_total_of_a_firm_is_the_sum_of_its_figures(folder: Path, documented: dict[str, str]) -> None:
    (total,) = rows(folder, documented["totals"])
    each = [json.loads(file.read_bytes()) for file in folder.glob("*.json")]
    kilograms = [
        round(1000 * float(row["kg"]))
        for one in each
        for held in one["presentation"]["verifiableCredential"]
        for row in held["credentialSubject"].get("rows", ())
    ]
    assert len(kilograms) == len(MONTHS)
    assert (total["gases"], total["figures"]) == ("CO2", "2")
    assert round(1000 * float(total["total"])) == sum(kilograms)


def test_each_file_is_a_graph_of_its_own_and_all_are_one_together(folder: Path) -> None:
    by_file = rows(
        folder,
        "SELECT ?file ?month WHERE { ?g <http://www.w3.org/2000/01/rdf-schema#label> ?file . GRAPH ?g { "
        "?f a <https://w3id.org/perseus/v1/vocabulary#Figure> ; "
        "<https://w3id.org/perseus/v1/vocabulary#month> ?month } } ORDER BY ?month",
    )
    assert by_file == [
        {"file": "8.perseus.json", "month": "2026-08"},
        {"file": "10.perseus.json", "month": "2026-10"},
    ]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
        "LOAD <file:///etc/passwd>",
        "SELECT * FROM <file:///etc/passwd> WHERE { ?s ?p ?o }",
        "DELETE WHERE { ?s ?p ?o }",
        "SELECT (NOW() AS ?t) WHERE {}",
        "DESCRIBE <x>",
        "SELECT " + "?x" * 9_000,
    ],
)
def test_what_the_directory_refuses_is_refused_here(folder: Path, query: str) -> None:
    with pytest.raises(QueryRefusedError):
        ask(gather(folder, anchor=None), query, answer="json")


def test_a_query_that_would_never_end_is_stopped(folder: Path) -> None:
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with pytest.raises(QueryRefusedError, match="more time or memory"):
        ask(gather(folder, anchor=None), endless, answer="json")


def test_a_form_that_the_answer_cannot_have_is_refused(folder: Path) -> None:
    with pytest.raises(MalformedError, match="turtle for CONSTRUCT"):
        ask(gather(folder, anchor=None), "ASK {}", answer="turtle")


@pytest.mark.parametrize(
    ("form", "query", "begins"),
    [
        ("table", "SELECT ?s WHERE { ?s a <https://w3id.org/perseus/v1/vocabulary#Figure> }", "s\n--"),
        ("csv", "SELECT ?s WHERE { ?s a <https://w3id.org/perseus/v1/vocabulary#Figure> }", "s\n"),
        ("json", "ASK {}", '{"head":{}'),
        ("table", "ASK {}", "yes\n"),
        ("turtle", "CONSTRUCT WHERE { ?s <https://w3id.org/perseus/v1/vocabulary#month> ?o }", "<"),
    ],
)
def test_the_command_answers_in_each_form(folder: Path, form: str, query: str, begins: str) -> None:
    ran = perseus(folder, query, "--format", form)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.replace("\r", "").startswith(begins)


def test_a_file_that_cannot_be_read_is_named_and_the_others_count(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "good.perseus.json").write_bytes((folder / "8.perseus.json").read_bytes())
    (tmp_path / "bad.perseus.json").write_bytes(b'{"a":1,"a":2}')
    query = tmp_path / "q.rq"
    query.write_text("SELECT ?f WHERE { ?f a <https://w3id.org/perseus/v1/vocabulary#Figure> }")
    ran = perseus(tmp_path, "--sparql", query)
    assert ran.returncode == 2
    assert "1 row\n" in ran.stdout
    assert "left out: bad.perseus.json" in ran.stderr


@pytest.mark.parametrize("arguments", [(), ("ASK {}", "--sparql", "x.rq")])
def test_a_query_stands_in_one_place(folder: Path, arguments: tuple[str, ...]) -> None:
    ran = perseus(folder, *arguments)
    assert ran.returncode == 2
    assert "QUERY, or --sparql FILE" in ran.stderr


def test_a_folder_without_evidence_is_refused(tmp_path: Path) -> None:
    ran = perseus(tmp_path, "ASK {}")
    assert ran.returncode == 2
    assert ".perseus.json" in ran.stderr
