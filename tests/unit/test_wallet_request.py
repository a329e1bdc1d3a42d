"""A firm is shown only requests that a member signed, with the very words that the request names."""

from dataclasses import replace

import pytest

from holders.asking import meet
from holders.request import TYPE, ConsentRequest, ask, asked_by, read_request
from specs import document
from support.keys import signer
from support.scheme import START, Party, SchemeSimulator
from support.story import ASKED_AT, BANK, CAP, EDP, WORDS, Story, refused
from trust.canonical import canonicalize, parse_object
from trust.claims.consent import Data
from trust.codec import decode, encode
from trust.did import Did
from trust.errors import MalformedError, SignatureMismatchError
from trust.secured import Secured


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


@pytest.fixture
def scheme() -> SchemeSimulator:
    return SchemeSimulator()


@pytest.fixture
def cap(scheme: SchemeSimulator) -> Party:
    scheme.join(str(EDP), name="Meterworks", roles=("energy-data-provider",))
    scheme.join(str(BANK), name="Northern Bank", roles=("financial-service-provider",))
    return scheme.join(str(CAP), name="Green Ledger", roles=("carbon-accounting-provider",))


def altered(signed: Secured, **members: object) -> Secured:
    """Change members of a request after it was signed."""
    return Secured(canonicalize({**parse_object(signed.raw), **members}))  # type: ignore[dict-item]  # plain JSON


def test_a_request_reads_back_as_it_was_asked(story: Story) -> None:
    key = story.signers[CAP].key
    assert read_request(story.signed_request, key=key, words=WORDS) == story.request
    assert asked_by(story.signed_request) == CAP.url(key.thumbprint)
    assert parse_object(story.signed_request.raw)["type"] == TYPE


def test_a_request_that_was_changed_does_not_fit_its_signature(story: Story) -> None:
    changed = altered(story.signed_request, licence="https://registry.ib1.org/other")
    with pytest.raises(SignatureMismatchError):
        read_request(changed, key=story.signers[CAP].key, words=WORDS)


def test_a_request_that_says_more_than_it_may_is_refused(story: Story) -> None:
    with pytest.raises(MalformedError, match="no member but those of the schema"):
        read_request(altered(story.signed_request, fee="none"), key=story.signers[CAP].key, words=WORDS)


@pytest.mark.parametrize(
    ("members", "where"),
    [
        ({"licence": "http://registry.ib1.org/other"}, "/licence"),
        ({"uses": []}, "/uses"),
        ({"expires": "tomorrow"}, "/expires"),
        ({"requester": "did:key:zDnaercnumB1qz1gLJwWqjGcwzrwJvYGyvHtrcTA5F942ExPe"}, "/requester"),
    ],
)
def test_a_request_is_held_against_its_published_schema(
    story: Story, members: dict[str, object], where: str
) -> None:
    with pytest.raises(MalformedError) as refused_at:
        read_request(altered(story.signed_request, **members), key=story.signers[CAP].key, words=WORDS)
    assert refused_at.value.where == where


def test_the_published_example_of_a_request_is_one_that_can_be_read() -> None:
    example = parse_object(canonicalize(document("examples/consent-request.json")))
    request = decode(ConsentRequest, example)
    assert {"type": TYPE, **encode(request)}.items() <= example.items()
    assert [use.data for use in request.uses] == [Data.CONSUMPTION, Data.EMISSIONS]


def test_a_request_signed_for_somebody_else_is_refused(story: Story) -> None:
    forged = ask(replace(story.request, requester=BANK), signer=story.signers[CAP], at=ASKED_AT)
    with refused("key.other_issuer", str(BANK)):
        read_request(forged, key=story.signers[BANK].key, words=WORDS)


def test_other_words_than_those_named_are_refused(story: Story) -> None:
    with refused("link.digest", "words"):
        read_request(story.signed_request, key=story.signers[CAP].key, words=WORDS + b" Forever.")


def test_the_register_names_who_asks_and_everybody_in_the_request(
    story: Story, scheme: SchemeSimulator, cap: Party
) -> None:
    signed = ask(story.request, signer=cap.signer, at=ASKED_AT)
    asking = meet(signed, register=scheme.register, words=WORDS, at=ASKED_AT)
    assert asking.requester.name == "Green Ledger"
    assert [asking.name(party) for party in (EDP, CAP, BANK)] == [
        "Meterworks",
        "Green Ledger",
        "Northern Bank",
    ]
    assert asking.name(Did.parse("did:web:nobody.example")) == "did:web:nobody.example"


def test_a_requester_that_is_suspended_is_not_shown(
    story: Story, scheme: SchemeSimulator, cap: Party
) -> None:
    signed = ask(story.request, signer=cap.signer, at=ASKED_AT)
    scheme.suspend(cap, at=START)
    with refused("member.suspended_at_signing"):
        meet(signed, register=scheme.register, words=WORDS, at=ASKED_AT)


def test_a_request_about_a_stranger_is_not_shown(story: Story, scheme: SchemeSimulator, cap: Party) -> None:
    uses = (replace(story.request.uses[0], from_=Did.parse("did:web:stranger.example")),)
    signed = ask(replace(story.request, uses=uses), signer=cap.signer, at=ASKED_AT)
    with refused("member.unknown"):
        meet(signed, register=scheme.register, words=WORDS, at=ASKED_AT)


def test_a_key_that_the_register_does_not_know_is_refused(
    story: Story, scheme: SchemeSimulator, cap: Party
) -> None:
    signed = ask(story.request, signer=signer("no key of a member"), at=ASKED_AT)
    with refused("key.unknown", str(cap.did)):
        meet(signed, register=scheme.register, words=WORDS, at=ASKED_AT)
