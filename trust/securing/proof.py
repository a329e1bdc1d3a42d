"""The proof of a secured document as a value: who says to have signed it, when, how and what for."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple, NoReturn, TypeAlias

from trust.base58 import base58_decode
from trust.canonical import Json, canonicalize_parsed
from trust.curves import P256_ORDER
from trust.did import DidUrl
from trust.errors import MalformedError
from trust.securing.suite import Suite

Purpose: TypeAlias = Literal["assertionMethod", "authentication"]

_SUITES = {suite.value: suite for suite in Suite}
_PURPOSES: Mapping[str, Purpose] = {
    "assertionMethod": "assertionMethod",
    "authentication": "authentication",
}
_MEMBERS = {"type", "@context", "id", "challenge", "domain", "nonce"} | {
    "cryptosuite",
    "created",
    "verificationMethod",
    "proofPurpose",
    "proofValue",
}
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_HALF = 32
_SHOWN = 60


class Proof(NamedTuple):
    """A data integrity proof, read and not yet believed (Data Integrity 1.0, section 2.1).

    `config` is the RFC 8785 bytes of the proof without its value: what was signed of it.
    """

    suite: Suite
    created: datetime
    verification_method: DidUrl
    purpose: Purpose
    challenge: str | None
    domain: str | None
    signature: bytes
    config: bytes

    def __repr__(self) -> str:
        """Name the proof without its signature, which has no place in a log."""
        return f"Proof({self.suite.value}, {self.created:%Y-%m-%dT%H:%M:%SZ}, {self.verification_method})"


def read_proof(document: Mapping[str, Json]) -> Proof:
    """Read the one proof of a parsed document (Data Integrity 1.0, section 2.1).

    Raises:
        MalformedError: no proof or several (signature.missing, format.schema), a suite that the scheme does
            not use (signature.suite_not_allowed), a context of its own (format.unknown_context), or a
            member that is not what it must be.
    """
    proof = document.get("proof")
    if not isinstance(proof, dict) or not proof:
        _refuse_absent(proof)
    if proof.get("type") != "DataIntegrityProof":
        _refuse("type", "DataIntegrityProof", proof.get("type"), code="signature.suite_not_allowed")
    if not proof.keys() <= _MEMBERS:
        _refuse(min(proof.keys() - _MEMBERS), "no such member", "one", code="format.schema")
    if "@context" in proof and proof["@context"] != document.get("@context"):
        _refuse("@context", "the context of the document", "another", code="format.unknown_context")
    config = dict(proof)
    value = _text(config.pop("proofValue", None), "proofValue")
    named = proof.get("proofPurpose")
    purpose = _PURPOSES.get(named) if isinstance(named, str) else None
    if purpose is None:
        _refuse("proofPurpose", " or ".join(_PURPOSES), named, code="signature.purpose")
    return Proof(
        _suite(proof.get("cryptosuite")),
        _instant(_text(proof.get("created"), "created")),
        _method(_text(proof.get("verificationMethod"), "verificationMethod")),
        purpose,
        _text(proof["challenge"], "challenge") if "challenge" in proof else None,
        _text(proof["domain"], "domain") if "domain" in proof else None,
        _signature(value),
        canonicalize_parsed(config),
    )


def high_s(proof: Proof) -> bool:
    """Tell whether the signature is the larger of the two that fit, which issuers of our kinds never give."""
    s = int.from_bytes(proof.signature[_HALF:])
    return proof.suite is Suite.ECDSA_JCS_2019 and s > P256_ORDER // 2


def _suite(name: Json) -> Suite:
    suite = _SUITES.get(name) if isinstance(name, str) else None
    if suite is None:
        _refuse("cryptosuite", " or ".join(_SUITES), name, code="signature.suite_not_allowed")
    return suite


def _text(text: Json, name: str) -> str:
    if not isinstance(text, str):
        _refuse(name, "text", text)
    return text


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text) if _INSTANT.fullmatch(text) else None
    except ValueError:
        instant = None
    if instant is None:
        _refuse("created", "a UTC time in whole seconds, 2026-11-22T10:00:00Z", text, code="time.malformed")
    return instant


@lru_cache(maxsize=1_024)
def _method(text: str) -> DidUrl:
    try:
        return DidUrl.parse(text)
    except MalformedError as error:
        raise error.within("/proof/verificationMethod") from error


def _signature(text: str) -> bytes:
    if not text.startswith("z"):
        _refuse("proofValue", "base58btc in multibase, z...", text, code="format.unparseable")
    return base58_decode(text[1:], where="/proof/proofValue")


def _refuse_absent(proof: Json) -> NoReturn:
    if proof in (None, [], {}):
        raise MalformedError("/proof", expected="a proof", found="none", code="signature.missing")
    found = f"{len(proof)} proofs" if isinstance(proof, list) else f"a {type(proof).__name__}"
    raise MalformedError("/proof", expected="exactly one proof object", found=found, code="format.schema")


def _refuse(name: str, expected: str, found: Json, *, code: str = "format.schema") -> NoReturn:
    shown = "nothing" if found is None else ascii(found)[:_SHOWN]
    raise MalformedError(f"/proof/{ascii(name)[1:-1][:_SHOWN]}", expected=expected, found=shown, code=code)
