"""Writing a record: steps encoded as IB1's library encodes them, signed upon the record that was received."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from trust.canonical import Json, parse_object
from trust.claims.halfhour import stamp
from trust.curves import compress
from trust.errors import NotPermittedError
from trust.ib1.certificates import Certificate, public_key
from trust.ib1.container import (
    LARGEST,
    VERSION,
    Container,
    SignedList,
    read_container,
    string_to_sign,
    write_container,
)
from trust.keys import Algorithm, PublicKey, Signer

Steps = Sequence[Mapping[str, Json]]
_HALF = 32


def sign_steps(
    framework: str,
    steps: Steps,
    *,
    path: Sequence[Certificate],
    signer: Signer,
    at: datetime,
    upon: bytes | None = None,
) -> bytes:
    """Sign steps with a member's certificate, upon the record that it received, and give the record's bytes.

    `path` is the certificate, then those that issued it.

    Raises:
        MalformedError: the record received is none, or the certificate holds no P-256 key.
        NotPermittedError: the key is not the certificate's, or the record is of another trust framework.
    """
    _refuse_other_key(path[0], signer)
    received = None if upon is None else parse_object(upon, limit=LARGEST)
    below = None if received is None else read_container(received)
    if below is not None and below.framework != framework:
        because = f"the record received is of {below.framework}"
        raise NotPermittedError(f"signing for {framework}", because=because, code="record.form")
    encoded = [_encoded(step) for step in steps]
    signed_at, serial = stamp(at), str(path[0].serial_number)
    elements: list[str | SignedList] = [*([] if below is None else [below.steps]), *encoded]
    message = string_to_sign(framework, elements, serial=serial, signed_at=signed_at)
    block: list[Json] = [VERSION, serial, signed_at, _text(_der(signer.sign(message)))]
    inner: list[Json] = [] if received is None else [received["steps"]]
    certificates = {**_held(received), **_carried(path)}
    record = write_container(framework, _origins(below, steps), [*inner, *encoded, block], certificates)
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def _encoded(step: Mapping[str, Json]) -> str:
    return _text(json.dumps(step, separators=(",", ":")).encode())


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode()


def _der(signature: bytes) -> bytes:
    """Turn r and s into the DER that the library signs in (RFC 3279, section 2.2.3)."""
    return encode_dss_signature(int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:]))


def _origins(below: Container | None, steps: Steps) -> list[str]:
    before = [] if below is None else list(below.origins)
    return before + [str(step["id"]) for step in steps if step["type"] == "origin"]


def _held(received: Mapping[str, Json] | None) -> dict[str, Json]:
    held = None if received is None else received.get("certificates")
    return {} if held is None else dict(cast("Mapping[str, Json]", held))


def _carried(path: Sequence[Certificate]) -> dict[str, Json]:
    """Give each certificate under its number; the first names those that issued it."""
    above: list[Json] = [str(one.serial_number) for one in path[1:]]
    texts = {str(one.serial_number): one.public_bytes(Encoding.PEM).decode() for one in path}
    first = str(path[0].serial_number)
    return {serial: [text, *(above if serial == first else [])] for serial, text in texts.items()}


def _refuse_other_key(certificate: Certificate, signer: Signer) -> None:
    numbers = public_key(certificate).public_numbers()
    point = compress(numbers.x.to_bytes(_HALF), numbers.y.to_bytes(_HALF))
    if signer.key != PublicKey(Algorithm.P256, point):
        because = f"the key is not that of certificate {certificate.serial_number}"
        raise NotPermittedError("signing a record", because=because, code="key.other_issuer")
