"""The vectors of signing times: read from the file alone, made again byte for byte, and each as it says."""

import json
from typing import Any

import pytest

from support.time_vectors import FILE, answered, text_of, written

PUBLISHED: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", PUBLISHED["vectors"], ids=lambda vector: vector["name"])
def test_a_date_is_believed_doubted_or_refused_as_its_vector_says(vector: dict[str, Any]) -> None:
    assert answered(PUBLISHED, vector) == vector["expect"]


def test_the_file_is_the_one_that_is_written() -> None:
    assert text_of(written()) == FILE.read_text(encoding="utf-8")


def test_every_answer_occurs_and_no_document_twice_with_the_same_evidence() -> None:
    outcomes = {vector["expect"]["outcome"] for vector in PUBLISHED["vectors"]}
    assert outcomes == {"passed", "unknown", "failed"}
    asked = [{**vector, "name": "", "expect": ""} for vector in PUBLISHED["vectors"]]
    assert all(asked.count(one) == 1 for one in asked)
