"""Whatever value a rogue signs into a credential, and whatever stands in a file, the answer is a report."""

import json
import random
from collections.abc import Iterator

import pytest

from support.chain import AT, ChainSimulator, codes, signed_at
from trust.canonical import Json, canonicalize
from trust.claims.halfhour import instant
from trust.errors import PerseusError
from trust.report import Overall
from trust.secured import Secured
from trust.signing import sign_document
from verifiers.evidence import write_evidence
from verifiers.file import verify_file
from verifiers.policy import Policy

STRANGE: tuple[Json, ...] = (
    *("", "x", 0, -1, 10**15, [], {}, None, True, ["x"], {"a": 1}, "1", "9" * 21, 2**53 - 1),
    *("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-01T00:00:00Z"),
    *("did:key:z6Mk", "did:web:a.example", "https://x.example/a"),
)
Path = tuple[str | int, ...]
# What only says how, or to whom it was shown: a change that its signer makes is the signer's to make.
FREE = frozenset(
    {"id", "words", "validUntil", "lossesIncluded", "attribution", "upstream", "retrievedAt", "activity"}
)
FREE_TOO = frozenset({"assurance", "outcode", "assuranceLevel", "method", "licence", "language", "version"})


def dice(seed: str) -> random.Random:
    """Draw the same on every day."""
    return random.Random(seed)  # noqa: S311 - a test's draws are no secret


def paths(value: Json, here: Path = ()) -> Iterator[Path]:
    """Walk every place of a document."""
    if here:
        yield here
    if isinstance(value, dict):
        for name, member in value.items():
            yield from paths(member, (*here, name))
    elif isinstance(value, list):
        for place, member in enumerate(value):
            yield from paths(member, (*here, place))


def put(document: dict[str, Json], path: Path, value: Json) -> bool:
    """Put a value in a place, or take the member away; tell whether that changed anything."""
    parent: dict[str | int, Json] = document  # type: ignore[assignment]  # walked by names and places alike
    for step in path[:-1]:
        parent = parent[step]  # type: ignore[assignment]  # as above
    before = parent[path[-1]]
    if value is None and isinstance(parent, dict):
        del parent[path[-1]]
        return True
    parent[path[-1]] = value
    return before != value or type(before) is not type(value)


def rogue(chain: ChainSimulator, name: str, path: Path, value: Json) -> Secured | None:
    """Sign a credential with one value changed, or give nothing where it cannot be signed."""
    secured = chain.credentials[name]
    document = json.loads(secured.raw)
    issuer = chain.story.firm_signer if document["issuer"].startswith("did:key") else None
    try:
        if issuer is None:
            return signed_at(secured, lambda d: put(d, path, value), instant(document["validFrom"]))
        del document["proof"]
        put(document, path, value)
        at = instant(json.loads(secured.raw)["validFrom"])
        return sign_document(document, by=chain.story.firm, signer=issuer, purpose="assertionMethod", at=at)
    except (PerseusError, TypeError, AttributeError, KeyError):
        return None


def harmless(path: Path, value: Json) -> bool:
    """Tell whether the change is one that its signer may make, or none at all."""
    return bool({*path} & (FREE | FREE_TOO)) or value in (0, True, "1")


@pytest.mark.parametrize(
    "name", ["account_holder", "consent", "showing", "consumption", "intensity", "emissions"]
)
def test_no_strange_value_passes_and_none_raises(name: str) -> None:
    chain = ChainSimulator()
    draw = dice(f"rogue {name}")
    document = json.loads(chain.credentials[name].raw)
    del document["proof"]
    places = list(paths(document))
    for path in draw.sample(places, min(len(places), 25)):
        value = draw.choice(STRANGE)
        forged = rogue(chain, name, path, value)
        if forged is None or forged == chain.credentials[name]:
            continue
        held = tuple(forged if item == chain.credentials[name] else item for item in chain.chain)
        report = chain.report(chain.presented(credentials=held))
        assert all(check.detail for check in report)
        assert report.overall is not Overall.VERIFIED or harmless(path, value), (path, value)


@pytest.mark.parametrize("policy", [Policy.bank(), Policy.auditor()], ids=lambda policy: policy.name)
def test_no_strange_value_in_a_file_passes_and_none_raises(policy: Policy) -> None:
    chain = ChainSimulator()
    presented = chain.presented()
    evidence = chain.evidence(door=None, receipt=chain.receipt(presented))
    raw = write_evidence(presented, evidence, checkpoint=chain.scheme.checkpoint)
    draw = dice("file")
    places = [path for path in paths(json.loads(raw)) if len(path) < 4 or path[2] not in {"points", "values"}]
    for path in draw.sample(places, 60):
        document = json.loads(raw)
        changed = put(document, path, draw.choice(STRANGE))
        report = verify_file(canonicalize(document), policy=policy, anchor=chain.anchor, at=AT)
        assert all(check.detail for check in report)
        assert not changed or report.overall is not Overall.VERIFIED, path


def test_a_presentation_of_ten_thousand_documents_is_refused_before_they_are_opened() -> None:
    chain = ChainSimulator()
    crowd = chain.presented(credentials=(chain.credentials["intensity"],) * 2_000)
    assert "link.depth" in codes(chain.report(crowd))
