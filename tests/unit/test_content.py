"""Bytes become text, rows or JSON within limits, or are refused in a sentence."""

import gzip
import zlib
from decimal import Decimal

import pytest

from perseus.formats.content import table, text, unpack, value
from trust.errors import MalformedError


def code_of(content: bytes) -> str:
    with pytest.raises(MalformedError) as refused:
        value(content)
    return refused.value.code


def test_gzip_is_known_by_its_first_bytes_and_not_by_a_name() -> None:
    assert unpack(gzip.compress(b"start,value\n")) == b"start,value\n"
    assert unpack(b"start,value\n") == b"start,value\n"


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused() -> None:
    with pytest.raises(MalformedError) as refused:
        unpack(gzip.compress(bytes(10_000)), limit=9_999)
    assert refused.value.code == "format.too_large"
    with pytest.raises(MalformedError):
        unpack(bytes(10_000), limit=9_999)
    assert len(unpack(gzip.compress(bytes(10_000)), limit=10_000)) == 10_000


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(b"start,value")[:-1],
        gzip.compress(b"start,value")[:-8] + bytes(8),
        gzip.compress(b"start,value") + b"x",
        gzip.compress(b"start,value") + gzip.compress(b"start,value"),
        b"\x1f\x8b" + zlib.compress(b"start,value"),
        b"\x1f\x8b",
    ],
)
def test_a_damaged_gzip_file_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedError):
        unpack(content)


def test_the_byte_order_mark_of_a_spreadsheet_is_no_part_of_the_header() -> None:
    assert text(b"\xef\xbb\xbfstart,value") == "start,value"
    assert table(b"\xef\xbb\xbfStart , VALUE\r\na,b\r\n\r\n") == (["start", "value"], [["a", "b"]])


@pytest.mark.parametrize("content", [b"\xff\xfes\x00t\x00", b"start\x00", b"\x80"])
def test_what_is_not_utf_8_text_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedError):
        text(content)


@pytest.mark.parametrize(
    "content", [b"", b"start,value\n", b"start,value\na\n", b"start,value\na,b,c\n", b'start,value\n"a,b\n']
)
def test_a_table_is_a_header_and_rows_as_long_as_it(content: bytes) -> None:
    with pytest.raises(MalformedError):
        table(content)


def test_a_decimal_comma_is_named_where_it_breaks_a_row() -> None:
    with pytest.raises(MalformedError, match=r"line 3.*decimals with a point"):
        table(b"start,value\na,1\nb,0,142\n")


def test_json_numbers_never_pass_through_binary_floats() -> None:
    assert value(b'{"value": 0.1, "n": 12}') == {"value": Decimal("0.1"), "n": 12}


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b'{"data":[{"a":1},{"a":1,"b":{"a":1,"a":2}}]}', "/data/1/b"),
        (b'{"data":[{"value":1},{"value":NaN}]}', "/data/1/value"),
        (b'{"a":1,"a":2}', "/"),
        (b"[1,1e99999999999999999999]", "/1"),
        (b'{"a/b":{"c~d":-Infinity}}', "/a~1b/c~0d"),
        (b'{"a":1,\n"b":"open', "line 2, column 5"),
    ],
)
def test_what_is_wrong_in_json_has_its_place(content: bytes, where: str) -> None:
    with pytest.raises(MalformedError) as refused:
        value(content)
    assert refused.value.where == where
    assert " at at " not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "format.unparseable"),
        (b'{"a":1,"a":2}', "format.duplicate_key"),
        (b'{"a":NaN}', "data.range"),
        (b'{"a":-Infinity}', "data.range"),
        (b"[" * 100_000, "format.too_deep"),
        (b'{"a":' + b"9" * 5_000 + b"}", "format.unparseable"),
        (b"\xff", "format.encoding"),
    ],
)
def test_json_that_is_none_is_refused(content: bytes, code: str) -> None:
    assert code_of(content) == code


def test_an_exponent_beyond_all_numbers_is_refused_and_does_not_crash() -> None:
    with pytest.raises(MalformedError):
        value(b'{"a":1e99999999999999999999}')
