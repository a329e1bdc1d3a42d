"""Every check and code has its page, and the page says what the command says."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from perseus.cli.explain import app
from perseus.cli.explanation import checks, codes, explanation, problems
from support.check_pages import FOLDER, INDEX, written

EVERY = sorted({*checks(), *codes(), *problems()})
PAGES = written()


def test_the_pages_are_those_that_the_catalogue_writes() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert kept == PAGES, "run `make docs`"


def test_every_check_code_and_problem_has_its_page_and_the_index_leads_to_it() -> None:
    assert {Path(name).stem for name in PAGES} - {Path(INDEX).stem} == set(EVERY)
    assert set(re.findall(r"\]\(([^)]+)\.md\)", PAGES[INDEX])) == set(EVERY)


@pytest.mark.parametrize("code", EVERY)
def test_the_command_prints_every_sentence_of_the_page(code: str) -> None:
    told = "".join(CliRunner().invoke(app, [code]).stdout.split())  # a line may break at a hyphen
    page = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", PAGES[f"{code}.md"])
    found = explanation(code)
    assert found is not None
    for text in (found.title, found.meaning, *(text for _, text in found.rows)):
        assert "".join(text.split()) in told
        assert text in page


def test_a_page_fills_the_names_of_its_example() -> None:
    page = PAGES["member.suspended_at_signing.md"]
    assert "GreenLedger was suspended when it signed" in page
    assert "{" not in "".join(PAGES.values())


def test_a_code_that_two_checks_can_give_names_both() -> None:
    shared = {code: entry["also"] for code, entry in codes().items() if "also" in entry}
    assert shared
    for code, others in shared.items():
        assert all(f"[{other}]({other}.md)" in PAGES[f"{code}.md"] for other in others)
