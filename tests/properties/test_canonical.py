"""The fast canonical form is the reference's, whatever the value; what is read is what was written."""

import contextlib
import json
import re
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from trust.canonical import Json, canonicalize, parse
from trust.errors import MalformedError
from trust.jsontext import is_harmless, read_strictly, refuse_content

LARGEST = 2**53 - 1
INTEGERS = st.integers(-LARGEST, LARGEST)
ANY_TEXT = st.text(st.characters(codec="utf-8"))
# Text that looks like what the guards look for: numbers, exponents, nulls, brackets, quotes, escapes.
TRICKY = st.text(st.sampled_from('0123456789.eE+-:,[]{}"\\nul \u00e9\uff5e\U0001f600'))
TEXTS = ANY_TEXT | TRICKY | st.just("null") | st.just("1.5") | st.just(":1.5,[2e-7")


def values(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=6) | st.dictionaries(TEXTS, inner, max_size=6),
        max_leaves=25,
    )


OURS = values(st.none() | st.booleans() | INTEGERS | TEXTS)
FOREIGN = values(
    st.none() | st.booleans() | INTEGERS | TEXTS | st.floats(allow_nan=False, allow_infinity=False)
)
FINE = st.text(st.characters(codec="ascii", exclude_characters="\0"))
CLEAN = st.recursive(
    st.none() | st.booleans() | INTEGERS | FINE,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(FINE, inner, max_size=6),
    max_leaves=40,
)


@given(OURS)
@example({"\uffff": 1, "\U00010000": 2})
@example([":1.5", "null", {"e-7": -1}])
def test_our_values_are_written_as_the_reference_writes_them(value: Json) -> None:
    assert canonicalize(value) == rfc8785.dumps(value)


@given(FOREIGN)
@example([1e22, -1e-7, 5e-324])
@example({"a": -0.0})
@example(1e-7)
def test_floats_from_outside_are_written_as_the_reference_writes_them(value: Json) -> None:
    assert canonicalize(value) == rfc8785.dumps(value)


@given(st.floats())
@example(float("nan"))
def test_no_float_passes_the_guard_of_the_fast_path(number: float) -> None:
    for value in (number, [number], {"a": number}, [1, [number]], {"a": "b", "c": [{"d": number}]}):
        try:
            expected = rfc8785.dumps(value)  # type: ignore[arg-type] # a float is no value of ours
        except rfc8785.CanonicalizationError:
            with pytest.raises(MalformedError):
                canonicalize(value)  # type: ignore[arg-type] # the same
        else:
            assert canonicalize(value) == expected  # type: ignore[arg-type] # the same


@given(CLEAN)
def test_what_was_written_is_read_back(value: Json) -> None:
    assert parse(canonicalize(value), canonical=True) == value


@given(CLEAN, st.integers(0, 4))
def test_another_layout_has_the_same_meaning(value: Json, indent: int) -> None:
    raw = json.dumps(value, indent=indent, ensure_ascii=bool(indent % 2)).encode()
    assert parse(raw) == value


@given(FOREIGN)
def test_the_fast_reader_accepts_nothing_that_the_strict_reader_refuses(value: Json) -> None:
    raw = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    try:
        expected = read_strictly(raw)
    except MalformedError as refusal:
        with pytest.raises(MalformedError, match=re.escape(str(refusal))):
            parse(raw)
    else:
        assert parse(raw) == expected


@given(st.binary(max_size=60) | TRICKY.map(str.encode))
def test_any_bytes_are_read_or_refused_and_nothing_else_happens(raw: bytes) -> None:
    code, value = "", None
    try:
        value = parse(raw)
    except MalformedError as refusal:
        code = refusal.code
    if code:
        assert code.startswith("format.")
    else:
        assert canonicalize(parse(canonicalize(value), canonical=True)) == canonicalize(value)


@given(
    st.lists(st.sampled_from(['"]"', '"["', '"\\""', "1", '"}{"', '"\\\\"']), max_size=6), st.integers(28, 36)
)
def test_depth_is_measured_whatever_the_text_holds(texts: list[str], depth: int) -> None:
    before = "".join(f"{text}," for text in texts)
    raw = (f"[{before}" * depth + "0" + "]" * depth).encode()
    if depth <= 32:
        assert canonicalize(parse(raw, canonical=True)) == raw
    else:
        with pytest.raises(MalformedError, match="at most 32 levels"):
            parse(raw)


@given(st.lists(st.text(st.characters()) | TRICKY | st.just("did:e\u0301"), max_size=3), st.booleans())
def test_text_that_is_called_harmless_would_pass_the_walk(texts: list[str], escaped: bool) -> None:  # noqa: FBT001 # drawn
    text = json.dumps({"id": texts}, ensure_ascii=escaped)
    if is_harmless(text):
        refuse_content({"id": texts})
        assert not any("\u202e" in one for one in texts)
    else:
        assert not text.isascii() or "\\u" in text


@given(
    values(st.text(st.characters()) | st.sampled_from(["\0", "did:a\u200d", "\u202e", "\ud800"])),
    st.booleans(),
)
def test_no_spelling_hides_a_character_from_the_reader(value: Json, escaped: bool) -> None:  # noqa: FBT001 # drawn
    raw = json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    read = None
    with contextlib.suppress(MalformedError):
        read = parse(raw)
    refuse_content(read)
    assert read in (None, value)


@given(
    st.lists(st.sampled_from(['"a":1', '"a":1.5', '"b":{"a":1.5,"a":2}', '"b":[-0]', '"c":NaN', '"d":{}']))
)
def test_no_second_key_hides_a_refused_part(members: list[str]) -> None:
    raw = "{" + ", ".join(members) + "}"
    keys = [member[:3] for member in members]
    fine = len(set(keys)) == len(keys) and not any(part in raw for part in ("1.5", "-0", "NaN"))
    read = None
    with contextlib.suppress(MalformedError):
        read = parse(raw.encode())
    assert (read is not None) == fine
