"""Nothing about a firm can be found in what is published: every byte is searched for values that would stand out."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from datetime import timedelta
from hashlib import sha256

import pytest

from registry.evidence.proof import TimeProof
from registry.log.checkpoint import Checkpoint
from registry.log.merkle import leaf_hash
from registry.log.tiles import bundle, hashes, tiles_of
from support.chain import ChainSimulator, party
from support.evidence_log import EvidenceLogSimulator
from support.story import CAP, EDP, GRID
from trust.canonical import canonicalize, parse
from trust.digest import Digest
from trust.envelope import envelope
from trust.keys import PublicKey

MEMBERS = {str(one) for one in (EDP, GRID, CAP)}


def firm_values(chain: ChainSimulator) -> dict[str, bytes]:
    """Give what would tell about the firm: its key, its meters, its figures, its documents, its salts."""
    found = {"firm": str(chain.story.firm).encode()}
    multikey = chain.story.firm.multikey
    assert multikey is not None
    found["firm key"] = PublicKey.from_multikey(multikey).point
    for name, secured in chain.credentials.items():
        credential = envelope(secured)
        found[f"id of {name}"] = credential.id.removeprefix("urn:uuid:").encode()
        found[f"document {name}"] = secured.raw
        document = parse(secured.raw)
        assert isinstance(document, dict)
        found[f"subject of {name}"] = canonicalize(document["credentialSubject"])
        for source in getattr(credential.claim, "sources", ()):
            found[f"source {source}"] = source.removeprefix("urn:uuid:").encode()
        for row in getattr(credential.claim, "rows", ()):
            found[f"figure {row.fuel}"] = f"{row.kg:f}".encode()
            for opening in row.openings:
                found[f"total {row.fuel}"] = str(opening.total).encode()
                found[f"blinding {row.fuel}"] = opening.blinding
    for one in chain.story.consumption:
        found[f"readings of {one.credential.digest}"] = one.readings
        found[f"commitments of {one.credential.digest}"] = one.commitments
    return found


def spellings(value: bytes) -> Iterator[bytes]:
    """Give a value in every form in which it could stand in a file, itself and hashed without a salt."""
    leaf = leaf_hash(value)
    for raw in (value, sha256(value).digest(), sha256(sha256(value).digest()).digest(), leaf):
        yield raw
        yield raw.hex().encode()
        yield b64encode(raw).rstrip(b"=")
        yield urlsafe_b64encode(raw).rstrip(b"=")
    yield Digest.of(value).multibase.encode()


def published(chain: ChainSimulator, log: EvidenceLogSimulator) -> Mapping[str, bytes]:
    """Give every file that the operator publishes: both logs with their tiles and checkpoints, and its own proofs."""
    register = chain.register
    logs = {"log": (register.tree, register.entries), "evidence": (log.tree, tuple(log.entries))}
    files: dict[str, bytes] = {}
    for name, (tree, entries) in logs.items():
        for tile in tiles_of(tree.size):
            start = tile.start
            content = (
                bundle(entries[start : start + tile.width]) if tile.level is None else hashes(tree, tile)
            )
            files[f"{name}/{tile}"] = content
    files["log/checkpoint"] = chain.scheme.checkpoint.encode()
    files["evidence/checkpoint"] = log.checkpoint(at=chain.shown_at).encode()
    for index in range(len(log.entries)):
        files[f"proof of {index}"] = log.inclusion(index, at=chain.shown_at).encode()
    return files


def committed(chain: ChainSimulator) -> tuple[EvidenceLogSimulator, dict[Digest, TimeProof]]:
    """Have every member commit to what it signed, and log one list."""
    log, proofs = EvidenceLogSimulator(), dict[Digest, TimeProof]()
    for secured in chain.credentials.values():
        credential = envelope(secured)
        if str(credential.issuer) in MEMBERS:
            by, at = party(credential.issuer), credential.valid_from
            proofs[secured.digest] = log.committed(secured.digest, by=by, at=at)
    listed = chain.status_list()
    by = party(envelope(listed).issuer)
    log.published("https://operator.example/status/1", listed.digest, by=by, at=chain.shown_at)
    return log, proofs


def found_in(files: Mapping[str, bytes], values: Mapping[str, bytes]) -> set[tuple[str, str]]:
    """Search every file for every spelling of every value."""
    return {
        (name, place)
        for name, value in values.items()
        for spelling in spellings(value)
        for place, content in files.items()
        if spelling in content
    }


def test_no_published_byte_tells_anything_about_a_firm() -> None:
    chain = ChainSimulator()
    log, proofs = committed(chain)
    values = firm_values(chain)
    values |= {f"salt of {digest}": proof.salt for digest, proof in proofs.items()}
    values |= {f"digest {digest}": digest.value for digest in proofs}
    assert len(values) > 30
    assert found_in(published(chain, log), values) == set()


@pytest.mark.parametrize("leak", ["salt", "digest", "sealed without salt", "source", "figure"])
def test_the_search_would_find_a_leak(leak: str) -> None:
    chain = ChainSimulator()
    log, proofs = committed(chain)
    digest, proof = next(iter(proofs.items()))
    values = firm_values(chain)
    bad = {
        "salt": proof.salt.hex().encode(),
        "digest": digest.multibase.encode(),
        "sealed without salt": sha256(digest.value).digest(),
        "source": next(value for name, value in values.items() if name.startswith("source")),
        "figure": next(value for name, value in values.items() if name.startswith("figure")),
    }[leak]
    values |= {"salt": proof.salt, "digest": digest.value, "content": chain.credentials["emissions"].raw}
    files = {**published(chain, log), "leak": b"xx" + bad + b"yy"}
    assert {place for _, place in found_in(files, values)} == {"leak"}


def test_an_entry_is_as_long_whatever_was_committed_to() -> None:
    """A batch with many digests, a batch with one and an empty one differ in their bytes and in nothing else."""
    chain, log = ChainSimulator(), EvidenceLogSimulator()
    at = chain.shown_at
    for number in range(6):
        log.committed(Digest.of(bytes([number])), by=party(CAP), at=at + timedelta(minutes=10 * number))
    assert len({len(entry) for entry in log.entries}) == 1
    checkpoint = Checkpoint.parse(log.checkpoint(at=at).split("\n\n")[0] + "\n")
    assert checkpoint.size == 6
