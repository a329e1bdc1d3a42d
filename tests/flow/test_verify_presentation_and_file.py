"""The door, the receipt, the customer, the least data; and the evidence file, whatever its bytes are."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import jsonschema_rs
import pytest

import specs
from registry.log.checkpoint import Checkpoint
from support.chain import AT, ChainSimulator, assert_good, assert_refused, codes, party, resigned
from support.keys import signer
from support.story import CAP, EDP, GRID, LIST_URL, Story
from trust.base58 import base58_decode, base58_encode
from trust.canonical import Json, canonicalize
from trust.did import Did
from trust.digest import Digest
from trust.errors import MalformedError
from trust.report import Answer, Outcome, Overall
from trust.secured import Secured
from verifiers.evidence import Evidence, read_evidence, write_evidence
from verifiers.file import verify_file
from verifiers.policy import Policy
from verifiers.verdict import verdict
from verifiers.verify import verify


@pytest.mark.parametrize(
    ("door", "code", "check"),
    [
        ({"challenge": "another-nonce"}, "presentation.nonce", "presentation.nonce"),
        ({"audience": GRID}, "presentation.audience", "presentation.audience"),
        ({"holder": EDP}, "presentation.channel", "presentation.channel"),
        ({"received_at": AT + timedelta(days=2)}, "presentation.expired", "presentation.fresh"),
        ({"received_at": AT - timedelta(days=2)}, "presentation.expired", "presentation.fresh"),
    ],
)
def test_what_the_door_knows_decides(door: dict[str, object], code: str, check: str) -> None:
    chain = ChainSimulator()
    report = chain.report(door=chain.door(**door))
    assert_refused(report, code, check=check)
    assert report.authentic_at_signing is Answer.YES


@pytest.mark.parametrize(
    ("channel", "outcome"),
    [(None, Outcome.NOT_APPLICABLE), (CAP, Outcome.PASSED), (EDP, Outcome.FAILED)],
)
def test_a_file_says_of_the_connection_what_its_receipt_says_and_no_more(
    channel: Did | None, outcome: Outcome
) -> None:
    chain = ChainSimulator()
    presented = chain.presented()
    receipt = chain.receipt(presented, channel=channel)
    report = chain.report(presented, door=None, receipt=receipt)
    found = next(check for check in report if check.name == "presentation.channel")
    at_door = next(
        check
        for check in chain.report(door=chain.door(holder=channel))
        if check.name == "presentation.channel"
    )
    assert found.outcome is outcome
    assert (at_door.outcome, at_door.detail) == (found.outcome, found.detail)


def test_a_firm_that_shows_its_own_chain_has_no_certificate_to_be_held_against() -> None:
    chain = ChainSimulator()
    shown = chain.presented(holder=chain.story.firm, by=chain.story.firm_signer)
    report = chain.report(shown, door=chain.door(holder=Did("did:web:wallet.example")))
    found = next(check for check in report if check.name == "presentation.channel")
    assert (found.outcome, found.detail) == (
        Outcome.NOT_APPLICABLE,
        "A firm has no certificate of the scheme: its key is its name.",
    )


def test_without_door_and_receipt_nobody_can_tell() -> None:
    report = ChainSimulator().report(door=None)
    assert report.overall is Overall.UNDETERMINED
    assert codes(report) == {"presentation.nonce", "presentation.audience", "presentation.expired"}


def test_a_receipt_stands_in_for_the_door() -> None:
    chain = ChainSimulator()
    presented = chain.presented()
    assert_good(chain.report(presented, door=None, receipt=chain.receipt(presented)))


def test_a_receipt_for_another_challenge_is_refused() -> None:
    chain = ChainSimulator()
    presented = chain.presented()
    receipt = chain.receipt(presented, challenge="bank-nonce-9999")
    assert_refused(chain.report(presented, door=None, receipt=receipt), "presentation.nonce")


def test_a_receipt_for_other_bytes_is_refused() -> None:
    chain = ChainSimulator()
    receipt = chain.receipt(Secured(b"{}"))
    assert "link.digest" in codes(chain.report(door=None, receipt=receipt))


def test_a_presentation_that_somebody_else_signed_is_refused() -> None:
    chain = ChainSimulator()
    assert codes(chain.report(chain.presented(by=signer("a thief")))) >= {"key.unknown"}


def test_a_holder_that_has_no_part_in_the_chain_is_refused() -> None:
    chain = ChainSimulator()
    report = chain.report(chain.presented(holder=GRID), door=chain.door(holder=GRID))
    assert_refused(report, "presentation.holder", check="presentation.holder")


def test_a_holder_named_by_a_key_of_another_is_refused() -> None:
    chain = ChainSimulator()
    document = json.loads(chain.presented().raw)
    document["holder"] = str(GRID)
    report = chain.report(Secured(canonicalize(document), "application/vp"))
    assert "presentation.holder" in codes(report)


def test_an_unpaired_firm_leaves_it_undetermined() -> None:
    report = ChainSimulator().report(pairing=None)
    assert report.overall is Overall.UNDETERMINED
    assert codes(report) == {"presentation.other_customer"}


def test_another_firms_clean_chain_is_about_another_customer() -> None:
    neighbour = Story(opening="the neighbour")
    report = ChainSimulator().report(pairing=neighbour.pairing)
    assert_refused(report, "presentation.other_customer")


def test_a_pairing_that_was_changed_is_refused() -> None:
    chain = ChainSimulator()
    document = json.loads(chain.story.pairing.raw)
    for edit in (
        {"reference": "NB-0001"},
        {"salt": "A" * 43},
        {"holder": str(Did.key(signer("x").key.multikey))},
    ):
        changed = Secured(canonicalize({**document, **edit}))
        assert_refused(chain.report(pairing=changed), "presentation.other_customer")


def test_a_consent_that_names_another_customer_is_refused() -> None:
    chain = ChainSimulator().changed(
        showing=lambda c: replace(c, claim=replace(c.claim, customer=Digest.of(b"x")))  # type: ignore[type-var]  # a consent
    )
    assert_refused(chain.report(), "presentation.other_customer")


def test_readings_in_a_banks_hands_are_more_than_its_due() -> None:
    report = replace(ChainSimulator(), readings=True).report()
    assert_refused(report, "data.more_than_due")
    assert "readings" in report.obstacles[0].detail


def test_any_resource_that_nothing_names_is_more_than_due() -> None:
    stray = b'{"type":"HalfHourSeries"}'
    report = replace(ChainSimulator(), resources={Digest.of(stray): stray}).report()
    assert_refused(report, "data.more_than_due")


def test_a_credential_that_nothing_rests_on_is_more_than_due() -> None:
    chain, other = ChainSimulator(), ChainSimulator(Story(opening="the neighbour"))
    shown = (*chain.chain, other.credentials["intensity"])
    report = chain.report(
        chain.presented(credentials=shown), resources={**chain.held_resources, **other.held_resources}
    )
    assert "data.more_than_due" in codes(report)


def written(chain: ChainSimulator, **evidence: object) -> bytes:
    """Write the bank's evidence file."""
    presented = chain.presented()
    held = chain.evidence(**{"door": None, "receipt": chain.receipt(presented), **evidence})
    return write_evidence(presented, held, checkpoint=chain.scheme.checkpoint)


def codes_of(found: dict[str, Json]) -> set[str]:
    """Give the codes of what stands in the way."""
    return {check["code"] for check in checks(found)}


def shortened(raw: bytes, chain: ChainSimulator) -> bytes:
    """Cut the last entry off the register in a file, with a checkpoint that the log once signed."""
    document = json.loads(raw)
    events = document["register"]["events"][:-1]
    size, root = len(events), chain.register.root_at(len(events))
    note = Checkpoint(chain.register.scheme.origin, size, root).sign(chain.scheme.log)
    document["register"] = {"events": events, "checkpoint": note}
    return canonicalize(document)


def test_a_register_cut_before_a_suspension_is_found_out_by_the_operators_own_list() -> None:
    chain = ChainSimulator()
    chain.scheme.suspend(party(CAP), at=chain.shown_at - timedelta(days=2))
    raw = written(chain)
    assert "member.suspended_at_signing" in codes_of(judged(raw, chain))
    cut = judged(shortened(raw, chain), chain)
    assert (cut["overall"], cut["usable_now"]) == ("undetermined", "unknown")
    assert codes_of(cut) == {"register.stale"}


def test_a_register_that_only_its_bringer_shows_to_be_whole_is_not_relied_on() -> None:
    chain = ChainSimulator()
    raw = written(chain, status_lists={LIST_URL: chain.status_list(seen="")})
    found = judged(raw, chain)
    assert (found["overall"], found["authentic_at_signing"]) == ("undetermined", "yes")
    assert codes_of(found) == {"register.stale"}


def test_the_receipt_of_whoever_received_it_shows_a_register_to_be_whole() -> None:
    chain = ChainSimulator()
    presented = chain.presented()
    receipt = chain.receipt(presented, seen=chain.scheme.checkpoint)
    lists = {LIST_URL: chain.status_list(seen="")}
    held = chain.evidence(door=None, receipt=receipt, status_lists=lists)
    raw = write_evidence(presented, held, checkpoint=chain.scheme.checkpoint)
    assert judged(raw, chain)["overall"] == "verified"


def judged(raw: bytes, chain: ChainSimulator, policy: Policy | None = None) -> dict[str, Json]:
    """Judge a file and write the verdict, held against its published schema."""
    policy = policy or Policy.bank()
    report = verify_file(raw, policy=policy, anchor=chain.anchor, at=AT)
    found = verdict(report, at=AT, anchor=chain.anchor, policy=policy)
    schema = specs.document("verdict/verdict-v1.schema.json")
    jsonschema_rs.Draft202012Validator(schema).validate(found)
    return found


def test_an_evidence_file_is_verified_offline() -> None:
    chain = ChainSimulator()
    found = judged(written(chain), chain)
    assert found["overall"] == "verified"
    assert found["subject"] == str(chain.story.firm)
    assert found["known_at"] == chain.register.size
    figures = found["figures"]
    assert isinstance(figures, list)
    assert figures == [figures[0]]


def test_reading_and_writing_an_evidence_file_gives_the_same_bytes() -> None:
    chain = ChainSimulator()
    raw = written(chain)
    presented, evidence = read_evidence(raw, anchor=chain.anchor)
    assert write_evidence(presented, evidence, checkpoint=chain.scheme.checkpoint) == raw


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"null", b"[]", b"\x00", b"{}", b'{"type":"PerseusEvidence"}', b"\xef\xbb\xbf{}", b'"x"' * 9],
)
def test_whatever_the_bytes_are_the_answer_is_a_verdict(raw: bytes) -> None:
    found = judged(raw, ChainSimulator())
    assert found["overall"] == "not_verified"
    assert found["figures"] == []


def test_every_truncation_and_every_flipped_byte_is_refused_without_an_exception() -> None:
    chain = ChainSimulator()
    raw = written(chain)
    for cut in range(0, len(raw), len(raw) // 40):
        assert judged(raw[:cut], chain)["overall"] == "not_verified"
        flipped = raw[:cut] + bytes([raw[cut] ^ 1]) + raw[cut + 1 :]
        assert judged(flipped, chain)["overall"] != "verified", raw[cut - 20 : cut + 20]


def test_a_file_of_another_schemes_register_is_refused() -> None:
    chain = ChainSimulator()
    document = json.loads(written(chain))
    document["register"]["events"] = document["register"]["events"][1:]
    found = judged(canonicalize(document), chain)
    assert found["overall"] == "not_verified"
    assert "register.no_anchor" in {check["code"] for check in checks(found)}


def test_a_file_whose_register_was_cut_short_is_refused() -> None:
    chain = ChainSimulator()
    document = json.loads(written(chain))
    document["register"]["events"] = document["register"]["events"][:-1]
    found = judged(canonicalize(document), chain)
    assert "register.rolled_back" in {check["code"] for check in checks(found)}


def test_a_file_without_anchor_is_undetermined_and_still_checked() -> None:
    report = verify_file(written(ChainSimulator()), policy=Policy.bank(), anchor=None, at=AT)
    assert codes(report) == {"register.no_anchor"}
    assert report.overall is Overall.UNDETERMINED


def test_a_bare_presentation_is_judged_as_far_as_it_goes() -> None:
    chain = ChainSimulator()
    report = verify_file(chain.presented().raw, policy=Policy.bank(), anchor=chain.anchor, at=AT)
    assert report.overall is not Overall.VERIFIED
    assert "register.unreachable" in codes(report)


def test_an_evidence_file_needs_a_register() -> None:
    with pytest.raises(MalformedError, match="register"):
        write_evidence(ChainSimulator().presented(), Evidence(None), checkpoint="")


def test_a_file_whose_members_are_of_another_shape_is_refused_at_the_member() -> None:
    chain = ChainSimulator()
    document = json.loads(written(chain))
    for name, value in (("presentation", []), ("resources", []), ("statusLists", {"x": 1}), ("customer", 1)):
        found = judged(canonicalize({**document, name: value}), chain)
        assert [check["code"].split(".")[0] for check in checks(found)] == ["format"]


def test_a_carried_credential_that_is_malformed_is_told_at_its_place() -> None:
    chain = ChainSimulator()

    def edit(document: dict[str, Json]) -> None:
        document["credentialSubject"] = {}

    forged = resigned(chain.credentials["emissions"], edit)
    held = tuple(forged if item == chain.credentials["emissions"] else item for item in chain.chain)
    report = chain.report(chain.presented(credentials=held))
    assert "format.schema" in codes(report)


def checks(found: dict[str, Json]) -> list[dict[str, str]]:
    """Give the checks of a verdict that stand in the way."""
    listed = found["checks"]
    assert isinstance(listed, list)
    return [
        check for check in listed if isinstance(check, dict) and check["outcome"] in {"failed", "unknown"}
    ]


def test_one_lone_credential_is_judged_by_its_signature_and_says_so() -> None:
    chain = ChainSimulator()
    policy = Policy.interoperability()
    consent = chain.credentials["consent"]
    report = verify_file(consent.raw, policy=policy, anchor=None, at=AT)
    found = verdict(report, at=AT, anchor=None, policy=policy)
    assert (found["overall"], found["scope"]) == ("verified", "credential")
    assert {check.name for check in report} <= {
        "format.parses",
        "time.plausible",
        "signature.allowed",
        "key.known",
        "signature.fits",
    }


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda d: d.pop("proof"), "signature.missing"),
        (lambda d: d.update(id="urn:uuid:00000000-0000-4000-8000-000000000000"), "signature.mismatch"),
        (lambda d: d["proof"].update(verificationMethod="did:key:z6Mk#z6Mk"), "key.weak"),
    ],
)
def test_a_lone_credential_that_is_not_what_was_signed_is_refused(
    edit: Callable[[dict[str, dict[str, str]]], object], code: str
) -> None:
    document = json.loads(ChainSimulator().credentials["consent"].raw)
    edit(document)
    raw = canonicalize(document)
    found = codes(verify_file(raw, policy=Policy.interoperability(), anchor=None, at=AT))
    assert found
    assert code in found or code == "key.weak"


def test_a_lone_credential_of_a_party_that_would_have_to_be_fetched_is_not_verified() -> None:
    raw = ChainSimulator().credentials["intensity"].raw
    report = verify_file(raw, policy=Policy.interoperability(), anchor=None, at=AT)
    assert report.overall is Overall.UNDETERMINED
    assert codes(report) == {"key.unknown"}


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"a":1}', b'{"issuer":1,"proof":[]}'])
def test_a_lone_document_of_any_bytes_is_answered(raw: bytes) -> None:
    report = verify(Secured(raw), Evidence(None), policy=Policy.interoperability(), anchor=None, at=AT)
    assert report.overall is Overall.NOT_VERIFIED


def test_a_pairing_in_the_larger_form_of_its_signature_is_refused() -> None:
    chain = ChainSimulator()
    document = json.loads(chain.story.pairing.raw)
    raw = base58_decode(document["proof"]["proofValue"][1:])
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    other = (order - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    document["proof"]["proofValue"] = "z" + base58_encode(raw[:32] + other)
    assert_refused(chain.report(pairing=Secured(canonicalize(document))), "presentation.other_customer")
