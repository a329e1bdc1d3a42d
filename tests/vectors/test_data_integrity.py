"""The W3C vectors of ecdsa-jcs-2019 and eddsa-jcs-2022, every intermediate value of them."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from trust.base58 import base58_decode, base58_encode
from trust.canonical import canonicalize, parse_object
from trust.errors import SignatureMismatchError
from trust.keys import PublicKey
from trust.securing.data_integrity import read_proof, verify_proof

VECTORS = Path(__file__).parents[2].parent / "shared" / "vectors"
FOLDERS = {
    "vc-di-ecdsa/ecdsa-jcs-2019-p256": "p256KeyPair.json",
    "vc-di-eddsa/eddsa-jcs-2022": "keyPair.json",
}
SUITES = pytest.mark.parametrize("folder", FOLDERS)
pytestmark = pytest.mark.skipif(
    not all((VECTORS / folder).is_dir() for folder in FOLDERS),
    reason="the published vectors are not beside this repository (../shared/vectors)",
)

NOT_SPOKEN = {
    "ecdsa-rdfc-2019-p256": "JSON under an RDFC proof can be reshaped at will, so that no link may lead to it",
    "eddsa-rdfc-2022": "the same",
}


def text(folder: str, start: str) -> str:
    [path] = (VECTORS / folder).glob(f"{start}*")
    return path.read_text().strip()


def signed(folder: str) -> dict[str, Any]:
    return dict(parse_object(text(folder, "signed").encode()))


def key(folder: str) -> PublicKey:
    pair = json.loads(((VECTORS / folder).parent / FOLDERS[folder]).read_text())
    return PublicKey.from_multikey(pair["publicKeyMultibase"])


def forgeries(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in document.keys() - {"proof", "@context"}:
        yield {other: member for other, member in document.items() if other != name}
        yield {**document, name: "another"}
    for name in document["proof"].keys() & {"created", "verificationMethod"}:
        changed = {"created": "2023-02-24T23:36:39Z", "verificationMethod": "did:web:other.example#key"}
        yield {**document, "proof": {**document["proof"], name: changed[name]}}


@SUITES
def test_the_published_document_verifies(folder: str) -> None:
    document = signed(folder)
    proof = read_proof(document)
    verify_proof(document, proof, key(folder))
    assert proof.suite.value in folder
    assert proof.signature == bytes.fromhex(text(folder, "sigHex"))


@SUITES
def test_the_canonical_forms_and_their_hashes_are_the_published_ones(folder: str) -> None:
    document = signed(folder)
    config = read_proof(document).config
    del document["proof"]
    assert canonicalize(document) == text(folder, "canonDoc").encode()
    assert config == text(folder, "proofCanon").encode()
    assert config == canonicalize(json.loads(text(folder, "proofConfig")))
    assert sha256(canonicalize(document)).hexdigest() == text(folder, "docHash")
    assert sha256(config).hexdigest() == text(folder, "proofHash")
    assert text(folder, "combinedHash") == text(folder, "proofHash") + text(folder, "docHash")


@SUITES
def test_the_published_signature_is_written_alike_in_base58(folder: str) -> None:
    signature = bytes.fromhex(text(folder, "sigHex"))
    assert "z" + base58_encode(signature) == text(folder, "sigBTC58")
    assert base58_decode(text(folder, "sigBTC58")[1:]) == signature


@SUITES
def test_every_change_of_the_published_document_is_noticed(folder: str) -> None:
    forged = list(forgeries(signed(folder)))
    assert len(forged) > 10
    for document in forged:
        with pytest.raises(SignatureMismatchError):
            verify_proof(document, read_proof(document), key(folder))


@pytest.mark.parametrize("vectors", ["vc-di-ecdsa", "vc-di-eddsa"])
def test_every_published_suite_is_either_passed_or_named_with_a_reason(vectors: str) -> None:
    published = {path.name for path in (VECTORS / vectors).iterdir() if path.is_dir()}
    assert published <= {Path(folder).name for folder in FOLDERS} | NOT_SPOKEN.keys()
