"""Whatever happens later, a page as of a size stays what it was, and any process makes it byte for byte."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from properties.test_register import LATEST, SCHEME, Deed, grown, stories

from registry.projections.view import View
from registry.register import Register
from support.directory import every_page, storied
from support.scheme import START, SchemeSimulator
from support.source_tree import HOME

REPLAY = """
import hashlib, json, sys
from registry.anchor import Anchor
from registry.projections.view import View
from registry.register import Register
from support.directory import every_page
given = json.load(sys.stdin)
anchor = Anchor.from_json(given["anchor"].encode())
register = Register.replay([bytes.fromhex(one) for one in given["entries"]], anchor=anchor)
for size in given["sizes"]:
    pages = every_page(View.of(register, size=size))
    print(json.dumps({path: hashlib.sha256(page).hexdigest() for path, page in pages.items()}))
"""


@pytest.fixture(scope="module")
def scheme() -> SchemeSimulator:
    """Give a scheme in which everything has happened."""
    return storied()


@settings(max_examples=25)
@given(stories, st.integers(0, 12), st.integers(0, LATEST))
def test_no_later_event_changes_a_page_as_of_an_earlier_size(done: list[Deed], cut: int, day: int) -> None:
    register = grown(done)
    size = min(SCHEME.register.size + cut, register.size)
    then = Register.replay(register.entries[:size], anchor=SCHEME.anchor)
    at = START + timedelta(days=day)
    assert View.of(register, size=size).changes == View.of(then).changes
    assert every_page(View.of(register, size=size)) == every_page(View.of(then))
    assert every_page(View.of(register, size=size, at=at)) == every_page(View.of(then, at=at))


@pytest.mark.parametrize(
    "start", [1, pytest.param(2, marks=pytest.mark.soak), pytest.param(3, marks=pytest.mark.soak)]
)
def test_every_size_of_a_whole_story_is_told_as_it_was_told_then(start: int, scheme: SchemeSimulator) -> None:
    register = scheme.register
    for size in range(start, register.size, 3):
        then = Register.replay(register.entries[:size], anchor=scheme.anchor)
        assert every_page(View.of(register, size=size)) == every_page(View.of(then)), size


@settings(max_examples=25)
@given(stories, st.integers(0, LATEST * 86_400), st.integers(0, LATEST * 86_400))
def test_a_page_changes_only_where_something_begins_or_ends(done: list[Deed], one: int, other: int) -> None:
    register = grown(done)
    views = [View.of(register, at=START + timedelta(seconds=second)) for second in sorted((one, other))]
    between = [
        at for at in views[0].changes if views[0].at < at <= START + timedelta(seconds=max(one, other))
    ]
    assert (views[0].at == views[1].at) is (between == [])


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_every_projection_deleted_and_replayed_elsewhere_comes_back_byte_for_byte(
    seed: str, scheme: SchemeSimulator
) -> None:
    register = scheme.register
    sizes = [1, 4, register.size // 2, register.size]
    given_ = {
        "entries": [entry.hex() for entry in register.entries],
        "anchor": scheme.anchor.to_json().decode(),
        "sizes": sizes,
    }
    answer = subprocess.run(
        [sys.executable, "-c", REPLAY],
        input=json.dumps(given_),
        cwd=HOME,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(HOME / "tests"), "TZ": "Asia/Tokyo"},
        capture_output=True,
        text=True,
        check=True,
    )
    replayed = [json.loads(line) for line in answer.stdout.splitlines()]
    for size, found in zip(sizes, replayed, strict=True):
        pages = every_page(View.of(register, size=size))
        assert found == {path: hashlib.sha256(page).hexdigest() for path, page in pages.items()}
    assert len(replayed[-1]) > 80
