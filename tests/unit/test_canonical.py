"""JSON read so that it has one meaning, and written in one form."""

import time
from math import inf, nan

import orjson
import pytest
import rfc8785

from trust.canonical import (
    CREDENTIAL_LIMIT,
    EVIDENCE_LIMIT,
    RESOURCE_LIMIT,
    Json,
    canonicalize,
    parse,
    parse_object,
)
from trust.errors import MalformedError


def refusal(raw: bytes, *, canonical: bool = False) -> MalformedError:
    with pytest.raises(MalformedError) as caught:
        parse(raw, canonical=canonical, limit=EVIDENCE_LIMIT)
    return caught.value


@pytest.mark.parametrize(
    ("raw", "code", "where"),
    [
        (b'{"a":1,"a":2}', "format.duplicate_key", "/"),
        (rb'{"iss":1,"\u0069ss":2}', "format.duplicate_key", "/"),
        (b'{"x":[{"b":1,"b":1}]}', "format.duplicate_key", "/x/0"),
        (b"[NaN]", "format.unparseable", "/0"),
        (b'{"a/b~c":-Infinity}', "format.unparseable", "/a~1b~0c"),
        (b"[1e400]", "format.unparseable", "/0"),
        (b"[" + b"9" * 5_000 + b"]", "format.unparseable", "/0"),
        (b"[0,9007199254740992]", "format.unparseable", "/1"),
        (b"[-9007199254740992]", "format.unparseable", "/0"),
        (b"[18446744073709551616]", "format.unparseable", "/0"),
        (b"[-0]", "format.unparseable", "/0"),
        (b"[1.0]", "format.unparseable", "/0"),
        (b"[1.5]", "format.unparseable", "/0"),
        (b"1.5", "format.unparseable", "/"),
        (b"[1e-7]", "format.unparseable", "/0"),
        (b'{"a":-1e22}', "format.unparseable", "/a"),
        (b"\xef\xbb\xbf{}", "format.encoding", "byte 0"),
        ('{"a":1}'.encode("utf-16"), "format.encoding", "byte 0"),
        ('{"a":1}'.encode("utf-16-le"), "format.encoding", "byte 0"),
        ('{"a":1}'.encode("utf-32-be"), "format.encoding", "byte 0"),
        (b'["\xc0\xaf"]', "format.encoding", "byte 2"),
        (b'["\xed\xa0\x80"]', "format.encoding", "byte 2"),
        (rb'["\ud800"]', "format.character", "/0"),
        (rb'{"a":"\u0000"}', "format.character", "/a"),
        ('["\u202eabc"]'.encode(), "format.character", "/0"),
        ('{"\u200b":1}'.encode(), "format.character", r"/\u200b"),
        ('["did:web:a\u200d"]'.encode(), "format.character", "/0"),
        ('["https://example.org/e\u0301"]'.encode(), "format.character", "/0"),
        (b"", "format.unparseable", "line 1, column 1"),
        (b"{} x", "format.unparseable", "line 1, column 4"),
        (b'{"a":1,}', "format.unparseable", "line 1, column 8"),
        (b"{'a':1}", "format.unparseable", "line 1, column 2"),
        (b"{}\n// comment", "format.unparseable", "line 2, column 1"),
        (b'{"a":', "format.unparseable", "line 1, column 6"),
        (b'["a\x01"]', "format.unparseable", "line 1, column 4"),
        (b"[" * 33 + b"]" * 33, "format.too_deep", "/0" * 32),
        (b"[" * 33 + b"1" + b"]" * 33, "format.too_deep", "/0" * 32),
        (b"[" * 100_000 + b"]" * 100_000, "format.too_deep", "the document"),
    ],
)
def test_json_with_two_meanings_is_refused_where_it_stands(raw: bytes, code: str, where: str) -> None:
    for canonical in (False, True):
        error = refusal(raw, canonical=canonical)
        assert (error.code, error.where) == (code, where)


@pytest.mark.parametrize(
    "raw",
    [
        b"null",
        b"[]",
        b"{}",
        b'{"a":[1,-9007199254740991,"x",true,null]}',
        b"[" * 32 + b"]" * 32,
        b"[" * 32 + b"1" + b"]" * 32,
        '["Caf\u00e9 \U0001f600"]'.encode(),
        b'{"note":"a\\nb\\\\\\"{[[["}',
        '["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"]'.encode(),
        b'{"id":"urn:uuid:5e-0","kg":"123.456","version":"1.0"}',
    ],
)
def test_what_is_canonical_is_read_and_written_back_alike(raw: bytes) -> None:
    assert canonicalize(parse(raw, canonical=True)) == raw


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b" [1]", "byte 0"),
        (b"[1, 2]", "byte 3"),
        (b'{"b":1,"a":2}', "byte 2"),
        (rb'["\u0041"]', "byte 2"),
        (rb'["\/"]', "byte 2"),
        (b"[1]\n", "byte 3"),
    ],
)
def test_another_spelling_is_readable_but_not_canonical(raw: bytes, where: str) -> None:
    parse(raw)
    error = refusal(raw, canonical=True)
    assert (error.code, error.where) == ("format.not_canonical", where)


def test_keys_are_ordered_as_utf_16_orders_them() -> None:
    value: Json = {"\U0001f600": 1, "\uff5e": 2}
    raw = canonicalize(value)
    assert raw == '{"\U0001f600":1,"\uff5e":2}'.encode()
    assert parse(raw, canonical=True) == value
    by_code_point = '{"\uff5e":2,"\U0001f600":1}'.encode()
    assert refusal(by_code_point, canonical=True).code == "format.not_canonical"


def test_the_callers_name_for_the_document_comes_first() -> None:
    with pytest.raises(MalformedError, match=r"^evidence\.json: /0: expected an integer"):
        parse(b"[1.5]", where="evidence.json")


def test_a_document_over_the_limit_is_not_read() -> None:
    with pytest.raises(MalformedError, match="at most 262144 bytes") as caught:
        parse(b"[" * (CREDENTIAL_LIMIT + 1))
    assert caught.value.code == "format.too_large"
    assert parse(b'"' + b"a" * 98 + b'"', limit=100) == "a" * 98


@pytest.mark.parametrize(
    ("raw", "found"), [(b"[]", "a list"), (b"null", "null"), (b"1", "a int"), (b'"a"', "a str")]
)
def test_only_an_object_is_an_object(raw: bytes, found: str) -> None:
    with pytest.raises(MalformedError, match=f"a JSON object, found {found}"):
        parse_object(raw)
    assert parse_object(b'{"a":1}') == {"a": 1}


@pytest.mark.parametrize(
    "value", [nan, inf, [nan], {"a": -inf}, 2**53, [-(2**53)], 2**70, ["\ud800"], {1: 2}, {3}]
)
def test_what_json_cannot_hold_is_not_written(value: Json) -> None:
    with pytest.raises(MalformedError):
        canonicalize(value)


@pytest.mark.parametrize(
    "number", [0.0, -0.0, 1.0, 1e21, 1e22, 1.5e300, 1e-6, 1e-7, 5e-324, 333333333.33333329]
)
def test_a_float_from_outside_is_written_as_the_reference_writes_it(number: float) -> None:
    for value in (number, [number], {"a": number}, [1, -number]):
        assert canonicalize(value) == rfc8785.dumps(value)  # type: ignore[arg-type] # a float is no value of ours


def test_every_character_is_written_as_the_reference_writes_it() -> None:
    text = "".join(chr(point) for point in range(0x3000)) + "\uffff\U0001f600\U0010ffff"
    assert canonicalize([text]) == rfc8785.dumps([text])


def test_deep_documents_with_brackets_in_their_text_are_measured_right() -> None:
    wide = orjson.dumps({"list": [{"a": "]}]}[[{{", "b": ['"', "\\", '\\"']} for _ in range(40)]})
    assert canonicalize(parse(wide, canonical=True)) == wide
    disguised = b'["}]",' * 33 + b"1" + b"]" * 33
    assert refusal(disguised, canonical=True).code == "format.too_deep"
    quoted = b'["\\"}]",' * 33 + b"1" + b"]" * 33
    assert refusal(quoted, canonical=True).code == "format.too_deep"


def test_a_long_list_of_numbers_costs_little() -> None:
    raw = canonicalize({"values": [place * 7 % 900 for place in range(1_488)]})
    began = time.process_time()
    for _ in range(100):
        parse(raw, canonical=True)
    assert time.process_time() - began < 1


def test_forty_thousand_equal_keys_are_refused_at_once() -> None:
    raw = b"{" + b",".join([b'"a":1'] * 40_000) + b"}"
    began = time.process_time()
    assert refusal(raw).code == "format.duplicate_key"
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("raw", "limit", "found"),
    [
        (b"[" + b"[]," * 20_000 + b"0]", CREDENTIAL_LIMIT, "at most 8192 objects and lists, found 20001"),
        (b"[" + b'{"a":{}},' * 200_000 + b"0]", EVIDENCE_LIMIT, "at most 300000 objects and lists"),
        (b"[" + b"1," * 1_000_001 + b"0]", EVIDENCE_LIMIT, "at most 1000000 members and items"),
        (
            b"{" + b",".join(b'"%d":1' % key for key in range(2_000_000)) + b"}",
            EVIDENCE_LIMIT,
            "at most 1000000",
        ),
    ],
    ids=["lists", "objects", "items", "two million keys"],
)
def test_a_text_that_unfolds_into_far_more_is_refused_at_once(raw: bytes, limit: int, found: str) -> None:
    began = time.process_time()
    with pytest.raises(MalformedError, match=found) as caught:
        parse(raw, limit=limit)
    assert caught.value.code == "format.too_large"
    assert time.process_time() - began < 1


def test_four_thousand_objects_are_fine_whatever_the_limit() -> None:
    raw = canonicalize([{"a": place} for place in range(4_000)])
    assert len(list(parse(raw, limit=len(raw)))) == 4_000  # type: ignore[arg-type] # it is a list


@pytest.mark.parametrize(
    "raw", [b"[" * 100_000 + b"]" * 100_000, b"[" * 100_000, b'{"a":' * 30_000 + b"1" + b"}" * 30_000]
)
def test_a_hundred_thousand_levels_are_too_deep_at_every_limit(raw: bytes) -> None:
    for limit in (CREDENTIAL_LIMIT, RESOURCE_LIMIT, EVIDENCE_LIMIT):
        with pytest.raises(MalformedError) as caught:
            parse(raw, limit=limit)
        assert caught.value.code == "format.too_deep"
