"""The container of an IB1 provenance record: lists of steps within lists, each closed by a signature.

The signed string is the trust framework's URL and every element, joined by full stops. It says only one thing as
long as no element can hold a full stop, a `%` or a `&`; so elements that could are refused here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from trust.canonical import Json
from trust.errors import MalformedError

FRAMEWORK, VERSION = "ib1:provenance", 0
LARGEST = 1024 * 1024
MOST_LISTS, MOST_STEPS, MOST_CERTIFICATES, LONGEST_PATH = 64, 4_096, 256, 8
_MEMBERS: Final = frozenset({FRAMEWORK, "origins", "steps", "certificates"})
_BLOCK, _SHOWN = 4, 60
# A host in small letters and a path without a full stop: no step can be taken for a part of it.
_FRAMEWORK: Final = re.compile(r"https://[a-z0-9.:-]{1,253}(?:/[A-Za-z0-9_~/-]{0,400})?", re.ASCII)
_ENCODED: Final = re.compile(r"[A-Za-z0-9_+/-]+={0,2}", re.ASCII)
_SERIAL: Final = re.compile(r"0|[1-9][0-9]{0,49}", re.ASCII)
_TIME: Final = re.compile(r"[0-9TZ:.+-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SignedList:
    """Steps as they were encoded and lists as they were received, in order, and who says to have signed them when.

    `place` is a JSON pointer into the record; `inner` the list as it stands in the signed string of a list around it.
    """

    place: str
    elements: "tuple[str | SignedList, ...]"
    serial: str
    signed_at: str
    signature: str
    inner: str

    def signed_string(self, framework: str) -> bytes:
        """Give the bytes that the signature is over, as the library builds them (Provenance Records 1.0)."""
        return f"{framework}.{_joined(self.elements)}.{VERSION}.{self.serial}.{self.signed_at}".encode()

    def lists(self) -> "Iterator[SignedList]":
        """Walk this list and those within it, the outermost first."""
        yield self
        for element in self.elements:
            if isinstance(element, SignedList):
                yield from element.lists()

    def encoded(self) -> "Iterator[tuple[SignedList, str, str]]":
        """Walk all steps in the order of the record: the list that signs each, its place, and its text."""
        for number, element in enumerate(self.elements):
            if isinstance(element, SignedList):
                yield from element.encoded()
            else:
                yield self, f"{self.place}/{number}", element


@dataclass(frozen=True, slots=True)
class Container:
    """A whole record as it was received: nothing in it is believed yet.

    `certificates` has, by serial number, a certificate in PEM and the serial numbers of those that issued it.
    """

    framework: str
    origins: tuple[str, ...]
    steps: SignedList
    certificates: Mapping[str, tuple[str, ...]]


def read_container(document: Mapping[str, Json]) -> Container:
    """Read a record from its JSON (Provenance Records 1.0, container structure).

    Raises:
        MalformedError: a member is absent, unknown or of another form (record.form), the version is another
            (record.version), or there is more than any record needs (format.too_large).
    """
    strange = sorted(document.keys() - _MEMBERS)
    if strange or not _MEMBERS - {"certificates"} <= document.keys():
        found = f"also {strange[0]!a}"[:_SHOWN] if strange else f"no {min(_MEMBERS - document.keys())}"
        raise malformed("/", "ib1:provenance, origins, steps and perhaps certificates", found)
    framework = _text(document[FRAMEWORK], f"/{FRAMEWORK}", _FRAMEWORK, "the URL of a trust framework")
    steps = _list(document["steps"], "/steps")
    _refuse_more("lists", sum(1 for _ in steps.lists()), MOST_LISTS)
    _refuse_more("steps", sum(1 for _ in steps.encoded()), MOST_STEPS)
    origins = tuple(_words(document["origins"], "/origins"))
    return Container(framework, origins, steps, _certificates(document.get("certificates", {})))


def write_container(
    framework: str, origins: Sequence[str], steps: Json, certificates: Json
) -> dict[str, Json]:
    """Write a record; the certificates may travel aside."""
    record: dict[str, Json] = {FRAMEWORK: framework, "origins": list(origins), "steps": steps}
    return {**record, "certificates": certificates} if certificates else record


def string_to_sign(
    framework: str, elements: "Sequence[str | SignedList]", *, serial: str, signed_at: str
) -> bytes:
    """Give the bytes that a new list of these elements is signed over."""
    unsigned = SignedList("", tuple(elements), serial, signed_at, "", "")
    return unsigned.signed_string(framework)


def malformed(where: str, expected: str, found: str, code: str = "record.form") -> MalformedError:
    """Say that a part of a record has another form."""
    return MalformedError(where, expected=expected, found=found, code=code)


def _joined(elements: "Sequence[str | SignedList]") -> str:
    return ".".join([part if isinstance(part, str) else f"%.{part.inner}.&" for part in elements])


def _list(value: Json, place: str) -> SignedList:
    if not isinstance(value, list) or len(value) <= 1 or not isinstance(value[-1], list):
        raise malformed(place, "steps or lists, then the four parts of a signature", _kind(value))
    *data, block = value
    serial, signed_at, signature = _block(block, f"{place}/{len(data)}")
    elements = tuple([_element(part, f"{place}/{number}") for number, part in enumerate(data)])
    inner = f"{_joined(elements)}.%.{VERSION}.{serial}.{signed_at}.{signature}.&"
    return SignedList(place, elements, serial, signed_at, signature, inner)


def _element(value: Json, place: str) -> str | SignedList:
    return (
        _list(value, place) if isinstance(value, list) else _text(value, place, _ENCODED, "a step in Base64")
    )


def _block(value: Json, place: str) -> tuple[str, str, str]:
    if not isinstance(value, list) or len(value) != _BLOCK:
        raise malformed(place, "version, serial number, time and signature", _kind(value))
    version, serial, signed_at, signature = value
    if not isinstance(version, int) or isinstance(version, bool) or version != VERSION:
        raise malformed(f"{place}/0", f"version {VERSION}", ascii(version)[:_SHOWN], "record.version")
    return (
        _text(serial, f"{place}/1", _SERIAL, "a serial number in decimal digits"),
        _text(signed_at, f"{place}/2", _TIME, "a UTC time like 2026-11-22T10:00:00Z"),
        _text(signature, f"{place}/3", _ENCODED, "a signature in Base64"),
    )


def _certificates(value: Json) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise malformed("/certificates", "an object", _kind(value))
    _refuse_more("certificates", len(value), MOST_CERTIFICATES)
    read = {serial: tuple(_words(entry, f"/certificates/{serial[:50]}")) for serial, entry in value.items()}
    for serial, entry in read.items():
        where = f"/certificates/{ascii(serial[:50])[1:-1]}"
        _text(serial, where, _SERIAL, "a serial number in decimal digits")
        if not 1 <= len(entry) <= LONGEST_PATH:
            raise malformed(where, f"a certificate and at most {LONGEST_PATH - 1} numbers", str(len(entry)))
    return MappingProxyType(read)


def _words(value: Json, where: str) -> Sequence[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise malformed(ascii(where)[1:-1], "a list of texts", _kind(value))
    return [str(item) for item in value]


def _text(value: Json, place: str, form: re.Pattern[str], expected: str) -> str:
    if not isinstance(value, str):
        raise malformed(place, expected, _kind(value))
    if form.fullmatch(value) is None:
        raise malformed(place, expected, ascii(value[:_SHOWN]))
    return value


def _kind(value: Json) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "nothing" if value is None else f"a {type(value).__name__}"


def _refuse_more(what: str, found: int, most: int) -> None:
    if found > most:
        raise malformed("/steps", f"at most {most} {what}", str(found), "format.too_large")
