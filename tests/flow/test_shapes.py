"""What the shapes of specs/shapes can see, they see; and they see nothing that our own questions do not find."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import specs
from registry import proposal
from registry.anchor import Anchor
from support.chain import AT, MEMBERS, ChainSimulator, Judged, assert_good, party, scheme
from support.scheme import SchemeSimulator
from support.shapes import agree, faults, reach, second_opinion
from support.story import BANK, CAP, GRID, METERED_AT, SHOWN_AT, Story, urn
from trust.canonical import canonicalize
from trust.claims.consent import Consent
from trust.credential import Credential
from trust.digest import Digest
from trust.envelope import envelope
from trust.secured import Secured
from trust.signing import sign
from verifiers.catalogue import check_of, reasons
from verifiers.evidence import Evidence, read_evidence_document
from verifiers.policy import Policy
from verifiers.trace import trace
from verifiers.verify import verify

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
Made = tuple[ChainSimulator, Secured | None, dict[str, object]]


def says(**changes: object) -> Callable[[Credential[object]], Credential[object]]:
    """Change what a credential claims."""
    return lambda c: replace(c, claim=replace(c.claim, **changes))  # type: ignore[type-var]  # a claim


def altered(**changes: Callable[[Credential[object]], Credential[object]]) -> Made:
    """Let a rogue change credentials and sign them anew."""
    return ChainSimulator().changed(**changes), None, {}


def under(change: Callable[[SchemeSimulator], object]) -> Made:
    """Let something happen in the scheme of the good chain."""
    found = scheme()
    change(found)
    return ChainSimulator(scheme=found), None, {}


def withheld() -> Made:
    """Show everything but the meter's credential."""
    chain = ChainSimulator()
    held = tuple(item for item in chain.chain if item != chain.credentials["consumption"])
    return chain, chain.presented(credentials=held), {}


def exchanged() -> Made:
    """Show another credential in the place of the one that was linked."""
    chain = ChainSimulator()
    other = ChainSimulator().changed(consumption=says(outcode="E1")).credentials["consumption"]
    held = tuple(other if item == chain.credentials["consumption"] else item for item in chain.chain)
    return chain, chain.presented(credentials=held), {}


def doubled() -> Made:
    """Have a second document of one name come along."""
    chain = ChainSimulator()
    other = chain.changed(intensity=says(attribution="another")).credentials["intensity"]
    return chain, None, {"credentials": (other,)}


def circle(credential: Credential[object]) -> Credential[object]:
    """Have a consent rest on itself."""
    return replace(credential, links=tuple(replace(link, id=credential.id) for link in credential.links))


def deep() -> Made:
    """Have twenty consents depend on each other."""
    chain = ChainSimulator()
    held = [chain.credentials["consent"]]
    for number in range(20):
        below = envelope(held[-1])
        assert isinstance(below.claim, Consent)
        links = (replace(below.links[0], id=below.id, digest=held[-1].digest),)
        fresh = replace(below, id=urn(f"deep {number}"), links=links)
        held.append(sign(fresh, signer=chain.story.firm_signer))
    return chain, chain.presented(credentials=(*chain.chain, *held[1:])), {}


def crowded() -> Made:
    """Show more documents than anybody opens."""
    chain = ChainSimulator()
    return chain, chain.presented(credentials=(chain.credentials["intensity"],) * 1_100), {}


def mixed() -> Made:
    """Count a neighbour's meter."""
    mine, theirs = ChainSimulator(), ChainSimulator(Story(opening="the neighbour"))
    foreign, own = theirs.credentials["consumption"], mine.story.id("consumption 0")

    def mix(c: Credential[object]) -> Credential[object]:
        swapped = replace(c.links[0], id=envelope(foreign).id, digest=foreign.digest)
        return replace(c, links=tuple(swapped if link.id == own else link for link in c.links))

    rogue = mine.changed(emissions=mix)
    shown = rogue.presented(credentials=(*rogue.chain, *theirs.chain[1:]))
    return rogue, shown, {"resources": {**mine.held_resources, **theirs.held_resources}}


def other_resource() -> Made:
    """Put one resource in the place of another."""
    chain = ChainSimulator()
    first, second = chain.held_resources
    return chain, None, {"resources": {**chain.held_resources, first: chain.held_resources[second]}}


def latecomer() -> Made:
    """Admit the accounting provider only after it signed."""
    found = SchemeSimulator()
    for did, name, role in MEMBERS:
        at = SHOWN_AT + timedelta(days=1) if did == CAP else found.at()
        found.join(str(did), name=name, roles=(role,), at=at)
    return ChainSimulator(scheme=found), None, {}


def also(role: str) -> Callable[[SchemeSimulator], object]:
    """Give the accounting provider a second role."""
    return lambda found: found.grant(party(CAP), role, at=found.at(days=1))


def expelled(found: SchemeSimulator) -> None:
    """Expel the accounting provider in June."""
    found.take(proposal.expel(found.register, CAP, at=JUNE, reason="fraud"))


def played_twice() -> Made:
    """Have the accounting provider supply the intensity too."""
    chain, _, _ = under(also("grid-data-provider"))
    return chain.changed(intensity=lambda c: replace(c, issuer=CAP)), None, {}


ATTACKS: tuple[tuple[str, Callable[[], Made]], ...] = (
    ("link.missing", withheld),
    ("link.digest", exchanged),
    ("link.digest", other_resource),
    ("equivocation.two_credentials", doubled),
    ("link.cycle", lambda: altered(consent=circle)),
    ("link.depth", deep),
    ("link.depth", crowded),
    ("link.other_subject", mixed),
    ("member.unknown", latecomer),
    ("member.left", lambda: under(expelled)),
    ("member.suspended_at_signing", lambda: under(lambda found: found.suspend(party(CAP), at=JUNE))),
    ("member.wrong_role", lambda: altered(account_holder=lambda c: replace(c, issuer=CAP))),
    ("consent.missing", lambda: altered(consent=says(sources=(urn("elsewhere"),)))),
    (
        "consent.missing",
        lambda: altered(consent=lambda c: replace(c, valid_from=METERED_AT + timedelta(hours=2))),
    ),
    ("consent.out_of_period", lambda: altered(showing=says(data_to=datetime(2026, 10, 31, tzinfo=UTC)))),
    ("consent.before_control", lambda: altered(account_holder=says(control_until=JUNE))),
    ("consent.other_recipient", lambda: altered(consent=says(to=BANK))),
    ("consent.other_recipient", lambda: altered(showing=says(to=GRID))),
    ("consent.other_purpose", lambda: altered(consent=says(purposes=("https://elsewhere.example/x",)))),
    ("consent.widened", lambda: altered(showing=says(expires=datetime(2027, 9, 21, tzinfo=UTC)))),
    ("consent.not_account_holder", lambda: altered(account_holder=says(sources=(urn("elsewhere"),)))),
    ("policy.separation", played_twice),
)


@pytest.mark.parametrize(("code", "make"), ATTACKS, ids=[code for code, _ in ATTACKS])
def test_a_fault_of_structure_is_found_by_the_shapes_and_by_our_questions(
    code: str, make: Callable[[], Made]
) -> None:
    chain, secured, evidence = make()
    report = chain.report(secured, **evidence)  # type: ignore[arg-type]  # the names are those of the fields
    drawn = trace(secured or chain.presented(), chain.evidence(**evidence))
    assert code in agree(report, drawn)
    assert code in {check.code for check in report.obstacles}


def test_every_code_in_reach_of_the_shapes_has_its_attack_and_stands_in_the_catalogue() -> None:
    assert {code for code, _ in ATTACKS} == set(reach())
    assert set(reach()) <= set(reasons())
    assert all(check_of(code) in asked for code, asked in reach().items())


def test_the_page_about_the_shapes_lists_just_the_codes_in_their_reach() -> None:
    page = (specs.read("shapes/README.md")).decode()
    listed = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}
    assert listed == set(reach())


@pytest.mark.parametrize("sources", [1, 2])
@pytest.mark.parametrize("readings", [False, True])
def test_a_good_chain_fits_the_shapes(*, sources: int, readings: bool) -> None:
    story = Story(sources=sources, opening=f"shapes {sources}")
    chain = replace(ChainSimulator(story), readings=readings)
    shown = chain.presented()
    assert_good(chain.report(shown, policy=Policy.auditor() if readings else None))
    assert faults(trace(shown, chain.evidence(receipt=chain.receipt(shown)))) == set()


def test_each_published_example_is_judged_alike() -> None:
    anchor = Anchor.from_json(specs.read("examples/trust-anchor.json"))
    secured, evidence = read_evidence_document(specs.document("examples/evidence.json"), anchor=anchor)
    kinds = (
        "consumption",
        "grid-intensity",
        "emissions",
        "account-holder",
        "consent",
        "receipt",
        "withdrawal",
    )
    files = [canonicalize(specs.document(f"examples/{kind}.json")) for kind in kinds]
    resources = [
        canonicalize(specs.document(f"examples/{name}.json")) for name in ("commitments", "intensity-series")
    ]
    held = replace(
        evidence,
        credentials=tuple(Secured(raw) for raw in files),
        resources={Digest.of(raw): raw for raw in resources},
    )
    for each in (evidence, held, Evidence(None)):
        report = verify(secured, each, policy=Policy.bank(), anchor=anchor, at=AT)
        second_opinion(Judged(secured, each, Policy.bank(), None, report))


def test_a_disagreement_on_either_side_is_noticed() -> None:
    good, bad = ChainSimulator(), ChainSimulator().changed(consent=says(to=BANK))
    report = bad.report()
    drawn = trace(good.presented(), good.evidence())
    with pytest.raises(AssertionError, match=r"overlook.*consent\.other_recipient"):
        agree(report, drawn)
    with pytest.raises(AssertionError, match=r"alone found.*consent\.other_recipient"):
        agree(good.report(), trace(bad.presented(), bad.evidence()))
