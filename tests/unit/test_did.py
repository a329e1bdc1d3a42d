"""DIDs and DID URLs: what is one, what is not, and what a value gives back."""

import pytest

from trust.did import Did, DidUrl
from trust.errors import MalformedError

KEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"


@pytest.mark.parametrize(
    "text",
    ["did:web:edp.example", "did:web:localhost%3A8443:parties:edp", f"did:key:{KEY}", "did:example:a_b-c.d"],
)
def test_a_did_is_given_back_as_it_was_written(text: str) -> None:
    assert str(Did.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "did",
        "did:web",
        "did:web:",
        "did:web:a:",
        "DID:web:edp.example",
        "did:Web:edp.example",
        "did:web:edp.example#key",
        "did:web:edp.example/path",
        "did:web:edp.example?query",
        "did:web:edp example",
        "did:web:edp.example\n",
        "did:web:%zz",
        "did:key:6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
        "did:key:z0OIl",
        "did:web:" + "a" * 1_100,
    ],
)
def test_what_is_no_did_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="expected did:"):
        Did.parse(text)


@pytest.mark.parametrize(
    "text", ["did:web:edp\u200d.example", "did:web:\u202eedp", "did:web:ed\u0440.example"]
)
def test_a_character_that_deceives_the_eye_is_named_as_such(text: str) -> None:
    with pytest.raises(MalformedError) as refusal:
        Did.parse(text)
    assert refusal.value.code == "format.character"
    assert refusal.value.found.isascii()


def test_a_small_firm_is_named_by_its_key() -> None:
    firm = Did.key(KEY)
    assert (firm.method, firm.multikey) == ("key", KEY)
    assert str(firm.url(KEY)) == f"did:key:{KEY}#{KEY}"


def test_a_member_is_not_named_by_a_key() -> None:
    assert Did("did:web:edp.example").multikey is None
    assert Did("did:web:edp.example").method == "web"


def test_a_did_url_is_a_did_and_a_fragment() -> None:
    url = DidUrl.parse("did:web:edp.example#key-1")
    assert (url.did, url.fragment) == (Did("did:web:edp.example"), "key-1")
    assert str(url) == "did:web:edp.example#key-1"


@pytest.mark.parametrize(
    "text", ["did:web:edp.example", "did:web:edp.example#", "did:web:edp.example#a b", "#key"]
)
def test_what_is_no_did_url_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        DidUrl.parse(text)


def test_a_fragment_holds_no_second_fragment() -> None:
    with pytest.raises(MalformedError, match="fragment"):
        Did("did:web:edp.example").url("a#b")


def test_a_long_text_is_shown_in_part() -> None:
    with pytest.raises(MalformedError) as refusal:
        Did.parse("x" * 10_000)
    assert len(str(refusal.value)) < 200
